// Refactorings of an open notebook: each is shown before it is applied, and can be taken back.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, showErrorMessage } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { applyRefactoring, listModules, previewRefactoring, undoRefactoring } from '../client/client';
import { problemOf } from '../client/request';
import type { RefactorAnswer, RefactorOptions, RefactorPreviewRequest } from '../client/types';
import { nameAt, offsetMeant, placeAt } from '../model/names';
import { type CellState, editsFor, isStillSo, restored, targets } from '../model/refactoring';
import { CommandIDs } from '../tokens';
import { carryOut, cellStates, goTo, payloadOf } from '../view/open_cells';
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
    const applied = new WeakMap<NotebookPanel, Applied[]>();
    const settings = app.serviceManager.serverSettings;

    const current = (): NotebookPanel | null =>
      tracker.currentWidget !== null && tracker.currentWidget === app.shell.currentWidget
        ? tracker.currentWidget
        : null;

    const ask = async (panel: NotebookPanel, asking: Asking): Promise<void> => {
      const notebook = payloadOf(panel);
      const cells = cellStates(panel);
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
          return { answer: await previewRefactoring(settings, request(values)), problem: null };
        } catch (error) {
          return { answer: null, problem: problemOf(error) };
        }
      };
      const agreed = await askToRefactor({
        title: asking.title,
        fields: asking.fields,
        nameLabel: asking.nameLabel ?? trans.__('Name'),
        initial: { ...NO_VALUES, ...asking.initial },
        cells,
        modules: async () => {
          const found = await listModules(settings, notebook.path).catch(() => null);
          return found?.modules.map(module => module.path) ?? [];
        },
        look,
        onGoTo: cell => goTo(panel, cell),
        language,
        trans
      });
      if (agreed !== null) {
        await apply(panel, { ...request(agreed.values), digest: agreed.answer.digest }, asking.title);
      }
    };

    const apply = async (
      panel: NotebookPanel,
      request: RefactorPreviewRequest & { digest: string },
      title: string
    ): Promise<void> => {
      let answer: RefactorAnswer;
      try {
        answer = await applyRefactoring(settings, request);
      } catch (error) {
        const { message, hint } = problemOf(error);
        await showErrorMessage(title, hint === null ? message : `${message}\n${hint}`);
        return;
      }
      const before = cellStates(panel);
      carryOut(panel, editsFor(before, targets(before, answer.cells)));
      const done: Applied = {
        undo: answer.undo ?? '',
        title: answer.title,
        before,
        after: cellStates(panel)
      };
      applied.set(panel, [...(applied.get(panel) ?? []), done]);
      app.commands.notifyCommandChanged(CommandIDs.undoRefactoring);
      const changed = answer.cells.find(cell => cell.mark !== null)?.of ?? null;
      if (changed !== null) {
        goTo(panel, changed);
      }
      tell(panel, answer, done);
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
      const folder = panel.context.path.split('/').slice(0, -1);
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
      const list = applied.get(panel) ?? [];
      if (panel.isDisposed || !list.includes(done)) {
        return;
      }
      const now = cellStates(panel);
      if (!isStillSo(now, done.after)) {
        const message = trans.__('Cells have been changed since: take those changes back first.');
        await showErrorMessage(trans.__('Undo Refactoring'), message);
        return;
      }
      try {
        await undoRefactoring(settings, done.undo);
      } catch (error) {
        await showErrorMessage(trans.__('Undo Refactoring'), problemOf(error).message);
        return;
      }
      carryOut(panel, editsFor(now, restored(done.before)));
      const changed = done.before.find(({ id, source }, at) => id !== now[at]?.id || source !== now[at].source);
      if (changed !== undefined) {
        goTo(panel, changed.id);
      }
      applied.set(
        panel,
        list.filter(one => one !== done)
      );
      app.commands.notifyCommandChanged(CommandIDs.undoRefactoring);
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
          if (panel !== null && asking !== null) {
            await ask(panel, asking);
          }
        }
      }, trans);
      palette?.addItem({ command: id, category: trans.__('nb2pkg') });
    }
    addOwnCommand(app.commands, CommandIDs.undoRefactoring, {
      label: trans.__('Undo Refactoring'),
      caption: trans.__('Take back what the last refactoring changed in this notebook, and its files'),
      isEnabled: () => (applied.get(current() as NotebookPanel) ?? []).length > 0,
      describedBy: NO_ARGUMENTS,
      execute: async () => {
        const panel = current();
        const last = panel === null ? undefined : applied.get(panel)?.slice(-1)[0];
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
        initial: { module: usualModule(panel.context.path) },
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

/** The ids of the code cells that are selected, or of the active one. */
function selectedIds(panel: NotebookPanel): string[] {
  return panel.content.widgets
    .filter(cell => cell.model.type === 'code' && panel.content.isSelectedOrActive(cell))
    .map(cell => cell.model.sharedModel.getId());
}

/** Where a function goes if nobody says, as the server has it. */
function usualModule(path: string): string {
  const name = (path.split('/').pop() ?? '').replace(/\.[^.]*$/, '');
  return /^[A-Za-z_]\w*$/.test(name) ? `${name}_steps.py` : 'steps.py';
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
