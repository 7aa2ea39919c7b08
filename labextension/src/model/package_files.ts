// What becomes of the files of a package, and which of them needs somebody's eye?

import type { ExtractAnswer, PackageFile } from '../client/types';

export type FileKind = PackageFile['kind'];

// Those that need a decision first.
const KINDS: readonly FileKind[] = [
  'edited', 'conflict', 'merge', 'keep', 'delete', 'replace', 'create', 'unchanged'
]; // prettier-ignore

/** How many files there are of each kind; kinds without any are left out. */
export function countsOf(files: readonly PackageFile[]): [kind: FileKind, count: number][] {
  return KINDS.map((kind): [FileKind, number] => [kind, files.filter(file => file.kind === kind).length]).filter(
    ([, count]) => count > 0
  );
}

/** Whether some file was edited by hand, so that there is something to decide. */
export function hasEdits(files: readonly PackageFile[]): boolean {
  return files.some(file => file.is_edited);
}

/** The files that stop everything, until somebody says what to do with their edits. */
export function inTheWay(files: readonly PackageFile[]): string[] {
  return files.filter(file => file.kind === 'edited').map(file => file.path);
}

/** How many files are written or deleted. */
export function changeCount(files: readonly PackageFile[]): number {
  return files.filter(file => ['create', 'replace', 'merge', 'delete', 'conflict'].includes(file.kind)).length;
}

/** The file to look at first: one that needs a decision, else what runs the steps, else any that changes. */
export function firstToSee(files: readonly PackageFile[]): string | null {
  const urgent = files.find(file => ['edited', 'conflict', 'merge'].includes(file.kind));
  const pipeline = files.find(file => /^src\/[^/]+\/pipeline\.py$/.test(file.path) && file.kind !== 'unchanged');
  const any = files.find(file => file.kind !== 'unchanged');
  return (urgent ?? pipeline ?? any)?.path ?? null;
}

/** The files that two previews say different things of. */
export function differentFiles(before: ExtractAnswer, now: ExtractAnswer): string[] {
  const old = new Map(before.files.map(file => [file.path, JSON.stringify(file)]));
  const fresh = new Map(now.files.map(file => [file.path, JSON.stringify(file)]));
  const paths = new Set([...old.keys(), ...fresh.keys()]);
  return [...paths].filter(path => old.get(path) !== fresh.get(path)).sort();
}

/** Both sides of a file, as text; null where one of them is no text. */
export function sidesOf(file: PackageFile): { before: string; after: string } | null {
  const after = file.offered ?? file.after;
  if (file.kind === 'unchanged') {
    return after === null ? null : { before: after, after };
  }
  const isBinary =
    (file.before === null && file.before_bytes !== null) || (after === null && file.after_bytes !== null);
  return isBinary ? null : { before: file.before ?? '', after: after ?? '' };
}

/** A size as people read it. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} B`;
  }
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
