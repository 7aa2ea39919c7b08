// What can the server be asked of runs and schedules? One function a verb.

import type { ServerConnection } from '@jupyterlab/services';
import { RequestError, problemOf, request } from './request';
import type {
  Info,
  Problem,
  RunAnswer,
  RunFormAnswer,
  RunLogAnswer,
  RunStartRequest,
  RunSummary,
  ScheduleAddAnswer,
  ScheduleAddRequest,
  ScheduleChangeRequest,
  SchedulePreviewAnswer,
  SchedulesAnswer
} from './types';

type Settings = ServerConnection.ISettings;

/** Either what was asked for, or why not. */
type Tried<T> = { readonly found: T; readonly problem: null } | { readonly found: null; readonly problem: Problem };

/** The answer, or what there is to say of why there is none. */
export async function tried<T>(asked: Promise<T>): Promise<Tried<T>> {
  try {
    return { found: await asked, problem: null };
  } catch (error) {
    return { found: null, problem: problemOf(error) };
  }
}

/** What the server can do; null where it knows nothing of nb2pkg. */
export async function serverInfo(settings: Settings): Promise<Info | null> {
  try {
    return await request(settings, 'info', {});
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) {
      return null;
    }
    throw error;
  }
}

/** What a run of the notebook or pipeline at a path may be given. */
export function askRunForm(settings: Settings, path: string): Promise<RunFormAnswer> {
  return request(settings, 'run/form', { path });
}

/** Start a run, and give its id. */
export async function startRun(settings: Settings, given: RunStartRequest): Promise<string> {
  return (await request(settings, 'run/start', given)).id;
}

/** The newest runs. */
export async function listRuns(settings: Settings, limit: number): Promise<RunSummary[]> {
  return (await request(settings, 'runs', { limit })).runs;
}

/** A run with its steps. */
export function showRun(settings: Settings, id: string): Promise<RunAnswer> {
  return request(settings, 'run', { id });
}

/** Ask a run to end; false where it was over already. */
export async function cancelRun(settings: Settings, id: string): Promise<boolean> {
  return (await request(settings, 'run/cancel', { id })).is_asked;
}

/** The page about a run, as HTML. */
export function runReport(settings: Settings, id: string): Promise<string> {
  return request(settings, 'run/report', { id });
}

/** What a step has printed, from a byte on; the end of it where none is named. */
export function runLog(settings: Settings, id: string, step: string, start: number | null): Promise<RunLogAnswer> {
  return request(settings, 'run/log', { id, step, start });
}

/** When a schedule would fire. */
export function previewSchedule(settings: Settings, cron: string, timezone: string): Promise<SchedulePreviewAnswer> {
  return request(settings, 'schedule/preview', { cron, timezone });
}

/** Keep a schedule. */
export function addSchedule(settings: Settings, given: ScheduleAddRequest): Promise<ScheduleAddAnswer> {
  return request(settings, 'schedule/add', given);
}

/** All schedules. */
export function listSchedules(settings: Settings): Promise<SchedulesAnswer> {
  return request(settings, 'schedules', {});
}

/** Pause, resume, remove or trigger a schedule. */
export async function changeSchedule(settings: Settings, given: ScheduleChangeRequest): Promise<boolean> {
  return (await request(settings, 'schedule/change', given)).is_changed;
}
