// How is a refactoring asked for? A dialog that shows all that would change before anything does.

import { type Dialog, ReactWidget } from '@jupyterlab/apputils';
import React from 'react';
import type { RefactorAnswer } from '../client/types';
import { PreviewDialog } from './preview_dialog';
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
  const body = new RefactorBody(options);
  const dialog = new PreviewDialog({
    title: options.title,
    body,
    ...(options.fields.length > 0 ? { focus: '.jp-nb2pkg-Input' } : {}),
    trans: options.trans
  });
  body.onReady = isReady => dialog.allow(isReady);
  body.onLeave = () => dialog.reject();
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
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
