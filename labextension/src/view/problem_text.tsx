// How is it told what was found, and where?

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Finding, Problem } from '../client/types';

/** A cell that somebody can be led to. */
export interface PlaceCell {
  readonly id: string;
  readonly source: string;
}

export interface ToldProps {
  /** The cells of the notebook in order; none where it is not open. */
  readonly cells: readonly PlaceCell[];
  readonly onGoTo: (cell: string) => void;
  readonly trans: TranslationBundle;
}

/** Why something cannot be done: each reason that was found, or the one that there is. */
export function ProblemText({ problem, ...told }: { problem: Problem } & ToldProps): JSX.Element {
  if (problem.findings.length === 0) {
    const { code, message, hint } = problem;
    return <Told code={code} text={message} hint={hint} place={null} position={null} line={null} {...told} />;
  }
  return (
    <ul>
      {problem.findings.map((finding, at) => (
        <FindingText key={at} finding={finding} {...told} />
      ))}
    </ul>
  );
}

/** One finding, as an item of a list. */
export function FindingText({ finding, ...told }: { finding: Finding } & ToldProps): JSX.Element {
  const { code, message, hint, cell, position, line, severity } = finding;
  return (
    <li data-severity={severity}>
      <Told code={code} text={message} hint={hint} place={cell} position={position} line={line} {...told} />
    </li>
  );
}

interface TextProps extends ToldProps {
  readonly code: string | null;
  readonly text: string;
  readonly hint: string | null;
  readonly place: string | null;
  readonly position: number | null;
  readonly line: number | null;
}

function Told({ code, text, hint, place, position, line, ...told }: TextProps): JSX.Element {
  const source = told.cells.find(cell => cell.id === place)?.source;
  const shown = line === null ? undefined : source?.split('\n')[line - 1];
  return (
    <>
      {code && <code className="jp-nb2pkg-Code">{code}</code>} {text}{' '}
      <CellPlace place={place} position={position} line={line} {...told} />
      {shown !== undefined && <pre className="jp-nb2pkg-Line">{shown}</pre>}
      {hint !== null && <div className="jp-nb2pkg-Hint">{hint}</div>}
    </>
  );
}

interface PlaceProps extends ToldProps {
  readonly place: string | null;
  /** Which cell it is, where the notebook is not open; all cells are counted, from 1. */
  readonly position: number | null;
  readonly line: number | null;
}

/** The way to a cell; in a notebook that is not open, only its number. */
export function CellPlace({ place, position, line, cells, onGoTo, trans }: PlaceProps): JSX.Element | null {
  const at = place === null ? -1 : cells.findIndex(cell => cell.id === place);
  const number = at < 0 ? position : at + 1;
  if (number === null) {
    return null;
  }
  const text = line === null ? trans.__('cell %1', number) : trans.__('cell %1, line %2', number, line);
  return at < 0 ? (
    <span className="jp-nb2pkg-Place">{text}</span>
  ) : (
    <button type="button" className="jp-nb2pkg-Link" onClick={() => onGoTo(cells[at].id)}>
      {text}
    </button>
  );
}
