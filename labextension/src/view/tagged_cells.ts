// Which step do the cells of an open notebook say, and how is that changed?

import type { Cell, ICellModel } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import { stepOf, withoutStep, withStep, type Step } from '../model/steps';

/** The step that a cell's tags say. */
export function stepOfCell(cell: ICellModel): Step | null {
  return stepOf(cell.getMetadata('tags'));
}

/** Write a step into the tags of cells; '' takes it out. A cell left without tags has no list of them. */
export function nameCells(cells: readonly Cell[], name: string): void {
  for (const { model } of cells) {
    const tags = model.getMetadata('tags');
    const next = name === '' ? withoutStep(tags) : withStep(tags, name);
    if (next.length > 0) {
      model.setMetadata('tags', next);
    } else {
      model.deleteMetadata('tags');
    }
  }
}

/** The code cells that something is done to: those selected together with this one, or this one alone. */
export function cellsWith(notebook: Notebook, cell: Cell): readonly Cell[] {
  if (!notebook.isSelectedOrActive(cell)) {
    return [cell];
  }
  return codeCells(notebook).filter(one => notebook.isSelectedOrActive(one));
}

/** The code cells of a notebook, in order. */
export function codeCells(notebook: Notebook): readonly Cell[] {
  return notebook.widgets.filter(cell => cell.model.type === 'code');
}

/** The names of the steps of a notebook that can be steps, in the order in which they come. */
export function namesOfSteps(notebook: Notebook): string[] {
  const found = codeCells(notebook).map(cell => stepOfCell(cell.model));
  return found.flatMap(step => (step === null || step.problem !== null ? [] : step.name));
}
