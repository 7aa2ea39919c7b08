// The panel beside a notebook: its steps, what was found, and its package. The same answers go to labels and marks.

import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { checkNotebook, graphOf, packageOf } from '../client/panel';
import { problemOf } from '../client/request';
import type { Finding } from '../client/types';
import { type Fix, marksOf } from '../model/findings';
import { NO_FLOWS } from '../model/flows';
import { flowsOf } from '../model/step_graph';
import { CommandIDs, IStepFlows } from '../tokens';
import { CellMarks } from '../view/cell_marks';
import { NotebookFacts, NOTHING_KNOWN, type Questions, type Wish } from '../view/notebook_facts';
import { addOwnCommand } from '../view/own_commands';
import { NotebookSidePanel } from '../view/panel';
import type { Action } from '../view/panel_action';
import { goToCells, goToPlace } from '../view/panel_places';

const ID = 'nb2pkg:panel';
const EXTRACT = 'nb2pkg:extract-package';
const SHORT = { isShort: true };
const FIXES: Record<Fix, string> = { rename: CommandIDs.renameVariable, step: CommandIDs.setStep };

export const panel: JupyterFrontEndPlugin<IStepFlows> = {
  id: ID,
  description: 'Shows the steps of a notebook, what was found about it, and how its package stands.',
  autoStart: true,
  provides: IStepFlows,
  requires: [INotebookTracker],
  optional: [ILayoutRestorer, ICommandPalette, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): IStepFlows => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    const { commands } = app;
    const server = app.serviceManager.serverSettings;
    // The menu is in the schema; it comes with the settings, which Notebook 7 has to have its own of first.
    void app.restored
      .then(() => registry?.load(ID))
      .catch(error => console.warn('nb2pkg: settings', error));
    const facts = new Map<NotebookPanel, NotebookFacts>();
    let isWatched = false;

    const questions: Questions = {
      check: async notebook => (await checkNotebook(server, notebook)).findings,
      graph: notebook => graphOf(server, notebook),
      package: notebook => packageOf(server, notebook),
      problemOf
    };
    const current = (): NotebookPanel | null => tracker.currentWidget;
    const known = (): NotebookFacts | undefined => facts.get(current() as NotebookPanel);
    const wishOf = (notebook: NotebookPanel): Wish =>
      side.isVisible && notebook === current() ? 'all' : isWatched && notebook.isVisible ? 'cells' : 'nothing';

    const action = (id: string): Action[] =>
      commands.hasCommand(id)
        ? [
            {
              id,
              label: commands.label(id, SHORT),
              caption: commands.caption(id),
              isEnabled: commands.isEnabled(id),
              run: () => void commands.execute(id)
            }
          ]
        : [];
    const [suggest, accept, decline] = [CommandIDs.suggestSteps, CommandIDs.acceptSteps, CommandIDs.declineSteps];
    const isOpen = (id: string): boolean => commands.hasCommand(id) && commands.isEnabled(id);
    const side = new NotebookSidePanel(
      () => ({
        name: current()?.title.label ?? null,
        facts: known()?.known ?? NOTHING_KNOWN,
        // What can be accepted can be declined.
        stepActions: isOpen(accept) ? [...action(accept), ...action(decline)] : action(suggest),
        extract: action(EXTRACT)[0] ?? null
      }),
      {
        onStep: ({ cells }) => void go(notebook => goToCells(notebook, cells)),
        onPlace: finding => void go(notebook => place(notebook, finding)),
        onFix: async (finding, fix) => {
          await go(notebook => place(notebook, finding));
          await commands.execute(FIXES[fix]);
        },
        onRefresh: () => known()?.look(true)
      },
      trans
    );
    const go = async (to: (notebook: NotebookPanel) => void | Promise<void>): Promise<void> => {
      const notebook = current();
      if (notebook !== null) {
        await to(notebook);
        // Afterwards: a notebook that is activated gives the focus to what is active in it by then.
        app.shell.activateById(notebook.id);
      }
    };
    const place = async (notebook: NotebookPanel, { cell, line, column }: Finding): Promise<void> => {
      if (cell !== null) {
        await goToPlace(notebook, cell, line, column);
      }
    };

    const flows: IStepFlows = {
      of: path => {
        const [found] = [...facts].filter(([notebook]) => notebook.context.path === path);
        const graph = found?.[1].known.graph ?? null;
        return graph === null ? NO_FLOWS : flowsOf(graph);
      },
      watch: isNow => {
        isWatched = isNow;
        look();
      },
      get changed() {
        return changed;
      }
    };
    const changed = new Signal<IStepFlows, string>(flows);

    /** What was seen before may not be so any more, or is not to be seen. */
    const look = (): void => {
      facts.forEach((one, notebook) => {
        one.look();
        tell(one, notebook);
      });
      side.refresh();
    };
    const marks = new Map<NotebookPanel, CellMarks>();
    const tell = (one: NotebookFacts, notebook: NotebookPanel): void => {
      const isSeen = wishOf(notebook) !== 'nothing';
      marks.get(notebook)?.show(marksOf(isSeen ? (one.known.findings ?? []) : []));
      changed.emit(notebook.context.path);
      if (notebook === current()) {
        side.refresh();
      }
    };
    tracker.widgetAdded.connect((_, notebook) => {
      const one = new NotebookFacts(notebook, questions, () => wishOf(notebook));
      facts.set(notebook, one);
      marks.set(notebook, new CellMarks(notebook.content, trans, () => void commands.execute(CommandIDs.showPanel)));
      one.changed.connect(() => tell(one, notebook));
      notebook.disposed.connect(() => {
        facts.delete(notebook);
        marks.delete(notebook);
      });
      void notebook.revealed.then(() => one.look());
      notebook.context.saveState.connect((_, state) => state === 'completed' && one.look());
    });
    tracker.currentChanged.connect(look);
    side.seen.connect(look);
    // What a command of ours has done may have made or changed a package.
    commands.commandExecuted.connect((_, { id, result }) => {
      if (id === EXTRACT) {
        void result.then(look, look);
      }
    });
    commands.commandChanged.connect((_, { id }) => {
      if (id === undefined || id.startsWith('nb2pkg:')) {
        side.refresh();
      }
    });

    app.shell.add(side, 'right', { rank: 900, type: 'nb2pkg' });
    restorer?.add(side, side.id);
    addOwnCommand(commands, CommandIDs.showPanel, {
      label: trans.__('Show Steps, Findings and Package'),
      caption: trans.__('What nb2pkg makes of the notebook, beside it'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(side.id)
    }, trans);
    palette?.addItem({ command: CommandIDs.showPanel, category: trans.__('nb2pkg') });
    return flows;
  }
};
