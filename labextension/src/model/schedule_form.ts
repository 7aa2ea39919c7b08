// How is a schedule asked for, and where in what was typed is a mistake?

import type { Json, Problem, ScheduleAddRequest } from '../client/types';

/** What is in the form. Numbers are texts, as typed. */
export interface ScheduleValues {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly overlap: NonNullable<ScheduleAddRequest['overlap']>;
  readonly catchUp: NonNullable<ScheduleAddRequest['catch_up']>;
  readonly retries: string;
  readonly output: string;
}

export type ScheduleField = 'cron' | 'timezone' | 'name' | 'retries';

export const MOST_RETRIES = 100;

/** A piece of a text: before what is wrong, that, and after it. */
export interface Place {
  readonly before: string;
  readonly at: string;
  readonly after: string;
}

/** Where in a text a problem is; null where it names no place. Columns count characters from 1. */
export function placeIn(text: string, problem: Problem): Place | null {
  const [found] = problem.findings;
  if (found === undefined || found.column === null) {
    return null;
  }
  const characters = [...text];
  const from = Math.min(Math.max(found.column - 1, 0), characters.length);
  const to = Math.min(Math.max((found.end_column ?? found.column + 1) - 1, from), characters.length);
  return {
    before: characters.slice(0, from).join(''),
    at: characters.slice(from, to).join(''),
    after: characters.slice(to).join('')
  };
}

/** Which field of the form a refusal is about; null for none of them. */
export function scheduleFieldAtFault(problem: Problem): ScheduleField | null {
  switch (problem.code) {
    case 'NB306':
      return 'cron';
    case 'NB307':
      return 'timezone';
    case 'NB309':
    case 'NB313':
      return 'name';
    default:
      return null;
  }
}

/** What the server says, without the name of an option of the command line and a text that stands above it. */
export function messageOf(problem: Problem): string {
  return problem.message.replace(/^--(cron (?:'[^']*'|"[^"]*")|tz): /, '');
}

/** How often a run is tried again; null where what is typed is no such number. */
export function retriesOf(text: string): number | null {
  const word = text.trim();
  if (word === '') {
    return 0;
  }
  return /^\d{1,3}$/.test(word) && Number(word) <= MOST_RETRIES ? Number(word) : null;
}

/** What is sent; null while something is not right. */
export function scheduleRequest(
  path: string,
  values: ScheduleValues,
  parameters: Record<string, Json> | null,
  replace: boolean
): ScheduleAddRequest | null {
  const retries = retriesOf(values.retries);
  const [cron, timezone] = [values.cron.trim(), values.timezone.trim()];
  if (parameters === null || retries === null || cron === '' || timezone === '') {
    return null;
  }
  return {
    path,
    cron: values.cron,
    timezone,
    name: values.name.trim() || null,
    parameters,
    overlap: values.overlap,
    catch_up: values.catchUp,
    retries,
    output: values.output.trim() || null,
    replace
  };
}

/** A moment as the clocks of a zone show it, or this browser's own; as it came where the zone is not known here. */
export function timeIn(moment: string, timezone: string | undefined): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) {
    return moment;
  }
  try {
    return new Intl.DateTimeFormat(undefined, {
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: timezone
    }).format(date);
  } catch {
    return moment;
  }
}
