// What stands beside a notebook: its steps, what was found, and its package?

import React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, refreshIcon, SidePanel } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import type { AccordionPanel } from '@lumino/widgets';
import type { GraphStep } from '../client/types';
import { stepsIcon } from './icons';
import type { Facts } from './notebook_facts';
import type { Action } from './panel_action';
import { type FindingEvents, Findings } from './panel_findings';
import { PanelPackage } from './panel_package';
import { PanelSteps } from './panel_steps';

type Message = Parameters<SidePanel['processMessage']>[0];

/** What the panel shows. */
export interface PanelState {
  /** The notebook's name; null where none is open. */
  readonly name: string | null;
  readonly facts: Facts;
  readonly stepActions: readonly Action[];
  readonly extract: Action | null;
}

export interface PanelEvents extends FindingEvents {
  readonly onStep: (step: GraphStep) => void;
  readonly onRefresh: () => void;
}

/** The panel at the right; it is drawn anew whenever it is told to. */
export class NotebookSidePanel extends SidePanel {
  constructor(state: () => PanelState, events: PanelEvents, trans: TranslationBundle) {
    super();
    this.id = 'nb2pkg-panel';
    this.addClass('jp-nb2pkg-Panel');
    this.title.icon = stepsIcon;
    this.title.caption = trans.__('nb2pkg: steps, findings and package');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.title.caption);
    this.head = new Section(() => <Head state={state()} events={events} trans={trans} />);
    this.header.addWidget(this.head);
    this.header.addClass('jp-nb2pkg-PanelHeader');

    const whenOpen = (draw: (facts: Facts) => JSX.Element) => (): JSX.Element =>
      state().name === null ? <></> : draw(state().facts);
    this.steps = new Section(
      whenOpen(facts => <PanelSteps {...events} facts={facts} actions={state().stepActions} trans={trans} />)
    );
    this.findings = new Section(
      whenOpen(facts => <Findings {...events} findings={facts.findings} cells={facts.cells} trans={trans} />)
    );
    this.package = new Section(
      whenOpen(facts => (
        <PanelPackage state={facts.state} problem={facts.stateProblem} extract={state().extract} trans={trans} />
      ))
    );
    this.steps.title.label = trans.__('Steps');
    this.findings.title.label = trans.__('Findings');
    this.package.title.label = trans.__('Package');
    [this.steps, this.findings, this.package].forEach(section => this.addWidget(section));
    (this.content as AccordionPanel).setRelativeSizes([5, 3, 2]);
    this.count = () => {
      const { name, facts } = state();
      const number = name === null ? 0 : (facts.findings ?? []).length;
      return number === 0 ? trans.__('Findings') : trans.__('Findings (%1)', number);
    };
  }

  /** It is seen now, or no longer. */
  get seen(): ISignal<NotebookSidePanel, void> {
    return this.hasBeenSeen;
  }

  refresh(): void {
    this.findings.title.label = this.count();
    [this.head, this.steps, this.findings, this.package].forEach(section => section.update());
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.hasBeenSeen.emit();
  }

  protected onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.hasBeenSeen.emit();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.hasBeenSeen.emit();
  }

  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('.jp-AccordionPanel-title')?.focus();
  }

  private readonly head: Section;
  private readonly steps: Section;
  private readonly findings: Section;
  private readonly package: Section;
  private readonly count: () => string;
  private readonly hasBeenSeen = new Signal<NotebookSidePanel, void>(this);
}

function Head({ state, events, trans }: { state: PanelState; events: PanelEvents; trans: TranslationBundle }): JSX.Element {
  const refresh = trans.__('Look again');
  return (
    <>
      <span className="jp-nb2pkg-NotebookName" title={state.name ?? undefined}>
        {state.name ?? trans.__('Open a notebook to see its steps')}
      </span>
      {state.name !== null && (
        <button
          type="button"
          className="jp-nb2pkg-Small jp-nb2pkg-Refresh"
          title={refresh}
          aria-label={refresh}
          aria-busy={state.facts.isBusy}
          onClick={events.onRefresh}
        >
          <refreshIcon.react tag="span" width="14px" height="14px" />
        </button>
      )}
    </>
  );
}

class Section extends ReactWidget {
  constructor(private readonly draw: () => JSX.Element) {
    super();
    this.addClass('jp-nb2pkg-Section');
  }

  protected render(): JSX.Element {
    return this.draw();
  }
}
