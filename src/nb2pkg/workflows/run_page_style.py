"""How does a run's page look? One style, known by its digest, so that no other may change the page."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
  :root { color-scheme: light dark;
    --ink: #1f2937; --page: #ffffff; --quiet: #59636e; --line: #e2e5e9; --paper: #f6f7f9; --link: #1d4ed8;
    --good: #047857; --good-tint: #ecfdf5; --kept: #0e7490; --kept-tint: #ecfeff;
    --bad: #b91c1c; --bad-tint: #fef2f2; --open: #92400e; --open-tint: #fffbeb;
    --live: #1d4ed8; --live-tint: #eff6ff; --idle: #59636e; --idle-tint: #f3f4f6;
    --red: #b3261e; --green: #04704f; --yellow: #85500a; --blue: #1d4ed8; --magenta: #9a1fa3;
    --cyan: #0b6a80; --grey: #59636e;
    --on-red: #fbdcd9; --on-green: #cdf3e1; --on-yellow: #fdf0bf; --on-blue: #dbe7fe;
    --on-magenta: #f6ddf8; --on-cyan: #cdf2f8; --on-grey: #e3e6ea; }
  @media screen and (prefers-color-scheme: dark) { :root {
    --ink: #e5e7eb; --page: #111827; --quiet: #a3adba; --line: #374151; --paper: #0b1220; --link: #93c5fd;
    --good: #34d399; --good-tint: #063428; --kept: #22d3ee; --kept-tint: #083540;
    --bad: #f87171; --bad-tint: #3f1418; --open: #fbbf24; --open-tint: #3b2a08;
    --live: #93c5fd; --live-tint: #172a52; --idle: #a3adba; --idle-tint: #1c2636;
    --red: #f98080; --green: #4ade9b; --yellow: #f5c451; --blue: #93c5fd; --magenta: #e9a6f0;
    --cyan: #5fdcee; --grey: #a3adba;
    --on-red: #57191c; --on-green: #0a4030; --on-yellow: #4a380a; --on-blue: #1d3566;
    --on-magenta: #4c1f53; --on-cyan: #0c424e; --on-grey: #303a49; } }
  .good { --tone: var(--good); --tint: var(--good-tint); } .kept { --tone: var(--kept); --tint: var(--kept-tint); }
  .bad { --tone: var(--bad); --tint: var(--bad-tint); } .open { --tone: var(--open); --tint: var(--open-tint); }
  .live { --tone: var(--live); --tint: var(--live-tint); } .idle { --tone: var(--idle); --tint: var(--idle-tint); }

  * { box-sizing: border-box; }
  html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
  body { font: 15px/1.5 ui-sans-serif, system-ui, sans-serif; color: var(--ink); background: var(--page);
    max-width: 68rem; margin: 2rem auto 4rem; padding: 0 1.25rem; overflow-wrap: break-word; }
  h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
  h2 { font-size: 1.2rem; margin: 2.5rem 0 .6rem; }
  h3 { font-size: 1.05rem; margin: 0 0 .6rem; overflow-wrap: anywhere; }
  h4 { font-size: .95rem; margin: 1.1rem 0 .3rem; }
  p { margin: .4rem 0; } ul, ol { margin: .4rem 0; padding-left: 1.4rem; }
  a { color: var(--link); text-underline-offset: .15em; }
  :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
  code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: .88em; }
  code { overflow-wrap: anywhere; unicode-bidi: isolate; }
  .quiet { color: var(--quiet); } .small { font-size: .87em; }
  .digits, .number { font-variant-numeric: tabular-nums; }

  .verdict { border-left: 4px solid var(--tone); background: var(--tint); padding: .6rem 1rem; margin: 0 0 1rem;
    border-radius: 0 6px 6px 0; overflow-wrap: anywhere; }
  .verdict strong { color: var(--tone); } .verdict p { margin: 0; }
  .badge { display: inline-block; color: var(--tone); background: var(--tint); border: 1px solid currentColor;
    border-radius: 999px; padding: 0 .6rem; font-size: .78rem; line-height: 1.4rem; font-weight: 500;
    margin-left: .35rem; vertical-align: .08em; white-space: nowrap; }
  .mark, .tone { color: var(--tone); } .mark { display: inline-block; width: 1.15em; }
  .left-out { color: var(--open); font-style: italic; }

  dl.facts { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: .1rem 1rem; margin: .5rem 0; }
  dt { color: var(--quiet); overflow-wrap: anywhere; max-width: 20rem; }
  dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }

  table { border-collapse: collapse; margin: .4rem 0; }
  th, td { text-align: left; vertical-align: top; padding: .28rem 1.1rem .28rem 0; border-bottom: 1px solid var(--line);
    font-weight: 400; overflow-wrap: anywhere; }
  thead th { color: var(--quiet); } tbody th { min-width: 6rem; }
  th:last-child, td:last-child { padding-right: 0; }
  .number { text-align: right; white-space: nowrap; }
  .made, .metrics { min-width: min(100%, 30rem); }
  .values { table-layout: fixed; width: 100%; } .values th:first-child { width: 35%; }
  .values pre { white-space: pre-wrap; overflow-wrap: anywhere; } .values details { margin: 0; }
  @media (min-width: 60rem) {
    .beside { display: grid; grid-template-columns: 1fr 1fr; gap: 0 3rem; align-items: start; }
    .beside h2 { margin-top: .3rem; }
  }

  .scroll { overflow-x: auto; } svg { display: block; }
  .graph.small { max-width: 100%; height: auto; }
  @media (min-width: 70rem) { .graph.wide { max-width: 100%; height: auto; } }
  .graph text { text-anchor: middle; fill: var(--ink); }
  .graph .name { font: 12px ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
  .graph .detail { font: 11px ui-sans-serif, system-ui, sans-serif; fill: var(--tone); }
  .node rect { fill: var(--tint); stroke: var(--tone); }
  .node.idle rect { stroke-dasharray: 4 3; }
  .graph a:hover rect, .graph a:focus-visible rect { stroke-width: 2.5; }
  .graph a:focus-visible { outline: none; }
  .edge { fill: none; stroke: var(--quiet); } .arrow { fill: var(--quiet); }

  .defs { position: absolute; }
  .timeline { width: 100%; }
  .timeline tbody th { width: 15rem; padding-left: 1.4em; text-indent: -1.4em; }
  .timeline tbody th > * { text-indent: 0; } .timeline .chart { position: relative; padding: 0; min-width: 10rem; }
  .timeline thead .chart { height: 2rem; }
  .timeline .number { width: 5.5rem; padding: .28rem 0 .28rem .8rem; }
  .timeline tfoot td, .timeline tfoot th { border-bottom: 0; color: var(--quiet); }
  .bars { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
  .grid { stroke: var(--line); } .thread { stroke: var(--quiet); stroke-dasharray: 2 3; }
  .tick { fill: var(--quiet); font-size: 12px; text-anchor: middle; }
  .tick.first { text-anchor: start; } .tick.last { text-anchor: end; }
  .bar { fill: var(--tone); stroke: var(--tone); stroke-width: 1.5; transform: translateY(-7px); }
  .bar.bad { fill: url(#hatch); } .bar.live { fill: var(--tint); stroke-dasharray: 4 2; }
  .hatch-ground { fill: var(--tint); } .hatch-line { fill: var(--tone); }
  .instead { position: relative; color: var(--tone); font-size: .87em; padding-left: .35rem; display: block;
    line-height: 2.05rem; }

  .step { border-top: 1px solid var(--line); padding: 1.25rem 0 .5rem; }
  .step:target > h3 code { background: var(--on-yellow); box-shadow: 0 0 0 .25rem var(--on-yellow); border-radius: 2px; }
  .attempts { list-style: none; padding: 0; }
  .attempts > li { margin: .7rem 0; } .attempts p { margin: .15rem 0; } .attempts details { margin: .2rem 0; } .message { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0; }
  details { margin: .6rem 0; } details.notebook, details.log { margin-top: 1.1rem; }
  summary { cursor: pointer; color: var(--link); width: fit-content; }
  details.notebook > summary, details.log > summary { font-weight: 600; font-size: .95rem; color: var(--ink); }
  .cell { border-left: 3px solid var(--line); padding: .1rem 0 .1rem 1rem; margin: .8rem 0; }
  .cell:target { border-color: var(--link); }
  .label { color: var(--quiet); font-size: .8rem; margin: 0; font-variant-numeric: tabular-nums; }
  pre { background: var(--paper); border-radius: 5px; padding: .55rem .8rem; margin: .3rem 0; overflow-x: auto;
    line-height: 1.45; tab-size: 4; max-width: 100%; unicode-bidi: isolate; }
  pre.output { background: none; border: 1px solid var(--line); }
  pre.stderr { border-left: 3px solid var(--open); } pre.error { border-left: 3px solid var(--bad); }
  pre.wrapped { white-space: pre-wrap; overflow-wrap: anywhere; }
  .prose { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0; }
  .picture { margin: .4rem 0; }
  img { max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }

  .bold { font-weight: 700; } .italic { font-style: italic; } .underlined { text-decoration: underline; }
  .ink1 { color: var(--red); } .ink2 { color: var(--green); } .ink3 { color: var(--yellow); }
  .ink4 { color: var(--blue); } .ink5 { color: var(--magenta); } .ink6 { color: var(--cyan); }
  .ink7, .ink8 { color: var(--grey); }
  .ground1 { background: var(--on-red); } .ground2 { background: var(--on-green); }
  .ground3 { background: var(--on-yellow); } .ground4 { background: var(--on-blue); }
  .ground5 { background: var(--on-magenta); } .ground6 { background: var(--on-cyan); }
  .ground7, .ground8 { background: var(--on-grey); }

  @media screen and (max-width: 44rem) {
    body { margin-top: 1rem; padding: 0 1rem; }
    dl.facts { grid-template-columns: minmax(5rem, max-content) 1fr; gap: .1rem .75rem; } dt { max-width: 9rem; }
    .timeline, .timeline thead, .timeline tbody, .timeline tfoot { display: block; }
    .timeline tr { display: grid; grid-template-columns: 1fr 5.4rem 5.4rem 4.8rem; padding: .35rem 0;
      border-bottom: 1px solid var(--line); }
    .timeline th, .timeline td { border: 0; width: auto; } .timeline tbody th { width: auto; grid-column: 1 / -1; }
    .timeline .number { width: auto; padding: 0 0 0 .5rem; font-size: .87em; }
    .timeline .chart { grid-column: 1 / -1; height: 2.05rem; }
    .timeline .number:nth-child(3) { grid-column: 2; } .timeline .unmeasured .number { display: none; }
    .timeline thead .chart { order: 1; }
    .timeline thead tr > :first-child { display: none; }
    .timeline tfoot .chart { display: none; } .timeline tfoot th { grid-column: 1; }
    .made, .metrics { width: 100%; }
    .cell { padding-left: .6rem; }
  }
  @media print {
    body { max-width: none; margin: 0; font-size: 10pt; }
    .step, tr, .picture, .verdict { break-inside: avoid; } .step { break-inside: auto; }
    h2, h3, h4, summary { break-after: avoid; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
    .scroll { overflow: visible; } .graph { max-width: 100%; height: auto; } .timeline thead { display: table-header-group; }
    .bar, .node rect, .verdict, .badge, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    a { color: inherit; text-decoration: none; } .back { display: none; } .label { break-after: avoid; }
    .timeline tfoot { display: table-row-group; }
  }
  @media print { details.notebook::details-content { content-visibility: visible; block-size: auto; } }
"""
# What a Content-Security-Policy calls it: browsers take no other style, not even one in an attribute.
STYLE_DIGEST = f"sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}"
