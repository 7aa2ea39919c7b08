// Where does each step stand in a picture, and which way do its values take? Layers from the top, few crossings.

/** What is drawn: nodes in the order of the notebook, edges from earlier to later ones. */
export interface LayoutInput {
  readonly nodes: readonly { readonly key: string; readonly width: number }[];
  readonly edges: readonly { readonly source: string; readonly target: string }[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of each node, and the points that each edge runs through, both in the order of the input. */
export interface Layout {
  readonly middles: readonly Point[];
  readonly routes: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

export const NODE_HEIGHT = 40;
const LAYER_HEIGHT = 84;
const MARGIN = 12;
const NODE_GAP = 20;
const BEND_GAP = 14;
const SIDE_BY_SIDE = 2;
const SWEEPS = 8;
/** So that a long chain does not wander off sideways. */
const INWARD = 0.5;

/** A place in a layer: a node, or the way of the edges of one node past the layers in between. */
interface Place {
  readonly width: number;
  readonly isBend: boolean;
  readonly level: number;
  readonly above: Place[];
  readonly below: Place[];
  rank: number;
  x: number;
}

/** Place nodes as far down as what they need wants; edges that lead past layers have places of their own there. */
export function layOut({ nodes, edges }: LayoutInput): Layout {
  const level = levels(nodes, edges);
  const places = new Map(nodes.map(({ key, width }) => [key, place(width, level.get(key) ?? 0, false)]));
  const bends = new Map<string, Place[]>();
  const ways = edges.map(({ source, target }) => way(source, target, places, bends));
  const layers = layersOf([...places.values(), ...[...bends.values()].flat()]);
  untangle(layers);
  spread(layers);
  const all = layers.flat();
  const left = least(all.map(one => one.x - one.width / 2)) - MARGIN;
  const y = (one: Place): number => MARGIN + NODE_HEIGHT / 2 + one.level * LAYER_HEIGHT;
  const point = (one: Place): Point => ({ x: one.x - left, y: y(one) });
  return {
    middles: nodes.map(({ key }) => point(places.get(key) as Place)),
    routes: ways.map(passed => route(passed.map(point))),
    width: all.length === 0 ? 0 : -least(all.map(one => -one.x - one.width / 2)) - left + MARGIN,
    height: layers.length === 0 ? 0 : (layers.length - 1) * LAYER_HEIGHT + NODE_HEIGHT + 2 * MARGIN
  };
}

/**
 * Each node as far up as what it needs lets it, and as there is room: a side panel is narrow.
 *
 * Nodes without edges stand below the others.
 */
function levels(nodes: LayoutInput['nodes'], edges: LayoutInput['edges']): ReadonlyMap<string, number> {
  const joined = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const found = levelsOfJoined(
    nodes.filter(({ key }) => joined.has(key)),
    edges
  );
  const below = Math.max(-1, ...found.values()) + 1;
  nodes
    .filter(({ key }) => !joined.has(key))
    .forEach(({ key }, at) => found.set(key, below + Math.floor(at / SIDE_BY_SIDE)));
  return found;
}

function levelsOfJoined(nodes: LayoutInput['nodes'], edges: LayoutInput['edges']): Map<string, number> {
  const before = new Map<string, string[]>();
  for (const { source, target } of edges) {
    before.set(target, [...(before.get(target) ?? []), source]);
  }
  const found = new Map<string, number>();
  const taken: number[] = [];
  for (const { key } of nodes) {
    const known = (before.get(key) ?? []).flatMap(one => found.get(one) ?? []);
    let level = known.reduce((most, one) => Math.max(most, one + 1), 0);
    while ((taken[level] ?? 0) >= SIDE_BY_SIDE) {
      level += 1;
    }
    taken[level] = (taken[level] ?? 0) + 1;
    found.set(key, level);
  }
  return found;
}

/** The places that an edge passes. Edges of the same node go side by side as one, as long as they go the same way. */
function way(
  source: string,
  target: string,
  places: ReadonlyMap<string, Place>,
  bends: Map<string, Place[]>
): readonly Place[] {
  const from = places.get(source);
  const to = places.get(target);
  if (from === undefined || to === undefined || to.level <= from.level) {
    return [];
  }
  const shared = bends.get(source) ?? [];
  bends.set(source, shared);
  const passed = [from];
  for (let level = from.level + 1; level < to.level; level += 1) {
    const at = level - from.level - 1;
    if (shared[at] === undefined) {
      shared[at] = place(0, level, true);
      join(passed[at], shared[at]);
    }
    passed.push(shared[at]);
  }
  join(passed[passed.length - 1], to);
  return [...passed, to];
}

function place(width: number, level: number, isBend: boolean): Place {
  return { width, level, isBend, above: [], below: [], rank: 0, x: 0 };
}

function join(upper: Place, lower: Place): void {
  upper.below.push(lower);
  lower.above.push(upper);
}

function layersOf(all: readonly Place[]): Place[][] {
  const layers: Place[][] = [];
  for (const one of all) {
    (layers[one.level] ??= []).push(one);
  }
  layers.forEach(number);
  return layers;
}

function number(layer: readonly Place[]): void {
  layer.forEach((one, rank) => {
    one.rank = rank;
  });
}

/** Order each layer by the middle of its neighbours, down and up again, a few times. */
function untangle(layers: readonly Place[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      const wish = new Map(
        layer.map(one => [one, mean((isDown ? one.above : one.below).map(({ rank }) => rank), one.rank)])
      );
      layer.sort((one, other) => (wish.get(one) ?? 0) - (wish.get(other) ?? 0));
      number(layer);
    }
  }
}

/** Pull each place towards its neighbours, as far as those beside it give room, and all a little towards the middle. */
function spread(layers: readonly Place[][]): void {
  for (const layer of layers) {
    arrange(layer, layer.map(() => 0));
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      arrange(layer, layer.map(one => INWARD * mean([...one.above, ...one.below].map(({ x }) => x), one.x)));
    }
  }
}

/** Give each its wish, moved right until it is free, and shift them all back by the middle of that. */
function arrange(layer: readonly Place[], wishes: readonly number[]): void {
  let most = 0;
  let fewest = Infinity;
  layer.forEach((one, at) => {
    const beside = layer[at - 1];
    const gap = beside?.isBend === true && one.isBend ? BEND_GAP : NODE_GAP;
    const free = beside === undefined ? wishes[at] : beside.x + (beside.width + one.width) / 2 + gap;
    one.x = Math.max(wishes[at], free);
    most = Math.max(most, one.x - wishes[at]);
    fewest = Math.min(fewest, one.x - wishes[at]);
  });
  for (const one of layer) {
    one.x -= (most + fewest) / 2;
  }
}

/** From below the first node to above the last; upright beside the nodes in between. */
function route(passed: readonly Point[]): readonly Point[] {
  return passed.flatMap(({ x, y }, at) => [
    ...(at > 0 ? [{ x, y: y - NODE_HEIGHT / 2 }] : []),
    ...(at < passed.length - 1 ? [{ x, y: y + NODE_HEIGHT / 2 }] : [])
  ]);
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function least(values: readonly number[]): number {
  return values.reduce((found, one) => Math.min(found, one), values[0] ?? 0);
}
