// How is it shown which files a package has, and what becomes of each?

import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon, fileIcon, folderIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';
import { moved, type TreeRow } from '../model/package_tree';
import { kindWord } from './package_words';

export interface PackageTreeProps {
  readonly rows: readonly TreeRow[];
  readonly chosen: string | null;
  readonly onChoose: (path: string) => void;
  readonly onTurn: (folder: string) => void;
  readonly label: string;
  readonly trans: TranslationBundle;
}

/** A tree as in the file browser of an editor: arrows move, Enter shows a file, or opens a folder. */
export function PackageTree({ rows, chosen, onChoose, onTurn, label, trans }: PackageTreeProps): JSX.Element {
  const [focused, setFocused] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const isMoving = useRef(false);
  const known = rows.some(row => row.path === focused) ? focused : null;
  const tabStop = known ?? (rows.some(row => row.path === chosen) ? chosen : rows[0]?.path ?? null);
  useEffect(() => {
    if (isMoving.current) {
      isMoving.current = false;
      tree.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
  });
  const take = (row: TreeRow): void => {
    setFocused(row.path);
    if (row.file === null) {
      onTurn(row.path);
    } else {
      onChoose(row.path);
    }
  };
  const press = (event: React.KeyboardEvent): void => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const move = plain ? moved(rows, tabStop ?? '', event.key) : null;
    if (move === null) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    isMoving.current = true;
    setFocused(move.focus);
    const row = rows.find(one => one.path === move.focus);
    if (move.turn !== null) {
      onTurn(move.turn);
    } else if (row?.file && (event.key === 'Enter' || event.key === ' ')) {
      onChoose(row.path);
    }
  };
  return (
    <div className="jp-nb2pkg-Tree" role="tree" aria-label={label} ref={tree} onKeyDown={press}>
      {rows.map(row => (
        <div
          key={row.path}
          role="treeitem"
          className="jp-nb2pkg-TreeRow"
          aria-level={row.level}
          aria-setsize={row.setSize}
          aria-posinset={row.position}
          aria-expanded={row.file === null ? row.isOpen : undefined}
          aria-selected={row.path === chosen}
          tabIndex={row.path === tabStop ? 0 : -1}
          title={row.path}
          style={{ paddingLeft: `${(row.level - 1) * 14 + 4}px` }}
          onClick={() => take(row)}
        >
          <Line row={row} trans={trans} />
        </div>
      ))}
    </div>
  );
}

function Line({ row, trans }: { row: TreeRow; trans: TranslationBundle }): JSX.Element {
  const Caret = row.isOpen ? caretDownIcon : caretRightIcon;
  const Icon = row.file === null ? folderIcon : fileIcon;
  return (
    <>
      <span className="jp-nb2pkg-TreeCaret" aria-hidden="true">
        {row.file === null && <Caret.react tag="span" width="14px" />}
      </span>
      <Icon.react tag="span" width="14px" className="jp-nb2pkg-TreeIcon" aria-hidden="true" />
      <span className="jp-nb2pkg-TreeName">{row.name}</span>{' '}
      {row.file !== null && (
        <span className="jp-nb2pkg-Kind" data-kind={row.file.kind}>
          {kindWord(row.file.kind, trans)}
        </span>
      )}
      {row.file === null && !row.isOpen && row.changed > 0 && (
        <span className="jp-nb2pkg-Kind">{row.changed}</span>
      )}
    </>
  );
}
