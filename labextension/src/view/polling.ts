// How is something looked at again and again, as long as somebody might see it?

import { useEffect, useState } from 'react';
import type { Problem } from '../client/types';
import type { Tried } from './run_dialog';

export interface Polled<T> {
  /** What was found last; it stays while the server does not answer. */
  readonly found: T | null;
  readonly problem: Problem | null;
}

/**
 * Ask now, whenever one of `keys` changes, and after each pause; null ends that.
 *
 * pause: milliseconds after what was found; it is asked after each answer, so that answers never pile up. After
 * none, it takes longer, and longest where the server has said why.
 */
export function usePolled<T>(
  ask: () => Promise<Tried<T>>,
  pause: (found: T) => number | null,
  keys: readonly unknown[]
): Polled<T> {
  const [state, setState] = useState<Polled<T>>({ found: null, problem: null });
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const { found, problem } = await ask();
      if (!isWanted) {
        return;
      }
      setState(old => ({ found: found ?? old.found, problem }));
      const milliseconds = found === null ? pauseAfterNone(problem) : pause(found);
      if (milliseconds !== null) {
        timer = setTimeout(() => void look(), milliseconds);
      }
    };
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, keys);
  return state;
}

/** Milliseconds before it is asked again where there was no answer. */
export function pauseAfterNone(problem: Problem | null): number {
  return problem?.code == null ? 5_000 : 30_000;
}
