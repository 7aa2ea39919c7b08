// How are the steps of a notebook shown in the side panel?

import React from 'react';
import type { GraphStep } from '../client/types';
import { StepGraph } from './graph';
import type { Facts } from './notebook_facts';
import { type Action, ActionButton } from './panel_action';
import { type FindingEvents, FindingList } from './panel_findings';
import type { TranslationBundle } from '@jupyterlab/translation';

export interface StepsProps extends FindingEvents {
  readonly facts: Facts;
  /** What can be done about them. */
  readonly actions: readonly Action[];
  readonly onStep: (step: GraphStep) => void;
  readonly trans: TranslationBundle;
}

/** The picture of the steps; or what is in the way of one. */
export function PanelSteps(props: StepsProps): JSX.Element {
  const { facts, actions, trans, onStep } = props;
  return (
    <>
      <div className="jp-nb2pkg-Actions">
        {actions.map(action => (
          <ActionButton key={action.id} action={action} />
        ))}
      </div>
      {facts.isEmpty && <p className="jp-nb2pkg-Quiet">{trans.__('The notebook has no code yet.')}</p>}
      {facts.obstacles.length > 0 && (
        <div role="status">
          <p className="jp-nb2pkg-Quiet">{trans.__('There are no steps to show:')}</p>
          <FindingList {...props} findings={facts.obstacles} cells={facts.cells} />
        </div>
      )}
      {facts.graph?.steps.length === 0 && (
        <p className="jp-nb2pkg-Quiet">{trans.__('Nothing here would be a step: there are only values and definitions.')}</p>
      )}
      {facts.graph !== null && facts.graph.steps.length > 0 && (
        <StepGraph graph={facts.graph} cells={facts.cells} onGoTo={onStep} trans={trans} />
      )}
    </>
  );
}
