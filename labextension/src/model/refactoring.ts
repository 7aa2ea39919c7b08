// What has to be done to an open notebook, cell by cell, for a refactoring to be there?

import type { RefactoredCell } from '../client/types';
import { texts } from './steps';

/** A cell of the notebook as it is, or was: what a refactoring may change of it. */
export interface CellState {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly metadata: Metadata;
  readonly outputs: readonly unknown[];
  readonly executionCount: number | null;
}

/** A cell as it shall be. Its id is null where it is new. */
export interface CellTarget {
  readonly id: string | null;
  readonly type: string;
  readonly source: string;
  readonly metadata: Metadata;
  /** null leaves the outputs as they are. */
  readonly outputs: readonly unknown[] | null;
  readonly executionCount: number | null;
}

/** What is done to a notebook, one after the other; `at` counts cells from 0, as they are at that moment. */
export type CellEdit =
  | { readonly kind: 'delete'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly cell: CellTarget }
  | { readonly kind: 'change'; readonly at: number; readonly cell: CellTarget };

type Metadata = Readonly<Record<string, unknown>>;

const MARK = 'nb2pkg';
const TRUSTED = 'trusted';
const MOST_WARNINGS = 20_000;

/** The cells as a refactoring wants them, with what the server never sees: metadata and outputs. */
export function targets(now: readonly CellState[], wanted: readonly RefactoredCell[]): CellTarget[] {
  const known = byId(now);
  return wanted.map(cell => {
    const old = cell.of === null ? undefined : known.get(cell.of);
    const isSame = cell.shows.length === 0 || (cell.shows.length === 1 && cell.shows[0] === cell.of);
    const shown = isSame ? [] : cell.shows.flatMap(id => known.get(id) ?? []).filter(one => one.outputs.length > 0);
    const metadata = metadataOf(old?.metadata ?? {}, cell);
    if (shown.length > 0) {
      // Outputs that nobody here has made must not run what they hold because others in the same cell may.
      metadata[TRUSTED] = shown.every(one => one.metadata[TRUSTED] === true);
    }
    return {
      id: old?.id ?? null,
      type: cell.type,
      source: cell.source,
      metadata,
      outputs: isSame ? null : shown.flatMap(one => one.outputs),
      executionCount: old?.executionCount ?? null
    };
  });
}

/**
 * The cells as they were before a refactoring, with all that has been done since but has nothing to do with it.
 *
 * left: the cells as the refactoring has left them; what it did not change keeps what it is `now`
 */
export function restored(
  before: readonly CellState[],
  left: readonly CellState[],
  now: readonly CellState[]
): CellTarget[] {
  const leftById = byId(left);
  const nowById = byId(now);
  return before.map(cell => {
    const was = leftById.get(cell.id);
    const is = nowById.get(cell.id);
    if (was === undefined || is === undefined) {
      return cell; // it had gone
    }
    return {
      id: cell.id,
      type: cell.type,
      source: is.source === was.source ? cell.source : is.source,
      metadata: undone(cell.metadata, was.metadata, is.metadata),
      outputs: isEqual(cell.outputs, was.outputs) ? null : cell.outputs,
      executionCount: is.executionCount
    };
  });
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

/** Whether the notebook's code still is what it was: only then is a refactoring of it one of what is there. */
export function isStillSo(now: readonly CellState[], then: readonly CellState[]): boolean {
  return (
    now.length === then.length &&
    now.every((cell, at) => cell.id === then[at].id && cell.source === then[at].source && cell.type === then[at].type)
  );
}

/** What a cell's outputs tell of its last run: whether it ended with an error, and which warnings it printed. */
export function outcomeOf(cell: CellState): { failed: boolean; warnings: string } {
  const outputs = cell.outputs.filter(isObject);
  const printed = outputs
    .filter(({ output_type, name }) => output_type === 'stream' && name === 'stderr')
    .flatMap(({ text }) => text)
    .join('');
  return {
    failed: outputs.some(({ output_type }) => output_type === 'error'),
    warnings: printed.includes('Warning') ? printed.slice(0, MOST_WARNINGS) : ''
  };
}

/** A cell that the notebook says must not change, or must not go: its position, from 0. */
export interface Locked {
  readonly at: number;
  readonly id: string;
  readonly goes: boolean;
}

/** The cells that a refactoring would change or remove though `editable` or `deletable` says that they stay. */
export function lockedCells(now: readonly CellState[], wanted: readonly RefactoredCell[]): Locked[] {
  const staying = new Map(wanted.flatMap(cell => (cell.of === null ? [] : [[cell.of, cell] as const])));
  return now.flatMap((cell, at) => {
    const next = staying.get(cell.id);
    const goes = next === undefined;
    const isLocked = goes ? cell.metadata.deletable === false : next.source !== cell.source && cell.metadata.editable === false;
    return isLocked ? [{ at, id: cell.id, goes }] : [];
  });
}

/** Metadata as it is now, but what was changed between `before` and `left`, and is still as it was left, as before. */
function undone(before: Metadata, left: Metadata, now: Metadata): Metadata {
  const found: Record<string, unknown> = { ...now };
  for (const key of new Set([...Object.keys(before), ...Object.keys(left)])) {
    if (!isEqual(before[key], left[key]) && isEqual(left[key], now[key])) {
      if (key in before) {
        found[key] = before[key];
      } else {
        delete found[key];
      }
    }
  }
  return found;
}

function byId(cells: readonly CellState[]): Map<string, CellState> {
  return new Map(cells.map(cell => [cell.id, cell]));
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What the server says of tags and marks goes in; all else, and the order of it, stays. */
function metadataOf(old: Metadata, cell: RefactoredCell): Record<string, unknown> {
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
    !isEqual(old.metadata, cell.metadata) ||
    (cell.outputs !== null && !isEqual(old.outputs, cell.outputs))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, at) => text === other[at]);
}
