// What would a refactoring change? A tab for each file, and one for the notebook.

import type { Extension } from '@codemirror/state';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { RefactorAnswer } from '../client/types';
import { type CellState } from '../model/refactoring';
import { changedCells } from '../model/changed_cells';
import { Diff } from './diff';
import { TabList } from './tab_list';

export interface PreviewProps {
  readonly answer: RefactorAnswer;
  readonly cells: readonly CellState[];
  readonly language: Extension;
  readonly trans: TranslationBundle;
}

/** Tabs with the differences. */
export function RefactorPreview(props: PreviewProps): JSX.Element {
  const { answer, language, trans } = props;
  const files = answer.files.map(file => ({
    key: file.path,
    label: (
      <>
        {file.path}
        {file.before === null && <span className="jp-nb2pkg-New">{trans.__('new')}</span>}
      </>
    ),
    panel: () => (
      <Diff
        before={file.before ?? ''}
        after={file.after}
        label={trans.__('Changes of %1', file.path)}
        language={language}
      />
    )
  }));
  const notebook = { key: '', label: trans.__('Notebook'), panel: () => <ChangedCells {...props} /> };
  return <TabList tabs={[...files, notebook]} label={trans.__('What changes')} />;
}

function ChangedCells({ answer, cells, language, trans }: PreviewProps): JSX.Element {
  return (
    <>
      {changedCells(cells, answer.cells).map(change => {
        const label = change.position === null ? trans.__('New cell') : trans.__('Cell %1', change.position);
        return (
          <section key={change.key}>
            <h4 className="jp-nb2pkg-CellName">{change.after === null ? trans.__('%1 goes', label) : label}</h4>
            <Diff
              before={change.before ?? ''}
              after={change.after ?? ''}
              label={label}
              language={language}
              inLines={answer.module === ''}
            />
          </section>
        );
      })}
    </>
  );
}
