// How does a dialog behave that shows what would change before anything does?

import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { KeptFocus, isFocusLeft } from './dialog_focus';

export interface PreviewDialogOptions<T> {
  readonly title: string;
  readonly body: Dialog.IBodyWidget<T>;
  /** What has the focus at first, within the body; by default the button, as soon as it can be pressed. */
  readonly focus?: string;
  /** Done when it is applied, while the dialog is still there; what was not applied keeps it open. */
  readonly apply: () => Promise<boolean>;
  readonly trans: TranslationBundle;
}

const CANCEL = 0;
const APPLY = 1;
// What the dialog would take for its own buttons, wherever the focus is.
const FOR_BUTTONS = ['Enter', 'ArrowLeft', 'ArrowRight'];

/** Nothing but what is shown can be applied, with the button, or with Enter in a line of text. */
export class PreviewDialog<T> extends Dialog<T> {
  constructor({ title, body, focus, apply, trans }: PreviewDialogOptions<T>) {
    super({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Apply') })
      ],
      // Where there is no such node, or not yet: what cannot be pressed cannot have the focus.
      focusNodeSelector: focus,
      defaultButton: CANCEL,
      hasClose: true
    });
    this._focus = new KeptFocus(this.node, focus);
    this._apply = apply;
    this.addClass('jp-nb2pkg-Dialog');
    this.allow(false);
  }

  /** Say whether what is shown is there, and can be applied. */
  allow(isReady: boolean): void {
    this._isReady = isReady;
    this._mark();
    const isLeft = this._wasReady ? !this.node.contains(document.activeElement) : isFocusLeft(this.node);
    if (this.isAttached && isLeft) {
      this._focus.again();
    }
    this._wasReady ||= isReady;
  }

  handleEvent(event: Event): void {
    if (this._focus.handles(event)) {
      return;
    }
    if (event.type === 'input') {
      this._mark(); // any input would make the button one that can be pressed
      return;
    }
    if (event.type !== 'keydown' || !FOR_BUTTONS.includes((event as KeyboardEvent).key)) {
      super.handleEvent(event);
      return;
    }
    const { key, isComposing, repeat } = event as KeyboardEvent;
    const target = event.target as HTMLElement;
    // A key that is held since it chose the command agrees to nothing.
    if (key === 'Enter' && repeat) {
      event.preventDefault();
      event.stopPropagation();
    } else if (target.closest('.jp-Dialog-footer') !== null) {
      super.handleEvent(event);
    } else if (key === 'Enter' && target instanceof HTMLInputElement && target.type === 'text') {
      event.preventDefault();
      event.stopPropagation();
      if (!isComposing) {
        this.resolve(APPLY);
      }
    }
  }

  resolve(index?: number): void {
    if (index !== undefined && index !== APPLY) {
      super.resolve(index);
    } else if (this._isReady) {
      this.allow(false);
      void this._apply().then(isDone => isDone && super.resolve(APPLY));
    }
  }

  private _mark(): void {
    const button = this.node.querySelector<HTMLButtonElement>('.jp-Dialog-footer .jp-mod-accept');
    if (button !== null) {
      button.disabled = !this._isReady;
    }
  }

  private readonly _focus: KeptFocus;
  private readonly _apply: () => Promise<boolean>;
  private _isReady = false;
  private _wasReady = false;
}
