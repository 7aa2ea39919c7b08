// Is the Python half of nb2pkg there, and of the same version? Asked once, at the start.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { serverVersion } from '../client/client';
import { versionProblem } from '../model/versions';
import { VERSION } from '../version';

const INSTALL = `pip install "nb2pkg[lab]==${VERSION}"`;
const UPGRADE = 'pip install --upgrade nb2pkg';

export const version: JupyterFrontEndPlugin<void> = {
  id: 'nb2pkg:version',
  description: 'Says when the Python half of nb2pkg is missing or of another version.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('nb2pkg');
    const settings = app.serviceManager.serverSettings;
    void app.restored.then(() => look(settings, trans));
  }
};

async function look(
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<void> {
  let found: string | null;
  try {
    found = await serverVersion(settings);
  } catch (error) {
    // Where no server answers at all, Jupyter says so itself.
    if (!(error instanceof ServerConnection.NetworkError)) {
      const message = trans.__('nb2pkg: %1', String((error as Error).message));
      Notification.error(message, { autoClose: false });
    }
    return;
  }
  switch (versionProblem(VERSION, found)) {
    case 'missing':
      tell(trans, INSTALL, trans.__('This Jupyter server has no nb2pkg. Type %1, then restart Jupyter.', INSTALL));
      break;
    case 'differs':
      // Most often one of them was there before the other was installed.
      tell(
        trans,
        UPGRADE,
        trans.__('nb2pkg is %1 here, %2 in the server. Restart Jupyter and reload; if it stays: %3', VERSION, found, UPGRADE)
      );
      break;
    case null:
  }
}

/** JupyterLab shows 140 characters. */
function tell(trans: TranslationBundle, command: string, message: string): void {
  Notification.warning(message, {
    autoClose: false,
    actions: [
      {
        label: trans.__('Copy the command'),
        caption: command,
        callback: () => Clipboard.copyToSystem(command)
      }
    ]
  });
}
