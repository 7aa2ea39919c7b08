// What is shown of findings: in which order, at which cells, and what can be done about them?

import type { Finding, Problem } from '../client/types';

export type Severity = Finding['severity'];
/** Which of our commands mends it: a variable is renamed, or a step is. */
export type Fix = 'rename' | 'step';

/** Findings of one severity, in reading order. */
export interface FindingGroup {
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

/** What stands below a cell: the worst of what was found in it, and how many more there are. */
export interface CellMark {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly more: number;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];
/** Two names that look alike, and a builtin with another meaning; names that a heading or tag has made, and tags. */
const FIXES: Readonly<Record<string, Fix>> = {
  NB203: 'rename',
  NB206: 'rename',
  NB201: 'step',
  NB204: 'step',
  NB211: 'step'
};

/** The worst first. */
export function bySeverity(findings: readonly Finding[]): readonly FindingGroup[] {
  return SEVERITIES.map(severity => ({
    severity,
    findings: findings.filter(one => one.severity === severity)
  })).filter(group => group.findings.length > 0);
}

/** What helps; null where nothing of ours does, or where it is not known where to begin. */
export function fixOf(finding: Finding): Fix | null {
  const fix = FIXES[finding.code] ?? null;
  const isPlaced = finding.cell !== null && (fix !== 'rename' || finding.column !== null);
  return isPlaced ? fix : null;
}

/** The cells with errors and warnings, by id. Notes are for the panel alone. */
export function marksOf(findings: readonly Finding[]): ReadonlyMap<string, CellMark> {
  const found = new Map<string, CellMark>();
  for (const { findings: group } of bySeverity(findings)) {
    for (const { cell, severity, code, message } of group) {
      if (cell !== null && severity !== 'note') {
        const known = found.get(cell);
        found.set(cell, known ? { ...known, more: known.more + 1 } : { severity, code, message, more: 0 });
      }
    }
  }
  return found;
}

/** What a refusal is about, as findings; where it names none, it is one itself. */
export function findingsOf(problem: Problem): readonly Finding[] {
  if (problem.findings.length > 0) {
    return problem.findings;
  }
  const { code, message, hint } = problem;
  const nowhere = { cell: null, position: null, line: null, column: null, end_line: null, end_column: null };
  return [{ code: code ?? '', severity: 'error', message, hint, ...nowhere }];
}

/** Where a place is in an editor: both from 0, columns in the halves of characters that JavaScript counts. */
export function cursorAt(
  source: string,
  line: number | null,
  column: number | null
): { readonly line: number; readonly column: number } {
  const lines = source.split('\n');
  const at = Math.min(Math.max((line ?? 1) - 1, 0), lines.length - 1);
  const before = [...lines[at]].slice(0, Math.max((column ?? 1) - 1, 0));
  return { line: at, column: before.join('').length };
}
