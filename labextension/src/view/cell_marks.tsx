// Where does a notebook show that something is wrong with a cell?

import React from 'react';
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';
import type { CellMark } from '../model/findings';

const CLASSES = { error: 'jp-nb2pkg-HasError', warning: 'jp-nb2pkg-HasWarning', note: 'jp-nb2pkg-HasNote' };

/** The marks of one notebook: a line at the edge of a cell, over it, so that nothing moves when it comes and goes. */
export class CellMarks {
  constructor(
    private readonly notebook: Notebook,
    private readonly trans: TranslationBundle,
    private readonly onOpen: () => void
  ) {
    notebook.disposed.connect(this.dispose, this);
  }

  /** Mark these cells, by id, and no others. */
  show(marks: ReadonlyMap<string, CellMark>): void {
    if (this.notebook.isDisposed) {
      return;
    }
    this.marks = marks;
    for (const cell of this.notebook.widgets) {
      const mark = marks.get(cell.model.sharedModel.getId()) ?? null;
      if (mark !== null || this.drawn.has(cell)) {
        this.draw(cell, mark);
      }
    }
  }

  dispose(): void {
    Signal.clearData(this);
    this.drawn.clear();
  }

  private draw(cell: Cell, mark: CellMark | null): void {
    for (const [severity, name] of Object.entries(CLASSES)) {
      cell.toggleClass(name, mark?.severity === severity);
    }
    if (mark === null) {
      this.drawn.get(cell)?.dispose();
      this.drawn.delete(cell);
      return;
    }
    if (cell.isPlaceholder() || cell.inputArea === null) {
      // It gets its line with the rest of what it shows.
      void cell.ready.then(() => {
        const now = this.marks.get(cell.model.sharedModel?.getId());
        if (!cell.isDisposed && now !== undefined && !cell.isPlaceholder()) {
          this.draw(cell, now);
        }
      });
      return;
    }
    let line = this.drawn.get(cell);
    if (line === undefined) {
      line = new Mark(this.trans, this.onOpen);
      (cell.inputArea.layout as PanelLayout).addWidget(line);
      this.drawn.set(cell, line);
      cell.disposed.connect(() => this.drawn.delete(cell));
    }
    line.say(mark);
  }

  private marks: ReadonlyMap<string, CellMark> = new Map();
  private readonly drawn = new Map<Cell, Mark>();
}

class Mark extends ReactWidget {
  constructor(
    private readonly trans: TranslationBundle,
    private readonly onOpen: () => void
  ) {
    super();
    this.addClass('jp-nb2pkg-Mark');
  }

  say(mark: CellMark): void {
    if (JSON.stringify(mark) !== JSON.stringify(this.mark)) {
      this.mark = mark;
      this.update();
    }
  }

  protected render(): JSX.Element | null {
    const { mark, trans } = this;
    if (mark === null) {
      return null;
    }
    const more = mark.more > 0 ? trans.__('and %1 more', mark.more) : '';
    return (
      <button
        type="button"
        className="jp-nb2pkg-MarkText"
        tabIndex={-1}
        title={[mark.message, more, trans.__('Click to see all findings')].filter(one => one !== '').join('\n')}
        onClick={this.onOpen}
      >
        {mark.code} {mark.message} {more}
      </button>
    );
  }

  private mark: CellMark | null = null;
}
