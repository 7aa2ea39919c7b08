// How is a refactoring asked for? A dialog that shows all that would change before anything does.

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import React from 'react';
import type { RefactorAnswer } from '../client/types';
import { type Outcome, RefactorForm, type RefactorFormProps, type RefactorValues } from './refactor_form';

export interface RefactorDialogOptions extends Omit<RefactorFormProps, 'onOutcome' | 'onGoTo'> {
  readonly title: string;
  readonly onGoTo: (cell: string) => void;
}

/** What somebody has agreed to: the values, and the answer that was shown for them. */
export interface Agreed {
  readonly values: RefactorValues;
  readonly answer: RefactorAnswer;
}

/** Show the dialog, and give what was agreed to; null where it was called off. */
export async function askToRefactor(options: RefactorDialogOptions): Promise<Agreed | null> {
  const { trans } = options;
  const body = new RefactorBody(options);
  const dialog = new RefactorDialog({
    title: options.title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Apply') })
    ],
    focusNodeSelector: options.fields.length > 0 ? '.jp-nb2pkg-Input' : '.jp-nb2pkg-Tab',
    hasClose: true
  });
  dialog.addClass('jp-nb2pkg-Dialog');
  body.onReady = isReady => dialog.allow(isReady);
  body.onLeave = () => dialog.reject();
  dialog.allow(false);
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}

/** Enter applies only what is shown, and not while the cursor is on a tab or a link. */
class RefactorDialog extends Dialog<Agreed | null> {
  allow(isReady: boolean): void {
    this._isReady = isReady;
    const apply = this.node.querySelector<HTMLButtonElement>('.jp-Dialog-footer .jp-mod-accept');
    if (apply !== null) {
      apply.disabled = !isReady;
    }
  }

  handleEvent(event: Event): void {
    const isEnter = event.type === 'keydown' && (event as KeyboardEvent).key === 'Enter';
    if (!isEnter) {
      super.handleEvent(event);
      return;
    }
    const target = event.target as HTMLElement;
    if (target instanceof HTMLInputElement && target.type === 'text') {
      event.preventDefault();
      event.stopPropagation();
      if (this._isReady && !(event as KeyboardEvent).isComposing) {
        this.resolve(1);
      }
    } else if (target.closest('.jp-Dialog-footer') !== null) {
      super.handleEvent(event);
    }
  }

  private _isReady = false;
}

class RefactorBody extends ReactWidget implements Dialog.IBodyWidget<Agreed | null> {
  constructor(private readonly _options: RefactorDialogOptions) {
    super();
    this.addClass('jp-nb2pkg-RefactorBody');
  }

  onReady: (isReady: boolean) => void = () => undefined;
  onLeave: () => void = () => undefined;

  getValue(): Agreed | null {
    const answer = this._outcome?.answer ?? null;
    return answer === null ? null : { values: this._values, answer };
  }

  protected render(): JSX.Element {
    const { look, onGoTo } = this._options;
    return (
      <RefactorForm
        {...this._options}
        look={values => {
          this._values = values;
          return look(values);
        }}
        onOutcome={outcome => {
          this._outcome = outcome;
          this.onReady(outcome?.answer != null);
        }}
        onGoTo={cell => {
          this.onLeave();
          onGoTo(cell);
        }}
      />
    );
  }

  private _values: RefactorValues = this._options.initial;
  private _outcome: Outcome | null = null;
}
