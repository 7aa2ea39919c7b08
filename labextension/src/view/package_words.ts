// In which words is it said what becomes of a file?

import type { TranslationBundle } from '@jupyterlab/translation';
import type { FileKind } from '../model/package_files';

/** A word for a line of the tree. */
export function kindWord(kind: FileKind, trans: TranslationBundle): string {
  const words: Record<FileKind, string> = {
    create: trans.__('new'),
    replace: trans.__('changed'),
    merge: trans.__('merged'),
    keep: trans.__('kept'),
    delete: trans.__('deleted'),
    edited: trans.__('edited'),
    conflict: trans.__('conflict'),
    unchanged: trans.__('unchanged')
  };
  return words[kind];
}

/** A sentence for whoever looks at the file; empty where its differences say it all. */
export function kindSentence(kind: FileKind, isOffered: boolean, trans: TranslationBundle): string {
  switch (kind) {
    case 'edited':
      return trans.__('Edited by hand since it was written. This is what overwriting it would do.');
    case 'merge':
      return trans.__('Your edits and what is new come together.');
    case 'keep':
      return trans.__('Edited by hand, and stays as it is: there is nothing new to bring in.');
    case 'conflict':
      return isOffered
        ? trans.__('Your edits stay. They do not fit what is new, which is put beside them as *.nb2pkg-new:')
        : trans.__('Your edits do not fit what is new: both are in the file, between markers.');
    case 'delete':
      return trans.__('The notebook has no use for it any more.');
    default:
      return '';
  }
}

/** What to do about a refusal, where the words of the command line do not help; null leaves those. */
export function hintHere(code: string | null, trans: TranslationBundle): string | null {
  switch (code) {
    case 'NB016':
      return trans.__('Type nb2pkg extract --run with the name of the notebook in a terminal; then tables can be checked.');
    case 'NB403':
    case 'NB409':
    case 'NB411':
      return trans.__('Name another folder, or another package.');
    case 'NB402':
    case 'NB502':
      return trans.__('Nothing was written. Make room, or name another folder.');
    case 'NB407':
      return trans.__('Nothing was written. Bring that file in line by hand.');
    case 'NB413':
      return trans.__('Below is what would be written now.');
    default:
      return null;
  }
}
