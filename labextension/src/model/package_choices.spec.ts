import { expect, test } from 'vitest';
import { cellNumbers, NO_CHOICES, requestFor } from './package_choices';

const NOTEBOOK = { path: 'reports/sales.ipynb' };

test('what nobody has said is left to the server', () => {
  expect(requestFor(NOTEBOOK, { ...NO_CHOICES, output: ' ', name: '' })).toEqual({
    notebook: NOTEBOOK,
    output: null,
    package: null,
    on_edits: 'stop',
    contracts: null
  });
});

test('what was said goes along, as it was meant', () => {
  const choices = { output: ' built/{package}/ ', name: ' takings ', onEdits: 'merge', contracts: false } as const;

  expect(requestFor(NOTEBOOK, choices)).toEqual({
    notebook: NOTEBOOK,
    output: 'built/{package}',
    package: 'takings',
    on_edits: 'merge',
    contracts: false
  });
});

test('a path from the root of the disk stays one, for the server to refuse', () => {
  expect(requestFor(NOTEBOOK, { ...NO_CHOICES, output: '/home/me' }).output).toBe('/home/me');
  expect(requestFor(NOTEBOOK, { ...NO_CHOICES, output: '/' }).output).toBe('/');
});

test('cells are counted as people do', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f'];

  expect(cellNumbers(['b', 'd', 'e', 'f'], all)).toBe('2, 4–6');
  expect(cellNumbers(['c'], all)).toBe('3');
  expect(cellNumbers(['c', 'gone'], all)).toBeNull();
  expect(cellNumbers([], all)).toBeNull();
});
