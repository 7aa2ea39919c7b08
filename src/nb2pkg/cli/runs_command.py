"""nb2pkg runs: look at the records of runs."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION
from nb2pkg.cli.durations import Duration
from nb2pkg.cli.options import terminal_of, terminal_options
from nb2pkg.problems import UsageError

_STATUSES = ("running", "succeeded", "failed", "cancelled", "crashed")


@click.group("runs")
def command() -> None:
    """Look at the records of runs.

    A RUN is its id, the beginning of one that no other run has, or `last`.

    \b
    Examples:
      nb2pkg runs list
      nb2pkg runs show last
      nb2pkg runs logs last train
      nb2pkg runs report last -o report.html
    """


@command.command("list")
@click.option("--pipeline", metavar="NAME", help="Only runs of pipelines of this name.")
@click.option("--target", metavar="PATH", help="Only runs of this file or folder.")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(_STATUSES), help="Only these."
)
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
              help="At most N, the newest.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@terminal_options
def list_runs(
    pipeline: str | None,
    target: str | None,
    statuses: tuple[str, ...],
    limit: int,
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """List runs, newest first."""
    from nb2pkg.api import running
    from nb2pkg.cli.run_json import run_json
    from nb2pkg.cli.show_runs import show_list

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    query = running.RunQuery(
        pipeline=pipeline,
        target=_target_path(target),
        statuses=tuple(running.RunStatus(status) for status in statuses),
        limit=limit,
    )
    records = running.run_records(query)
    if as_json:
        answer = {"schema_version": SCHEMA_VERSION, "runs": [run_json(r) for r in records]}
        terminal.out(json.dumps(answer, indent=2))
    else:
        show_list(records, terminal)
    return exit_codes.OK


@command.command("show")
@click.argument("run", metavar="RUN", default="last")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@terminal_options
def show(run: str, as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """Show what became of a run and its steps."""
    from nb2pkg.api import running
    from nb2pkg.cli.run_json import run_json
    from nb2pkg.cli.show_runs import show_record

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    record = running.run_record(run)
    if as_json:
        answer = {"schema_version": SCHEMA_VERSION, **run_json(record)}
        terminal.out(json.dumps(answer, indent=2))
    else:
        show_record(record, terminal)
    return exit_codes.OK


@command.command("logs")
@click.argument("run", metavar="RUN", default="last")
@click.argument("step", metavar="[STEP]", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on as long as the run does.")
@click.option("--json-lines", is_flag=True, help="Each line with its time and stream, as JSON.")
@terminal_options
def logs(
    run: str,
    step: str | None,
    follow: bool,
    json_lines: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Print what the steps of a run have printed."""
    from nb2pkg.api import running

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    places: dict[str, int] = {}
    while True:
        record = running.run_record(run)
        for name, path in running.run_log(record.id, step, as_lines=json_lines):
            _print_from(path, places, terminal.out_style(f"== {name}", "bold"), alone=bool(step))
        if not follow or record.status is not running.RunStatus.RUNNING:
            return exit_codes.OK
        time.sleep(0.5)


@command.command("diff")
@click.argument("first", metavar="RUN")
@click.argument("second", metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@terminal_options
def diff(
    first: str, second: str, as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Say in what two runs differ; exit 1 where they do."""
    from nb2pkg.api import running
    from nb2pkg.cli.show_runs import show_differences

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    found = running.run_difference(first, second)
    if as_json:
        listed = [
            {"step": d.step or None, "what": d.what, "first": d.first, "second": d.second}
            for d in found
        ]
        answer = {"schema_version": SCHEMA_VERSION, "differences": listed}
        terminal.out(json.dumps(answer, indent=2))
    else:
        show_differences(found, terminal)
    return exit_codes.NEGATIVE if found else exit_codes.OK


@command.command("report")
@click.argument("run", metavar="RUN", default="last")
@click.option("-o", "--output", metavar="FILE", help="Where to write it (default: RUN.html here).")
@terminal_options
def report(
    run: str, output: str | None, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Write a page about a run: its steps, times, parameters, artifacts, and notebooks."""
    from nb2pkg.api import running

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    record = running.run_record(run)
    path = output or f"{record.pipeline}-{record.id}.html"
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(running.run_report(record.id))
    except OSError as error:
        said = error.strerror or str(error)
        raise UsageError("NB015", f"{path} cannot be written: {said}") from error
    terminal.out(path)
    return exit_codes.OK


@command.command("prune")
@click.option("--keep", type=click.IntRange(min=0), metavar="N",
              help="Leave the newest N runs of each pipeline or notebook.")  # fmt: skip
@click.option(
    "--older-than", type=Duration(), metavar="TIME", help="Only runs older than this, such as 30d."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@terminal_options
def prune(
    keep: int | None,
    older_than: float | None,
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Forget runs that have ended, with their files, and results that only they need."""
    from nb2pkg.api import running

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    if keep is None and older_than is None:
        raise UsageError("NB011", "say which runs may go: --keep N, --older-than TIME, or both")
    gone, freed = running.prune_runs(keep=keep, older_than_seconds=older_than)
    if as_json:
        answer = {"schema_version": SCHEMA_VERSION, "runs": list(gone), "freed_bytes": freed}
        terminal.out(json.dumps(answer, indent=2))
    else:
        count = f"{len(gone)} run{'' if len(gone) == 1 else 's'}"
        terminal.out(f"{count} forgotten, {freed / 1e6:,.1f} MB free")
    return exit_codes.OK


@command.command("push")
@terminal_options
def push(color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """Upload shared results that could not be when they were made."""
    from nb2pkg.api import running

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    pushed, left = running.push_results()
    terminal.out(f"{pushed} uploaded, {left} left")
    return exit_codes.OK if not left else exit_codes.ENVIRONMENT


def _target_path(target: str | None) -> str | None:
    if target is None:
        return None
    path = os.path.abspath(target)
    return os.path.join(path, "pipeline.yaml") if os.path.isdir(path) else path


def _print_from(path: str, places: dict[str, int], heading: str, *, alone: bool) -> None:
    """Print what a log has gained; through the raw stream, as its lines may be anything."""
    try:
        with open(path, "rb") as file:
            file.seek(places.get(path, 0))
            data = file.read()
    except OSError:
        return
    if not data:
        return
    if not alone and path not in places:
        sys.stdout.write(heading + "\n")
    places[path] = places.get(path, 0) + len(data)
    sys.stdout.write(_shown(data))
    sys.stdout.flush()


def _shown(data: bytes) -> Any:
    """A log without what would drive the terminal."""
    from nb2pkg.cli.printable import one_line

    lines = data.decode("utf-8", "backslashreplace").split("\n")
    return "\n".join(one_line(line) for line in lines)
