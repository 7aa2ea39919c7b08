import { expect, test } from 'vitest';
import type { Finding } from '../client/types';
import { bySeverity, cursorAt, findingsOf, fixOf, marksOf } from './findings';

function finding(code: string, severity: Finding['severity'], cell: string | null = 'a', column: number | null = 1): Finding {
  const rest = { position: 1, line: 1, end_line: null, end_column: null };
  return { code, severity, message: `${code}.`, hint: null, cell, column, ...rest };
}

test('errors come first, and what there is none of is not told', () => {
  const note = finding('NB206', 'note');
  const error = finding('NB104', 'error');
  const other = finding('NB120', 'error');

  expect(bySeverity([note, error, other])).toEqual([
    { severity: 'error', findings: [error, other] },
    { severity: 'note', findings: [note] }
  ]);
});

test('a cell shows the worst that is wrong with it, and notes are for the panel', () => {
  const marks = marksOf([
    finding('NB141', 'warning'),
    finding('NB104', 'error'),
    finding('NB206', 'note'),
    finding('NB206', 'note', 'b'),
    finding('NB110', 'error', null)
  ]);

  expect([...marks]).toEqual([['a', { severity: 'error', code: 'NB104', message: 'NB104.', more: 1 }]]);
});

test('a fix is offered where one of our commands is one, and it is known where', () => {
  expect(fixOf(finding('NB206', 'note'))).toBe('rename');
  expect(fixOf(finding('NB204', 'note', 'a', null))).toBe('step');
  expect(fixOf(finding('NB206', 'note', 'a', null))).toBeNull();
  expect(fixOf(finding('NB204', 'note', null))).toBeNull();
  expect(fixOf(finding('NB104', 'error'))).toBeNull();
});

test('a refusal that names no finding is one', () => {
  const nothing = { code: null, message: 'It is on fire.', hint: 'Wait.', findings: [] };
  const found = [finding('NB104', 'error')];

  expect(findingsOf(nothing)).toMatchObject([{ code: '', severity: 'error', message: 'It is on fire.', hint: 'Wait.' }]);
  expect(findingsOf({ ...nothing, findings: found })).toBe(found);
});

test('a place is found in the editor, also behind what JavaScript counts twice, and when the text is shorter by now', () => {
  expect(cursorAt('a\n🐍 = b', 2, 3)).toEqual({ line: 1, column: 3 });
  expect(cursorAt('a\nbc', null, null)).toEqual({ line: 0, column: 0 });
  expect(cursorAt('a', 7, 9)).toEqual({ line: 0, column: 1 });
});
