// What does a button of the side panel do?

import React from 'react';

/** A command of Jupyter's, as it stands now. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly caption: string;
  readonly isEnabled: boolean;
  readonly run: () => void;
}

/** A button that does it. */
export function ActionButton({ action }: { action: Action }): JSX.Element {
  return (
    <button
      type="button"
      className="jp-nb2pkg-Small"
      title={action.caption}
      disabled={!action.isEnabled}
      onClick={action.run}
    >
      {action.label}
    </button>
  );
}
