"""How do the pages of schedules look? As a run's page does, and what they have besides."""

from __future__ import annotations

import base64
import hashlib

from nb2pkg.workflows.run_page_style import STYLE

STATUS_STYLE = (
    STYLE
    + """
  nav.way { color: var(--quiet); margin: 0 0 .6rem; font-size: .93em; overflow-wrap: anywhere; }
  nav.way ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 .45rem; }
  nav.way li + li::before { content: "/"; margin-right: .45rem; color: var(--line); }
  .verdict code { background: none; }
  .head { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; margin: 0 0 .75rem; }
  .head h1 { margin: 0; } .head .badge { margin-left: 0; }
  .badge.paused { border-style: dashed; }

  .marks { list-style: none; display: flex; flex-wrap: wrap; gap: 3px; margin: 0; padding: 0; min-width: 15.9rem; }
  .square { display: block; width: 1.15rem; height: 1.4rem; line-height: calc(1.4rem - 2px); text-align: center;
    border: 1px solid var(--tone); border-radius: 4px; background: var(--tint); color: var(--tone);
    font-size: .82rem; text-decoration: none; font-weight: 600; }
  .square.good { background: var(--tint); } .square.bad { border-width: 2px; line-height: calc(1.4rem - 4px); }
  .square.missed, .square.waiting, .square.skipped { border-style: dashed; background: none; }
  a.square:hover { background: var(--tone); color: var(--page); }

  .plain { list-style: none; padding: 0; margin: .1rem 0 0; }
  .overview { width: 100%; } .overview td, .overview th { padding: .6rem 1.2rem .6rem 0; }
  .overview tbody th a { font-weight: 600; } .overview time { white-space: nowrap; }
  @media screen and (min-width: 60rem) { .overview { table-layout: fixed; }
    .overview thead th:nth-child(1) { width: 18.5%; } .overview thead th:nth-child(2) { width: 16.5%; }
    .overview thead th:nth-child(3) { width: 18%; } .overview thead th:nth-child(4) { width: 26.5%; } }
  .overview td p, .overview th p { margin: .1rem 0; } .overview .nowrap { white-space: nowrap; }
  .overview .badge { margin-left: 0; }
  .history { width: 100%; } .history td, .history tbody th { padding-right: .9rem; }
  .history .badge { margin-left: 0; } .history time { white-space: nowrap; }
  @media screen and (min-width: 60rem) { .history td:last-child { min-width: 13.5rem; } }
  .history td:nth-child(4) { white-space: nowrap; } .history .why { min-width: 9rem; max-width: 26rem; }
  .history ul { list-style: none; margin: 0; padding: 0; }
  .coming { padding-left: 1.9rem; }
  .turn { display: flex; gap: 1.5rem; }

  .day { overflow: visible; margin: .4rem 0; }
  .day .grid { stroke: var(--line); } .day .now { stroke: var(--quiet); } .day .due { stroke: var(--quiet); stroke-width: 2; }
  .day .try { fill: var(--tone); stroke: var(--tone); stroke-width: 1.5; }
  .day .try.bad { fill: url(#hatch); } .day .try.live { fill: var(--tint); stroke-dasharray: 4 2; }
  .day .fate { fill: var(--tone); text-anchor: middle; font-size: 13px; font-weight: 700; }
  .day .lasts { stroke: var(--tone); stroke-width: 2; stroke-dasharray: 5 3; }
  .key { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; list-style: none; padding: 0; margin: .3rem 0;
    font-size: .87em; color: var(--quiet); }
  .key b { color: var(--tone); font-weight: 600; }

  footer { margin-top: 1.5rem; }
  .steps { width: 100%; } .steps .badge { margin-left: 0; }

  @media screen and (max-width: 44rem) {
    .overview, .overview tbody, .history, .history tbody, .steps, .steps tbody { display: block; }
    .overview thead, .history thead, .steps thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
      clip-path: inset(50%); white-space: nowrap; }
    .overview tr, .history tr, .steps tr { display: block; border-bottom: 1px solid var(--line); padding: .6rem 0; }
    .overview td, .overview tbody th, .history td, .history tbody th, .steps td, .steps tbody th {
      display: block; border: 0; padding: .12rem 0; width: auto; max-width: none; text-align: left; }
    .overview [data-what], .steps [data-what] { display: grid; grid-template-columns: 4.2rem 1fr; }
    .history tr { display: flex; flex-wrap: wrap; gap: 0 1rem; } .history tbody th { flex: 1 1 100%; }
    .history [data-what] { display: flex; gap: .4rem; } .history [data-what=fate]::before { display: none; }
    .history [data-what=why] { flex: 1 1 100%; }
    [data-what]::before { content: attr(data-what); flex: none; color: var(--quiet); font-size: .87em; line-height: 1.7; }
    .history [data-what]:has(> :empty), .steps [data-what]:has(> :empty) { display: none; }
    .day .between { display: none; }
    .marks { min-width: 0; } .square { width: 1.75rem; height: 1.75rem; line-height: calc(1.75rem - 2px); }
    .square.bad { line-height: calc(1.75rem - 4px); }
  }
"""
)
STATUS_STYLE_DIGEST = (
    f"sha256-{base64.b64encode(hashlib.sha256(STATUS_STYLE.encode()).digest()).decode()}"
)
