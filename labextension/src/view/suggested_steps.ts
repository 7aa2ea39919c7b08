// Which steps are suggested in which open notebook, and what becomes of them?

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import { nextAfter, NO_SUGGESTIONS, stillOpen, type Suggestions, without } from '../model/suggestions';
import { codeCells, nameCells, stepOfCell } from './tagged_cells';

/** Suggestions are nobody's tags yet: they are forgotten with the notebook that they are for. */
export class SuggestedSteps {
  /** What is still to be decided in a notebook. */
  of(panel: NotebookPanel): Suggestions {
    const known = this.known.get(panel);
    if (known === undefined || panel.isDisposed) {
      return NO_SUGGESTIONS;
    }
    const free = codeCells(panel.content).filter(({ model }) => stepOfCell(model) === null);
    return stillOpen(known, new Set(free.map(({ model }) => model.id)));
  }

  /** Something else is suggested now, or has been decided. */
  get changed(): ISignal<SuggestedSteps, NotebookPanel> {
    return this.hasChanged;
  }

  /** Suggest these, and nothing else. */
  suggest(panel: NotebookPanel, suggested: Suggestions): void {
    this.known.set(panel, suggested);
    this.hasChanged.emit(panel);
  }

  /** Accept or decline what is suggested for a cell; give the cell that is next, if any. */
  settle(panel: NotebookPanel, id: string, isAccepted: boolean): Cell | null {
    const open = this.of(panel);
    const cells = codeCells(panel.content);
    const cell = cells.find(({ model }) => model.id === id);
    const name = open.get(id);
    if (isAccepted && cell !== undefined && name !== undefined) {
      nameCells([cell], name);
    }
    const left = without(open, id);
    this.suggest(panel, left);
    const next = nextAfter(left, cells.map(({ model }) => model.id), id);
    return cells.find(({ model }) => model.id === next) ?? null;
  }

  /** Accept or decline all that is left, as one change of the notebook. */
  settleAll(panel: NotebookPanel, isAccepted: boolean): void {
    const open = this.of(panel);
    if (isAccepted) {
      panel.content.model?.sharedModel.transact(() => {
        for (const cell of codeCells(panel.content)) {
          nameCells(open.has(cell.model.id) ? [cell] : [], open.get(cell.model.id) ?? '');
        }
      });
    }
    this.suggest(panel, NO_SUGGESTIONS);
  }

  private readonly known = new WeakMap<NotebookPanel, Suggestions>();
  private readonly hasChanged = new Signal<SuggestedSteps, NotebookPanel>(this);
}
