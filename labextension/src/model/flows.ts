// What does the step of a cell take from others, and what does it give them?

/** Names of values, in the order in which they are told. */
export interface CellFlow {
  readonly takes: readonly string[];
  readonly gives: readonly string[];
}

/** What is known of the cells of one notebook, by the ids of its cells. */
export type CellFlows = ReadonlyMap<string, CellFlow>;

export const NO_FLOWS: CellFlows = new Map();

/** What a label says of a cell; null where there is nothing to say. */
export function flowOf(flows: CellFlows, cell: string): CellFlow | null {
  const flow = flows.get(cell);
  return flow !== undefined && flow.takes.length + flow.gives.length > 0 ? flow : null;
}
