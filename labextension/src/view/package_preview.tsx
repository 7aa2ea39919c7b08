// What would a package be? Its files, its steps, what it leaves out and what was found.

import type { Extension } from '@codemirror/state';
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import type { ExtractAnswer } from '../client/types';
import { cellNumbers } from '../model/package_choices';
import { countsOf, firstToSee } from '../model/package_files';
import { treeRows } from '../model/package_tree';
import { Check } from './check_box';
import { FilePane } from './package_file';
import { PackageTree } from './package_tree';
import { kindWord } from './package_words';
import { CellPlace, FindingText, type ToldProps } from './problem_text';
import { type Tab, TabList } from './tab_list';

export interface PackagePreviewProps extends ToldProps {
  readonly answer: ExtractAnswer;
  readonly languageOf: (path: string) => Promise<Extension>;
}

/** A tab for each; those with nothing in them are left out. */
export function PackagePreview(props: PackagePreviewProps): JSX.Element {
  const { answer, trans } = props;
  const tabs: Tab[] = [
    { key: 'files', label: trans.__('Files'), panel: () => <Files {...props} /> },
    {
      key: 'steps',
      label: <Counted text={trans.__('Steps')} count={answer.steps.length} />,
      panel: () => <Steps {...props} />
    },
    {
      key: 'left-out',
      label: <Counted text={trans.__('Left out')} count={answer.left_out.length} />,
      panel: () => <LeftOuts {...props} />
    },
    {
      key: 'findings',
      label: <Counted text={trans.__('Findings')} count={answer.findings.length} />,
      panel: () => (
        <ul className="jp-nb2pkg-List">
          {answer.findings.map((finding, at) => (
            <FindingText key={at} finding={finding} {...props} />
          ))}
        </ul>
      )
    }
  ];
  const isEmpty: Record<string, boolean> = {
    'left-out': answer.left_out.length === 0,
    findings: answer.findings.length === 0
  };
  return <TabList tabs={tabs.filter(tab => isEmpty[tab.key] !== true)} label={trans.__('What the package would be')} />;
}

function Counted({ text, count }: { text: string; count: number }): JSX.Element {
  return (
    <>
      {text} <span className="jp-nb2pkg-Count">{count}</span>
    </>
  );
}

function Files({ answer, languageOf, trans }: PackagePreviewProps): JSX.Element {
  const [chosen, setChosen] = useState<string | null>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [showsSame, setShowsSame] = useState(false);
  const rows = treeRows(answer.files, closed, showsSame);
  const path = answer.files.some(file => file.path === chosen) ? chosen : firstToSee(answer.files);
  const file = answer.files.find(one => one.path === path);
  const turn = (folder: string): void =>
    setClosed(new Set(closed.has(folder) ? [...closed].filter(one => one !== folder) : [...closed, folder]));
  return (
    <div className="jp-nb2pkg-Files">
      <div className="jp-nb2pkg-FilesHead">
        <Counts answer={answer} trans={trans} />
        <Check text={trans.__('Show unchanged files')} isOn={showsSame} onTurn={setShowsSame} />
      </div>
      <PackageTree
        rows={rows}
        chosen={path}
        onChoose={setChosen}
        onTurn={turn}
        label={trans.__('Files of the package')}
        trans={trans}
      />
      <div className="jp-nb2pkg-FileSide">
        {file !== undefined && <FilePane file={file} languageOf={languageOf} trans={trans} />}
      </div>
    </div>
  );
}

function Counts({ answer, trans }: { answer: ExtractAnswer; trans: TranslationBundle }): JSX.Element {
  const counts = countsOf(answer.files);
  const isSame = counts.every(([kind]) => kind === 'unchanged');
  return (
    <span className="jp-nb2pkg-Counts" role="status">
      {isSame && <span>{trans.__('The package is up to date.')}</span>}
      {counts.map(([kind, count]) => (
        <span key={kind} className="jp-nb2pkg-Kind" data-kind={kind}>
          {count} {kindWord(kind, trans)}
        </span>
      ))}
    </span>
  );
}

function Steps({ answer, cells, trans }: PackagePreviewProps): JSX.Element {
  const all = cells.map(cell => cell.id);
  const nothing = trans.__('nothing');
  return (
    <>
      <table className="jp-nb2pkg-Table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('Cells')}</th>
            <th scope="col">{trans.__('Takes')}</th>
            <th scope="col">{trans.__('Gives')}</th>
          </tr>
        </thead>
        <tbody>
          {answer.steps.map(step => (
            <tr key={step.name}>
              <th scope="row">{step.name}</th>
              <td>{cellNumbers(step.cells, all) ?? step.cells.length}</td>
              <td>{[...step.takes, ...step.options].join(', ') || nothing}</td>
              <td>{step.gives.join(', ') || nothing}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer.parameters.length > 0 && <p>{trans.__('Parameters: %1', answer.parameters.join(', '))}</p>}
      {answer.dependencies.length > 0 && <p>{trans.__('Depends on: %1', answer.dependencies.join(', '))}</p>}
    </>
  );
}

function LeftOuts({ answer, ...told }: PackagePreviewProps): JSX.Element {
  return (
    <ul className="jp-nb2pkg-List">
      {answer.left_out.map((one, at) => (
        <li key={at}>
          {one.reason} <CellPlace place={one.cell} position={null} line={one.line} {...told} />
          <pre className="jp-nb2pkg-Line">{one.text}</pre>
        </li>
      ))}
    </ul>
  );
}
