// When would a schedule run? Asked of the server while one types, with the place of what is wrong.

import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';
import type { Problem, SchedulePreviewAnswer } from '../client/types';
import { messageOf, placeIn, timeIn } from '../model/schedule_form';
import type { Tried } from './run_dialog';

export interface PreviewWorld {
  readonly preview: (cron: string, timezone: string) => Promise<Tried<SchedulePreviewAnswer>>;
}

export interface Preview {
  /** null while it is not known for what stands there now. */
  readonly answer: SchedulePreviewAnswer | null;
  readonly problem: Problem | null;
  /** What the answer or the problem is about. */
  readonly about: string;
}

const PAUSE_MS = 150;
const NOTHING: Preview = { answer: null, problem: null, about: '' };

/** What is known of what is typed. */
export function usePreview({ preview }: PreviewWorld, cron: string, timezone: string): Preview {
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    let isWanted = true;
    setState(old => ({ ...old, answer: null }));
    if (cron.trim() === '' || timezone.trim() === '') {
      setState(NOTHING);
      return;
    }
    const timer = setTimeout(() => {
      void preview(cron, timezone.trim()).then(({ found, problem }) => {
        if (isWanted) {
          setState({ answer: found, problem, about: cron });
        }
      });
    }, PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [cron, timezone]);
  return state;
}

interface PreviewProps extends Preview {
  readonly cron: string;
  readonly timezone: string;
  readonly trans: TranslationBundle;
}

/** The next times, or what is wrong; of one height, so that nothing below moves while one types. */
export function SchedulePreview({ answer, problem, about, cron, timezone, trans }: PreviewProps): JSX.Element {
  const isWrong = problem !== null && problem.code !== 'NB307' && about === cron;
  const place = isWrong ? placeIn(about, problem) : null;
  return (
    <div className="jp-nb2pkg-SchedulePreview" aria-live="polite">
      {isWrong && (
        <div className="jp-nb2pkg-RunFieldWrong">
          {place !== null && (
            <div className="jp-nb2pkg-RunPlace" aria-hidden="true">
              {place.before}
              <mark>{place.at || ' '}</mark>
              {place.after}
            </div>
          )}
          {messageOf(problem)}
          {problem.hint !== null && <div className="jp-nb2pkg-Hint">{problem.hint}</div>}
        </div>
      )}
      {answer !== null && (
        <ol className="jp-nb2pkg-RunNext" aria-label={trans.__('Next times')}>
          {answer.next.map(moment => (
            <li key={moment}>{timeIn(moment, timezone.trim())}</li>
          ))}
        </ol>
      )}
      {cron.trim() === '' && (
        <div className="jp-nb2pkg-RunFieldAbout">
          {trans.__('Five fields of a crontab, @daily, or words: every 15 minutes, mondays at 8:00')}
        </div>
      )}
    </div>
  );
}
