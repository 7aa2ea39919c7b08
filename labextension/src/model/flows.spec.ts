import { expect, test } from 'vitest';
import { flowOf, NO_FLOWS } from './flows';

test('a label tells what a cell takes and gives, where it does', () => {
  const flow = { takes: ['df'], gives: [] };
  const flows = new Map([
    ['a', flow],
    ['b', { takes: [], gives: [] }]
  ]);

  expect(flowOf(flows, 'a')).toBe(flow);
  expect(flowOf(flows, 'b')).toBeNull();
  expect(flowOf(flows, 'c')).toBeNull();
  expect(flowOf(NO_FLOWS, 'a')).toBeNull();
});
