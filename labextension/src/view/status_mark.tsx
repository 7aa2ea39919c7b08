// How is a status shown? A sign and a word; the colour only adds to them.

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { MARKS } from '../model/run_progress';
import { wordOf } from './run_words';

export function StatusMark({ status, trans }: { status: string; trans: TranslationBundle }): JSX.Element {
  return (
    <span className="jp-nb2pkg-RunStatus" data-status={status}>
      <span aria-hidden="true">{MARKS[status] ?? '·'}</span> {wordOf(status, trans)}
    </span>
  );
}
