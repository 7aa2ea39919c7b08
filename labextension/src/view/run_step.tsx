// How does a step of a run stand? A bar, in words as well, and links to what it printed and made.

import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useId, useRef, useState } from 'react';
import type { RunLogAnswer, RunStep } from '../client/types';
import { duration, percentOf, plainText } from '../model/run_progress';
import { pauseAfterNone } from './polling';
import type { Tried } from './run_dialog';
import { wordOf } from './run_words';
import { StatusMark } from './status_mark';

// What a page shows of a log at most; the report has a longer piece.
const MOST_SHOWN = 100_000;

export interface RunStepProps {
  readonly id: string;
  readonly step: RunStep;
  readonly log: (id: string, step: string, start: number | null) => Promise<Tried<RunLogAnswer>>;
  readonly openFile: (path: string) => void;
  readonly isHidden: () => boolean;
  readonly trans: TranslationBundle;
}

export function RunStepView({ id, step, log, openFile, isHidden, trans }: RunStepProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const own = useId();
  const percent = percentOf(step);
  const isKnown = percent !== null;
  const word = wordOf(step.status, trans);
  const cells =
    step.status === 'running' && step.cell !== null && step.cells !== null
      ? trans.__('cell %1 of %2', step.cell, step.cells)
      : '';
  const notebook = step.notebook;
  return (
    <li className="jp-nb2pkg-RunStep" data-status={step.status}>
      <div className="jp-nb2pkg-RunStepHead">
        <span id={`${own}-name`} className="jp-nb2pkg-RunName" title={step.name}>
          {step.name}
        </span>
        <StatusMark status={step.status} trans={trans} />
        <span className="jp-nb2pkg-Hint jp-nb2pkg-RunStepFacts">
          {[cells, step.seconds === null ? '' : duration(step.seconds), step.why].filter(Boolean).join(' · ')}
        </span>
        <span className="jp-nb2pkg-Row">
          {notebook !== null && (
            <button type="button" className="jp-nb2pkg-Link" title={notebook} onClick={() => openFile(notebook)}>
              {trans.__('Executed notebook')}
            </button>
          )}
          {step.attempts > 0 && (
            <button
              type="button"
              className="jp-nb2pkg-Link"
              aria-expanded={isOpen}
              aria-label={trans.__('Log of %1', step.name)}
              onClick={() => setOpen(!isOpen)}
            >
              {trans.__('Log')}
            </button>
          )}
        </span>
      </div>
      <div
        className="jp-nb2pkg-RunBar"
        role="progressbar"
        aria-labelledby={`${own}-name`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={isKnown ? percent : undefined}
        aria-valuetext={cells === '' ? word : `${word}, ${cells}`}
      >
        <div style={isKnown ? { width: `${percent}%` } : undefined} data-known={isKnown} />
      </div>
      {step.traceback !== '' && (
        <details>
          <summary>{trans.__('Traceback')}</summary>
          <pre className="jp-nb2pkg-RunLog" tabIndex={0}>
            {plainText(step.traceback)}
          </pre>
        </details>
      )}
      {isOpen && <StepLog {...{ id, log, isHidden, trans }} step={step.name} attempts={step.attempts} />}
    </li>
  );
}

interface StepLogProps extends Omit<RunStepProps, 'step' | 'openFile'> {
  readonly step: string;
  readonly attempts: number;
}

/** What the step prints, as it does. */
function StepLog({ id, step, attempts, log, isHidden, trans }: StepLogProps): JSX.Element {
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const shown = useRef<HTMLPreElement>(null);
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (start: number | null): Promise<void> => {
      const { found, problem } = await log(id, step, start);
      if (!isWanted) {
        return;
      }
      setProblem(problem?.message ?? '');
      if (found !== null) {
        const more = found.text;
        setText(old => (start === null ? more : (old ?? '') + more).slice(-MOST_SHOWN));
      }
      if (found?.is_over !== true) {
        const pause = found === null ? pauseAfterNone(problem) : isHidden() ? 10_000 : 1_000;
        timer = setTimeout(() => void look(found?.next ?? start), pause);
      }
    };
    void look(null);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [id, step, attempts]);
  useEffect(() => {
    shown.current?.scrollTo(0, shown.current.scrollHeight);
  }, [text]);
  return (
    <pre ref={shown} className="jp-nb2pkg-RunLog" tabIndex={0} aria-label={trans.__('Log of %1', step)}>
      {problem || (text === '' ? trans.__('It has printed nothing.') : plainText(text ?? ''))}
    </pre>
  );
}
