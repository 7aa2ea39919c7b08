// What becomes of one file of a package?

import type { Extension } from '@codemirror/state';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';
import type { PackageFile } from '../client/types';
import { sidesOf, sizeText } from '../model/package_files';
import { Diff } from './diff';
import { kindSentence } from './package_words';

export interface FilePaneProps {
  readonly file: PackageFile;
  readonly languageOf: (path: string) => Promise<Extension>;
  readonly trans: TranslationBundle;
}

/** Its differences; of what is no text, its size. */
export function FilePane({ file, languageOf, trans }: FilePaneProps): JSX.Element {
  const [known, setKnown] = useState<{ path: string; language: Extension } | null>(null);
  useEffect(() => {
    let isWanted = true;
    void languageOf(file.path)
      .catch((): Extension => [])
      .then(language => isWanted && setKnown({ path: file.path, language }));
    return () => {
      isWanted = false;
    };
  }, [file.path]);
  const sides = sidesOf(file);
  const sentence = kindSentence(file.kind, file.offered !== null, trans);
  return (
    <section className="jp-nb2pkg-FilePane" aria-label={file.path}>
      <h4 className="jp-nb2pkg-CellName">{file.path}</h4>
      {sentence !== '' && <p className="jp-nb2pkg-Hint">{sentence}</p>}
      {sides === null && <p>{sizes(file, trans)}</p>}
      {sides !== null && known?.path === file.path && (
        <Diff key={file.path} {...sides} label={trans.__('Changes of %1', file.path)} language={known.language} />
      )}
    </section>
  );
}

function sizes({ before_bytes: before, after_bytes: after }: PackageFile, trans: TranslationBundle): string {
  if (before === null || after === null) {
    return trans.__('Not a text: %1', sizeText(before ?? after ?? 0));
  }
  return trans.__('Not a text: %1, was %2', sizeText(after), sizeText(before));
}
