// What runs, ran, and will run? Two tabs: runs with their details, and schedules.

import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import React, { useState } from 'react';
import type { RunSummary } from '../client/types';
import { usePolled } from './polling';
import { RunDetails, type RunDetailsWorld } from './run_details';
import { Refusal, type Tried } from './run_dialog';
import { RunList } from './run_list';
import { ScheduleList, type ScheduleListWorld } from './schedule_list';

export type RunsTab = 'runs' | 'schedules';

/** All that the view does with the world. */
export interface RunsWorld extends RunDetailsWorld, ScheduleListWorld {
  readonly runs: () => Promise<Tried<readonly RunSummary[]>>;
}

/** The widget: which tab and which run are chosen, and whether anybody can see it. */
export class RunsView extends ReactWidget {
  constructor(
    private readonly _world: Omit<RunsWorld, 'isHidden'>,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-nb2pkg-Runs');
    document.addEventListener('visibilitychange', this._wake);
  }

  /** Show a tab, and a run in it. */
  choose(tab: RunsTab, run: string | null = null): void {
    this._tab = tab;
    this._run = run ?? this._run;
    this._wake();
  }

  dispose(): void {
    document.removeEventListener('visibilitychange', this._wake);
    super.dispose();
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._wake();
  }

  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
  }

  protected render(): JSX.Element {
    return (
      <Runs
        {...this._world}
        isHidden={() => !this.isVisible || document.hidden}
        shown={this._shown}
        tab={this._tab}
        chosen={this._run}
        onTab={tab => this.choose(tab)}
        onChoose={run => this.choose('runs', run)}
        trans={this._trans}
      />
    );
  }

  private readonly _wake = (): void => {
    this._shown += 1;
    this.update();
  };

  private _tab: RunsTab = 'runs';
  private _run: string | null = null;
  private _shown = 0;
}

interface RunsProps extends RunsWorld {
  readonly shown: number;
  readonly tab: RunsTab;
  readonly chosen: string | null;
  readonly onTab: (tab: RunsTab) => void;
  readonly onChoose: (id: string) => void;
  readonly trans: TranslationBundle;
}

const TABS: readonly RunsTab[] = ['runs', 'schedules'];

function Runs(props: RunsProps): JSX.Element {
  const { tab, onTab, trans } = props;
  const labels: Record<RunsTab, string> = { runs: trans.__('Runs'), schedules: trans.__('Schedules') };
  const press = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) {
      const next = event.key === 'Home' ? 0 : event.key === 'End' ? 1 : 1 - TABS.indexOf(tab);
      onTab(TABS[next]);
      (event.currentTarget.children[next] as HTMLElement).focus();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <>
      <div className="jp-nb2pkg-TabBar" role="tablist" aria-label={trans.__('Runs and schedules')} onKeyDown={press}>
        {TABS.map(one => (
          <button
            key={one}
            type="button"
            role="tab"
            className="jp-nb2pkg-Tab"
            aria-selected={one === tab}
            tabIndex={one === tab ? 0 : -1}
            onClick={() => onTab(one)}
          >
            {labels[one]}
          </button>
        ))}
      </div>
      <div className="jp-nb2pkg-RunsPanel" role="tabpanel" aria-label={labels[tab]}>
        {tab === 'runs' ? <RunsTabPanel {...props} /> : <ScheduleList {...props} onRun={props.onChoose} />}
      </div>
    </>
  );
}

function RunsTabPanel(props: RunsProps): JSX.Element {
  const { runs: ask, chosen, onChoose, isHidden, shown, trans } = props;
  // Another status of the chosen run is another list.
  const [status, setStatus] = useState('');
  const { found, problem } = usePolled(ask, () => (isHidden() ? 30_000 : 5_000), [shown, status]);
  const run = chosen ?? found?.[0]?.id ?? null;
  return (
    <>
      <Refusal problem={problem} />
      {found?.length === 0 && run === null && (
        <p className="jp-nb2pkg-Hint">{trans.__('Nothing was run yet. Choose Run as Pipeline… for a notebook.')}</p>
      )}
      {found !== null && <RunList runs={found} chosen={run} onChoose={onChoose} trans={trans} />}
      {run !== null && (
        <div className="jp-nb2pkg-RunDetails">
          <RunDetails {...props} key={run} id={run} onStatus={now => setStatus(`${run} ${now}`)} />
        </div>
      )}
    </>
  );
}
