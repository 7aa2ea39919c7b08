import { expect, test } from 'vitest';
import type { Info, RunAnswer, RunStep, RunSummary } from '../client/types';
import { duration, pauseBefore, percentOf, plainText, runSeconds, stepAtFault, stepsDone, whyUnavailable } from './run_progress';

const step = (status: RunStep['status'], more: Partial<RunStep> = {}): RunStep => ({
  name: status,
  kind: 'notebook',
  needs: [],
  status,
  why: '',
  notes: [],
  from_run: null,
  attempts: 1,
  cell: null,
  cells: null,
  started_at: null,
  ended_at: null,
  seconds: null,
  memory_bytes: null,
  message: '',
  traceback: '',
  artifacts: [],
  metrics: {},
  notebook: null,
  ...more
});
const summary = (more: Partial<RunSummary> = {}): RunSummary => ({
  id: 'r',
  name: 'churn',
  path: null,
  status: 'running',
  message: '',
  user: 'ada',
  host: 'here',
  started_at: '2026-01-01T00:00:00Z',
  ended_at: null,
  schedule: null,
  ...more
});
const answer = (...steps: RunStep[]): RunAnswer => ({ run: summary(), parameters: {}, resumes: null, steps });

test.each<[string, RunStep, number | null]>([
  ['a step that waits', step('waiting'), 0],
  ['one of whose cells the first was begun', step('running', { cell: 1, cells: 4 }), 0],
  ['one in its last cell', step('running', { cell: 4, cells: 4 }), 75],
  ['a function that runs', step('running'), null],
  ['one that failed in its third cell', step('failed', { cell: 3, cells: 4 }), 50],
  ['one that has ended well', step('succeeded', { cell: 4, cells: 4 }), 100],
  ['one whose result was kept', step('cached'), 100],
  ['one that never began', step('skipped'), 0]
])('of %s, so much is done', (_, one, percent) => {
  expect(percentOf(one)).toBe(percent);
});

test('steps that are over are counted, however they ended', () => {
  expect(stepsDone(answer(step('succeeded'), step('failed'), step('skipped'), step('running'), step('waiting')))).toEqual([
    3, 5
  ]);
});

test('the step that failed says why the run did', () => {
  const failed = step('failed', { message: 'ValueError' });

  expect(stepAtFault(answer(step('skipped', { message: 'x' }), failed))).toBe(failed);
  expect(stepAtFault(answer(step('succeeded')))).toBeUndefined();
});

test.each([
  [0.04, '0.0 s'],
  [2.5, '2.5 s'],
  [42.4, '42 s'],
  [59.7, '1 min 0 s'],
  [3725, '1 h 2 min']
])('%s seconds read as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a run that goes on has lasted until now', () => {
  const now = Date.parse('2026-01-01T00:01:00Z');

  expect(runSeconds(summary(), now)).toBe(60);
  expect(runSeconds(summary({ ended_at: '2026-01-01T00:00:05Z' }), now)).toBe(5);
  // The clock of the server may be ahead of ours.
  expect(runSeconds(summary({ started_at: '2026-01-01T00:02:00Z' }), now)).toBe(0);
});

test('what runs is looked at each second, seldom where nobody sees it, and not for ever when it has ended', () => {
  expect(pauseBefore(true, 0, false)).toBe(1000);
  expect(pauseBefore(true, 0, true)).toBe(10_000);
  expect(pauseBefore(false, 1, false)).toBe(1000);
  expect(pauseBefore(false, 4, false)).toBeNull();
});

test('what is missing on a server is named', () => {
  const info: Info = { version: '1', api: 1, routes: ['run'], can_run: true, has_files: true, longest_body: 1 };

  expect(whyUnavailable(info, ['run'])).toBeNull();
  expect(whyUnavailable(info, ['run', 'runs'])).toBe('old-server');
  expect(whyUnavailable({ ...info, can_run: false }, ['run'])).toBe('windows');
  expect(whyUnavailable({ ...info, has_files: false }, ['run'])).toBe('no-files');
  expect(whyUnavailable(null, ['run'])).toBe('no-server');
});

test.each([
  ['\u001b[31mValueError\u001b[39m: no', 'ValueError: no'],
  ['\u001b]0;title\u0007a\tb\nc', 'a\tb\nc'],
  ['10%\r20%\r\n', '10%\n20%\n'],
  ['<b>[1m]</b>\u0000', '<b>[1m]</b>']
])('%j reads as %j', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});
