// Refactorings of an open notebook: each is shown before it is applied, and can be taken back.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, showErrorMessage } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { applyRefactoring, listModules, previewRefactoring, undoRefactoring } from '../client/client';
import { problemOf } from '../client/request';
import type { Problem, RefactorAnswer, RefactorOptions, RefactorPreviewRequest } from '../client/types';
import { nameAt, offsetMeant, placeAt } from '../model/names';
import { type CellState, editsFor, isStillSo, lockedCells, restored, targets } from '../model/refactoring';
import { CommandIDs } from '../tokens';
import { carryOut, cellStates, goTo, isOnServer, payloadWithOutcomes } from '../view/open_cells';
import { addOwnCommand } from '../view/own_commands';
import { askToRefactor } from '../view/refactor_dialog';
import type { Field, Outcome, RefactorValues } from '../view/refactor_form';

const ID = 'nb2pkg:refactor';
const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };
const NO_VALUES: RefactorValues = { name: '', module: '', doc: '', hasDoc: true, hasTest: true, gives: [] };

type Verb = RefactorPreviewRequest['verb'];

/** A refactoring that was applied: how the notebook was, and how it was left. */
interface Applied {
  readonly undo: string;
  readonly title: string;
  readonly before: readonly CellState[];
  readonly after: readonly CellState[];
}

/** What a command asks for, and how the server is told of it. */
interface Asking {
  readonly verb: Verb;
  readonly title: string;
  readonly fields: readonly Field[];
  readonly nameLabel?: string;
  readonly initial?: Partial<RefactorValues>;
  readonly options: (values: RefactorValues) => RefactorOptions;
  /** What is still to be said before there is anything to show; null where nothing is. */
  readonly lacks?: (values: RefactorValues) => string | null;
}

export const refactor: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Changes notebooks without changing what they do.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, IEditorLanguageRegistry, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    languages: IEditorLanguageRegistry | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    // Menus and shortcuts are in the schema; they come with the settings.
    void registry?.load(ID).catch(error => console.warn('nb2pkg: settings', error));
    // By the document, which several views may show.
    const applied = new WeakMap<NotebookPanel['context'], Applied[]>();
    const undoable = (panel: NotebookPanel | null): Applied[] => (panel && applied.get(panel.context)) ?? [];
    const settings = app.serviceManager.serverSettings;

    const isAsking = new WeakSet<NotebookPanel>();

    const current = (): NotebookPanel | null => {
      const panel = tracker.currentWidget;
      const isMeant = panel !== null && panel === app.shell.currentWidget;
      return isMeant && isOnServer(app.serviceManager.contents, panel.context.path) ? panel : null;
    };
    const hasChanged = (): Problem => ({
      code: null,
      message: trans.__('The notebook has been changed since, and nothing was applied.'),
      hint: trans.__('Look at what would change now.'),
      findings: []
    });

    const ask = async (panel: NotebookPanel, asking: Asking): Promise<void> => {
      let notebook = payloadWithOutcomes(panel);
      let cells = cellStates(panel);
      const language = (await languages?.getLanguage('python'))?.support ?? [];
      const request = (values: RefactorValues): RefactorPreviewRequest => ({
        notebook,
        verb: asking.verb,
        options: asking.options(values)
      });
      const look = async (values: RefactorValues): Promise<Outcome> => {
        const lacking = asking.lacks?.(values) ?? null;
        if (lacking !== null) {
          return { answer: null, problem: { code: null, message: lacking, hint: null, findings: [] } };
        }
        try {
          const answer = await previewRefactoring(settings, request(values));
          const problem = whatIsLocked(cells, answer, trans);
          return problem === null ? { answer, problem } : { answer: null, problem };
        } catch (error) {
          return { answer: null, problem: problemOf(error) };
        }
      };
      await askToRefactor({
        title: asking.title,
        fields: asking.fields,
        nameLabel: asking.nameLabel ?? trans.__('Name'),
        initial: { ...NO_VALUES, ...asking.initial },
        cells: () => cells,
        modules: () => listModules(settings, notebook.path).catch(() => null),
        look,
        apply: async ({ values, answer }) => {
          if (!isStillSo(cellStates(panel), cells)) {
            notebook = payloadWithOutcomes(panel);
            cells = cellStates(panel);
            return hasChanged();
          }
          return apply(panel, { ...request(values), digest: answer.digest }, cells);
        },
        onGoTo: cell => goTo(panel, cell),
        language,
        trans
      });
      // What had the focus before may be a cell that is no more, or nothing: so it is after JupyterLab 4.4's palette.
      if (!panel.isDisposed) {
        panel.content.activate();
      }
    };

    /** Apply what was shown for these cells; give why that has not worked. */
    const apply = async (
      panel: NotebookPanel,
      request: RefactorPreviewRequest & { digest: string },
      shown: readonly CellState[]
    ): Promise<Problem | null> => {
      let answer: RefactorAnswer;
      try {
        answer = await applyRefactoring(settings, request);
      } catch (error) {
        return problemOf(error);
      }
      const undo = answer.undo ?? '';
      const before = cellStates(panel);
      if (!isStillSo(before, shown)) {
        // Typed while it was under way, or closed: the files must not be ahead of the notebook.
        return undoRefactoring(settings, undo).then(hasChanged, problemOf);
      }
      carryOut(panel, editsFor(before, targets(before, answer.cells)));
      const done: Applied = { undo, title: answer.title, before, after: cellStates(panel) };
      applied.set(panel.context, [...(applied.get(panel.context) ?? []), done]);
      app.commands.notifyCommandChanged(CommandIDs.undoRefactoring);
      const changed = answer.cells.find(cell => cell.mark !== null)?.of ?? null;
      if (changed !== null) {
        goTo(panel, changed);
      }
      tell(panel, answer, done);
      return null;
    };

    const tell = (panel: NotebookPanel, answer: RefactorAnswer, done: Applied): void => {
      Notification.success(answer.title, {
        autoClose: 8000,
        actions: [
          { label: trans.__('Undo'), callback: () => void takeBack(panel, done) },
          ...answer.files.slice(0, 1).map(file => ({
            label: trans.__('Open'),
            caption: file.path,
            callback: () => void open(panel, file.path)
          }))
        ]
      });
      const [module] = answer.files;
      const isRunning = panel.sessionContext.session?.kernel != null;
      if (module !== undefined && module.before !== null && isRunning) {
        Notification.info(
          trans.__('If %1 was imported before, restart the kernel to have the new function', module.path),
          { autoClose: 8000 }
        );
      }
    };

    const open = (panel: NotebookPanel, path: string): Promise<unknown> => {
      const folder = panel.context.localPath.split('/').slice(0, -1);
      const parts = [...folder];
      for (const part of path.split('/')) {
        if (part === '..') {
          parts.pop();
        } else {
          parts.push(part);
        }
      }
      return app.commands.execute('docmanager:open', { path: parts.join('/') });
    };

    const takeBack = async (panel: NotebookPanel, done: Applied): Promise<void> => {
      const refuse = (message: string): Promise<void> => showErrorMessage(trans.__('Undo Refactoring'), message);
      const list = applied.get(panel.context) ?? [];
      if (!list.includes(done)) {
        return;
      }
      if (panel.isDisposed) {
        return refuse(trans.__('The notebook was closed since: this can no longer be taken back.'));
      }
      if (!isStillSo(cellStates(panel), done.after)) {
        return refuse(trans.__('Cells have been changed since: take those changes back first.'));
      }
      // Whoever asks twice means it once.
      applied.set(
        panel.context,
        list.filter(one => one !== done)
      );
      app.commands.notifyCommandChanged(CommandIDs.undoRefactoring);
      try {
        await undoRefactoring(settings, done.undo);
      } catch (error) {
        applied.set(panel.context, [...(applied.get(panel.context) ?? []), done]);
        app.commands.notifyCommandChanged(CommandIDs.undoRefactoring);
        return refuse(problemOf(error).message);
      }
      const now = cellStates(panel);
      if (now.map(({ id }) => id).join() !== done.after.map(({ id }) => id).join()) {
        return refuse(trans.__('Cells came or went meanwhile: the files are as they were before, the notebook is not.'));
      }
      carryOut(panel, editsFor(now, restored(done.before, done.after, now)));
      const changed = done.before.find(({ id, source }, at) => id !== now[at]?.id || source !== now[at].source);
      if (changed !== undefined) {
        goTo(panel, changed.id);
      }
      Notification.success(trans.__('Taken back: %1', done.title), { autoClose: 5000 });
    };

    for (const [id, label, caption, make] of commandsOf(trans)) {
      addOwnCommand(app.commands, id, {
        label,
        caption,
        isEnabled: () => current() !== null,
        describedBy: NO_ARGUMENTS,
        execute: async () => {
          const panel = current();
          const asking = panel === null ? null : make(panel);
          if (panel !== null && asking !== null && !isAsking.has(panel)) {
            isAsking.add(panel);
            await ask(panel, asking).finally(() => isAsking.delete(panel));
          }
        }
      }, trans);
      palette?.addItem({ command: id, category: trans.__('nb2pkg') });
    }
    addOwnCommand(app.commands, CommandIDs.undoRefactoring, {
      label: trans.__('Undo Refactoring'),
      caption: trans.__('Take back what the last refactoring changed in this notebook, and its files'),
      isEnabled: () => undoable(current()).length > 0,
      describedBy: NO_ARGUMENTS,
      execute: async () => {
        const panel = current();
        const last = undoable(panel).slice(-1)[0];
        if (panel !== null && last !== undefined) {
          await takeBack(panel, last);
        }
      }
    }, trans);
    palette?.addItem({ command: CommandIDs.undoRefactoring, category: trans.__('nb2pkg') });
  }
};

type Command = [id: string, label: string, caption: string, make: (panel: NotebookPanel) => Asking];

function commandsOf(trans: TranslationBundle): Command[] {
  const lacks = (values: RefactorValues): string | null =>
    values.name.trim() === '' ? trans.__('Type a name') : null;
  return [
    [
      CommandIDs.extractFunction,
      trans.__('Extract to Function…'),
      trans.__('Make a function of the selected cells, in a module beside the notebook'),
      panel => ({
        verb: 'extract',
        title: trans.__('Extract to Function'),
        fields: ['name', 'module', 'doc', 'test'],
        nameLabel: trans.__('Function'),
        options: values => ({
          cells: selectedIds(panel),
          name: values.name.trim() || null,
          module: values.module.trim() || null,
          doc: values.hasDoc ? values.doc.trim() || null : '',
          test: values.hasTest,
          gives: [...values.gives]
        })
      })
    ],
    [
      CommandIDs.inline,
      trans.__('Inline…'),
      trans.__("Put a variable's value, or a function's body, in the place of its name"),
      panel => ({
        verb: 'inline',
        title: trans.__('Inline'),
        fields: ['name'],
        nameLabel: trans.__('Variable or function'),
        initial: { name: nameMeant(panel) },
        lacks,
        options: values => ({ name: values.name.trim() || null })
      })
    ],
    [
      CommandIDs.renameVariable,
      trans.__('Rename Variable…'),
      trans.__('Rename the variable at the cursor in every cell'),
      panel => {
        const old = nameMeant(panel);
        return {
          verb: 'rename',
          title: old === '' ? trans.__('Rename Variable') : trans.__('Rename %1', old),
          fields: ['name'],
          nameLabel: trans.__('New name'),
          initial: { name: old },
          lacks: values =>
            old === ''
              ? trans.__('Put the cursor on a variable first')
              : values.name.trim() === old
                ? trans.__('Type another name')
                : lacks(values),
          options: values => ({ name: old || null, new_name: values.name.trim() || null })
        };
      }
    ],
    [
      CommandIDs.promoteLiteral,
      trans.__('Promote Literal to Parameter…'),
      trans.__('Let runs give another value than the number or text at the cursor'),
      panel => {
        const { cell, line, column } = placeMeant(panel);
        return {
          verb: 'parameter',
          title: trans.__('Promote Literal to Parameter'),
          fields: ['name'],
          nameLabel: trans.__('Parameter'),
          lacks,
          options: values => ({ cell, line, column, name: values.name.trim() || null })
        };
      }
    ],
    [
      CommandIDs.moveImports,
      trans.__('Move Imports to the Top…'),
      trans.__('Move the imports of later cells to the first cell with imports'),
      () => ({
        verb: 'imports',
        title: trans.__('Move Imports to the Top'),
        fields: [],
        options: () => ({})
      })
    ]
  ];
}

/** Why a refactoring cannot be: the notebook says of cells that they stay, as those of assignments do. */
function whatIsLocked(
  cells: readonly CellState[],
  answer: RefactorAnswer,
  trans: TranslationBundle
): Problem | null {
  const locked = lockedCells(cells, answer.cells);
  if (locked.length === 0) {
    return null;
  }
  const findings = locked.map(({ at, id, goes }) => ({
    code: '',
    severity: 'error' as const,
    message: goes
      ? trans.__('this cell would go, and its metadata says that it cannot be deleted')
      : trans.__('this cell would change, and its metadata says that it cannot be edited'),
    hint: null,
    cell: id,
    position: at + 1,
    line: null,
    column: null,
    end_line: null,
    end_column: null
  }));
  return { code: null, message: '', hint: null, findings };
}

/** The ids of the code cells that are selected, or of the active one. */
function selectedIds(panel: NotebookPanel): string[] {
  return panel.content.widgets
    .filter(cell => cell.model.type === 'code' && panel.content.isSelectedOrActive(cell))
    .map(cell => cell.model.sharedModel.getId());
}

function nameMeant(panel: NotebookPanel): string {
  const cell = panel.content.activeCell;
  const editor = cell?.editor;
  if (!cell || !editor) {
    return '';
  }
  return nameAt(cell.model.sharedModel.getSource(), editor.getOffsetAt(editor.getCursorPosition())) ?? '';
}

function placeMeant(panel: NotebookPanel): { cell: string | null; line: number; column: number } {
  const cell = panel.content.activeCell;
  const editor = cell?.editor;
  if (!cell || !editor) {
    return { cell: null, line: 1, column: 1 };
  }
  const source = cell.model.sharedModel.getSource();
  const offset = offsetMeant(source, editor.getOffsetAt(editor.getCursorPosition()));
  return { cell: cell.model.sharedModel.getId(), ...placeAt(source, offset) };
}
