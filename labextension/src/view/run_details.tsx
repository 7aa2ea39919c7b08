// How does one run go, and what did it leave? Looked at anew each second as long as it goes on.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef } from 'react';
import type { RunAnswer, RunLogAnswer, RunStep } from '../client/types';
import { duration, pauseBefore, runSeconds, stepAtFault, stepsDone } from '../model/run_progress';
import { timeIn } from '../model/schedule_form';
import { usePolled } from './polling';
import { Refusal, type Tried } from './run_dialog';
import { RunStepView } from './run_step';
import { wordOf } from './run_words';
import { StatusMark } from './status_mark';

/** What can be done with a run. */
export interface RunDetailsWorld {
  readonly run: (id: string) => Promise<Tried<RunAnswer>>;
  readonly cancel: (id: string) => Promise<Tried<boolean>>;
  readonly log: (id: string, step: string, start: number | null) => Promise<Tried<RunLogAnswer>>;
  readonly openReport: (id: string, name: string) => void;
  readonly openFile: (path: string) => void;
  /** Whether nobody can see the view now. */
  readonly isHidden: () => boolean;
}

export interface RunDetailsProps extends RunDetailsWorld {
  readonly id: string;
  /** Counts how often the view was brought up again. */
  readonly shown: number;
  /** Told when the run is seen to have another status. */
  readonly onStatus: (status: string) => void;
  readonly trans: TranslationBundle;
}

export function RunDetails(props: RunDetailsProps): JSX.Element {
  const { id, isHidden, onStatus, openReport, openFile, run: ask, shown, trans } = props;
  const ended = useRef(0);
  const { found, problem } = usePolled<RunAnswer>(
    () => ask(id),
    run => {
      ended.current = run.run.status === 'running' ? 0 : ended.current + 1;
      return pauseBefore(run.run.status === 'running', ended.current, isHidden());
    },
    [id, shown]
  );
  const status = found?.run.status;
  useEffect(() => {
    if (status !== undefined) {
      onStatus(status);
    }
  }, [status]);
  if (found === null) {
    return <Refusal problem={problem} />;
  }
  const { run } = found;
  const [done, all] = stepsDone(found);
  const seconds = runSeconds(run, Date.now());
  const fault = stepAtFault(found);
  const parameters = Object.entries(found.parameters);
  return (
    <section className="jp-nb2pkg-Run" aria-label={trans.__('Run of %1', run.name)}>
      <header className="jp-nb2pkg-RunHead">
        <h3>{run.name}</h3>
        <StatusMark status={run.status} trans={trans} />
        <span className="jp-nb2pkg-Row">
          {run.status === 'running' && (
            <button type="button" className="jp-mod-styled jp-mod-warn" onClick={() => void cancel(props, run.name)}>
              {trans.__('Cancel Run')}
            </button>
          )}
          <button type="button" className="jp-mod-styled jp-mod-reject" onClick={() => openReport(id, run.name)}>
            {trans.__('Report')}
          </button>
        </span>
      </header>
      <p className="jp-nb2pkg-Hint jp-nb2pkg-RunLine">
        {timeIn(run.started_at, undefined)}
        {seconds !== null && ` · ${duration(seconds)}`}
        {run.path !== null && (
          <>
            {' · '}
            <button type="button" className="jp-nb2pkg-Link" onClick={() => openFile(run.path as string)}>
              {run.path}
            </button>
          </>
        )}
        {` · ${run.id}`}
      </p>
      <div className="jp-nb2pkg-RunUnseen" role="status" aria-live="polite">
        {trans.__('%1: %2, %3 of %4 steps done', run.name, wordOf(run.status, trans), done, all)}
      </div>
      <div className="jp-nb2pkg-Findings" role="alert">
        {fault === undefined
          ? run.message
          : trans.__('Step %1 %2: %3', fault.name, wordOf(fault.status, trans), fault.message)}
      </div>
      <Refusal problem={problem} />
      {parameters.length > 0 && (
        <details>
          <summary>{trans.__('Parameters (%1)', parameters.length)}</summary>
          <dl className="jp-nb2pkg-Signature">
            {parameters.map(([name, value]) => (
              <React.Fragment key={name}>
                <dt>{name}</dt>
                <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </React.Fragment>
            ))}
          </dl>
        </details>
      )}
      <ol className="jp-nb2pkg-RunSteps" aria-label={trans.__('Steps')}>
        {found.steps.map((step: RunStep) => (
          <RunStepView key={step.name} {...props} step={step} />
        ))}
      </ol>
    </section>
  );
}

async function cancel({ cancel, id, trans }: RunDetailsProps, name: string): Promise<void> {
  const { button } = await showDialog({
    title: trans.__('Cancel the run of %1?', name),
    body: trans.__('The steps that run now are ended; what steps before them made is kept.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Let It Run') }),
      Dialog.warnButton({ label: trans.__('Cancel Run') })
    ],
    defaultButton: 0
  });
  if (button.accept) {
    const { problem } = await cancel(id);
    if (problem !== null) {
      await showDialog({
        title: trans.__('The run was not cancelled'),
        body: problem.hint === null ? problem.message : `${problem.message}\n${problem.hint}`,
        buttons: [Dialog.okButton({ label: trans.__('Close') })]
      });
    }
  }
}
