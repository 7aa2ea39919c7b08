// How does somebody go from one part of a preview to another?

import React, { useId, useState } from 'react';

export interface Tab {
  readonly key: string;
  readonly label: React.ReactNode;
  readonly panel: () => React.ReactNode;
}

/** Tabs, and what belongs to the chosen one; arrows go from tab to tab. `label` is for screen readers. */
export function TabList({ tabs, label }: { tabs: readonly Tab[]; label: string }): JSX.Element {
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const at = Math.min(chosen, tabs.length - 1);
  const press = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: tabs.length - 1 - at };
    if (event.key in steps) {
      const next = (at + steps[event.key] + tabs.length) % tabs.length;
      setChosen(next);
      (event.currentTarget.children[next] as HTMLElement).focus();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div className="jp-nb2pkg-Tabs">
      <div className="jp-nb2pkg-TabBar" role="tablist" aria-label={label} onKeyDown={press}>
        {tabs.map((tab, number) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-${number}`}
            className="jp-nb2pkg-Tab"
            aria-selected={number === at}
            aria-controls={`${id}-panel`}
            tabIndex={number === at ? 0 : -1}
            onClick={() => setChosen(number)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div className="jp-nb2pkg-TabPanel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`}>
        {tabs[at]?.panel()}
      </div>
    </div>
  );
}
