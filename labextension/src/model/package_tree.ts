// How do the files of a package stand in their folders, and where does a key lead from one to the next?

import type { PackageFile } from '../client/types';

/** A line of the tree. level, setSize and position count from 1, as screen readers say them. */
export interface TreeRow {
  readonly path: string;
  readonly name: string;
  readonly level: number;
  readonly setSize: number;
  readonly position: number;
  /** null for a folder. */
  readonly file: PackageFile | null;
  /** Of a folder, whether what is in it is shown. */
  readonly isOpen: boolean;
  /** Of a folder, how many files in it are not the same as before. */
  readonly changed: number;
}

/** What a key does in the tree: where the focus goes, and which folder is opened or closed. */
export interface Move {
  readonly focus: string;
  readonly turn: string | null;
}

interface Folder {
  readonly path: string;
  readonly name: string;
  readonly folders: Map<string, Folder>;
  readonly files: PackageFile[];
}

/** Whether a file stays as it is, so that it need not be looked at. */
export function isSame(file: PackageFile): boolean {
  return file.kind === 'unchanged';
}

/** The lines that are seen: folders first, each sorted by name; those in closed folders are left out. */
export function treeRows(
  files: readonly PackageFile[],
  closed: ReadonlySet<string>,
  showsSame: boolean
): TreeRow[] {
  return rowsOf(folderOf(files.filter(file => showsSame || !isSame(file))), 1, closed);
}

function folderOf(files: readonly PackageFile[]): Folder {
  const root = emptyFolder('', '');
  for (const file of files) {
    let at = root;
    for (const name of file.path.split('/').slice(0, -1)) {
      const path = at.path === '' ? name : `${at.path}/${name}`;
      const next = at.folders.get(name) ?? emptyFolder(path, name);
      at.folders.set(name, next);
      at = next;
    }
    at.files.push(file);
  }
  return root;
}

function emptyFolder(path: string, name: string): Folder {
  return { path, name, folders: new Map(), files: [] };
}

function rowsOf(folder: Folder, level: number, closed: ReadonlySet<string>): TreeRow[] {
  const folders = [...folder.folders.values()].sort(byName);
  const files = folder.files.map(file => ({ file, name: nameOf(file.path) })).sort(byName);
  const setSize = folders.length + files.length;
  return [
    ...folders.flatMap((one, at) => {
      const isOpen = !closed.has(one.path);
      const { path, name } = one;
      const row = { path, name, level, setSize, position: at + 1, file: null, isOpen, changed: changedIn(one) };
      return [row, ...(isOpen ? rowsOf(one, level + 1, closed) : [])];
    }),
    ...files.map(({ file, name }, at) => ({
      path: file.path,
      name,
      level,
      setSize,
      position: folders.length + at + 1,
      file,
      isOpen: false,
      changed: 0
    }))
  ];
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

function changedIn(folder: Folder): number {
  const below = [...folder.folders.values()].map(changedIn);
  return folder.files.filter(file => !isSame(file)).length + below.reduce((sum, count) => sum + count, 0);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Where a key leads from the line with the focus; null for a key that the tree has no use for. */
export function moved(rows: readonly TreeRow[], focused: string, key: string): Move | null {
  const at = Math.max(0, rows.findIndex(row => row.path === focused));
  const row = rows[at];
  if (row === undefined) {
    return null;
  }
  const to = (index: number): Move => ({ focus: rows[Math.min(Math.max(index, 0), rows.length - 1)].path, turn: null });
  const turn: Move = { focus: row.path, turn: row.path };
  const isFolder = row.file === null;
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      return isFolder && !row.isOpen ? turn : to(isFolder ? at + 1 : at);
    case 'ArrowLeft':
      return isFolder && row.isOpen ? turn : to(parentOf(rows, at));
    case 'Enter':
    case ' ':
      return isFolder ? turn : to(at);
    default:
      return null;
  }
}

function parentOf(rows: readonly TreeRow[], at: number): number {
  for (let above = at - 1; above >= 0; above--) {
    if (rows[above].level < rows[at].level) {
      return above;
    }
  }
  return at;
}
