// How is it shown how the package of a notebook stands?

import React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PackageAnswer, Problem } from '../client/types';
import { type Action, ActionButton } from './panel_action';

export interface PackageProps {
  readonly state: PackageAnswer | null;
  readonly problem: Problem | null;
  /** What makes a package; null where there is nothing that does. */
  readonly extract: Action | null;
  readonly trans: TranslationBundle;
}

/** In one sentence, with the files that it is about. */
export function PanelPackage({ state, problem, extract, trans }: PackageProps): JSX.Element {
  return (
    <>
      {problem !== null && (
        <p className="jp-nb2pkg-Finding jp-nb2pkg-Iserror">
          {problem.code !== null && <span className="jp-nb2pkg-Code">{problem.code}</span>} {problem.message}{' '}
          {problem.hint !== null && <span className="jp-nb2pkg-Hint">{problem.hint}</span>}
        </p>
      )}
      {state !== null && (
        <>
          <p className={`jp-nb2pkg-State jp-nb2pkg-State-${state.state}`} role="status">
            {sentence(state, trans)}
          </p>
          {state.folder !== null && (
            <p className="jp-nb2pkg-Quiet">
              {trans.__('Folder:')} <code className="jp-nb2pkg-Path">{state.folder}</code>
            </p>
          )}
          <Files about={trans.__('Edited by hand')} paths={state.edited} />
          <Files about={trans.__('No longer there')} paths={state.removed} />
          <Files about={trans.__('With a newer version beside them')} paths={state.unmerged} />
        </>
      )}
      {extract !== null && (
        <div className="jp-nb2pkg-Actions">
          <ActionButton action={extract} />
        </div>
      )}
    </>
  );
}

function Files({ about, paths }: { about: string; paths: readonly string[] }): JSX.Element {
  if (paths.length === 0) {
    return <></>;
  }
  return (
    <>
      <h3 className="jp-nb2pkg-GroupName">{about}</h3>
      <ul className="jp-nb2pkg-FileList">
        {paths.map(path => (
          <li key={path}>
            <code className="jp-nb2pkg-Path">{path}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

function sentence(state: PackageAnswer, trans: TranslationBundle): string {
  const name = state.package ?? '';
  switch (state.state) {
    case 'none':
      return trans.__('There is no package of this notebook yet.');
    case 'in-sync':
      return trans.__('%1 is in sync: extracting now would change nothing.', name);
    case 'notebook-changed':
      return trans.__('The notebook has changed since %1 was made of it.', name);
    case 'hand-edited':
      return trans.__('Files of %1 have been changed by hand since.', name);
  }
}
