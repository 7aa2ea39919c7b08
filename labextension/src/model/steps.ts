// Which step does a cell's tags say, and how is a step written into them?

export type StepProblem = 'no-name' | 'no-letters' | 'several';

/** What the tags of a cell say of its step; `name` is as it stands in the tag. */
export interface Step {
  readonly name: string;
  readonly problem: StepProblem | null;
}

// `block:` means the same. A name may hold anything, as `nb2pkg` reads it.
const STEP_TAG = /^(?:step|block):([^]*)$/;
const LONGEST = 60;

/** The step that the tags say, if any: the first tag with a name counts, as it does for `nb2pkg`. */
export function stepOf(tags: unknown): Step | null {
  const names = texts(tags)
    .map(nameIn)
    .filter(name => name !== null);
  if (names.length === 0) {
    return null;
  }
  const name = names.find(one => one !== '') ?? '';
  return { name: name.trim(), problem: problemOf(name.trim(), names.length) };
}

/** The tags of a cell once it belongs to a step; all other tags stay as they are. */
export function withStep(tags: unknown, name: string): unknown[] {
  const kept = list(tags);
  const place = kept.findIndex(isStepTag);
  const others = withoutStep(tags);
  others.splice(place < 0 ? others.length : place, 0, `step:${name}`);
  return others;
}

/** The tags of a cell that belongs to no step by its tags. */
export function withoutStep(tags: unknown): unknown[] {
  return list(tags).filter(tag => !isStepTag(tag));
}

/** The name that somebody's words make: what a function can be called; '' where no letter or digit is left. */
export function asName(typed: string): string {
  const words = typed
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, character => (/\s/.test(character) ? ' ' : ''))
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');
  const name = words.join('_');
  const safe = /^[0-9]/.test(name) ? `step_${name}` : name;
  return safe.slice(0, LONGEST).replace(/_+$/, '');
}

function problemOf(name: string, count: number): StepProblem | null {
  if (name === '') {
    return 'no-name';
  }
  if (asName(name) === '') {
    return 'no-letters';
  }
  return count > 1 ? 'several' : null;
}

function isStepTag(tag: unknown): boolean {
  return typeof tag === 'string' && STEP_TAG.test(tag);
}

function nameIn(tag: string): string | null {
  const found = STEP_TAG.exec(tag);
  return found === null ? null : found[1];
}

/** The tags that are texts; whatever is no list of tags counts as none. */
export function texts(tags: unknown): string[] {
  return list(tags).filter((tag): tag is string => typeof tag === 'string');
}

/** Whatever is no list of tags counts as none, as it does for `nb2pkg` (NB193). */
function list(tags: unknown): unknown[] {
  return Array.isArray(tags) ? [...tags] : [];
}
