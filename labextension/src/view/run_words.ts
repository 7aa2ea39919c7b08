// What is the word for how a run, a step or a due moment stands?

import type { TranslationBundle } from '@jupyterlab/translation';

/** The word of a status; one that is not known here stands for itself. */
export function wordOf(status: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    waiting: trans.__('waiting'),
    running: trans.__('running'),
    succeeded: trans.__('succeeded'),
    cached: trans.__('kept result'),
    failed: trans.__('failed'),
    timed_out: trans.__('took too long'),
    crashed: trans.__('crashed'),
    cancelled: trans.__('cancelled'),
    skipped: trans.__('skipped'),
    missed: trans.__('missed')
  };
  return words[status] ?? status;
}
