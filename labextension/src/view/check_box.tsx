// What does a choice look like that is either on or off?

import React from 'react';

export interface CheckProps {
  readonly text: string;
  readonly isOn: boolean;
  readonly onTurn: (isOn: boolean) => void;
}

/** A box with its text. */
export function Check({ text, isOn, onTurn }: CheckProps): JSX.Element {
  return (
    <label className="jp-nb2pkg-Check">
      <input type="checkbox" checked={isOn} onChange={event => onTurn(event.target.checked)} />
      {text}
    </label>
  );
}
