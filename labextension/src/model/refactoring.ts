// What has to be done to an open notebook, cell by cell, for a refactoring to be there?

import type { RefactoredCell } from '../client/types';
import { texts } from './steps';

/** A cell of the notebook as it is, or was: what a refactoring may change of it. */
export interface CellState {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly outputs: readonly unknown[];
  readonly executionCount: number | null;
}

/** A cell as it shall be. Its id is null where it is new. */
export interface CellTarget {
  readonly id: string | null;
  readonly type: string;
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** null leaves the outputs as they are. */
  readonly outputs: readonly unknown[] | null;
  readonly executionCount: number | null;
}

/** What is done to a notebook, one after the other; `at` counts cells from 0, as they are at that moment. */
export type CellEdit =
  | { readonly kind: 'delete'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly cell: CellTarget }
  | { readonly kind: 'change'; readonly at: number; readonly cell: CellTarget };

const MARK = 'nb2pkg';

/** The cells as a refactoring wants them, with what the server never sees: metadata and outputs. */
export function targets(now: readonly CellState[], wanted: readonly RefactoredCell[]): CellTarget[] {
  const known = new Map(now.map(cell => [cell.id, cell]));
  return wanted.map(cell => {
    const old = cell.of === null ? undefined : known.get(cell.of);
    const isSame = cell.shows.length === 0 || (cell.shows.length === 1 && cell.shows[0] === cell.of);
    return {
      id: old?.id ?? null,
      type: cell.type,
      source: cell.source,
      metadata: metadataOf(old?.metadata ?? {}, cell),
      outputs: isSame ? null : cell.shows.flatMap(id => known.get(id)?.outputs ?? []),
      executionCount: old?.executionCount ?? null
    };
  });
}

/** The cells as they were. */
export function restored(before: readonly CellState[]): CellTarget[] {
  return before.map(({ id, type, source, metadata, outputs, executionCount }) => ({
    id,
    type,
    source,
    metadata,
    outputs,
    executionCount
  }));
}

/** The edits that make the wanted cells of those that are there; cells that stay as they are have none. */
export function editsFor(now: readonly CellState[], wanted: readonly CellTarget[]): CellEdit[] {
  const wantedIds = new Set(wanted.map(cell => cell.id));
  const edits: CellEdit[] = [];
  const here: (CellState | null)[] = [...now];
  for (let at = here.length - 1; at >= 0; at--) {
    if (!wantedIds.has(here[at]?.id ?? null)) {
      edits.push({ kind: 'delete', at });
      here.splice(at, 1);
    }
  }
  wanted.forEach((cell, at) => {
    const old = here[at];
    if (cell.id === null || old?.id !== cell.id) {
      edits.push({ kind: 'insert', at, cell });
      here.splice(at, 0, null);
    } else if (differs(old, cell)) {
      edits.push({ kind: 'change', at, cell });
    }
  });
  return edits;
}

/** Whether the notebook's code still is what a refactoring has left: only then can it be taken back. */
export function isStillSo(now: readonly CellState[], left: readonly CellState[]): boolean {
  return (
    now.length === left.length &&
    now.every((cell, at) => cell.id === left[at].id && cell.source === left[at].source && cell.type === left[at].type)
  );
}

/** What the server says of tags and marks goes in; all else, and the order of it, stays. */
function metadataOf(old: Readonly<Record<string, unknown>>, cell: RefactoredCell): Record<string, unknown> {
  const next = { ...old };
  if (!sameTexts(texts(old.tags), cell.tags)) {
    if (cell.tags.length > 0) {
      next.tags = [...cell.tags];
    } else {
      delete next.tags;
    }
  }
  if (cell.mark !== null) {
    next[MARK] = { ...(isObject(old[MARK]) ? old[MARK] : {}), ...cell.mark };
  }
  return next;
}

function differs(old: CellState, cell: CellTarget): boolean {
  return (
    old.source !== cell.source ||
    old.type !== cell.type ||
    JSON.stringify(old.metadata) !== JSON.stringify(cell.metadata) ||
    (cell.outputs !== null && JSON.stringify(old.outputs) !== JSON.stringify(cell.outputs))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, at) => text === other[at]);
}
