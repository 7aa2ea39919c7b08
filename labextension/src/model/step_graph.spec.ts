import { expect, test } from 'vitest';
import { cellsOf, flowsOf } from './step_graph';

const STEP = { name: 'clean', title: 'Clean', cells: ['d', 'b', 'c', 'f'], takes: ['raw'], gives: ['clean'], options: [], results: [] };

test('what a step takes and gives stands at its first cell', () => {
  const flows = flowsOf({ steps: [STEP, { ...STEP, cells: [] }], flows: [], cell_flows: [] });

  expect([...flows]).toEqual([['d', { takes: ['raw'], gives: ['clean'] }]]);
});

test('the cells of a step are told as ranges', () => {
  expect(cellsOf(STEP, ['a', 'b', 'c', 'd', 'e', 'f'])).toBe('2–4, 6');
  expect(cellsOf(STEP, ['f'])).toBe('1');
  expect(cellsOf(STEP, [])).toBe('');
});
