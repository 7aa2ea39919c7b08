// How is a change of a text shown?

import { unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { jupyterTheme } from '@jupyterlab/codemirror';
import React, { useEffect, useRef } from 'react';

export interface DiffProps {
  readonly before: string;
  readonly after: string;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly language: Extension;
  /** Whether what changes within lines is marked: not where lines have little to do with one another. */
  readonly inLines?: boolean;
}

/** Both texts in one, with what goes and what comes marked; drawn by the CodeMirror that JupyterLab shares. */
export function Diff({ before, after, label, language, inLines = true }: DiffProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) {
      return undefined;
    }
    const view = new EditorView({
      doc: after,
      parent: host.current,
      extensions: [
        jupyterTheme,
        language,
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        unifiedMergeView({
          original: before,
          mergeControls: false,
          gutter: true,
          highlightChanges: inLines && before !== '' && after !== '',
          collapseUnchanged: { margin: 3, minSize: 6 }
        })
      ]
    });
    return () => view.destroy();
  }, [before, after, label, language]);
  return <div className="jp-nb2pkg-Diff" ref={host} role="region" aria-label={label} />;
}
