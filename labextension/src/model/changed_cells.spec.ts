import { expect, test } from 'vitest';
import type { RefactoredCell } from '../client/types';
import { changedCells } from './changed_cells';
import type { CellState } from './refactoring';

const cell = (id: string, source: string): CellState => ({
  id,
  type: 'code',
  source,
  metadata: {},
  outputs: [],
  executionCount: null
});
const wanted = (of: string | null, source: string): RefactoredCell => ({
  of,
  type: 'code',
  source,
  tags: [],
  shows: [],
  mark: null
});

test('cells that change, come and go are told in the order of the notebook', () => {
  const now = [cell('a', '1'), cell('b', '2'), cell('c', '3'), cell('d', '4')];

  const found = changedCells(now, [wanted('a', '1'), wanted(null, 'new'), wanted('b', 'two'), wanted('d', '4')]);

  expect(found.map(({ position, before, after }) => [position, before, after])).toEqual([
    [null, null, 'new'],
    [2, '2', 'two'],
    [3, '3', null]
  ]);
});

test('where nothing changes, nothing is told', () => {
  expect(changedCells([cell('a', '1')], [wanted('a', '1')])).toEqual([]);
});
