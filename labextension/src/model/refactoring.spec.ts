import { expect, test } from 'vitest';
import type { RefactoredCell } from '../client/types';
import { type CellState, type CellTarget, editsFor, isStillSo, restored, targets } from './refactoring';

const cell = (id: string, source: string, more: Partial<CellState> = {}): CellState => ({
  id,
  type: 'code',
  source,
  metadata: {},
  outputs: [],
  executionCount: null,
  ...more
});
const wanted = (of: string | null, source: string, more: Partial<RefactoredCell> = {}): RefactoredCell => ({
  of,
  type: 'code',
  source,
  tags: [],
  shows: of === null ? [] : [of],
  mark: null,
  ...more
});

/** What the edits make of the cells, as a notebook would do them. */
function applied(now: readonly CellState[], cells: readonly CellTarget[]): string[] {
  const here: { id: string | null; source: string }[] = now.map(({ id, source }) => ({ id, source }));
  for (const edit of editsFor(now, cells)) {
    if (edit.kind === 'delete') {
      here.splice(edit.at, 1);
    } else {
      const { id, source } = edit.cell;
      here.splice(edit.at, edit.kind === 'insert' ? 0 : 1, { id, source });
    }
  }
  return here.map(({ source }) => source);
}

const NOTEBOOK = [
  cell('a', 'x = 1', { outputs: [1] }),
  cell('b', 'y = x', { outputs: [2], metadata: { tags: ['step:y'], collapsed: true } }),
  cell('c', 'z = y', { outputs: [3] })
];

test('a cell that stays as it is, is left alone', () => {
  const same = targets(NOTEBOOK, [wanted('a', 'x = 1'), wanted('b', 'y = x', { tags: ['step:y'] }), wanted('c', 'z = y')]);

  expect(editsFor(NOTEBOOK, same)).toEqual([]);
});

test('cells that became one are one, with the outputs of all', () => {
  const one = targets(NOTEBOOK, [
    wanted('a', 'x = 1'),
    wanted('b', 'z = f(x)', { shows: ['b', 'c'], tags: ['step:y'], mark: { extracted_to: 'm.f' } })
  ]);

  expect(applied(NOTEBOOK, one)).toEqual(['x = 1', 'z = f(x)']);
  expect(one[1].outputs).toEqual([2, 3]);
  expect(one[1].metadata).toEqual({ collapsed: true, tags: ['step:y'], nb2pkg: { extracted_to: 'm.f' } });
});

test('what is taken back is as it was, the cells that had gone too', () => {
  const after = [NOTEBOOK[0], cell('b', 'z = f(x)')];

  const edits = editsFor(after, restored(NOTEBOOK));

  expect(applied(after, restored(NOTEBOOK))).toEqual(['x = 1', 'y = x', 'z = y']);
  expect(edits.map(edit => edit.kind)).toEqual(['change', 'insert']);
  expect(edits[1].kind === 'insert' && edits[1].cell.outputs).toEqual([3]);
});

test('a new cell comes in where it belongs', () => {
  const more = targets(NOTEBOOK, [
    wanted('a', 'x = n'),
    wanted(null, 'n = 1', { tags: ['parameters'] }),
    wanted('b', 'y = x', { tags: ['step:y'] }),
    wanted('c', 'z = y')
  ]);

  expect(applied(NOTEBOOK, more)).toEqual(['x = n', 'n = 1', 'y = x', 'z = y']);
  expect(editsFor(NOTEBOOK, more).map(({ kind, at }) => [kind, at])).toEqual([
    ['change', 0],
    ['insert', 1]
  ]);
});

test('cells that change places come out in their order', () => {
  const turned = targets(NOTEBOOK, [wanted('c', 'z = y'), wanted('a', 'x = 1')]);

  expect(applied(NOTEBOOK, turned).slice(0, 2)).toEqual(['z = y', 'x = 1']);
});

test('only what nobody has changed since can be taken back', () => {
  expect(isStillSo(NOTEBOOK, NOTEBOOK)).toBe(true);
  expect(isStillSo([...NOTEBOOK.slice(0, 2), cell('c', 'z = y + 1')], NOTEBOOK)).toBe(false);
  expect(isStillSo(NOTEBOOK.slice(1), NOTEBOOK)).toBe(false);
  expect(isStillSo(NOTEBOOK.map(one => ({ ...one, outputs: [9] })), NOTEBOOK)).toBe(true);
});
