// How is what was found shown in the side panel, and what can be done about it?

import React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Finding } from '../client/types';
import { bySeverity, type Fix, fixOf, type Severity } from '../model/findings';

export interface FindingEvents {
  readonly onPlace: (finding: Finding) => void;
  readonly onFix: (finding: Finding, fix: Fix) => void | Promise<void>;
}

export interface FindingsProps extends FindingEvents {
  readonly findings: readonly Finding[] | null;
  /** The ids of all cells, in order. */
  readonly cells: readonly string[];
  readonly trans: TranslationBundle;
}

/** All that was found, the worst first. */
export function Findings(props: FindingsProps): JSX.Element {
  const { findings, trans } = props;
  if (findings === null) {
    return <></>;
  }
  if (findings.length === 0) {
    return <p className="jp-nb2pkg-Quiet">{trans.__('Nothing was found that stands in the way.')}</p>;
  }
  return (
    <>
      {bySeverity(findings).map(group => (
        <section key={group.severity} aria-label={headingOf(group.severity, group.findings.length, trans)}>
          <h3 className="jp-nb2pkg-GroupName">{headingOf(group.severity, group.findings.length, trans)}</h3>
          <FindingList {...props} findings={group.findings} />
        </section>
      ))}
    </>
  );
}

/** Findings one below the other, each with its place and, where there is one, a button that mends it. */
export function FindingList(props: FindingsProps & { findings: readonly Finding[] }): JSX.Element {
  return (
    <ul className="jp-nb2pkg-FindingList">
      {props.findings.map((finding, at) => (
        <li key={at} className={`jp-nb2pkg-Finding jp-nb2pkg-Is${finding.severity}`}>
          <FindingItem {...props} finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function FindingItem({ finding, cells, trans, onPlace, onFix }: FindingsProps & { finding: Finding }): JSX.Element {
  const { code, message, hint, cell, line } = finding;
  const at = cell === null ? -1 : cells.indexOf(cell);
  const fix = fixOf(finding);
  const explain = trans.__('What does %1 mean? Type in a terminal: nb2pkg explain %1', code);
  return (
    <>
      <div>
        {code !== '' && (
          <abbr className="jp-nb2pkg-Code" title={explain}>
            {code}
          </abbr>
        )}{' '}
        {message}
      </div>
      {hint !== null && <div className="jp-nb2pkg-Hint">{hint}</div>}
      {at >= 0 && (
        <div className="jp-nb2pkg-Actions">
          <button type="button" className="jp-nb2pkg-Link" onClick={() => onPlace(finding)}>
            {line === null ? trans.__('cell %1', at + 1) : trans.__('cell %1, line %2', at + 1, line)}
          </button>
          {fix !== null && (
            <button type="button" className="jp-nb2pkg-Small" onClick={() => void onFix(finding, fix)}>
              {fix === 'rename' ? trans.__('Rename…') : trans.__('Name the step…')}
            </button>
          )}
        </div>
      )}
    </>
  );
}

function headingOf(severity: Severity, count: number, trans: TranslationBundle): string {
  switch (severity) {
    case 'error':
      return trans._n('%1 error', '%1 errors', count);
    case 'warning':
      return trans._n('%1 warning', '%1 warnings', count);
    case 'note':
      return trans._n('%1 note', '%1 notes', count);
  }
}
