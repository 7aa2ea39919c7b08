// How does a dialog stay until what it asks for has worked?

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { KeptFocus } from './dialog_focus';

/** What a form gets of the dialog around it. */
export interface Asked<T> {
  /** Told anew at each change: how to go on, giving the result; null while something is not right. */
  readonly onReady: (go: (() => Promise<T | null>) | null) => void;
  readonly close: () => void;
}

export interface AskingOptions<T> {
  readonly title: string;
  readonly accept: string;
  readonly form: (asked: Asked<T>) => JSX.Element;
  readonly trans: TranslationBundle;
}

const FIELDS = '.jp-nb2pkg-RunForm input, .jp-nb2pkg-RunForm select';

/** Show a form until it has given its result; null where it was called off. */
export async function ask<T>(options: AskingOptions<T>): Promise<T | null> {
  const body = new FormBody<T>(options.form);
  const dialog = new AskingDialog<T>(body, {
    title: options.title,
    body,
    buttons: [
      Dialog.cancelButton({ label: options.trans.__('Cancel') }),
      Dialog.okButton({ label: options.accept })
    ],
    hasClose: true,
    // As long as the form is not there, or goes nowhere.
    defaultButton: 0,
    // The first field, or the button where there is none.
    focusNodeSelector: '.jp-nb2pkg-RunForm input, .jp-nb2pkg-RunForm select'
  });
  dialog.addClass('jp-nb2pkg-RunDialog');
  body.asked = { onReady: go => dialog.allow(go), close: () => dialog.reject() };
  dialog.allow(null);
  await dialog.launch();
  return dialog.result;
}

class AskingDialog<T> extends Dialog<unknown> {
  constructor(
    private readonly _form: FormBody<T>,
    options: Partial<Dialog.IOptions<unknown>>
  ) {
    super(options);
  }

  result: T | null = null;

  allow(go: (() => Promise<T | null>) | null): void {
    this._go = go;
    this._show();
  }

  /** Enter goes on from fields; on our own buttons, boxes and choices it is theirs. */
  handleEvent(event: Event): void {
    if (this._focus.handles(event)) {
      return;
    }
    const isEnter = event.type === 'keydown' && (event as KeyboardEvent).key === 'Enter';
    const target = event.target as HTMLElement;
    if (!isEnter || target.closest('.jp-Dialog-footer') !== null) {
      super.handleEvent(event);
    } else if (target instanceof HTMLInputElement && target.type !== 'checkbox') {
      event.preventDefault();
      event.stopPropagation();
      if (!(event as KeyboardEvent).isComposing) {
        this.resolve(1);
      }
    }
  }

  resolve(index?: number): void {
    if (index !== 1) {
      super.resolve(index);
    } else if (this._go !== null && !this._isBusy) {
      this._isBusy = true;
      this._show();
      void this._go()
        .then(result => {
          this.result = result;
          if (result !== null) {
            super.resolve(1);
          }
        })
        .finally(() => {
          this._isBusy = false;
          this._show();
        });
    }
  }

  private _show(): void {
    const accept = this.node.querySelector<HTMLButtonElement>('.jp-Dialog-footer .jp-mod-accept');
    if (accept !== null) {
      accept.disabled = this._go === null || this._isBusy;
    }
    this._form.node.setAttribute('aria-busy', String(this._isBusy));
  }

  private _go: (() => Promise<T | null>) | null = null;
  private _isBusy = false;
  private readonly _focus = new KeptFocus(this.node, FIELDS);
}

class FormBody<T> extends ReactWidget {
  constructor(private readonly _form: (asked: Asked<T>) => JSX.Element) {
    super();
    this.addClass('jp-nb2pkg-RunBody');
  }

  asked: Asked<T> = { onReady: () => undefined, close: () => undefined };

  protected render(): JSX.Element {
    const Form = this._form;
    return (
      <div className="jp-nb2pkg-RunForm">
        <Form {...this.asked} />
      </div>
    );
  }
}
