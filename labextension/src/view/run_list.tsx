// Which runs were there? The newest first; arrows go from one to the next.

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { RunSummary } from '../client/types';
import { duration, runSeconds } from '../model/run_progress';
import { timeIn } from '../model/schedule_form';
import { StatusMark } from './status_mark';

export interface RunListProps {
  readonly runs: readonly RunSummary[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
  readonly trans: TranslationBundle;
}

export function RunList({ runs, chosen, onChoose, trans }: RunListProps): JSX.Element {
  const at = Math.max(
    0,
    runs.findIndex(run => run.id === chosen)
  );
  const press = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, Home: -at, End: runs.length - 1 - at };
    if (event.key in steps) {
      const next = Math.min(runs.length - 1, Math.max(0, at + steps[event.key]));
      onChoose(runs[next].id);
      (event.currentTarget.children[next] as HTMLElement).focus();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div className="jp-nb2pkg-RunList" role="listbox" aria-label={trans.__('Runs')} onKeyDown={press}>
      {runs.map((run, number) => (
        <button
          key={run.id}
          type="button"
          role="option"
          className="jp-nb2pkg-RunItem"
          aria-selected={run.id === chosen}
          tabIndex={number === at ? 0 : -1}
          onClick={() => onChoose(run.id)}
        >
          <span className="jp-nb2pkg-RunName" title={run.path ?? run.name}>
            {run.path ?? run.name}
          </span>
          <StatusMark status={run.status} trans={trans} />
          <span className="jp-nb2pkg-Hint">
            {timeIn(run.started_at, undefined)}
            {run.schedule !== null && ` · ${trans.__('schedule %1', run.schedule)}`}
          </span>
          <span className="jp-nb2pkg-Hint jp-nb2pkg-RunLong">{lasted(run)}</span>
        </button>
      ))}
    </div>
  );
}

function lasted(run: RunSummary): string {
  const seconds = runSeconds(run, Date.now());
  return seconds === null ? '' : duration(seconds);
}
