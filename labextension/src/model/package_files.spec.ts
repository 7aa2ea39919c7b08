import { expect, test } from 'vitest';
import type { ExtractAnswer, PackageFile } from '../client/types';
import { changeCount, countsOf, differentFiles, firstToSee, hasEdits, inTheWay, sidesOf, sizeText } from './package_files';

function file(path: string, more: Partial<PackageFile> = {}): PackageFile {
  const none = { before: null, after: 'new', offered: null, before_bytes: null, after_bytes: 3, is_edited: false };
  return { path, kind: 'create', ...none, ...more };
}

function answer(...files: PackageFile[]): ExtractAnswer {
  return {
    digest: '', package: '', folder: '', is_saved: true, is_written: false, steps: [], parameters: [],
    dependencies: [], left_out: [], files, findings: []
  }; // prettier-ignore
}

test('kinds are counted, those that need a decision first', () => {
  const files = [file('a'), file('b', { kind: 'unchanged' }), file('c'), file('d', { kind: 'edited', is_edited: true })];

  expect(countsOf(files)).toEqual([['edited', 1], ['create', 2], ['unchanged', 1]]);
  expect([hasEdits(files), inTheWay(files), changeCount(files)]).toEqual([true, ['d'], 2]);
  expect([hasEdits([]), inTheWay([]), countsOf([])]).toEqual([false, [], []]);
});

test('what needs a decision is seen first, then what runs the steps', () => {
  const pipeline = file('src/sales/pipeline.py');

  expect(firstToSee([file('a'), pipeline, file('z', { kind: 'conflict' })])).toBe('z');
  expect(firstToSee([file('a'), pipeline])).toBe('src/sales/pipeline.py');
  expect(firstToSee([file('a', { kind: 'unchanged' }), file('b')])).toBe('b');
  expect(firstToSee([file('a', { kind: 'unchanged' })])).toBeNull();
});

test('files of which two previews say different things are found, whichever has them', () => {
  const before = answer(file('a'), file('b'), file('c'));
  const now = answer(file('a'), file('b', { after: 'other' }), file('d'));

  expect(differentFiles(before, now)).toEqual(['b', 'c', 'd']);
  expect(differentFiles(before, before)).toEqual([]);
});

test('a file has two sides; of a conflict, the new one is what is offered', () => {
  expect(sidesOf(file('a'))).toEqual({ before: '', after: 'new' });
  expect(sidesOf(file('a', { kind: 'delete', before: 'old', before_bytes: 3, after: null, after_bytes: null }))).toEqual({
    before: 'old',
    after: ''
  });
  const conflict = { kind: 'conflict', before: 'mine', before_bytes: 4, after: 'mine', offered: 'new' } as const;
  expect(sidesOf(file('a', conflict))).toEqual({ before: 'mine', after: 'new' });
  expect(sidesOf(file('a', { kind: 'unchanged', before_bytes: 3 }))).toEqual({ before: 'new', after: 'new' });
});

test('what is no text has no sides', () => {
  expect(sidesOf(file('a.parquet', { after: null, after_bytes: 7 }))).toBeNull();
  expect(sidesOf(file('a.parquet', { kind: 'delete', before_bytes: 7, after: null, after_bytes: null }))).toBeNull();
  expect(sidesOf(file('a.parquet', { kind: 'unchanged', after: null }))).toBeNull();
});

test.each([[0, '0 B'], [999, '999 B'], [1500, '1.5 kB'], [23_456, '23 kB'], [1_200_000, '1.2 MB']])(
  '%d bytes are %s',
  (bytes, text) => expect(sizeText(bytes)).toBe(text)
);
