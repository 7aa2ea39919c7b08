// How is a run asked for? A form of the parameters; it stays, with what is wrong, until the run has begun.

import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useRef, useState } from 'react';
import type { Problem, RunFormAnswer, RunStartRequest } from '../client/types';
import { type Entries, fieldAtFault, usualOutput, valuesOf } from '../model/run_form';
import { type Asked, ask } from './asking_dialog';
import { RunFields } from './run_fields';

/** Either what was asked for, or why not. */
export type Tried<T> = { readonly found: T; readonly problem: null } | { readonly found: null; readonly problem: Problem };

/** What forms of runs and schedules do with the world. */
export interface RunWorld {
  readonly form: () => Promise<Tried<RunFormAnswer>>;
  /** Paths of open files with edits that are not saved, and that a run would read. */
  readonly unsaved: () => readonly string[];
  readonly save: () => Promise<void>;
}

export interface RunDialogOptions extends RunWorld {
  readonly title: string;
  readonly start: (request: RunStartRequest) => Promise<Tried<string>>;
  readonly trans: TranslationBundle;
}

/** Show the dialog, and give the id of the run that was begun; null where it was called off. */
export function askToRun(options: RunDialogOptions): Promise<string | null> {
  const { title, trans } = options;
  return ask<string>({
    title,
    accept: trans.__('Run'),
    trans,
    form: asked => <RunForm {...options} {...asked} />
  });
}

function RunForm(props: RunDialogOptions & Asked<string>): JSX.Element {
  const { start, onReady, trans } = props;
  const id = useId();
  const { answer, problem, again } = useRunForm(props);
  const [entries, setEntries] = useState<Entries>({});
  const [output, setOutput] = useState<string | null>(null);
  const [jobs, setJobs] = useState(1);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [isTried, setTried] = useState(false);
  const place = output ?? (answer === null ? '' : usualOutput(answer.path, answer.is_notebook));
  useEffect(() => {
    onReady(
      answer === null
        ? null
        : async () => {
            setTried(true);
            const parameters = valuesOf(answer.fields, entries);
            if (parameters === null) {
              return null;
            }
            const { found, problem } = await start({
              path: answer.path,
              parameters,
              output: place.trim() || null,
              jobs
            });
            setRefusal(problem);
            return found;
          }
    );
  }, [answer, entries, place, jobs]);
  const fieldsShown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The form comes a moment after the dialog.
    fieldsShown.current?.querySelector<HTMLElement>('input, select')?.focus();
  }, [answer === null]);
  const change = (next: Entries): void => {
    setEntries(next);
    setRefusal(null); // it was about other values
  };
  const field = answer === null || refusal === null ? null : fieldAtFault(refusal, answer.fields);
  return (
    <>
      <Unsaved {...props} again={again} />
      {answer !== null && (
        <div ref={fieldsShown} className="jp-nb2pkg-RunForm">
          {answer.fields.length === 0 && <p className="jp-nb2pkg-Hint">{trans.__('It takes no parameters.')}</p>}
          <RunFields
            fields={answer.fields}
            entries={entries}
            onChange={change}
            isTried={isTried}
            refused={field === null || refusal === null ? {} : { [field]: refusal.message }}
            trans={trans}
          />
          <div className="jp-nb2pkg-RunFields jp-nb2pkg-RunOptions">
            <label htmlFor={`${id}-output`}>
              {answer.is_notebook ? trans.__('Executed notebook') : trans.__('Executed notebooks')}
            </label>
            <div className="jp-nb2pkg-RunField">
              <input
                id={`${id}-output`}
                className="jp-mod-styled jp-nb2pkg-Input"
                value={place}
                spellCheck={false}
                autoComplete="off"
                aria-describedby={`${id}-output-about`}
                onChange={event => setOutput(event.target.value)}
              />
              <div id={`${id}-output-about`} className="jp-nb2pkg-RunFieldAbout">
                {trans.__('{run} is the id of the run. Leave it empty to keep none.')}
              </div>
            </div>
            {!answer.is_notebook && answer.steps.length > 1 && (
              <>
                <label htmlFor={`${id}-jobs`}>{trans.__('Steps at the same time')}</label>
                <div className="jp-nb2pkg-RunField">
                  <input
                    id={`${id}-jobs`}
                    type="number"
                    min={1}
                    max={64}
                    className="jp-mod-styled jp-nb2pkg-RunNumber"
                    value={jobs}
                    onChange={event => setJobs(Math.min(64, Math.max(1, Math.round(Number(event.target.value)) || 1)))}
                  />
                </div>
              </>
            )}
          </div>
        </div>
      )}
      <Refusal problem={problem ?? (field === null ? refusal : null)} />
    </>
  );
}

/** The form that the server has for what is saved, asked for anew when something is. */
export function useRunForm({ form }: RunWorld): {
  answer: RunFormAnswer | null;
  problem: Problem | null;
  again: () => void;
} {
  const [tried, setTried] = useState<Tried<RunFormAnswer> | null>(null);
  const [isSaved, setSaved] = useState(0);
  useEffect(() => {
    let isWanted = true;
    void form().then(found => isWanted && setTried(found));
    return () => {
      isWanted = false;
    };
  }, [isSaved]);
  return {
    answer: tried?.found ?? null,
    problem: tried?.problem ?? null,
    again: () => setSaved(isSaved + 1)
  };
}

/** What is said where an editor holds more than the file, which alone is run. */
export function Unsaved({
  unsaved,
  save,
  again,
  trans
}: RunWorld & { again: () => void; trans: TranslationBundle }): JSX.Element | null {
  const files = unsaved();
  if (files.length === 0) {
    return null;
  }
  return (
    <div className="jp-nb2pkg-Note jp-nb2pkg-Row">
      <span>
        {trans.__('Edits are not saved, and a run reads what is saved: %1', files.join(', '))}
      </span>
      <button type="button" className="jp-mod-styled jp-mod-accept" onClick={() => void save().then(again)}>
        {trans.__('Save')}
      </button>
    </div>
  );
}

/** Why the server has refused, where no field is to blame. */
export function Refusal({ problem }: { problem: Problem | null }): JSX.Element {
  return (
    <div className="jp-nb2pkg-Findings" role="alert">
      {problem !== null && (
        <>
          {problem.code !== null && <code className="jp-nb2pkg-Code">{problem.code}</code>} {problem.message}
          {problem.findings.length > 1 && (
            <ul>
              {problem.findings.map((finding, at) => (
                <li key={at}>{finding.message}</li>
              ))}
            </ul>
          )}
          {problem.hint !== null && <div className="jp-nb2pkg-Hint">{problem.hint}</div>}
        </>
      )}
    </div>
  );
}
