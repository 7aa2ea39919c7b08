import { expect, test } from 'vitest';
import type { RefactoredCell } from '../client/types';
import { type CellState, type CellTarget, editsFor, isStillSo, lockedCells, outcomeOf, restored, targets } from './refactoring';

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
  expect(one[1].metadata).toEqual({
    collapsed: true,
    tags: ['step:y'],
    nb2pkg: { extracted_to: 'm.f' },
    trusted: false
  });
});

test('what is taken back is as it was, the cells that had gone too', () => {
  const after = [NOTEBOOK[0], cell('b', 'z = f(x)')];

  const edits = editsFor(after, restored(NOTEBOOK, after, after));

  expect(applied(after, restored(NOTEBOOK, after, after))).toEqual(['x = 1', 'y = x', 'z = y']);
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

test('outputs are trusted together only where each of them was', () => {
  const mine = NOTEBOOK.map(one => ({ ...one, metadata: { trusted: true } }));
  const one = [wanted('a', 'x = 1'), wanted('b', 'z = f(x)', { shows: ['b', 'c'] })];
  const trusted = (cells: readonly CellState[]): unknown => targets(cells, one)[1].metadata.trusted;

  expect(trusted(mine)).toBe(true);
  expect(trusted([mine[0], mine[1], NOTEBOOK[2]])).toBe(false);
  // What has no outputs has nothing that could run.
  expect(trusted([mine[0], mine[1], { ...NOTEBOOK[2], outputs: [] }])).toBe(true);
});

test('what has been done since is kept when a refactoring is taken back', () => {
  const left = [
    cell('a', 'n = 1', { outputs: [1] }),
    cell('b', 'z = f(n)', { outputs: [2, 3], metadata: { collapsed: true, tags: ['step:y'], nb2pkg: 1 } })
  ];
  const now = [
    { ...left[0], outputs: [7], executionCount: 5, metadata: { tags: ['step:mine'] } },
    { ...left[1], outputs: [8], metadata: { tags: ['step:y'], nb2pkg: 1, slide: 'a' } }
  ];

  const found = restored(NOTEBOOK, left, now);

  expect(found.map(({ source }) => source)).toEqual(['x = 1', 'y = x', 'z = y']);
  // Nothing but its source was changed in the first cell; the second shows what belongs to its own source again.
  expect(found.map(({ outputs }) => outputs)).toEqual([null, [2], [3]]);
  expect(found[0]).toMatchObject({ metadata: { tags: ['step:mine'] }, executionCount: 5 });
  expect(found[1].metadata).toEqual({ tags: ['step:y'], slide: 'a' });
});

test('what is typed while files are taken back is not overwritten', () => {
  const left = [cell('a', 'n = 1'), ...NOTEBOOK.slice(1)];
  const now = [left[0], cell('b', 'y = typed'), left[2]];

  expect(restored(NOTEBOOK, left, now).map(({ source }) => source)).toEqual(['x = 1', 'y = typed', 'z = y']);
});

test('cells that must stay are found', () => {
  const notebook = [
    cell('a', 'x = 1', { metadata: { editable: false } }),
    cell('b', 'y = x', { metadata: { editable: false, deletable: false } }),
    cell('c', 'z = y', { metadata: { deletable: false } })
  ];

  expect(lockedCells(notebook, [wanted('a', 'x = 1'), wanted('b', 'y = n')])).toEqual([
    { at: 1, id: 'b', goes: false },
    { at: 2, id: 'c', goes: true }
  ]);
  expect(lockedCells(notebook, notebook.map(({ id, source }) => wanted(id, source)))).toEqual([]);
});

test('outputs say how the last run of a cell ended', () => {
  const warned = { output_type: 'stream', name: 'stderr', text: ['FutureWarning: soon\n', '  import x\n'] };

  expect(outcomeOf(cell('a', ''))).toEqual({ failed: false, warnings: '' });
  expect(outcomeOf(cell('a', '', { outputs: [{ output_type: 'error' }] })).failed).toBe(true);
  expect(outcomeOf(cell('a', '', { outputs: [warned, { ...warned, text: '!' }] })).warnings).toBe(
    'FutureWarning: soon\n  import x\n!'
  );
  expect(outcomeOf(cell('a', '', { outputs: [{ ...warned, text: 'x'.repeat(9) }] })).warnings).toBe('');
  expect(outcomeOf(cell('a', '', { outputs: [{ ...warned, text: 'Warning'.repeat(9_000) }] })).warnings.length).toBe(20_000);
});
