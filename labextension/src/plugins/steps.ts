// The steps of a notebook: a switch that shows them above the cells, and commands that set and clear them.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { suggestSteps } from '../client/panel';
import { problemOf } from '../client/request';
import { NO_FLOWS } from '../model/flows';
import { suggestionsOf } from '../model/suggestions';
import { CommandIDs, IStepFlows } from '../tokens';
import { stepsIcon } from '../view/icons';
import { payloadOf } from '../view/open_cells';
import { addOwnCommand } from '../view/own_commands';
import { StepLabels } from '../view/step_labels';
import { SuggestedSteps } from '../view/suggested_steps';
import { cellsWith, nameCells, stepOfCell } from '../view/tagged_cells';

const ID = 'nb2pkg:steps';
const SHOWN = 'showSteps';
const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

export const steps: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Shows and changes which step each cell of a notebook belongs to.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ISettingRegistry, ITranslator, IStepFlows],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    flows: IStepFlows | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    const { commands } = app;
    const labels = new Map<NotebookPanel, StepLabels>();
    const suggested = new SuggestedSteps();
    let isShown = false;

    const draw = (panel: NotebookPanel): void => {
      if (isShown && !labels.has(panel)) {
        const known = (): ReturnType<IStepFlows['of']> => flows?.of(panel.context.path) ?? NO_FLOWS;
        const ghosts = {
          of: () => suggested.of(panel),
          settle: (cell: string, isAccepted: boolean, byKeyboard: boolean) => settle(panel, cell, isAccepted, byKeyboard)
        };
        labels.set(panel, new StepLabels(panel.content, trans, known, ghosts));
      } else if (!isShown) {
        labels.get(panel)?.dispose();
        labels.delete(panel);
      }
    };
    const show = (wished: boolean): void => {
      isShown = wished;
      tracker.forEach(draw);
      flows?.watch(wished);
      commands.notifyCommandChanged(CommandIDs.toggleSteps);
    };
    const remember = (wished: boolean): void => {
      show(wished);
      void settings?.then(found => found?.set(SHOWN, wished)).catch(complain);
    };
    const complain = (error: unknown): void => console.warn('nb2pkg: settings', error);
    // Menus, toolbar buttons and shortcuts are in the schema; they come with the settings.
    const settings = registry?.load(ID).catch(complain);
    void settings?.then(found => {
      const follow = (): void => show(found?.composite[SHOWN] === true);
      found?.changed.connect(follow);
      follow();
    });

    tracker.widgetAdded.connect((_, panel) => {
      panel.disposed.connect(() => labels.delete(panel));
      void panel.revealed.then(() => !panel.isDisposed && draw(panel));
    });
    flows?.changed.connect((_, path) =>
      labels.forEach((one, panel) => panel.context.path === path && one.refresh())
    );

    const active = (): [NotebookPanel, Cell] | null => {
      const panel = tracker.currentWidget;
      const cell = panel?.content.activeCell ?? null;
      const isThere = panel !== null && panel === app.shell.currentWidget;
      return isThere && cell?.model.type === 'code' ? [panel, cell] : null;
    };
    const edit = (panel: NotebookPanel, cell: Cell): void => {
      const begin = (): void => labels.get(panel)?.edit(cell);
      if (panel.node.contains(document.activeElement)) {
        begin(); // what is typed next is for the name
      } else {
        // Palettes and menus give the focus back to the notebook first.
        setTimeout(begin);
      }
    };
    const settle = (panel: NotebookPanel, cell: string, isAccepted: boolean, byKeyboard: boolean): void => {
      const next = suggested.settle(panel, cell, isAccepted);
      const here = panel.content.activeCell;
      if (byKeyboard && (next ?? here) !== null) {
        labels.get(panel)?.call((next ?? here) as Cell);
      }
    };
    const suggest = async (panel: NotebookPanel): Promise<void> => {
      try {
        const { tags } = await suggestSteps(app.serviceManager.serverSettings, payloadOf(panel));
        if (panel.isDisposed) {
          return;
        }
        suggested.suggest(panel, suggestionsOf(tags));
        const open = suggested.of(panel);
        if (open.size === 0) {
          Notification.info(trans.__('Every cell that belongs to a step has one already.'), { autoClose: 5000 });
          return;
        }
        if (!isShown) {
          remember(true);
        }
        const first = panel.content.widgets.find(({ model }) => open.has(model.id));
        if (first !== undefined && panel === app.shell.currentWidget) {
          labels.get(panel)?.call(first);
        }
      } catch (error) {
        const { message, hint } = problemOf(error);
        await showErrorMessage(trans.__('Suggest Steps'), hint === null ? message : `${message}\n${hint}`);
      }
    };
    suggested.changed.connect((_, panel) => {
      labels.get(panel)?.refresh();
      [CommandIDs.acceptSteps, CommandIDs.declineSteps].forEach(id => commands.notifyCommandChanged(id));
    });
    const open = (): number => (tracker.currentWidget === null ? 0 : suggested.of(tracker.currentWidget).size);
    addOwnCommand(commands, CommandIDs.suggestSteps, {
      label: trans.__('Suggest Steps'),
      caption: trans.__('Show which steps nb2pkg would make, to accept or decline cell by cell'),
      isEnabled: () => tracker.currentWidget !== null,
      describedBy: NO_ARGUMENTS,
      execute: () => tracker.currentWidget && suggest(tracker.currentWidget)
    }, trans);
    for (const isAccepted of [true, false]) {
      addOwnCommand(commands, isAccepted ? CommandIDs.acceptSteps : CommandIDs.declineSteps, {
        label: ({ isShort }) =>
          isAccepted
            ? isShort
              ? trans.__('Accept All (%1)', open())
              : trans.__('Accept All Suggested Steps (%1)', open())
            : isShort
              ? trans.__('Decline All (%1)', open())
              : trans.__('Decline All Suggested Steps (%1)', open()),
        caption: isAccepted
          ? trans.__('Let all suggested steps be tags of their cells')
          : trans.__('Forget all suggested steps'),
        isEnabled: () => open() > 0,
        describedBy: NO_ARGUMENTS,
        execute: () => tracker.currentWidget && suggested.settleAll(tracker.currentWidget, isAccepted)
      }, trans);
    }
    addOwnCommand(commands, CommandIDs.toggleSteps, {
      label: args => (args.toolbar ? '' : trans.__('Show Steps')),
      caption: trans.__('Show which step each cell belongs to'),
      icon: args => (args.toolbar ? stepsIcon : undefined),
      isToggleable: true,
      isToggled: () => isShown,
      isEnabled: () => tracker.currentWidget !== null,
      describedBy: NO_ARGUMENTS,
      execute: () => remember(!isShown)
    }, trans);
    addOwnCommand(commands, CommandIDs.setStep, {
      label: trans.__('Set Step…'),
      caption: trans.__('Say which step the selected cells belong to'),
      isEnabled: () => active() !== null,
      describedBy: NO_ARGUMENTS,
      execute: () => {
        const found = active();
        if (found !== null) {
          if (!isShown) {
            remember(true);
          }
          edit(...found);
        }
      }
    }, trans);
    addOwnCommand(commands, CommandIDs.clearStep, {
      label: trans.__('Clear Step'),
      caption: trans.__('Take the step: tags out of the selected cells'),
      isEnabled: () => {
        const found = active();
        return (
          found !== null &&
          cellsWith(found[0].content, found[1]).some(({ model }) => stepOfCell(model) !== null)
        );
      },
      describedBy: NO_ARGUMENTS,
      execute: () => {
        const found = active();
        if (found !== null) {
          nameCells(cellsWith(found[0].content, found[1]), '');
        }
      }
    }, trans);
    const { toggleSteps, setStep, clearStep, acceptSteps, declineSteps } = CommandIDs;
    for (const command of [toggleSteps, setStep, clearStep, CommandIDs.suggestSteps, acceptSteps, declineSteps]) {
      palette?.addItem({ command, category: trans.__('nb2pkg') });
    }
  }
};
