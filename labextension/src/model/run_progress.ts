// How does a run stand? Its steps as bars, its times in words, and whether there is more to come.

import type { Info, RunAnswer, RunStep, RunSummary } from '../client/types';

export type Status = RunSummary['status'] | RunStep['status'];

/** The sign beside the word of a status: it does not speak by colour alone. */
export const MARKS: Readonly<Record<string, string>> = {
  waiting: '○',
  running: '▶',
  succeeded: '✓',
  cached: '✓',
  failed: '✗',
  timed_out: '✗',
  crashed: '✗',
  cancelled: '■',
  skipped: '–',
  missed: '!'
};

/** Whether a step will change no more. */
export function isOver(step: RunStep): boolean {
  return step.status !== 'waiting' && step.status !== 'running';
}

/** How much of a step is done, in hundredths; null where nobody can know. */
export function percentOf(step: RunStep): number | null {
  if (step.status === 'waiting') {
    return 0;
  }
  if (step.status === 'succeeded' || step.status === 'cached') {
    return 100;
  }
  if (step.cell === null || step.cells === null || step.cells === 0) {
    return step.status === 'running' ? null : 0;
  }
  // The cell that was begun last is not done yet.
  return Math.round((100 * Math.max(0, step.cell - 1)) / step.cells);
}

/** How many steps are over, of how many. */
export function stepsDone(run: RunAnswer): readonly [done: number, all: number] {
  return [run.steps.filter(isOver).length, run.steps.length];
}

/** The step that says why the run did not succeed; undefined where none does. */
export function stepAtFault(run: RunAnswer): RunStep | undefined {
  return run.steps.find(step => step.message !== '' && ['failed', 'timed_out', 'crashed'].includes(step.status));
}

// What terminals take for colours, titles and movements, and other characters that nobody can read.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A text as it reads without a terminal; what is drawn over by a carriage return stays, on lines of its own. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(ESCAPES, '');
}

/** Seconds as somebody would say them. */
export function duration(seconds: number): string {
  if (seconds < 10) {
    return `${Math.max(0, seconds).toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** How long a run took, or has been going; null where its times are not known. now: milliseconds since 1970 */
export function runSeconds(run: RunSummary, now: number): number | null {
  const end = run.ended_at === null ? now : Date.parse(run.ended_at);
  const seconds = (end - Date.parse(run.started_at)) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

/** When to look again, in milliseconds; null where nothing more will come. ended: how often it was seen to be over */
export function pauseBefore(isRunning: boolean, ended: number, isHidden: boolean): number | null {
  if (!isRunning && ended >= SEEN_OVER) {
    return null;
  }
  return isHidden ? 10_000 : 1_000;
}

// Executed notebooks are put in their places a moment after a run has ended.
const SEEN_OVER = 4;

/** What keeps a server from running notebooks; null where nothing does. */
export type Unavailable = 'no-server' | 'old-server' | 'windows' | 'no-files';

/** Why nothing can be run or scheduled. info: null where the server knows nothing of nb2pkg */
export function whyUnavailable(info: Info | null, routes: readonly string[]): Unavailable | null {
  if (info === null) {
    return 'no-server';
  }
  if (!info.can_run) {
    return 'windows';
  }
  if (!info.has_files) {
    return 'no-files';
  }
  return routes.every(route => info.routes.includes(route)) ? null : 'old-server';
}
