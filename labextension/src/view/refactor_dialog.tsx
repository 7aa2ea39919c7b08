// How is a refactoring asked for? A dialog that shows all that would change before anything does.

import { type Dialog, ReactWidget } from '@jupyterlab/apputils';
import React from 'react';
import type { Problem, RefactorAnswer } from '../client/types';
import type { CellState } from '../model/refactoring';
import { PreviewDialog } from './preview_dialog';
import { type Outcome, RefactorForm, type RefactorFormProps, type RefactorValues } from './refactor_form';

export interface RefactorDialogOptions extends Omit<RefactorFormProps, 'cells' | 'notice' | 'onOutcome' | 'round'> {
  readonly title: string;
  /** The cells that what is shown is about. */
  readonly cells: () => readonly CellState[];
  /** Carry out what was agreed to; null where that has worked, else why it has not. */
  readonly apply: (agreed: Agreed) => Promise<Problem | null>;
}

/** What somebody has agreed to: the values, and the answer that was shown for them. */
export interface Agreed {
  readonly values: RefactorValues;
  readonly answer: RefactorAnswer;
}

/** Show the dialog until what was agreed to is carried out, or nothing shall be. */
export async function askToRefactor(options: RefactorDialogOptions): Promise<void> {
  const body = new RefactorBody(options);
  const dialog = new PreviewDialog({
    title: options.title,
    body,
    ...(options.fields.length > 0 ? { focus: '.jp-nb2pkg-Input' } : {}),
    apply: () => body.apply(),
    trans: options.trans
  });
  body.onReady = isReady => dialog.allow(isReady);
  body.onLeave = () => dialog.reject();
  await dialog.launch();
}

class RefactorBody extends ReactWidget implements Dialog.IBodyWidget<void> {
  constructor(private readonly _options: RefactorDialogOptions) {
    super();
    this.addClass('jp-nb2pkg-RefactorBody');
  }

  onReady: (isReady: boolean) => void = () => undefined;
  onLeave: () => void = () => undefined;

  /** Carry out what is shown. Where that does not work, it stays to be looked at, as it would be by now. */
  async apply(): Promise<boolean> {
    const answer = this._outcome?.answer ?? null;
    this._notice = answer === null ? null : await this._options.apply({ values: this._values, answer });
    if (this._notice !== null) {
      this._round++;
      this.update();
    }
    return answer !== null && this._notice === null;
  }

  protected render(): JSX.Element {
    const { look, onGoTo } = this._options;
    return (
      <RefactorForm
        {...this._options}
        cells={this._options.cells()}
        notice={this._notice}
        round={this._round}
        look={values => {
          if (this._values !== values) {
            this._values = values;
            this._notice = null;
            this.update();
          }
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
  private _notice: Problem | null = null;
  private _round = 0;
}
