// Runs: a notebook or pipeline is run outside of its kernel, and looked at while it goes.

import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, showErrorMessage } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import {
  askRunForm,
  cancelRun,
  changeSchedule,
  listRuns,
  listSchedules,
  runLog,
  runReport,
  serverInfo,
  showRun,
  startRun,
  tried
} from '../client/runs';
import { CommandIDs } from '../tokens';
import { runIcon } from '../view/icons';
import { addOwnCommand } from '../view/own_commands';
import { askToRun } from '../view/run_dialog';
import { RunsView } from '../view/runs_view';
import { isAvailable, RUN_ARGUMENTS, type RunArguments, runWorld, targetOf } from '../view/run_targets';

const ID = 'nb2pkg:runs';
const MOST_RUNS = 100;
const ROUTES = ['run/form', 'run/start', 'runs', 'run', 'run/cancel', 'run/report', 'run/log'];

export const runs: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Runs notebooks and pipelines, and shows how they go.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILabShell, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    labShell: ILabShell | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    // Menus and the toolbar's button are in the schema; they come with the settings.
    void registry?.load(ID).catch(error => console.warn('nb2pkg: settings', error));
    const settings = app.serviceManager.serverSettings;
    // Needed when its menu is used, and not for anything to start.
    let browsers: IFileBrowserFactory | null = null;
    void app.restored.then(async () => {
      browsers = await app.resolveOptionalService(IFileBrowserFactory);
    });
    let view: RunsView | null = null;
    let place: Widget | null = null;

    const openReport = async (id: string, name: string): Promise<void> => {
      if (labShell === null) {
        // Notebook 7 has one document a page. The route's own policy lets the page do nothing.
        const address = URLExt.join(settings.baseUrl, 'nb2pkg', 'run/report') + URLExt.objectToQueryString({ id });
        window.open(address, '_blank', 'noopener');
        return;
      }
      const { found, problem } = await tried(runReport(settings, id));
      if (found === null) {
        await showErrorMessage(trans.__('Report'), problem.message);
        return;
      }
      const widget = new MainAreaWidget({ content: reportOf(found, trans.__('Report of %1', name)) });
      widget.id = `nb2pkg-report-${id}-${Date.now()}`;
      widget.title.label = trans.__('Report of %1', name);
      widget.title.icon = runIcon;
      widget.title.closable = true;
      app.shell.add(widget, 'main');
      app.shell.activateById(widget.id);
    };

    const brought = (): RunsView => {
      if (view === null || place === null || place.isDisposed) {
        view = new RunsView(
          {
            runs: () => tried(listRuns(settings, MOST_RUNS)),
            run: id => tried(showRun(settings, id)),
            cancel: id => tried(cancelRun(settings, id)),
            log: (id, step, start) => tried(runLog(settings, id, step, start)),
            schedules: () => tried(listSchedules(settings)),
            change: (name, action) => tried(changeSchedule(settings, { name, action })),
            openReport: (id, name) => void openReport(id, name),
            openFile: path => void openFile(path)
          },
          trans
        );
        // In Notebook 7 the main area is the notebook's alone.
        place = labShell === null ? view : new MainAreaWidget({ content: view });
        place.id = 'nb2pkg-runs';
        place.title.label = trans.__('Runs');
        place.title.caption = trans.__('Runs and schedules of nb2pkg');
        place.title.icon = runIcon;
        place.title.closable = true;
      }
      if (!place.isAttached) {
        app.shell.add(place, labShell === null ? 'right' : 'main', { mode: 'split-right' });
      }
      app.shell.activateById(place.id);
      return view;
    };

    const openFile = async (path: string): Promise<void> => {
      if (labShell !== null) {
        await app.commands.execute('docmanager:open', { path });
        return;
      }
      const page = path.endsWith('.ipynb') ? 'notebooks' : 'edit';
      window.open(URLExt.join(PageConfig.getBaseUrl(), page, URLExt.encodeParts(path)), '_blank', 'noopener');
    };

    addOwnCommand(app.commands, CommandIDs.runPipeline, {
      label: args => (args.toolbar ? '' : trans.__('Run as Pipeline…')),
      caption: trans.__('Run the saved file outside of this kernel, with a record of the run'),
      icon: args => (args.toolbar || args.from === 'browser' ? runIcon : undefined),
      describedBy: RUN_ARGUMENTS,
      isVisible: args => args.from !== 'browser' || targetOf(app, tracker, browsers, args) !== null,
      isEnabled: args => targetOf(app, tracker, browsers, args) !== null,
      execute: async (args: RunArguments) => {
        const path = targetOf(app, tracker, browsers, args);
        const title = trans.__('Run as Pipeline');
        if (path === null || !(await isAvailable(await tried(serverInfo(settings)), ROUTES, title, trans))) {
          return;
        }
        const id = await askToRun({
          ...runWorld(app, path, () => tried(askRunForm(settings, path))),
          title: trans.__('Run %1', path.split('/').slice(-1)[0]),
          start: request => tried(startRun(settings, request)),
          trans
        });
        if (id !== null) {
          brought().choose('runs', id);
        }
      }
    }, trans);
    addOwnCommand(app.commands, CommandIDs.showRuns, {
      label: trans.__('Show Runs and Schedules'),
      caption: trans.__('What nb2pkg runs, ran, and will run'),
      icon: args => (args.isPalette ? undefined : runIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            run: { type: 'string', description: 'The id of the run to show' },
            tab: { type: 'string', enum: ['runs', 'schedules'] }
          }
        }
      },
      execute: async args => {
        if (await isAvailable(await tried(serverInfo(settings)), ROUTES, trans.__('Runs'), trans)) {
          const run = typeof args.run === 'string' ? args.run : null;
          brought().choose(args.tab === 'schedules' ? 'schedules' : 'runs', run);
        }
      }
    }, trans);
    for (const command of [CommandIDs.runPipeline, CommandIDs.showRuns]) {
      palette?.addItem({ command, category: trans.__('nb2pkg') });
    }
  }
};

/** A page in a frame that may do nothing; its own policy lets it load nothing. */
function reportOf(html: string, name: string): Widget {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', '');
  frame.title = name;
  frame.srcdoc = html;
  const content = new Widget();
  content.addClass('jp-nb2pkg-Report');
  content.node.append(frame);
  return content;
}
