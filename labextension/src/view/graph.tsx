// What do the steps of a notebook look like as a picture, and what does somebody do with it?

import React, { useEffect, useMemo, useRef, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { GraphAnswer, GraphStep } from '../client/types';
import { coloursOf } from '../model/colours';
import { layOut, NODE_HEIGHT, type Layout, type Point } from '../model/graph_layout';
import { cellsOf } from '../model/step_graph';

export interface GraphProps {
  readonly graph: GraphAnswer;
  /** The ids of all cells, in order. */
  readonly cells: readonly string[];
  readonly onGoTo: (step: GraphStep) => void;
  readonly trans: TranslationBundle;
}

const LONGEST = 22;
const SCALES = { least: 0.25, most: 3, factor: 1.25 };

/** The picture, and buttons that make it larger and smaller; at first it is as wide as there is room. */
export function StepGraph(props: GraphProps): JSX.Element {
  const { graph, trans } = props;
  const layout = useMemo(() => layoutOf(graph), [graph]);
  // null: as wide as there is room.
  const [scale, setScale] = useState<number | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const zoom = (by: number): void => {
    const room = (frame.current?.clientWidth ?? layout.width) / Math.max(layout.width, 1);
    const now = scale ?? Math.min(1, room);
    setScale(Math.min(SCALES.most, Math.max(SCALES.least, now * by)));
  };
  const press = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === '+' || event.key === '=') {
      zoom(SCALES.factor);
    } else if (event.key === '-') {
      zoom(1 / SCALES.factor);
    } else if (event.key === '0') {
      setScale(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const size = scale === null ? { maxWidth: layout.width, width: '100%' } : { width: layout.width * scale };
  return (
    <div className="jp-nb2pkg-Graph" onKeyDown={press}>
      <div className="jp-nb2pkg-Zoom" role="group" aria-label={trans.__('Size of the picture')}>
        <ZoomButton text="−" about={trans.__('Smaller (-)')} onPress={() => zoom(1 / SCALES.factor)} />
        <ZoomButton text="+" about={trans.__('Larger (+)')} onPress={() => zoom(SCALES.factor)} />
        <ZoomButton text={trans.__('Fit')} about={trans.__('As wide as the panel (0)')} onPress={() => setScale(null)} />
      </div>
      <div className="jp-nb2pkg-GraphFrame" ref={frame}>
        <svg
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          style={size}
          role="toolbar"
          aria-orientation="vertical"
          aria-label={trans.__('Steps')}
        >
          <Picture {...props} layout={layout} />
        </svg>
      </div>
    </div>
  );
}

function ZoomButton({ text, about, onPress }: { text: string; about: string; onPress: () => void }): JSX.Element {
  return (
    <button type="button" className="jp-nb2pkg-Small" title={about} aria-label={about} onClick={onPress}>
      {text}
    </button>
  );
}

function Picture({ graph, cells, layout, onGoTo, trans }: GraphProps & { layout: Layout }): JSX.Element {
  const { steps, flows } = graph;
  const colours = useMemo(() => coloursOf(steps.map(({ name }) => name)), [graph]);
  const [pointed, setPointed] = useState<string | null>(null);
  // One step is reached with Tab, the others from there with arrows.
  const [reached, setReached] = useState(0);
  const nodes = useRef<(SVGGElement | null)[]>([]);
  const last = steps.length - 1;
  const at = Math.min(reached, last);
  useEffect(() => setPointed(null), [graph]);
  const press = (event: React.KeyboardEvent, step: GraphStep): void => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last };
    if (event.key === 'Enter' || event.key === ' ') {
      onGoTo(step);
    } else if (event.key in moves) {
      const next = Math.min(last, Math.max(0, moves[event.key]));
      setReached(next);
      nodes.current[next]?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <g aria-hidden>
        {flows.map(({ source, target, names }, number) => (
          <Edge
            key={`${source} ${target}`}
            points={layout.routes[number]}
            text={names.join(', ')}
            about={`${source} → ${target}: ${names.join(', ')}`}
            isLit={pointed === source || pointed === target}
          />
        ))}
      </g>
      <g>
        {steps.map((step, number) => (
          <g
            key={step.name}
            ref={node => {
              nodes.current[number] = node;
            }}
            className={`jp-nb2pkg-Node jp-nb2pkg-StepColour${colours.get(step.name) ?? 1}`}
            role="button"
            tabIndex={number === at ? 0 : -1}
            aria-label={aboutStep(step, trans)}
            onClick={() => {
              setReached(number);
              onGoTo(step);
            }}
            onKeyDown={event => press(event, step)}
            onFocus={() => {
              setReached(number);
              setPointed(step.name);
            }}
            onBlur={() => setPointed(null)}
            onMouseEnter={() => setPointed(step.name)}
            onMouseLeave={() => setPointed(null)}
          >
            <Node step={step} middle={layout.middles[number]} cells={cellsOf(step, cells)} trans={trans} />
          </g>
        ))}
      </g>
    </>
  );
}

interface NodeProps {
  readonly step: GraphStep;
  readonly middle: Point;
  readonly cells: string;
  readonly trans: TranslationBundle;
}

function Node({ step, middle, cells, trans }: NodeProps): JSX.Element {
  const width = widthOf(step);
  const left = middle.x - width / 2;
  const top = middle.y - NODE_HEIGHT / 2;
  const isMany = step.cells.length > 1;
  return (
    <>
      <title>{[step.title, aboutStep(step, trans)].join('\n')}</title>
      <rect className="jp-nb2pkg-NodeBox" x={left} y={top} width={width} height={NODE_HEIGHT} rx={3} />
      <rect className="jp-nb2pkg-NodeBar" x={left} y={top} width={5} height={NODE_HEIGHT} rx={2} />
      <text className="jp-nb2pkg-NodeName" x={left + 14} y={top + 17}>
        {short(step.name)}
      </text>
      <text className="jp-nb2pkg-NodeCells" x={left + 14} y={top + 32}>
        {isMany ? trans.__('cells %1', cells) : trans.__('cell %1', cells)}
      </text>
    </>
  );
}

interface EdgeProps {
  readonly points: readonly Point[];
  readonly text: string;
  readonly about: string;
  readonly isLit: boolean;
}

/** A line with an arrow's head; what flows is told where somebody points, or is at one of its ends. */
function Edge({ points, text, about, isLit }: EdgeProps): JSX.Element | null {
  const end = points[points.length - 1];
  if (end === undefined) {
    return null;
  }
  const line = lineThrough(points);
  const middle = { x: (points[0].x + points[1].x) / 2, y: (points[0].y + points[1].y) / 2 };
  return (
    <g className={isLit ? 'jp-nb2pkg-Edge jp-mod-lit' : 'jp-nb2pkg-Edge'}>
      <title>{about}</title>
      <path className="jp-nb2pkg-EdgeReach" d={line} />
      <path className="jp-nb2pkg-EdgeLine" d={line} />
      <path className="jp-nb2pkg-EdgeHead" d={`M ${end.x} ${end.y} l -4 -7 h 8 z`} />
      <text className="jp-nb2pkg-EdgeText" x={middle.x} y={middle.y + 4}>
        {text}
      </text>
    </g>
  );
}

/** Bends between layers, and straight beside nodes. */
function lineThrough(points: readonly Point[]): string {
  return points
    .map(({ x, y }, at) => {
      if (at === 0) {
        return `M ${x} ${y}`;
      }
      const before = points[at - 1];
      const half = (before.y + y) / 2;
      return at % 2 === 0 ? `L ${x} ${y}` : `C ${before.x} ${half} ${x} ${half} ${x} ${y}`;
    })
    .join(' ');
}

function layoutOf(graph: GraphAnswer): Layout {
  return layOut({ nodes: graph.steps.map(step => ({ key: step.name, width: widthOf(step) })), edges: graph.flows });
}

function widthOf(step: GraphStep): number {
  return Math.max(96, 28 + 7.5 * short(step.name).length);
}

function short(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

/** What a step is, in one line. */
function aboutStep({ name, takes, gives }: GraphStep, trans: TranslationBundle): string {
  const flows = [
    ...(takes.length > 0 ? [trans.__('takes %1', takes.join(', '))] : []),
    ...(gives.length > 0 ? [trans.__('gives %1', gives.join(', '))] : [])
  ];
  return [trans.__('step %1', name), ...(flows.length > 0 ? [flows.join('; ')] : [])].join(': ');
}
