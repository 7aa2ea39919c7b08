// What does somebody say of a refactoring before it is applied, and what becomes of it?

import type { Extension } from '@codemirror/state';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useState } from 'react';
import type { ModulesAnswer, Problem, RefactorAnswer } from '../client/types';
import type { CellState } from '../model/refactoring';
import { Check } from './check_box';
import { type Outcome as Looked, useLivePreview } from './live_preview';
import { FindingText, ProblemText } from './problem_text';
import { RefactorPreview } from './refactor_preview';

/** What can be said. Which of it is asked depends on the refactoring. */
export interface RefactorValues {
  readonly name: string;
  readonly module: string;
  readonly doc: string;
  readonly hasDoc: boolean;
  readonly hasTest: boolean;
  readonly gives: readonly string[];
}

export type Field = 'name' | 'module' | 'doc' | 'test';

export type Outcome = Looked<RefactorAnswer>;

export interface RefactorFormProps {
  readonly fields: readonly Field[];
  readonly nameLabel: string;
  readonly initial: RefactorValues;
  readonly cells: readonly CellState[];
  readonly modules: () => Promise<ModulesAnswer | null>;
  readonly look: (values: RefactorValues) => Promise<Outcome>;
  /** Why what was agreed to was not applied. */
  readonly notice: Problem | null;
  /** Counts how often it is to be looked at again though no value has changed. */
  readonly round: number;
  /** Told whenever there is something to apply, or no longer. */
  readonly onOutcome: (outcome: Outcome | null) => void;
  readonly onGoTo: (cell: string) => void;
  readonly language: Extension;
  readonly trans: TranslationBundle;
}

/** The fields, what was found, and the differences, kept up to date while somebody types. */
export function RefactorForm(props: RefactorFormProps): JSX.Element {
  const { fields, initial, look, notice, onOutcome, round, trans } = props;
  const [values, setValues] = useState(initial);
  const { outcome, isBusy } = useLivePreview(values, look, onOutcome, round);
  const change = (more: Partial<RefactorValues>): void => setValues({ ...values, ...more });
  const answer = outcome?.answer ?? null;
  return (
    <div className="jp-nb2pkg-Refactor" aria-busy={isBusy}>
      {fields.length > 0 && <Fields {...props} values={values} answer={answer} change={change} />}
      {answer !== null && answer.module !== '' && (
        <Signature answer={answer} values={values} change={change} trans={trans} />
      )}
      <div className="jp-nb2pkg-Findings" role="alert">
        {notice !== null && <ProblemText problem={notice} {...props} />}
        {outcome?.problem && <ProblemText problem={outcome.problem} {...props} />}
      </div>
      {answer !== null && answer.findings.length > 0 && (
        <ul className="jp-nb2pkg-Findings">
          {answer.findings.map((finding, at) => (
            <FindingText key={at} finding={finding} {...props} />
          ))}
        </ul>
      )}
      {answer?.notes.map(note => (
        <p key={note} className="jp-nb2pkg-Note">
          {note}
        </p>
      ))}
      {answer !== null && (
        <RefactorPreview answer={answer} cells={props.cells} language={props.language} trans={trans} />
      )}
    </div>
  );
}

interface FieldsProps extends RefactorFormProps {
  readonly values: RefactorValues;
  readonly answer: RefactorAnswer | null;
  readonly change: (more: Partial<RefactorValues>) => void;
}

function Fields({ fields, nameLabel, values, answer, change, modules, trans }: FieldsProps): JSX.Element {
  const id = useId();
  const [known, setKnown] = useState<ModulesAnswer | null>(null);
  useEffect(() => {
    if (fields.includes('module')) {
      void modules().then(setKnown);
    }
  }, []);
  return (
    <div className="jp-nb2pkg-Fields">
      {fields.includes('name') && (
        <>
          <label htmlFor={`${id}-name`}>{nameLabel}</label>
          <input
            id={`${id}-name`}
            className="jp-mod-styled jp-nb2pkg-Input"
            value={values.name}
            placeholder={answer?.name ?? ''}
            spellCheck={false}
            autoComplete="off"
            onChange={event => change({ name: event.target.value })}
          />
        </>
      )}
      {fields.includes('module') && (
        <>
          <label htmlFor={`${id}-module`}>{trans.__('Module')}</label>
          <input
            id={`${id}-module`}
            className="jp-mod-styled jp-nb2pkg-Input"
            value={values.module}
            placeholder={known?.usual ?? ''}
            list={`${id}-modules`}
            spellCheck={false}
            autoComplete="off"
            onChange={event => change({ module: event.target.value })}
          />
          <datalist id={`${id}-modules`}>
            {known?.modules.map(({ path }) => (
              <option key={path} value={path} />
            ))}
          </datalist>
        </>
      )}
      {fields.includes('doc') && (
        <>
          <label htmlFor={`${id}-doc`}>{trans.__('Docstring')}</label>
          <div className="jp-nb2pkg-Row">
            <input
              id={`${id}-doc`}
              className="jp-mod-styled jp-nb2pkg-Input"
              value={values.doc}
              disabled={!values.hasDoc}
              placeholder={trans.__('from the heading above')}
              onChange={event => change({ doc: event.target.value })}
            />
            <Check text={trans.__('Docstring')} isOn={values.hasDoc} onTurn={hasDoc => change({ hasDoc })} />
            {fields.includes('test') && (
              <Check text={trans.__('Test')} isOn={values.hasTest} onTurn={hasTest => change({ hasTest })} />
            )}
          </div>
        </>
      )}
    </div>
  );
}

interface SignatureProps {
  readonly answer: RefactorAnswer;
  readonly values: RefactorValues;
  readonly change: (more: Partial<RefactorValues>) => void;
  readonly trans: TranslationBundle;
}

/** What the function takes and gives, and what it could give as well. */
function Signature({ answer, values, change, trans }: SignatureProps): JSX.Element {
  const turn = (name: string, isOn: boolean): void =>
    change({ gives: isOn ? [...values.gives, name] : values.gives.filter(one => one !== name) });
  const asked = values.gives.filter(name => answer.outputs.includes(name));
  const found = answer.outputs.filter(name => !asked.includes(name));
  return (
    <dl className="jp-nb2pkg-Signature">
      <dt>{trans.__('Takes')}</dt>
      <dd>{answer.inputs.join(', ') || trans.__('nothing')}</dd>
      <dt>{trans.__('Gives')}</dt>
      <dd>
        {found.join(', ') || (asked.length === 0 ? trans.__('nothing') : '')}
        {[...asked, ...answer.choices].map(name => (
          <Check key={name} text={name} isOn={asked.includes(name)} onTurn={isOn => turn(name, isOn)} />
        ))}
      </dd>
    </dl>
  );
}
