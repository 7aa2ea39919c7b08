// What do the steps of a notebook say of its cells?

import type { GraphAnswer, GraphStep } from '../client/types';
import type { CellFlows } from './flows';

/** What each step takes and gives, told once: at its first cell. */
export function flowsOf(graph: GraphAnswer): CellFlows {
  return new Map(
    graph.steps.flatMap(({ cells, takes, gives }) => (cells.length > 0 ? [[cells[0], { takes, gives }]] : []))
  );
}

/** The cells of a step as somebody counts them, from 1, Markdown too: `3, 5–7`. `order` are the ids of all cells. */
export function cellsOf(step: GraphStep, order: readonly string[]): string {
  const found = step.cells.map(cell => order.indexOf(cell) + 1).filter(position => position > 0);
  const ranges: [number, number][] = [];
  for (const position of found.sort((one, other) => one - other)) {
    const last = ranges[ranges.length - 1];
    if (last !== undefined && last[1] === position - 1) {
      last[1] = position;
    } else {
      ranges.push([position, position]);
    }
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}
