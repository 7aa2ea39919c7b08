// Which steps are suggested for the cells of a notebook, and not yet accepted or declined?

import type { SuggestedTag } from '../client/types';
import { stepOf } from './steps';

/** Names of steps by the ids of cells, in the order of the notebook. */
export type Suggestions = ReadonlyMap<string, string>;

export const NO_SUGGESTIONS: Suggestions = new Map();

/** What the server suggests. */
export function suggestionsOf(tags: readonly SuggestedTag[]): Suggestions {
  return new Map(
    tags.flatMap(({ cell, tag }): [string, string][] => {
      const name = stepOf([tag])?.name ?? '';
      return name === '' ? [] : [[cell, name]];
    })
  );
}

/** What is still to be decided: for cells that are there, and have got no step in the meantime. */
export function stillOpen(suggested: Suggestions, withoutStep: ReadonlySet<string>): Suggestions {
  return new Map([...suggested].filter(([cell]) => withoutStep.has(cell)));
}

/** The others. */
export function without(suggested: Suggestions, cell: string): Suggestions {
  return new Map([...suggested].filter(([one]) => one !== cell));
}

/** The cell to go on with after one: the next that has a suggestion, or else the first. `order` is the notebook's. */
export function nextAfter(suggested: Suggestions, order: readonly string[], cell: string): string | null {
  const at = order.indexOf(cell);
  const ahead = [...order.slice(at + 1), ...order.slice(0, Math.max(at, 0))];
  return ahead.find(one => suggested.has(one)) ?? null;
}
