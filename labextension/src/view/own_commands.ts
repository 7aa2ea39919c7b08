// Who asks for a command? What a notebook shows may name one on a button of its own; then somebody has to agree.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

type Commands = JupyterFrontEnd['commands'];

/** Add a command that no button within a document can have carried out unseen: JupyterLab 4.4 would. */
export function addOwnCommand(
  commands: Commands,
  id: string,
  options: Parameters<Commands['addCommand']>[1],
  trans: TranslationBundle
): void {
  commands.addCommand(id, {
    ...options,
    execute: async args => {
      if (!isAskedByDocument() || (await isAgreed(commands.label(id), trans))) {
        return options.execute(args);
      }
    }
  });
}

/** Whether what was just clicked is a button by JupyterLab's command linker, which documents can have too. */
function isAskedByDocument(): boolean {
  const target = window.event?.target;
  return target instanceof Element && target.closest('[data-commandlinker-command]') !== null;
}

async function isAgreed(label: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Run this command?'),
    body: trans.__('The document that you have clicked in asks for “%1”.', label),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Run') })],
    defaultButton: 0
  });
  return button.accept;
}
