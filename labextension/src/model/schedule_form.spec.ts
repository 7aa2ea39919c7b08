import { expect, test } from 'vitest';
import type { Finding, Problem } from '../client/types';
import {
  messageOf,
  placeIn,
  retriesOf,
  scheduleFieldAtFault,
  scheduleRequest,
  type ScheduleValues,
  timeIn
} from './schedule_form';

const problem = (code: string, message = '', place?: [number, number]): Problem => ({
  code,
  message,
  hint: null,
  findings: place === undefined ? [] : [{ column: place[0], end_column: place[1] } as Finding]
});
const VALUES: ScheduleValues = {
  name: ' ',
  cron: '@daily',
  timezone: ' UTC ',
  overlap: 'skip',
  catchUp: 'latest',
  retries: '',
  output: ''
};

test.each<[string, [number, number], [string, string, string]]>([
  ['0 25 * * *', [3, 5], ['0 ', '25', ' * * *']],
  ['@dayly', [1, 7], ['', '@dayly', '']],
  ['0 0', [4, 4], ['0 0', '', '']],
  // Columns count characters, not the halves of them that JavaScript counts.
  ['😀 25', [3, 5], ['😀 ', '25', '']]
])('in %j, %j is wrong', (text, place, [before, at, after]) => {
  expect(placeIn(text, problem('NB306', '', place))).toEqual({ before, at, after });
});

test('a problem without a place has none', () => {
  expect(placeIn('@daily', problem('NB306'))).toBeNull();
});

test('a refusal belongs to a field', () => {
  expect(['NB306', 'NB307', 'NB309', 'NB313', 'NB304'].map(code => scheduleFieldAtFault(problem(code)))).toEqual([
    'cron',
    'timezone',
    'name',
    'name',
    null
  ]);
});

test('the name of an option of the command line is left out', () => {
  expect(messageOf(problem('NB306', "--cron '0 25 * * *': 25 is no hour"))).toBe('25 is no hour');
  expect(messageOf(problem('NB306', '--cron "it\'s": no'))).toBe('no');
  expect(messageOf(problem('NB307', '--tz: no zone'))).toBe('no zone');
  expect(messageOf(problem('NB309', 'no name'))).toBe('no name');
});

test.each([
  ['', 0],
  [' 3 ', 3],
  ['100', 100],
  ['101', null],
  ['-1', null],
  ['1.5', null]
])('%j stands for %j retries', (text, count) => {
  expect(retriesOf(text)).toBe(count);
});

test('what is sent says nothing of what was left empty', () => {
  expect(scheduleRequest('a.ipynb', VALUES, { n: 1 }, false)).toEqual({
    path: 'a.ipynb',
    cron: '@daily',
    timezone: 'UTC',
    name: null,
    parameters: { n: 1 },
    overlap: 'skip',
    catch_up: 'latest',
    retries: 0,
    output: null,
    replace: false
  });
  expect(scheduleRequest('a.ipynb', VALUES, null, false)).toBeNull();
  expect(scheduleRequest('a.ipynb', { ...VALUES, retries: 'x' }, {}, false)).toBeNull();
});

test('a moment is told by the clocks of its zone', () => {
  expect(timeIn('2026-07-01T05:30:00Z', 'Europe/Stockholm')).toMatch(/0?7[:.]30/);
  expect(timeIn('2026-07-01T05:30:00Z', 'Nowhere/None')).toBe('2026-07-01T05:30:00Z');
});
