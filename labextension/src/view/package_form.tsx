// What does somebody choose of a package before it is written, and what would come of it?

import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useRef, useState } from 'react';
import type { ExtractAnswer, ExtractPreviewRequest, Problem } from '../client/types';
import { hasContracts, NO_CHOICES, type OnEdits, type PackageChoices } from '../model/package_choices';
import { differentFiles, hasEdits, inTheWay } from '../model/package_files';
import { Check } from './check_box';
import { type Outcome, useLivePreview } from './live_preview';
import { PackagePreview, type PackagePreviewProps } from './package_preview';
import { hintHere } from './package_words';
import { ProblemText } from './problem_text';

/** A preview, and what was asked for it. */
export interface Shown {
  readonly request: ExtractPreviewRequest;
  readonly answer: ExtractAnswer;
}

/** Why it was not written. before: what was shown by then, where something else would be written now */
export interface Notice {
  readonly problem: Problem;
  readonly before: ExtractAnswer | null;
}

export interface PackageFormProps extends Omit<PackagePreviewProps, 'answer'> {
  readonly look: (choices: PackageChoices) => Promise<Outcome<Shown>>;
  /** Told whenever there is something to apply, or no longer. */
  readonly onOutcome: (outcome: Outcome<Shown> | null) => void;
  /** Save the notebook; null where it is not open. */
  readonly onSave: (() => Promise<void>) | null;
  readonly notice: Notice | null;
  /** Counts how often it has to be looked again, whatever was chosen. */
  readonly round: number;
}

/** The fields, what stands in the way, and the preview, kept up to date while somebody chooses. */
export function PackageForm(props: PackageFormProps): JSX.Element {
  const { look, onOutcome, onSave, notice, trans } = props;
  const [choices, setChoices] = useState(NO_CHOICES);
  const [saved, setSaved] = useState(0);
  const { outcome, isBusy } = useLivePreview(choices, look, onOutcome, props.round + saved);
  const answer = outcome?.answer?.answer ?? null;
  const last = useRef<ExtractAnswer | null>(null);
  last.current = answer ?? last.current;
  const problem = outcome?.problem ?? null;
  return (
    <div className="jp-nb2pkg-Package" aria-busy={isBusy}>
      <Fields choices={choices} known={last.current} change={more => setChoices({ ...choices, ...more })} trans={trans} />
      <div className="jp-nb2pkg-Findings" role="alert">
        {notice !== null && <NoticeText {...props} notice={notice} now={isBusy ? null : answer} />}
        {problem !== null && <ProblemText {...props} problem={inOurWords(problem, trans)} />}
        {answer !== null && choices.onEdits === 'stop' && inTheWay(answer.files).length > 0 && (
          <span>
            {trans._n(
              '%1 file was edited by hand since it was written. Choose what becomes of the edits.',
              '%1 files were edited by hand since they were written. Choose what becomes of the edits.',
              inTheWay(answer.files).length
            )}
          </span>
        )}
      </div>
      {answer !== null && !answer.is_saved && (
        <p className="jp-nb2pkg-Note">
          {trans.__('The notebook has changes that are not saved. The package is made of what you see in it.')}{' '}
          {onSave !== null && (
            <button
              type="button"
              className="jp-nb2pkg-Link"
              onClick={() => void onSave().then(() => setSaved(count => count + 1))}
            >
              {trans.__('Save the notebook')}
            </button>
          )}
        </p>
      )}
      {outcome === null && <p className="jp-nb2pkg-Hint">{trans.__('Reading the notebook…')}</p>}
      {answer !== null && <PackagePreview {...props} answer={answer} />}
    </div>
  );
}

function NoticeText(props: PackageFormProps & { notice: Notice; now: ExtractAnswer | null }): JSX.Element {
  const { notice, now, trans } = props;
  const paths = notice.before === null || now === null ? [] : differentFiles(notice.before, now);
  return (
    <>
      <ProblemText {...props} problem={inOurWords(notice.problem, trans)} />
      {paths.length > 0 && <div>{trans.__('Not as it was shown: %1', paths.join(', '))}</div>}
    </>
  );
}

function inOurWords(problem: Problem, trans: TranslationBundle): Problem {
  const inWords = <T extends { code: string | null; hint: string | null }>(told: T): T => ({
    ...told,
    hint: hintHere(told.code, trans) ?? told.hint
  });
  return { ...inWords(problem), findings: problem.findings.map(inWords) };
}

interface FieldsProps {
  readonly choices: PackageChoices;
  /** The last preview that there was: what is taken where nothing is typed. */
  readonly known: ExtractAnswer | null;
  readonly change: (more: Partial<PackageChoices>) => void;
  readonly trans: TranslationBundle;
}

function Fields({ choices, known, change, trans }: FieldsProps): JSX.Element {
  const id = useId();
  const canMerge = choices.onEdits !== 'stop' || (known !== null && hasEdits(known.files));
  return (
    <div className="jp-nb2pkg-Fields">
      <label htmlFor={`${id}-folder`}>{trans.__('Folder')}</label>
      <input
        id={`${id}-folder`}
        className="jp-mod-styled jp-nb2pkg-Input"
        value={choices.output}
        placeholder={known?.folder ?? ''}
        spellCheck={false}
        autoComplete="off"
        onChange={event => change({ output: event.target.value })}
      />
      <label htmlFor={`${id}-name`}>{trans.__('Package')}</label>
      <div className="jp-nb2pkg-Row">
        <input
          id={`${id}-name`}
          className="jp-mod-styled jp-nb2pkg-Input"
          value={choices.name}
          placeholder={known?.package ?? ''}
          spellCheck={false}
          autoComplete="off"
          onChange={event => change({ name: event.target.value })}
        />
        <Check
          text={trans.__('Check tables between steps')}
          isOn={choices.contracts ?? (known !== null && hasContracts(known))}
          onTurn={contracts => change({ contracts })}
        />
      </div>
      {canMerge && (
        <>
          <label htmlFor={`${id}-edits`}>{trans.__('Edits made by hand')}</label>
          <select
            id={`${id}-edits`}
            className="jp-mod-styled jp-nb2pkg-Select"
            value={choices.onEdits}
            onChange={event => change({ onEdits: event.target.value as OnEdits })}
          >
            <option value="stop">{trans.__('Stop: write nothing')}</option>
            <option value="merge">{trans.__('Merge them with what is new')}</option>
            <option value="overwrite">{trans.__('Overwrite them, and keep a backup')}</option>
          </select>
        </>
      )}
    </div>
  );
}
