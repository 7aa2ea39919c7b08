// How is a package asked for? A dialog that shows every file of it before one is written.

import { type Dialog, ReactWidget } from '@jupyterlab/apputils';
import React from 'react';
import type { ExtractAnswer, Problem } from '../client/types';
import type { PackageChoices } from '../model/package_choices';
import { inTheWay } from '../model/package_files';
import type { Outcome } from './live_preview';
import { type Notice, PackageForm, type PackageFormProps, type Shown } from './package_form';
import { PreviewDialog } from './preview_dialog';

/** Either what was written, or why nothing was; isOutdated: because it is not as it was shown. */
export type Applied =
  | { readonly answer: ExtractAnswer }
  | { readonly answer: null; readonly problem: Problem; readonly isOutdated: boolean };

export interface PackageDialogOptions extends Omit<PackageFormProps, 'onOutcome' | 'notice' | 'round'> {
  readonly title: string;
  readonly apply: (shown: Shown) => Promise<Applied>;
}

/** Show the dialog, and give what was written; null where nothing was. */
export async function askToExtract(options: PackageDialogOptions): Promise<ExtractAnswer | null> {
  const body = new PackageBody(options);
  const dialog = new PreviewDialog({
    title: options.title,
    body,
    focus: '.jp-nb2pkg-Input',
    apply: () => body.apply(),
    trans: options.trans
  });
  dialog.addClass('jp-nb2pkg-PackageDialog');
  body.onReady = isReady => dialog.allow(isReady);
  body.onLeave = () => dialog.reject();
  await dialog.launch();
  // It may have been closed while it was being written.
  await body.applying;
  return body.getValue();
}

class PackageBody extends ReactWidget implements Dialog.IBodyWidget<ExtractAnswer | null> {
  constructor(private readonly _options: PackageDialogOptions) {
    super();
    this.addClass('jp-nb2pkg-PackageBody');
  }

  onReady: (isReady: boolean) => void = () => undefined;
  onLeave: () => void = () => undefined;
  applying: Promise<boolean> = Promise.resolve(false);

  getValue(): ExtractAnswer | null {
    return this._written;
  }

  /** Write what is shown. What cannot be written stays to be looked at, as it is by now. */
  apply(): Promise<boolean> {
    const shown = this._outcome?.answer ?? null;
    this.applying = shown === null ? Promise.resolve(false) : this._apply(shown);
    return this.applying;
  }

  protected render(): JSX.Element {
    const { look, onGoTo } = this._options;
    return (
      <PackageForm
        {...this._options}
        notice={this._notice}
        round={this._round}
        look={choices => {
          if (this._choices !== choices) {
            this._choices = choices;
            this._notice = null;
            this.update();
          }
          return look(choices);
        }}
        onOutcome={outcome => {
          this._outcome = outcome;
          const files = outcome?.answer?.answer.files;
          this.onReady(files !== undefined && inTheWay(files).length === 0);
        }}
        onGoTo={cell => {
          this.onLeave();
          onGoTo(cell);
        }}
      />
    );
  }

  private async _apply(shown: Shown): Promise<boolean> {
    const done = await this._options.apply(shown);
    if (done.answer !== null) {
      this._written = done.answer;
      return true;
    }
    this._notice = { problem: done.problem, before: done.isOutdated ? shown.answer : null };
    this._round++;
    this.update();
    return false;
  }

  private _choices: PackageChoices | null = null;
  private _outcome: Outcome<Shown> | null = null;
  private _notice: Notice | null = null;
  private _round = 0;
  private _written: ExtractAnswer | null = null;
}
