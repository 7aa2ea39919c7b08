// Which cells of a notebook does a refactoring change, and what do they say before and after?

import type { RefactoredCell } from '../client/types';
import type { CellState } from './refactoring';

/** A cell that changes: before is null where it is new, after where it goes. Positions count all cells from 1. */
export interface ChangedCell {
  readonly key: string;
  readonly position: number | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** The changes in the order of the notebook, each cell that goes in its old place. */
export function changedCells(now: readonly CellState[], wanted: readonly RefactoredCell[]): ChangedCell[] {
  const position = new Map(now.map((cell, at) => [cell.id, at + 1]));
  const stays = new Set(wanted.map(cell => cell.of));
  const found: [number, ChangedCell][] = [];
  let place = 0;
  wanted.forEach((cell, at) => {
    const old = cell.of === null ? undefined : now[(position.get(cell.of) ?? 0) - 1];
    place = old === undefined ? place + 0.001 : (position.get(old.id) ?? place);
    if (old === undefined || old.source !== cell.source) {
      found.push([
        place,
        {
          key: cell.of ?? `new ${at}`,
          position: old === undefined ? null : (position.get(old.id) ?? null),
          before: old?.source ?? null,
          after: cell.source
        }
      ]);
    }
  });
  now.forEach((cell, at) => {
    if (!stays.has(cell.id)) {
      found.push([at + 1, { key: cell.id, position: at + 1, before: cell.source, after: null }]);
    }
  });
  return found.sort(([one], [other]) => one - other).map(([, change]) => change);
}
