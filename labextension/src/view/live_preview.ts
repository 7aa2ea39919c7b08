// How is what is shown kept up to date with what somebody types?

import { useEffect, useRef, useState } from 'react';
import type { Problem } from '../client/types';

/** Either what would change, or why it cannot. */
export type Outcome<A> =
  | { readonly answer: A; readonly problem: null }
  | { readonly answer: null; readonly problem: Problem };

export interface LivePreview<A> {
  /** What was found last; it may be of what was typed before. */
  readonly outcome: Outcome<A> | null;
  readonly isBusy: boolean;
}

const PAUSE_MS = 120;

/**
 * Look whenever the values change, or `round` does; `onOutcome` is told what can be applied.
 *
 * That is nothing, null, from a change on until what it comes to is there.
 */
export function useLivePreview<V, A>(
  values: V,
  look: (values: V) => Promise<Outcome<A>>,
  onOutcome: (outcome: Outcome<A> | null) => void,
  round = 0
): LivePreview<A> {
  const [outcome, setOutcome] = useState<Outcome<A> | null>(null);
  const [isBusy, setBusy] = useState(true);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    onOutcome(null);
    setBusy(true);
    const timer = setTimeout(
      () => {
        void look(values).then(found => {
          if (turn.current === mine) {
            setOutcome(found);
            setBusy(false);
            onOutcome(found);
          }
        });
      },
      mine === 1 ? 0 : PAUSE_MS
    );
    return () => clearTimeout(timer);
  }, [values, round]);
  return { outcome, isBusy };
}
