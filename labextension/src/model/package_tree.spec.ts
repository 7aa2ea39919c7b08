import { expect, test } from 'vitest';
import type { PackageFile } from '../client/types';
import { moved, treeRows } from './package_tree';

function file(path: string, kind: PackageFile['kind'] = 'create'): PackageFile {
  return { path, kind, before: null, after: '', offered: null, before_bytes: null, after_bytes: 0, is_edited: false };
}

const FILES = [
  file('README.md'),
  file('src/sales/pipeline.py', 'replace'),
  file('src/sales/steps/load.py', 'unchanged'),
  file('src/sales/steps/sum.py'),
  file('tests/test_sum.py', 'unchanged')
];

function seen(closed: string[] = [], showsSame = true): string[] {
  return treeRows(FILES, new Set(closed), showsSame).map(row => `${'.'.repeat(row.level - 1)}${row.name}`);
}

test('folders come before files, each with what is in it', () => {
  expect(seen()).toEqual([
    'src', '.sales', '..steps', '...load.py', '...sum.py', '..pipeline.py', 'tests', '.test_sum.py', 'README.md'
  ]); // prettier-ignore
});

test('files that stay the same are hidden, with folders of nothing else', () => {
  expect(seen([], false)).toEqual(['src', '.sales', '..steps', '...sum.py', '..pipeline.py', 'README.md']);
});

test('a closed folder shows nothing of what is in it, but how much of it changes', () => {
  const rows = treeRows(FILES, new Set(['src/sales']), true);

  expect(rows.map(row => row.name)).toEqual(['src', 'sales', 'tests', 'test_sum.py', 'README.md']);
  expect(rows[1]).toMatchObject({ isOpen: false, changed: 2, level: 2, position: 1, setSize: 1 });
  expect(rows[4]).toMatchObject({ position: 3, setSize: 3 });
});

test('names that objects have of themselves are names of files as well', () => {
  const rows = treeRows([file('__proto__/constructor'), file('toString')], new Set(), true);

  expect(rows.map(row => row.path)).toEqual(['__proto__', '__proto__/constructor', 'toString']);
});

test.each([
  ['ArrowDown', 'src', 'src/sales', null],
  ['ArrowUp', 'src', 'src', null],
  ['End', 'src', 'README.md', null],
  ['Home', 'README.md', 'src', null],
  ['ArrowDown', 'README.md', 'README.md', null],
  ['ArrowRight', 'src', 'src/sales', null],
  ['ArrowRight', 'README.md', 'README.md', null],
  ['ArrowLeft', 'src', 'src', 'src'],
  ['ArrowLeft', 'src/sales/pipeline.py', 'src/sales', null],
  ['Enter', 'src/sales', 'src/sales', 'src/sales'],
  [' ', 'README.md', 'README.md', null],
  ['ArrowDown', 'gone', 'src/sales', null]
])('%j on %s leads to %s', (key, from, focus, turn) => {
  expect(moved(treeRows(FILES, new Set(), true), from, key)).toEqual({ focus, turn });
});

test('a closed folder opens before it is entered', () => {
  const rows = treeRows(FILES, new Set(['src']), true);

  expect(moved(rows, 'src', 'ArrowRight')).toEqual({ focus: 'src', turn: 'src' });
  expect(moved(rows, 'src', 'ArrowLeft')).toEqual({ focus: 'src', turn: null });
});

test('other keys, and trees of nothing, do nothing', () => {
  expect(moved(treeRows(FILES, new Set(), true), 'src', 'a')).toBeNull();
  expect(moved([], '', 'ArrowDown')).toBeNull();
});
