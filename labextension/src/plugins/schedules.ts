// Schedules: a notebook or pipeline runs by itself from now on.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { addSchedule, askRunForm, previewSchedule, serverInfo, tried } from '../client/runs';
import { timeIn } from '../model/schedule_form';
import { CommandIDs } from '../tokens';
import { runIcon } from '../view/icons';
import { askToSchedule } from '../view/schedule_dialog';
import { addOwnCommand } from '../view/own_commands';
import { isAvailable, RUN_ARGUMENTS, type RunArguments, runWorld, targetOf } from '../view/run_targets';

const ROUTES = ['run/form', 'schedule/preview', 'schedule/add', 'schedules', 'schedule/change'];

export const schedules: JupyterFrontEndPlugin<void> = {
  id: 'nb2pkg:schedules',
  description: 'Has notebooks and pipelines run by themselves.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    const settings = app.serviceManager.serverSettings;
    // Needed when its menu is used, and not for anything to start.
    let browsers: IFileBrowserFactory | null = null;
    void app.restored.then(async () => {
      browsers = await app.resolveOptionalService(IFileBrowserFactory);
    });
    // Menus are in the schema of nb2pkg:runs.
    addOwnCommand(app.commands, CommandIDs.schedule, {
      label: trans.__('Schedule…'),
      caption: trans.__('Have the saved file run by itself at certain times'),
      icon: args => (args.from === 'browser' ? runIcon : undefined),
      describedBy: RUN_ARGUMENTS,
      isVisible: args => args.from !== 'browser' || targetOf(app, tracker, browsers, args) !== null,
      isEnabled: args => targetOf(app, tracker, browsers, args) !== null,
      execute: async (args: RunArguments) => {
        const path = targetOf(app, tracker, browsers, args);
        if (path === null || !(await isAvailable(await tried(serverInfo(settings)), ROUTES, trans.__('Schedule'), trans))) {
          return;
        }
        const added = await askToSchedule({
          ...runWorld(app, path, () => tried(askRunForm(settings, path))),
          title: trans.__('Schedule %1', path.split('/').slice(-1)[0]),
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC',
          timezones: knownZones(),
          preview: (cron, timezone) => tried(previewSchedule(settings, cron, timezone)),
          add: request => tried(addSchedule(settings, request)),
          trans
        });
        if (added !== null) {
          const { name, timezone } = added.schedule;
          const [next] = added.next;
          Notification.success(
            next === undefined
              ? trans.__('%1 is scheduled', name)
              : trans.__('%1 is scheduled: next on %2', name, timeIn(next, timezone)),
            { autoClose: 5000 }
          );
          await app.commands.execute(CommandIDs.showRuns, { tab: 'schedules' });
        }
      }
    }, trans);
    palette?.addItem({ command: CommandIDs.schedule, category: trans.__('nb2pkg') });
  }
};

/** The zones that this browser knows, to choose from; older ones cannot tell. */
function knownZones(): readonly string[] {
  const { supportedValuesOf } = Intl as { supportedValuesOf?: (key: string) => string[] };
  return supportedValuesOf?.('timeZone') ?? [];
}
