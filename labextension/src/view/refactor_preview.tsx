// What would a refactoring change? A tab for each file, and one for the notebook.

import type { Extension } from '@codemirror/state';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useState } from 'react';
import type { RefactorAnswer } from '../client/types';
import { type CellState } from '../model/refactoring';
import { changedCells } from '../model/changed_cells';
import { Diff } from './diff';

export interface PreviewProps {
  readonly answer: RefactorAnswer;
  readonly cells: readonly CellState[];
  readonly language: Extension;
  readonly trans: TranslationBundle;
}

/** Tabs with the differences; arrows go from tab to tab. */
export function RefactorPreview({ answer, cells, language, trans }: PreviewProps): JSX.Element {
  const tabs = [...answer.files.map(file => file.path), null];
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const at = Math.min(chosen, tabs.length - 1);
  const press = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: tabs.length - 1 - at };
    if (event.key in steps) {
      const next = (at + steps[event.key] + tabs.length) % tabs.length;
      setChosen(next);
      (event.currentTarget.children[next] as HTMLElement).focus();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const path = tabs[at];
  const file = answer.files.find(one => one.path === path);
  return (
    <div className="jp-nb2pkg-Tabs">
      <div className="jp-nb2pkg-TabBar" role="tablist" aria-label={trans.__('What changes')} onKeyDown={press}>
        {tabs.map((tab, number) => (
          <button
            key={tab ?? ''}
            type="button"
            role="tab"
            id={`${id}-${number}`}
            className="jp-nb2pkg-Tab"
            aria-selected={number === at}
            aria-controls={`${id}-panel`}
            tabIndex={number === at ? 0 : -1}
            onClick={() => setChosen(number)}
          >
            {tab ?? trans.__('Notebook')}
            {tab !== null && answer.files[number].before === null && (
              <span className="jp-nb2pkg-New">{trans.__('new')}</span>
            )}
          </button>
        ))}
      </div>
      <div className="jp-nb2pkg-TabPanel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`}>
        {file !== undefined ? (
          <Diff
            before={file.before ?? ''}
            after={file.after}
            label={trans.__('Changes of %1', file.path)}
            language={language}
          />
        ) : (
          changedCells(cells, answer.cells).map(change => {
            const label = change.position === null ? trans.__('New cell') : trans.__('Cell %1', change.position);
            return (
              <section key={change.key}>
                <h4 className="jp-nb2pkg-CellName">
                  {change.after === null ? trans.__('%1 goes', label) : label}
                </h4>
                <Diff
                  before={change.before ?? ''}
                  after={change.after ?? ''}
                  label={label}
                  language={language}
                  inLines={answer.module === ''}
                />
              </section>
            );
          })
        )}
      </div>
    </div>
  );
}
