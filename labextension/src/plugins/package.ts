// From a notebook to its package: shown first, then written. The notebook need not be open.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, showErrorMessage } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { applyPackage, isOutdated, previewPackage } from '../client/package';
import { problemOf } from '../client/request';
import type { ExtractAnswer } from '../client/types';
import { requestFor } from '../model/package_choices';
import { changeCount } from '../model/package_files';
import { CommandIDs } from '../tokens';
import { cellStates, goTo, isOnServer, payloadOf } from '../view/open_cells';
import { addOwnCommand } from '../view/own_commands';
import { type Applied, askToExtract, type PackageDialogOptions } from '../view/package_dialog';
import { packageIcon } from '../view/package_icon';

const ID = 'nb2pkg:packages';
const GO_TO = 'filebrowser:go-to-path';
const ARGUMENTS = {
  args: {
    type: 'object' as const,
    properties: {
      path: { type: 'string' as const, description: 'The notebook; by default the one that is worked in' },
      from: {
        type: 'string' as const,
        enum: ['files', 'launcher'],
        description: 'Take the notebook that is selected in the file browser, or ask for one'
      }
    }
  }
};

export const extractPackage: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Makes packages of notebooks.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [
    ICommandPalette,
    IDocumentManager,
    IEditorLanguageRegistry,
    IFileBrowserFactory,
    ILauncher,
    ISettingRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    documents: IDocumentManager | null,
    languages: IEditorLanguageRegistry | null,
    browsers: IFileBrowserFactory | null,
    launcher: ILauncher | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    // Menus and the toolbar's button are in the schema; they come with the settings.
    void registry?.load(ID).catch(error => console.warn('nb2pkg: settings', error));

    const current = (): string | null =>
      tracker.currentWidget !== null && tracker.currentWidget === app.shell.currentWidget
        ? tracker.currentWidget.context.path
        : null;
    const selected = (): string | null => {
      const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
      return items.length === 1 && items[0].type === 'notebook' ? items[0].path : null;
    };
    const asked = async (): Promise<string | null> =>
      documents === null
        ? null
        : notebookFrom(documents, browsers?.tracker.currentWidget?.model.path ?? '', translator, trans);

    const extract = async (path: string): Promise<void> => {
      const { contents } = app.serviceManager;
      if (!isOnServer(contents, path)) {
        const message = trans.__('%1 is on a drive that the server does not have.', path);
        return showErrorMessage(trans.__('Extract Package'), message);
      }
      const panel = tracker.find(one => one.context.path === path) ?? null;
      const written = await askToExtract({
        title: trans.__('Extract Package from %1', PathExt.basename(path)),
        ...asking(app, contents.localPath(path), panel),
        languageOf: async file => {
          const language = languages?.findByFileName(PathExt.basename(file)) ?? null;
          return (language && (await languages?.getLanguage(language))?.support) ?? [];
        },
        trans
      });
      if (written !== null) {
        void browsers?.tracker.currentWidget?.model.refresh();
        tell(app, written, trans);
      }
    };

    addOwnCommand(app.commands, CommandIDs.extractPackage, {
      label: args => (args.toolbar ? '' : trans.__('Extract Package…')),
      caption: trans.__('Make a Python package of a notebook, and see it before it is written'),
      icon: args =>
        args.from === 'files'
          ? packageIcon.bindprops({ stylesheet: 'menuItem' })
          : args.toolbar || args.from === 'launcher'
            ? packageIcon
            : undefined,
      isEnabled: args => args.from !== 'files' || selected() !== null,
      describedBy: ARGUMENTS,
      execute: async args => {
        const path =
          typeof args.path === 'string'
            ? args.path
            : args.from === 'files'
              ? selected()
              : ((args.from === 'launcher' ? null : current()) ?? (await asked()));
        if (path !== null) {
          await extract(path);
        }
      }
    }, trans);
    palette?.addItem({ command: CommandIDs.extractPackage, category: trans.__('nb2pkg') });
    launcher?.add({
      command: CommandIDs.extractPackage,
      args: { from: 'launcher' },
      category: trans.__('nb2pkg'),
      rank: 1
    });
  }
};

type Asking = Pick<PackageDialogOptions, 'cells' | 'look' | 'apply' | 'onGoTo' | 'onSave'>;

/** What is asked of the server, and of the notebook where it is open: then its cells count as they are there. */
function asking(app: JupyterFrontEnd, path: string, panel: NotebookPanel | null): Asking {
  const settings = app.serviceManager.serverSettings;
  return {
    cells: panel === null ? [] : cellStates(panel),
    look: async choices => {
      const request = requestFor(panel === null ? { path } : payloadOf(panel), choices);
      try {
        return { answer: { request, answer: await previewPackage(settings, request) }, problem: null };
      } catch (error) {
        return { answer: null, problem: problemOf(error) };
      }
    },
    apply: async ({ request, answer }): Promise<Applied> => {
      try {
        return { answer: await applyPackage(settings, { ...request, digest: answer.digest }) };
      } catch (error) {
        return { answer: null, problem: problemOf(error), isOutdated: isOutdated(error) };
      }
    },
    onGoTo: cell => {
      if (panel !== null && !panel.isDisposed) {
        app.shell.activateById(panel.id);
        goTo(panel, cell);
      }
    },
    onSave: panel === null ? null : () => panel.context.save()
  };
}

/** Ask for a notebook; null where none was chosen. */
async function notebookFrom(
  manager: IDocumentManager,
  folder: string,
  translator: ITranslator | null,
  trans: TranslationBundle
): Promise<string | null> {
  const title = trans.__('Extract Package');
  const { button, value } = await FileDialog.getOpenFiles({
    manager,
    title,
    label: trans.__('Choose a notebook'),
    defaultPath: folder,
    translator: translator ?? undefined,
    filter: model => (model.type === 'notebook' || model.type === 'directory' ? {} : null)
  });
  if (!button.accept || value === null) {
    return null;
  }
  if (value.length === 1 && value[0].type === 'notebook') {
    return value[0].path;
  }
  await showErrorMessage(title, trans.__('Choose one notebook.'));
  return null;
}

/** Say what was written, and offer the ways to it that this application has. */
function tell(app: JupyterFrontEnd, written: ExtractAnswer, trans: TranslationBundle): void {
  const { commands } = app;
  const { folder, files } = written;
  const count = changeCount(files);
  const hasReadme = files.some(file => file.path === 'README.md' && file.kind !== 'delete');
  const message =
    count === 0
      ? trans.__('The package in %1 is up to date', folder)
      : trans._n('Wrote %1 file to %2', 'Wrote %1 files to %2', count, folder);
  Notification.success(message, {
    autoClose: 10000,
    actions: [
      ...(hasReadme
        ? [
            {
              label: trans.__('Open README'),
              caption: PathExt.join(folder, 'README.md'),
              callback: () => void commands.execute('docmanager:open', { path: PathExt.join(folder, 'README.md') })
            }
          ]
        : []),
      ...(commands.hasCommand(GO_TO)
        ? [
            {
              label: trans.__('Show in file browser'),
              caption: folder,
              callback: () => void commands.execute(GO_TO, { path: folder })
            }
          ]
        : [])
    ]
  });
}
