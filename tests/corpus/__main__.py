"""How the corpus is measured from a terminal: `PYTHONPATH=tests python -m corpus COMMAND`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

from . import cache, peers
from .entries import Entry, read_entries, select
from .environment import make_environment
from .fetching import fetch
from .fidelity import measurable, measure_all
from .page import (
    render_outcomes,
    render_peers,
    render_shape,
    render_sweep,
    render_verified,
    write_page,
)
from .reference import reference_of
from .sweep import Swept, sweep
from .tables import fidelity_summary, measurement_line, sweep_summary
from .verified import Verified, verify_all


def tell(line: str) -> None:
    """Say how far we are."""
    print(line, flush=True)


def fetch_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Download the notebooks that are not there yet."""
    problems = [outcome for outcome in fetch(entries, tell=tell) if outcome.problem]
    return bool(problems)


def reference_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Run the original notebooks twice each and keep what they left behind."""
    started = time.monotonic()

    def one(entry: Entry) -> bool:
        found = reference_of(entry)
        unstable = f", not deterministic: {', '.join(found.unstable)}" if found.unstable else ""
        tell(f"{entry.id:<27} {found.problem or f'{len(found.stable)} values{unstable}'}")
        return found.problem is None

    entries = [entry for entry in entries if entry.runs]
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        run = sum(pool.map(one, entries))
    tell(f"{run} of {len(entries)} run here ({time.monotonic() - started:.0f} s)")
    return 0


def fidelity_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Compare packages with their notebooks."""
    measurements = measure_all(
        measurable(entries),
        jobs=options.jobs,
        keep=options.keep,
        tell=lambda measurement: tell(measurement_line(measurement)),
    )
    tell("\n" + fidelity_summary(measurements))
    totals = Counter(m.verdict.outcome for m in measurements)
    _write("report", options, totals, [asdict(m) for m in measurements])
    return any(measurement.is_failure for measurement in measurements)


def sweep_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Extract everything and look for crashes and for code that cannot work."""
    numbers = count(1)

    def progress(swept: Swept) -> None:
        number = next(numbers)
        if swept.problems:
            tell(f"{swept.id}: {'; '.join(swept.problems)[:200]}")
        if number % 100 == 0:
            tell(f"{number} of {len(entries)}")

    swept = sweep(entries, jobs=options.jobs, keep=options.keep, tell=progress)
    tell("\n" + sweep_summary(swept))
    totals = Counter(str(s.exit_code) for s in swept)
    _write("sweep", options, totals, [asdict(s) for s in swept])
    return any(s.problems for s in swept)


def verify_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Let nb2pkg verify the packages in both settings."""

    def progress(verified: Verified) -> None:
        tell(
            f"{verified.setting:<8} {verified.outcome:<13} {verified.id:<27} "
            f"{Path(verified.path).name:<45.45} {verified.compared:>4} values {verified.seconds:>6} s  "
            f"{verified.where}"
        )

    entries = [entry for entry in entries if entry.runs and entry.deterministic]
    verified = verify_all(entries, jobs=options.jobs, tell=progress)
    totals = Counter(f"{v.setting}: {v.outcome}" for v in verified)
    tell("\n" + "\n".join(f"{what:<25} {count:>4}" for what, count in sorted(totals.items())))
    _write("verified", options, totals, [asdict(v) for v in verified])
    return any(v.outcome in ("crashed", "timeout") for v in verified)


def peers_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Let other converters do the same notebooks."""
    peers.make_environment(tell=tell)
    entries = [entry for entry in entries if entry.runs and entry.deterministic]
    outcomes = peers.measure_peers(
        entries,
        jobs=options.jobs,
        tell=lambda o: tell(f"{o.peer:<10} {o.outcome:<20} {o.id:<27} {o.detail}"),
    )
    totals = Counter(f"{o.peer}: {o.outcome}" for o in outcomes)
    tell("\n" + "\n".join(f"{what:<32} {count:>4}" for what, count in sorted(totals.items())))
    _write("peers", options, totals, [asdict(o) for o in outcomes])
    return 0


def page_command(entries: Sequence[Entry], options: argparse.Namespace) -> int:
    """Write the last full reports into the documentation."""
    measured, swept, verified, others = (
        json.loads((cache.cache_folder() / f"{name}.json").read_text(encoding="utf-8"))["notebooks"]
        for name in ("report", "sweep", "verified", "peers")
    )
    code_cells = {entry.id: entry.code_cells or 0 for entry in read_entries()}
    write_page(
        {
            "fidelity": render_outcomes(measured),
            "shape": render_shape(measured, code_cells),
            "sweep": render_sweep(swept),
            "verify": render_verified(verified),
            "peers": render_peers(others, measured),
        }
    )
    return 0


def _write(
    name: str,
    options: argparse.Namespace,
    totals: Counter[str],
    notebooks: list[dict[str, Any]],
) -> None:
    """Write the report; a look at some notebooks does not overwrite the report on all."""
    partly = "-partial" if options.only or options.distribution else ""
    file = cache.cache_folder() / f"{name}{partly}.json"
    record = {"totals": dict(sorted(totals.items())), "notebooks": notebooks}
    file.write_text(json.dumps(record, indent=1), encoding="utf-8")
    tell(f"\nwritten: {file}")


COMMANDS = {
    "fetch": fetch_command,
    "reference": reference_command,
    "fidelity": fidelity_command,
    "sweep": sweep_command,
    "verify": verify_command,
    "peers": peers_command,
    "page": page_command,
}


def main(arguments: Sequence[str]) -> int:
    """Read the command line, have everything in place that the command needs, and run it."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--only", action="append", default=[], help="part of an id or a path")
    parser.add_argument("--distribution", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--keep", type=Path, help="leave notebooks and packages in this folder")
    options = parser.parse_args(arguments)
    if options.keep:
        options.keep = options.keep.resolve()
    entries = select(read_entries(), only=options.only, distributions=options.distribution)
    if not entries:
        parser.error("no notebook is called so")
    if options.command in ("reference", "fidelity", "sweep", "verify", "peers"):
        make_environment(tell=tell)
        fetch(entries, tell=tell)
    return int(COMMANDS[options.command](entries, options))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
