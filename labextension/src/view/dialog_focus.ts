// What in a dialog has the focus, where nothing in it has, or nothing that can be typed into?

const CANCEL = '.jp-Dialog-footer .jp-mod-reject';
const ACCEPT = '.jp-Dialog-footer .jp-mod-accept:not([disabled])';

/** The first field that is there, else the button to go on, as soon as it can be pressed, else the one to leave. */
function focusFirst(dialog: HTMLElement, fields: string | undefined): void {
  const field = fields === undefined ? null : dialog.querySelector<HTMLElement>(`.jp-Dialog-body :is(${fields})`);
  (field ?? dialog.querySelector<HTMLElement>(ACCEPT) ?? dialog.querySelector<HTMLElement>(CANCEL))?.focus();
}

/** Gives the focus back to what had it in a dialog, or to what has it first. */
export class KeptFocus {
  constructor(
    private readonly _dialog: HTMLElement,
    private readonly _fields: string | undefined
  ) {}

  /** Look at an event, and whether something behind the dialog has taken the focus: then it is given back. */
  handles(event: Event): boolean {
    if (event.type !== 'focus' || !(event.target instanceof Node)) {
      return false;
    }
    // JupyterLab 4.4 gives it back to the cell that had it.
    const isTakenAway = !this._dialog.contains(event.target);
    if (isTakenAway) {
      event.stopPropagation();
      this.again();
    } else if (event.target instanceof HTMLElement) {
      this._last = event.target;
    }
    return isTakenAway;
  }

  /** Give the focus to what had it last, where somebody has put it there; else to what has it first. */
  again(): void {
    const { _dialog, _last } = this;
    const isChosen = _last !== null && _dialog.contains(_last) && !_last.matches(CANCEL);
    if (isChosen) {
      _last.focus();
    }
    // What somebody has chosen may be disabled by now.
    if (!isChosen || !_dialog.contains(document.activeElement)) {
      focusFirst(_dialog, this._fields);
    }
  }

  private _last: HTMLElement | null = null;
}

/** Whether the focus is where nobody has put it: behind the dialog, or on the button that is always there. */
export function isFocusLeft(dialog: HTMLElement): boolean {
  const { activeElement } = document;
  return !dialog.contains(activeElement) || activeElement?.matches(CANCEL) === true;
}
