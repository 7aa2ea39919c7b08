import { expect, test } from 'vitest';
import { isName, nameAt, offsetMeant, placeAt } from './names';

test.each([
  ['total = price * n', 0, 'total'],
  ['total = price * n', 5, 'total'],
  ['total = price * n', 6, null],
  ['total = price * n', 10, 'price'],
  ['a\nbcd\ne', 3, 'bcd'],
  ['größe = 1', 3, 'größe'],
  ['x1_y', 4, 'x1_y'],
  ['', 0, null],
  ['3 + 4', 0, null]
])('in %j, the name at %d is %j', (source, offset, name) => {
  expect(nameAt(source, offset)).toBe(name);
});

test('places count lines and characters from 1', () => {
  expect(placeAt('a = 1\nb = 2.5', 10)).toEqual({ line: 2, column: 5 });
  expect(placeAt('😀 = 1', 5)).toEqual({ line: 1, column: 5 });
  expect(placeAt('', 0)).toEqual({ line: 1, column: 1 });
});

test('names are those of Python', () => {
  expect(['a', '_', 'größe', 'x1'].every(isName)).toBe(true);
  expect(['1a', '', 'a b', 'a-b', 'a.b'].some(isName)).toBe(false);
});

test.each([
  ['a = 2.5', 7, 6],
  ['a = 2.5', 4, 4],
  ['f(2.5)', 5, 5],
  ["f('x', 1)", 5, 4],
  ['a = 2.5\nb', 7, 6],
  ['', 0, 0]
])('in %j, a cursor at %d is meant to be on %d', (source, offset, meant) => {
  expect(offsetMeant(source, offset)).toBe(meant);
});
