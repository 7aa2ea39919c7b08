// Which notebook or pipeline is meant, and what of it is not saved? And can anything be run at all?

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Info, RunFormAnswer } from '../client/types';
import { isRunnable, unsavedOf } from '../model/run_form';
import { type Unavailable, whyUnavailable } from '../model/run_progress';
import type { RunWorld, Tried } from './run_dialog';

/** What a command is told; `from` says that the file browser's menu was used. */
export interface RunArguments {
  readonly path?: unknown;
  readonly from?: unknown;
}

/** An open file, whatever widget shows it. */
interface OpenFile {
  readonly path: string;
  readonly model: { readonly dirty: boolean };
  save(): Promise<void>;
}

export const RUN_ARGUMENTS = {
  args: {
    type: 'object' as const,
    properties: {
      path: { type: 'string', description: 'The notebook or pipeline; the current one if it is not given' },
      from: { type: 'string', description: '"browser" for what is selected in the file browser' }
    }
  }
};

/** What somebody means: a path that is named, the selected file, or the current notebook or pipeline. */
export function targetOf(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  browsers: IFileBrowserFactory | null,
  args: RunArguments
): string | null {
  if (typeof args.path === 'string') {
    return args.path;
  }
  if (args.from === 'browser') {
    const selected = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
    return selected.length === 1 && isRunnable(selected[0].path) ? selected[0].path : null;
  }
  const current = app.shell.currentWidget;
  const panel = tracker.currentWidget;
  const path = (current === null ? undefined : contextOf(current)?.path) ?? panel?.context.path;
  return path !== undefined && isRunnable(path) ? path : null;
}

/** The half of a form's world that is the same for runs and schedules. */
export function runWorld(app: JupyterFrontEnd, path: string, form: () => Promise<Tried<RunFormAnswer>>): RunWorld {
  const open = (): OpenFile[] =>
    [...app.shell.widgets('main')].map(contextOf).filter((one): one is OpenFile => one?.model.dirty === true);
  const unsaved = (): string[] => unsavedOf(path, open().map(one => one.path));
  return {
    form,
    unsaved,
    save: async () => {
      const wanted = unsaved();
      await Promise.all(open().map(one => (wanted.includes(one.path) ? one.save() : undefined)));
    }
  };
}

/** Whether the server can do all of this; where it cannot, a dialog has said why. */
export async function isAvailable(
  { found, problem }: Tried<Info | null>,
  routes: readonly string[],
  title: string,
  trans: TranslationBundle
): Promise<boolean> {
  if (problem !== null) {
    await tell(title, problem.message, trans);
    return false;
  }
  const why = whyUnavailable(found, routes);
  if (why !== null) {
    await tell(title, reasonOf(why, trans), trans);
  }
  return why === null;
}

function reasonOf(why: Unavailable, trans: TranslationBundle): string {
  switch (why) {
    case 'no-server':
      return trans.__('This Jupyter server has no nb2pkg: install it there, and restart the server.');
    case 'old-server':
      return trans.__('The nb2pkg of this Jupyter server is older than this page: restart the server, and reload.');
    case 'windows':
      return trans.__('nb2pkg runs notebooks on Linux and macOS; this server is on Windows. It can run nb2pkg in WSL.');
    case 'no-files':
      return trans.__("This server's notebooks are no files on its machine, and nb2pkg works on files.");
  }
}

async function tell(title: string, body: string, trans: TranslationBundle): Promise<void> {
  await showDialog({ title, body, buttons: [Dialog.okButton({ label: trans.__('Close') })] });
}

function contextOf(widget: unknown): OpenFile | undefined {
  const { context } = widget as { context?: OpenFile };
  return typeof context?.path === 'string' ? context : undefined;
}
