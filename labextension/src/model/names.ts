// Which name or literal does somebody mean, by where the cursor stands in a cell?

/** A place in a cell's source; both count from 1, columns in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*/gu;

/** The Python name that an offset in a text lies in or right behind; null where there is none. */
export function nameAt(source: string, offset: number): string | null {
  const start = source.lastIndexOf('\n', offset - 1) + 1;
  const end = source.indexOf('\n', offset);
  const line = source.slice(start, end < 0 ? source.length : end);
  for (const found of line.matchAll(NAME)) {
    const from = start + (found.index ?? 0);
    if (from <= offset && offset <= from + found[0].length) {
      return found[0];
    }
  }
  return null;
}

/** Where an offset in a text is, as the server counts: characters, not the halves of them that JavaScript counts. */
export function placeAt(source: string, offset: number): Place {
  const before = source.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(start)].length + 1 };
}

/** The offset at which something stands that a cursor is meant to be on: behind a word or a quote, that one counts. */
export function offsetMeant(source: string, offset: number): number {
  const isOn = (at: number): boolean => /[\p{L}\p{N}_."'\])}-]/u.test(source.charAt(at));
  return offset > 0 && !isOn(offset) && isOn(offset - 1) ? offset - 1 : offset;
}

/** A name that a function could have, of words. */
export function isName(text: string): boolean {
  return /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*$/u.test(text);
}
