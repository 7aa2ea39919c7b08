// What runs by itself, when next, and how did it go?

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import type { Problem, ScheduleChangeRequest, SchedulesAnswer, ScheduleState } from '../client/types';
import { MARKS } from '../model/run_progress';
import { timeIn } from '../model/schedule_form';
import { usePolled } from './polling';
import { Refusal, type Tried } from './run_dialog';
import { wordOf } from './run_words';
import { StatusMark } from './status_mark';

type Action = ScheduleChangeRequest['action'];

/** What can be done with schedules. */
export interface ScheduleListWorld {
  readonly schedules: () => Promise<Tried<SchedulesAnswer>>;
  readonly change: (name: string, action: Action) => Promise<Tried<boolean>>;
  readonly isHidden: () => boolean;
}

export interface ScheduleListProps extends ScheduleListWorld {
  readonly shown: number;
  readonly onRun: (id: string) => void;
  readonly trans: TranslationBundle;
}

export function ScheduleList(props: ScheduleListProps): JSX.Element {
  const { schedules: ask, change, isHidden, shown, trans } = props;
  const [changes, setChanges] = useState(0);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const { found, problem } = usePolled(ask, () => (isHidden() ? 30_000 : 5_000), [shown, changes]);
  const act = async (name: string, action: Action): Promise<void> => {
    if (action === 'remove' && !(await isSure(name, trans))) {
      return;
    }
    setRefusal((await change(name, action)).problem);
    setChanges(count => count + 1);
  };
  return (
    <div className="jp-nb2pkg-Schedules">
      <Refusal problem={refusal ?? problem} />
      {found !== null && !found.has_daemon && found.schedules.length > 0 && <NoDaemon trans={trans} />}
      {found?.schedules.length === 0 && (
        <p className="jp-nb2pkg-Hint">{trans.__('Nothing is scheduled. Choose Schedule… for a notebook.')}</p>
      )}
      {found !== null && found.schedules.length > 0 && (
        <ul className="jp-nb2pkg-ScheduleList" aria-label={trans.__('Schedules')}>
          {found.schedules.map(state => (
            <ScheduleItem key={state.schedule.name} {...props} state={state} act={act} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** What to type where nothing starts what is due. */
export function NoDaemon({ trans }: { trans: TranslationBundle }): JSX.Element {
  return (
    <p className="jp-nb2pkg-Note" role="status">
      {trans.__('Nothing starts what is due: no daemon runs. Type this in a terminal of the server:')}{' '}
      <code className="jp-nb2pkg-Code">nb2pkg schedule install</code>
    </p>
  );
}

interface ScheduleItemProps extends ScheduleListProps {
  readonly state: ScheduleState;
  readonly act: (name: string, action: Action) => Promise<void>;
}

function ScheduleItem({ state, act, onRun, trans }: ScheduleItemProps): JSX.Element {
  const { schedule, is_paused, last, next_due, recent } = state;
  const { name, timezone } = schedule;
  const actions: [Action, string][] = [
    is_paused ? ['resume', trans.__('Resume')] : ['pause', trans.__('Pause')],
    ['trigger', trans.__('Run Now')],
    ['remove', trans.__('Remove')]
  ];
  const run = last?.run ?? null;
  return (
    <li className="jp-nb2pkg-Schedule">
      <div className="jp-nb2pkg-RunHead">
        <h3>{name}</h3>
        {is_paused && <span className="jp-nb2pkg-RunStatus">{`‖ ${trans.__('paused')}`}</span>}
        {state.is_stale && (
          <span className="jp-nb2pkg-RunStatus" data-status="failed">
            {`! ${trans.__('its last success is too old')}`}
          </span>
        )}
        <span className="jp-nb2pkg-Row">
          {actions.map(([action, label]) => (
            <button
              key={action}
              type="button"
              className="jp-mod-styled jp-mod-reject"
              aria-label={`${label}: ${name}`}
              onClick={() => void act(name, action)}
            >
              {label}
            </button>
          ))}
        </span>
      </div>
      <dl className="jp-nb2pkg-RunFacts">
        <dt>{trans.__('Runs')}</dt>
        <dd>{schedule.path ?? trans.__('a file outside of this server’s folder')}</dd>
        <dt>{trans.__('When')}</dt>
        <dd>
          {schedule.cron}
          {schedule.cron !== schedule.crontab && <code className="jp-nb2pkg-Code">{schedule.crontab}</code>} {timezone}
        </dd>
        <dt>{trans.__('Next')}</dt>
        <dd>{is_paused ? trans.__('not while it is paused') : next_due === null ? '–' : timeIn(next_due, timezone)}</dd>
        <dt>{trans.__('Last')}</dt>
        <dd>
          {last === null ? (
            trans.__('it has not run yet')
          ) : (
            <>
              <StatusMark status={last.fate} trans={trans} /> {timeIn(last.due, timezone)}{' '}
              {run !== null && (
                <button type="button" className="jp-nb2pkg-Link" onClick={() => onRun(run)}>
                  {trans.__('Show run')}
                </button>
              )}
              {last.why !== '' && <div className="jp-nb2pkg-Hint">{last.why}</div>}
            </>
          )}
        </dd>
        {recent.length > 0 && (
          <>
            <dt>{trans.__('Outcomes')}</dt>
            <dd className="jp-nb2pkg-Outcomes">
              {[...recent].reverse().map((tick, at) => (
                <span
                  key={at}
                  role="img"
                  className="jp-nb2pkg-RunStatus"
                  data-status={tick.fate}
                  title={`${wordOf(tick.fate, trans)}, ${timeIn(tick.due, timezone)}`}
                  aria-label={`${wordOf(tick.fate, trans)}, ${timeIn(tick.due, timezone)}`}
                >
                  {MARKS[tick.fate] ?? '·'} {at === recent.length - 1 && wordOf(tick.fate, trans)}
                </span>
              ))}
            </dd>
          </>
        )}
      </dl>
    </li>
  );
}

async function isSure(name: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Remove the schedule %1?', name),
    body: trans.__('It will not run by itself any more. The records of its runs stay.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep It') }), Dialog.warnButton({ label: trans.__('Remove') })],
    defaultButton: 0
  });
  return button.accept;
}
