import { expect, test } from 'vitest';
import { nextAfter, stillOpen, suggestionsOf, without } from './suggestions';

const TAGS = [
  { cell: 'a', tag: 'step:load', text: 'raw = 1' },
  { cell: 'c', tag: 'step:clean', text: 'clean = raw' },
  { cell: 'd', tag: 'step:', text: '' }
];
const SUGGESTED = suggestionsOf(TAGS);

test('a suggested tag is a name for a cell', () => {
  expect([...SUGGESTED]).toEqual([
    ['a', 'load'],
    ['c', 'clean']
  ]);
});

test('what has got a step, or is gone, is decided', () => {
  expect([...stillOpen(SUGGESTED, new Set(['b', 'c']))]).toEqual([['c', 'clean']]);
  expect([...without(SUGGESTED, 'c')]).toEqual([['a', 'load']]);
});

test('one goes on with the next, and begins again at the top', () => {
  const order = ['a', 'b', 'c'];

  expect(nextAfter(SUGGESTED, order, 'a')).toBe('c');
  expect(nextAfter(SUGGESTED, order, 'c')).toBe('a');
  expect(nextAfter(without(SUGGESTED, 'a'), order, 'c')).toBeNull();
});
