import { expect, test } from 'vitest';
import { COLOURS, coloursOf } from './colours';

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `step_${at}`);

test('as many steps as there are colours have one each', () => {
  const colours = [...coloursOf(names(COLOURS)).values()].sort();

  expect(colours).toEqual(Array.from({ length: COLOURS }, (_, at) => at + 1));
});

test('more steps share them', () => {
  for (const colour of coloursOf(names(100)).values()) {
    expect(colour).toBeGreaterThanOrEqual(1);
    expect(colour).toBeLessThanOrEqual(COLOURS);
  }
});

test('a step keeps its colour when others come after it', () => {
  const few = coloursOf(names(3));
  const many = coloursOf(names(9));

  for (const [name, colour] of few) {
    expect(many.get(name)).toBe(colour);
  }
});

test('a name alone has the same colour in every notebook', () => {
  expect(coloursOf(['load', 'load']).get('load')).toBe(coloursOf(['load']).get('load'));
});
