// How does the side panel lead into the notebook?

import type { NotebookPanel } from '@jupyterlab/notebook';
import { cursorAt } from '../model/findings';
import { goTo } from './open_cells';

/** Select cells, the first of them the active one, and see to it that it is seen. */
export function goToCells(panel: NotebookPanel, ids: readonly string[]): void {
  const notebook = panel.content;
  const [first] = ids;
  if (first === undefined) {
    return;
  }
  notebook.mode = 'command';
  goTo(panel, first);
  if (ids.length > 1) {
    notebook.widgets.filter(({ model }) => ids.includes(model.sharedModel.getId())).forEach(cell => notebook.select(cell));
  }
}

/** Put the cursor at a place of a cell, both counted from 1; without a line, go to the cell. */
export async function goToPlace(
  panel: NotebookPanel,
  id: string,
  line: number | null,
  column: number | null
): Promise<void> {
  const notebook = panel.content;
  const cell = notebook.widgets.find(({ model }) => model.sharedModel.getId() === id);
  if (cell === undefined) {
    return;
  }
  if (line === null) {
    goToCells(panel, [id]);
    return;
  }
  goTo(panel, id);
  // A cell far away has no editor yet.
  await cell.ready;
  if (notebook.activeCell === cell && cell.editor !== null) {
    notebook.mode = 'edit';
    cell.editor.focus();
    cell.editor.setCursorPosition(cursorAt(cell.model.sharedModel.getSource(), line, column));
  }
}
