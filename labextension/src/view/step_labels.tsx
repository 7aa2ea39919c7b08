// Where do the labels of a notebook's steps stand, and when do they change?

import React from 'react';
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';
import { coloursOf } from '../model/colours';
import { flowOf, type CellFlows } from '../model/flows';
import type { Suggestions } from '../model/suggestions';
import { StepLabel, type StepLabelEvents, type StepLabelState } from './step_label';
import { cellsWith, codeCells, nameCells, namesOfSteps, stepOfCell } from './tagged_cells';

/** What is suggested for cells, by their ids, and who is told what becomes of it. */
export interface Suggested {
  readonly of: () => Suggestions;
  readonly settle: (cell: string, isAccepted: boolean, byKeyboard: boolean) => void;
}

/** The labels of one notebook: one above each code cell, until this is disposed of. */
export class StepLabels {
  constructor(
    private readonly notebook: Notebook,
    private readonly trans: TranslationBundle,
    private readonly flows: () => CellFlows,
    private readonly suggested: Suggested
  ) {
    notebook.modelChanged.connect(this.listen, this);
    notebook.activeCellChanged.connect(this.move, this);
    notebook.disposed.connect(this.dispose, this);
    this.keepingPlace(() => this.listen());
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
    if (!this.notebook.isDisposed) {
      this.keepingPlace(() => this.labels.forEach(label => label.dispose()));
    }
    this.labels.clear();
  }

  /** Let somebody name the step of a cell, and of those selected with it. */
  edit(cell: Cell): void {
    this.editing = { cell, cells: cellsWith(this.notebook, cell) };
    void this.notebook.scrollToItem(this.notebook.widgets.indexOf(cell));
    this.draw();
  }

  /** Let the label of a cell have the focus, and the cell be the active one. */
  call(cell: Cell): void {
    this.notebook.deselectAll();
    this.notebook.activeCellIndex = this.notebook.widgets.indexOf(cell);
    void this.notebook.scrollToItem(this.notebook.activeCellIndex);
    this.called = cell;
    this.draw();
  }

  /** Draw anew, once for all that happens at the same time. */
  refresh(): void {
    if (!this.isAwaited) {
      this.isAwaited = true;
      void Promise.resolve().then(() => {
        this.isAwaited = false;
        this.draw();
      });
    }
  }

  private move(): void {
    this.called = null;
    this.refresh();
  }

  private listen(): void {
    this.notebook.model?.cells.changed.connect(this.refresh, this);
    this.draw();
  }

  private draw(): void {
    if (this.isDisposed || this.notebook.isDisposed || this.notebook.model === null) {
      return;
    }
    const suggested = this.suggested.of();
    const colours = coloursOf([...namesOfSteps(this.notebook), ...suggested.values()]);
    const flows = this.flows();
    for (const cell of codeCells(this.notebook)) {
      cell.model.metadataChanged.connect(this.refresh, this);
      this.labelOf(cell)?.say(this.stateOf(cell, colours, flows, suggested));
    }
  }

  private stateOf(
    cell: Cell,
    colours: ReadonlyMap<string, number>,
    flows: CellFlows,
    suggestions: Suggestions
  ): StepLabelState {
    const step = stepOfCell(cell.model);
    const suggested = step === null ? (suggestions.get(cell.model.id) ?? null) : null;
    const isEditing = this.editing?.cell === cell;
    return {
      step,
      colour: colours.get(step?.name ?? suggested ?? '') ?? 1,
      flow: flowOf(flows, cell.model.id),
      suggested,
      isCalled: this.called === cell,
      isActive: this.notebook.activeCell === cell,
      isEditing,
      cells: isEditing ? (this.editing?.cells.length ?? 1) : 1
    };
  }

  private eventsOf(cell: Cell): StepLabelEvents {
    const leave = (): void => {
      this.editing = null;
      this.draw();
    };
    return {
      onEdit: () => this.edit(cell),
      onName: name => {
        nameCells(this.editing?.cells ?? [cell], name);
        leave();
      },
      onLeave: leave,
      onSettle: (isAccepted, byKeyboard) => this.suggested.settle(cell.model.id, isAccepted, byKeyboard)
    };
  }

  /** The label of a cell; null as long as the cell itself has not been drawn. */
  private labelOf(cell: Cell): Label | null {
    const known = this.labels.get(cell);
    if (known !== undefined) {
      return known;
    }
    if (cell.isPlaceholder()) {
      if (!this.awaited.has(cell)) {
        this.awaited.add(cell);
        void cell.ready.then(() => this.refresh());
      }
      return null;
    }
    const label = new Label(this.eventsOf(cell), this.trans);
    const layout = cell.layout as PanelLayout;
    const header = layout.widgets.findIndex(widget => widget.hasClass('jp-CellHeader'));
    layout.insertWidget(header + 1, label);
    this.labels.set(cell, label);
    cell.disposed.connect(() => this.labels.delete(cell));
    return label;
  }

  /** Change how high cells are; where somebody is reading, or else what is seen first, stays where it is. */
  private keepingPlace(change: () => void): void {
    const { outerNode, activeCell, widgets } = this.notebook;
    const view = outerNode.getBoundingClientRect();
    const bottom = (cell: Cell): number => cell.node.getBoundingClientRect().bottom;
    const isSeen = (cell: Cell): boolean =>
      cell.isAttached && bottom(cell) > view.top && cell.node.getBoundingClientRect().top < view.bottom;
    const seen = activeCell !== null && isSeen(activeCell) ? activeCell : widgets.find(isSeen);
    const before = seen === undefined ? 0 : bottom(seen);
    const hold = (): void => {
      if (seen !== undefined && seen.isAttached && outerNode.scrollTop > 0) {
        outerNode.scrollTop += bottom(seen) - before;
      }
    };
    change();
    hold();
    // Browsers hold it too, and JupyterLab then draws other cells: what they do is seen in the next frames.
    let frames = 8;
    const again = (): void => {
      hold();
      frames -= 1;
      if (frames > 0) {
        requestAnimationFrame(again);
      }
    };
    requestAnimationFrame(again);
  }

  private readonly labels = new Map<Cell, Label>();
  private readonly awaited = new WeakSet<Cell>();
  /** The cell whose label asks for a name, and the cells that were selected then. */
  private editing: { cell: Cell; cells: readonly Cell[] } | null = null;
  /** The cell whose label is to have the focus. */
  private called: Cell | null = null;
  private isAwaited = false;
  private isDisposed = false;
}

/** The line above a cell. Its height is the style sheet's, whatever it shows. */
class Label extends ReactWidget {
  constructor(
    private readonly events: StepLabelEvents,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-nb2pkg-Step');
  }

  say(state: StepLabelState): void {
    // Most of what happens in a notebook changes nothing here.
    if (JSON.stringify(state) !== JSON.stringify(this.state)) {
      this.state = state;
      this.update();
    }
  }

  protected render(): JSX.Element | null {
    return this.state && <StepLabel {...this.state} {...this.events} trans={this.trans} />;
  }

  private state: StepLabelState | null = null;
}
