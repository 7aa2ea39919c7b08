// What do plugins share?

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { CellFlows } from './model/flows';

export namespace CommandIDs {
  export const toggleSteps = 'nb2pkg:toggle-steps';
  export const setStep = 'nb2pkg:set-step';
  export const clearStep = 'nb2pkg:clear-step';
  export const suggestSteps = 'nb2pkg:suggest-steps';
  export const acceptSteps = 'nb2pkg:accept-steps';
  export const declineSteps = 'nb2pkg:decline-steps';
  export const showPanel = 'nb2pkg:show-panel';
  export const extractFunction = 'nb2pkg:extract-function';
  export const inline = 'nb2pkg:inline';
  export const renameVariable = 'nb2pkg:rename-variable';
  export const promoteLiteral = 'nb2pkg:promote-literal';
  export const moveImports = 'nb2pkg:move-imports';
  export const undoRefactoring = 'nb2pkg:undo-refactoring';
  export const runPipeline = 'nb2pkg:run-pipeline';
  export const showRuns = 'nb2pkg:show-runs';
  export const schedule = 'nb2pkg:schedule';
  export const extractPackage = 'nb2pkg:extract-package';
}

/** What is known of the values that flow between the cells of notebooks; labels of steps show it. */
export interface IStepFlows {
  /** What is known of a notebook by now. */
  of(path: string): CellFlows;
  /** Whether labels are shown: as long as nobody looks, nothing is asked. */
  watch(isWatched: boolean): void;
  /** More is known of the notebook with this path, or less. */
  readonly changed: ISignal<IStepFlows, string>;
}

export const IStepFlows = new Token<IStepFlows>(
  'nb2pkg:IStepFlows',
  'What flows between the cells of notebooks, as nb2pkg sees it.'
);
