import { expect, test } from 'vitest';
import { layOut, NODE_HEIGHT, type Layout, type LayoutInput } from './graph_layout';

function graph(nodes: string, edges: string): LayoutInput {
  return {
    nodes: nodes.split(' ').map(key => ({ key, width: 100 })),
    edges: edges
      .split(' ')
      .filter(edge => edge !== '')
      .map(edge => ({ source: edge[0], target: edge[1] }))
  };
}

function heights(layout: Layout): number[] {
  return layout.middles.map(({ y }) => y);
}

test('each step stands below all that it needs', () => {
  const [a, b, c, d] = heights(layOut(graph('a b c d', 'ab ac bd cd')));

  expect(b).toBeGreaterThan(a);
  expect(c).toBe(b);
  expect(d).toBeGreaterThan(c);
});

test('no two nodes touch, and all are in the picture', () => {
  const layout = layOut(graph('a b c d e f', 'ab ac ad ae af bf'));

  layout.middles.forEach((one, at) => {
    expect(one.x - 50).toBeGreaterThanOrEqual(0);
    expect(one.x + 50).toBeLessThanOrEqual(layout.width);
    expect(one.y + NODE_HEIGHT / 2).toBeLessThanOrEqual(layout.height);
    for (const other of layout.middles.slice(at + 1)) {
      expect(one.y !== other.y || Math.abs(one.x - other.x) > 100).toBe(true);
    }
  });
});

test('a value that is needed further down goes past the steps in between', () => {
  const layout = layOut(graph('a b c', 'ab bc ac'));
  const [, b] = layout.middles;

  const long = layout.routes[2];
  expect(long).toHaveLength(4);
  expect(Math.abs(long[1].x - b.x)).toBeGreaterThan(50);
});

test('lines that would cross are put in order', () => {
  const layout = layOut(graph('a b c d', 'ad bc'));
  const [a, b, c, d] = layout.middles;

  expect(Math.sign(a.x - b.x)).toBe(Math.sign(d.x - c.x));
});

test('many steps that need the same one do not stand side by side: a panel is narrow', () => {
  const [a, ...others] = heights(layOut(graph('a b c d e f', 'ab ac ad ae af')));

  expect(others.every(y => y > a)).toBe(true);
  expect(layOut(graph('a b c d e f', 'ab ac ad ae af')).width).toBeLessThan(340);
});

test('a long chain goes straight down, also beside values that are needed further down', () => {
  const chain = graph('a b c d e f g h', 'ab bc cd de ef fg gh ad be cf dg eh');
  const layout = layOut(chain);

  const across = layout.middles.map(({ x }) => x);
  expect(Math.max(...across) - Math.min(...across)).toBeLessThan(100);
});

test('steps that have nothing to do with others stand below them, and not all side by side', () => {
  const [a, b, c, d, e] = heights(layOut(graph('a b c d e', 'ae')));

  expect([a, e, b, c, d]).toEqual([a, e, b, b, d]);
  expect(b).toBeGreaterThan(e);
  expect(d).toBeGreaterThan(b);
});

test('there may be nothing, or one step alone', () => {
  expect(layOut({ nodes: [], edges: [] })).toEqual({ middles: [], routes: [], width: 0, height: 0 });
  expect(layOut(graph('a', '')).middles[0].x).toBeGreaterThan(50);
});

test('a hundred steps that all need the first ones are placed at once', () => {
  const nodes = Array.from({ length: 100 }, (_, at) => ({ key: `s${at}`, width: 90 }));
  const edges = nodes.flatMap((_, at) =>
    [0, 1, 2, at - 3, at - 1].filter(one => one >= 0 && one < at).map(one => ({ source: `s${one}`, target: `s${at}` }))
  );
  const begun = performance.now();

  const layout = layOut({ nodes, edges });

  expect(performance.now() - begun).toBeLessThan(250);
  expect(layout.width).toBeLessThan(400);
});
