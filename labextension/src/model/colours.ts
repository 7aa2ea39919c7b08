// Which colour has a step?

/** How many colours there are; the style sheet has as many. */
export const COLOURS = 7;

/** A colour for each name, from 1: the one of its hash, or the next that is free, as long as one is. */
export function coloursOf(names: Iterable<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of names) {
    if (!found.has(name)) {
      found.set(name, colourOf(name, new Set(found.values())));
    }
  }
  return found;
}

function colourOf(name: string, taken: ReadonlySet<number>): number {
  const wished = hash(name) % COLOURS;
  for (let further = 0; further < COLOURS; further += 1) {
    const colour = ((wished + further) % COLOURS) + 1;
    if (!taken.has(colour)) {
      return colour;
    }
  }
  return wished + 1;
}

/** FNV-1a: the same name has the same colour tomorrow, and in another notebook. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return value >>> 0;
}
