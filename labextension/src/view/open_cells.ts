// What do the cells of an open notebook say, and how are they changed together?

import type { ISharedCodeCell } from '@jupyter/ydoc';
import type { ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { PartialJSONObject } from '@lumino/coreutils';
import type { Cell as CellPayload, Notebook as NotebookPayload } from '../client/types';
import { texts } from '../model/steps';
import { type CellEdit, type CellState, type CellTarget, outcomeOf } from '../model/refactoring';

/** The cells as they are in the editor, saved or not. */
export function cellStates(panel: NotebookPanel): CellState[] {
  return (panel.content.model?.sharedModel.cells ?? []).map(cell => {
    const code = cell.cell_type === 'code' ? (cell as ISharedCodeCell) : null;
    return {
      id: cell.getId(),
      type: cell.cell_type,
      source: cell.getSource(),
      metadata: cell.getMetadata() as Record<string, unknown>,
      outputs: code?.getOutputs() ?? [],
      executionCount: code?.execution_count ?? null
    };
  });
}

/** Whether a path is one of the server that we ask; others are of drives that it knows nothing of. */
export function isOnServer(contents: Contents.IManager, path: string): boolean {
  // What is edited together in real time has had a drive of its own, with the server's paths.
  return ['', 'RTC'].includes(contents.driveName(path));
}

/** The notebook as the server is told of it: without outputs, and with no word of the file. */
export function payloadOf(panel: NotebookPanel): NotebookPayload {
  return payload(panel, () => ({}));
}

/** The same, with what outputs say of the last run of each cell. */
export function payloadWithOutcomes(panel: NotebookPanel): NotebookPayload {
  return payload(panel, outcomeOf);
}

function payload(panel: NotebookPanel, more: (cell: CellState) => Partial<CellPayload>): NotebookPayload {
  const kernel = panel.content.model?.getMetadata('kernelspec') as { name?: unknown } | undefined;
  const language = panel.content.model?.getMetadata('language_info') as { name?: unknown } | undefined;
  return {
    path: panel.context.localPath,
    cells: cellStates(panel).map(cell => ({
      id: cell.id,
      type: cell.type === 'markdown' || cell.type === 'raw' ? cell.type : 'code',
      source: cell.source,
      tags: texts(cell.metadata.tags),
      execution_count: cell.executionCount,
      ...more(cell)
    })),
    kernel: name(kernel?.name),
    language: name(language?.name)
  };
}

/** Carry edits out, as one change of the notebook. Cells that none of them is about stay untouched. */
export function carryOut(panel: NotebookPanel, edits: readonly CellEdit[]): void {
  const notebook = panel.content.model?.sharedModel;
  // Within a change, the notebook counts its cells as they were before it: those that stay are found by their ids.
  const known = new Map(Array.from(panel.content.model?.cells ?? [], cell => [cell.id, cell]));
  notebook?.transact(() => {
    for (const edit of edits) {
      if (edit.kind === 'delete') {
        notebook.deleteCell(edit.at);
      } else if (edit.kind === 'insert') {
        notebook.insertCell(edit.at, asCell(edit.cell));
      } else {
        change(known.get(edit.cell.id ?? ''), edit.cell);
      }
    }
  });
}

function change(model: ICellModel | undefined, target: CellTarget): void {
  if (model === undefined) {
    return;
  }
  const cell = model.sharedModel;
  if (target.outputs !== null && target.metadata.trusted !== true) {
    model.trusted = false; // before it has outputs that may not run anything
  }
  if (cell.getSource() !== target.source) {
    cell.setSource(target.source);
  }
  for (const key of Object.keys(cell.getMetadata())) {
    if (!(key in target.metadata)) {
      cell.deleteMetadata(key);
    }
  }
  cell.setMetadata({ ...target.metadata } as PartialJSONObject);
  if (cell.cell_type === 'code' && target.outputs !== null) {
    (cell as ISharedCodeCell).setOutputs([...target.outputs] as never);
  }
}

/** Let the cell with this id be the active one, see to it that it is seen, and let keys go to it. */
export function goTo(panel: NotebookPanel, id: string): void {
  const at = panel.content.widgets.findIndex(({ model }) => model.sharedModel.getId() === id);
  if (at >= 0) {
    panel.content.activeCellIndex = at;
    panel.content.deselectAll();
    void panel.content.scrollToItem(at, 'smart');
    panel.content.activate();
  }
}

function asCell(cell: CellTarget): never {
  const code = cell.type === 'code' ? { outputs: cell.outputs ?? [], execution_count: cell.executionCount } : {};
  return {
    ...(cell.id === null ? {} : { id: cell.id }),
    cell_type: cell.type,
    source: cell.source,
    metadata: { ...cell.metadata },
    ...code
  } as never;
}

function name(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
}
