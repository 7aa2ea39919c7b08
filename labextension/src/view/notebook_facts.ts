// What does nb2pkg know of a notebook as it is in the editor, and when is the server asked for it?

import type { NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Finding, GraphAnswer, Notebook, PackageAnswer, Problem } from '../client/types';
import { findingsOf } from '../model/findings';
import { payloadOf } from './open_cells';

/** Who wants to know: nobody, the notebook's own labels and marks, or the side panel as well. */
export type Wish = 'nothing' | 'cells' | 'all';

/** What is known. null: not yet, or not at all. */
export interface Facts {
  /** The ids of all cells, in order, as they were then. */
  readonly cells: readonly string[];
  readonly isEmpty: boolean;
  readonly findings: readonly Finding[] | null;
  readonly graph: GraphAnswer | null;
  /** Why there is no graph. */
  readonly obstacles: readonly Finding[];
  readonly state: PackageAnswer | null;
  readonly stateProblem: Problem | null;
  readonly isBusy: boolean;
}

/** How the server is asked. */
export interface Questions {
  readonly check: (notebook: Notebook) => Promise<readonly Finding[]>;
  readonly graph: (notebook: Notebook) => Promise<GraphAnswer>;
  readonly package: (notebook: Notebook) => Promise<PackageAnswer>;
  readonly problemOf: (error: unknown) => Problem;
}

export const NOTHING_KNOWN: Facts = {
  cells: [],
  isEmpty: false,
  findings: null,
  graph: null,
  obstacles: [],
  state: null,
  stateProblem: null,
  isBusy: false
};

const PAUSE_MS = 600;

/** Asks once things have been quiet for a moment, never twice at the same time, and not at all if nobody wants it. */
export class NotebookFacts {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly questions: Questions,
    private readonly wish: () => Wish
  ) {
    panel.content.modelChanged.connect(this.listen, this);
    panel.disposed.connect(this.dispose, this);
    this.listen();
    // Before, it is empty.
    void panel.context.ready.then(() => this.look());
  }

  get known(): Facts {
    return this.facts;
  }

  get changed(): ISignal<NotebookFacts, void> {
    return this.hasChanged;
  }

  /** Ask now, if somebody wants to know, for what is not known; anew: and for what is. */
  look(anew = false): void {
    if (anew) {
      this.asked = null;
    }
    this.isPackageDue = true;
    window.clearTimeout(this.timer);
    this.timer = 0;
    void this.ask();
  }

  private listen(): void {
    const model = this.panel.content.model;
    model?.contentChanged.connect(this.wait, this);
    model?.cells.changed.connect(this.listenToTags, this);
    this.listenToTags();
  }

  private listenToTags(): void {
    for (const cell of this.panel.content.model?.cells ?? []) {
      cell.metadataChanged.connect(this.wait, this);
    }
  }

  private wait(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
  }

  private async ask(): Promise<void> {
    if (this.isAsking) {
      this.isAskedAgain = true;
      return;
    }
    const wish = this.panel.isDisposed || !this.panel.context.isReady ? 'nothing' : this.wish();
    if (wish === 'nothing') {
      return;
    }
    this.isAsking = true;
    const notebook = payloadOf(this.panel);
    const text = JSON.stringify(notebook);
    try {
      // While a cell runs, its outputs change and nothing that is asked about.
      const isSame = text === this.asked;
      const asksOfPackage = wish === 'all' && (this.isPackageDue || !isSame);
      this.asked = text;
      this.isPackageDue &&= !asksOfPackage;
      await Promise.all([isSame ? null : this.askOfCells(notebook), asksOfPackage ? this.askOfPackage(notebook) : null]);
    } finally {
      this.isAsking = false;
      this.say({ isBusy: false });
      if (this.isAskedAgain) {
        this.isAskedAgain = false;
        this.wait();
      }
    }
  }

  private async askOfCells(notebook: Notebook): Promise<void> {
    const given = notebook.cells ?? [];
    const cells = given.map(({ id }) => id);
    const isEmpty = !given.some(({ type, source }) => type === 'code' && source.trim() !== '');
    if (isEmpty) {
      this.say({ cells, isEmpty, findings: [], graph: null, obstacles: [] });
      return;
    }
    this.say({ isBusy: true });
    try {
      const findings = await this.questions.check(notebook);
      const obstacles = findings.filter(({ severity }) => severity === 'error');
      this.say({ cells, isEmpty, findings });
      // What has errors has no steps, and need not be asked for them.
      const graph = obstacles.length > 0 ? null : await this.questions.graph(notebook);
      this.say({ graph, obstacles });
    } catch (error) {
      const problem = this.questions.problemOf(error);
      this.say({ cells, isEmpty, findings: this.facts.findings ?? [], graph: null, obstacles: findingsOf(problem) });
      if (problem.code === null) {
        this.asked = null; // there was no answer: another time there may be
      }
    }
  }

  private async askOfPackage(notebook: Notebook): Promise<void> {
    try {
      this.say({ state: await this.questions.package(notebook), stateProblem: null });
    } catch (error) {
      this.say({ state: null, stateProblem: this.questions.problemOf(error) });
    }
  }

  private say(more: Partial<Facts>): void {
    if (!this.panel.isDisposed) {
      this.facts = { ...this.facts, ...more };
      this.hasChanged.emit();
    }
  }

  private dispose(): void {
    window.clearTimeout(this.timer);
    Signal.clearData(this);
  }

  private readonly hasChanged = new Signal<NotebookFacts, void>(this);
  private facts = NOTHING_KNOWN;
  /** The notebook that was asked about last. */
  private asked: string | null = null;
  /** Something other than the cells may have changed since the package was asked about. */
  private isPackageDue = true;
  private isAsking = false;
  private isAskedAgain = false;
  private timer = 0;
}
