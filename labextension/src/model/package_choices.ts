// What does somebody choose of a package, and how is the server told?

import type { ExtractAnswer, ExtractPreviewRequest, Notebook } from '../client/types';

export type OnEdits = 'stop' | 'merge' | 'overwrite';

/** What was typed and chosen. An empty text leaves it to the server. */
export interface PackageChoices {
  readonly output: string;
  readonly name: string;
  readonly onEdits: OnEdits;
  /** null leaves it as it was. */
  readonly contracts: boolean | null;
}

export const NO_CHOICES: PackageChoices = { output: '', name: '', onEdits: 'stop', contracts: null };

/** The request that says so. */
export function requestFor(notebook: Notebook, choices: PackageChoices): ExtractPreviewRequest {
  return {
    notebook,
    output: choices.output.trim().replace(/(?<=.)\/+$/, '') || null,
    package: choices.name.trim() || null,
    on_edits: choices.onEdits,
    contracts: choices.contracts
  };
}

/** Whether the package that is shown checks the tables between its steps. */
export function hasContracts(answer: ExtractAnswer): boolean {
  const path = `src/${answer.package}/contracts.py`;
  return answer.files.some(file => file.path === path && file.kind !== 'delete');
}

/** The cells of a step as people count them, such as "2, 4–6"; null where the notebook is not open. */
export function cellNumbers(ids: readonly string[], all: readonly string[]): string | null {
  const places = ids.map(id => all.indexOf(id) + 1);
  if (places.length === 0 || places.includes(0)) {
    return null;
  }
  const runs: [first: number, last: number][] = [];
  for (const place of places.sort((one, other) => one - other)) {
    const run = runs[runs.length - 1];
    if (run !== undefined && run[1] === place - 1) {
      run[1] = place;
    } else {
      runs.push([place, place]);
    }
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}
