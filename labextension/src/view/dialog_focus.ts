// What in a dialog has the focus, where nothing in it has, or nothing that can be typed into?

const CANCEL = '.jp-Dialog-footer .jp-mod-reject';
const ACCEPT = '.jp-Dialog-footer .jp-mod-accept:not([disabled])';

/** The first field that is there, else the button to go on, as soon as it can be pressed, else the one to leave. */
export function focusFirst(dialog: HTMLElement, fields: string | undefined): void {
  const field = fields === undefined ? null : dialog.querySelector<HTMLElement>(`.jp-Dialog-body :is(${fields})`);
  (field ?? dialog.querySelector<HTMLElement>(ACCEPT) ?? dialog.querySelector<HTMLElement>(CANCEL))?.focus();
}

/** What had the focus last, where somebody has put it there; else what has it first. */
export function focusAgain(dialog: HTMLElement, last: HTMLElement | null, fields: string | undefined): void {
  const isChosen = last !== null && dialog.contains(last) && !last.matches(CANCEL);
  if (isChosen) {
    last.focus();
  }
  // What somebody has chosen may be disabled by now.
  if (!isChosen || !dialog.contains(document.activeElement)) {
    focusFirst(dialog, fields);
  }
}

/** Whether the focus is where nobody has put it: behind the dialog, or on the button that is always there. */
export function isFocusLeft(dialog: HTMLElement): boolean {
  const { activeElement } = document;
  return !dialog.contains(activeElement) || activeElement?.matches(CANCEL) === true;
}

/** Whether something behind the dialog takes the focus: JupyterLab 4.4 gives it back to the cell that had it. */
export function isTakenAway(dialog: HTMLElement, event: Event): boolean {
  return event.type === 'focus' && event.target instanceof Node && !dialog.contains(event.target);
}
