"""nb2pkg extract: turn notebooks into packages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION, extraction_json, stop_json
from nb2pkg.cli.messages import show_findings, show_stop
from nb2pkg.cli.options import max_size_option, notebooks_argument, terminal_of, terminal_options
from nb2pkg.cli.settings import settings_for
from nb2pkg.cli.show_extraction import show_extraction, show_refused_changes
from nb2pkg.problems import Nb2pkgError, UsageError

if TYPE_CHECKING:
    from nb2pkg.api.extracting import Extraction
    from nb2pkg.cli.terminal import Terminal


_WITH_CONTRACTS = {None: None, "pandera": True, "none": False}


@click.command("extract")
@notebooks_argument
@click.option(
    "-o", "--output", metavar="DIR", help="The package's folder (default: beside the notebook)."
)
@click.option("--package", metavar="NAME", help="The package's name (default: the notebook's).")
@click.option("--python", metavar="PATH", help="The notebook's Python (default: its kernel's).")
@click.option(
    "--run",
    is_flag=True,
    help="Run the notebook, for types in signatures and tests on recorded values.",
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", default=3600.0,
    show_default=True, help="With --run: end a run that takes longer.",
)  # fmt: skip
@click.option(
    "--contracts", type=click.Choice(["pandera", "none"]), default=None,
    help="Check the tables between steps, as the run has shown them (default: as before).",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing.")
@click.option("--diff", is_flag=True, help="Show what would change, as a diff; exit 1 if anything.")
@click.option("--check", is_flag=True, help="Exit 1 if anything would change; write nothing.")
@click.option(
    "--merge", is_flag=True, help="Bring edits made by hand and the new version together."
)
@click.option(
    "--conflicts", type=click.Choice(["files", "markers"]), default=None,
    help="Where --merge fails: a *.nb2pkg-new file, or markers in the file.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite edits made by hand; a backup is kept.")
@click.option("--keep-going", is_flag=True, help="Leave out cells that are not valid Python.")
@max_size_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@terminal_options
def command(
    notebooks: tuple[str, ...],
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
    **options: Any,
) -> int:
    """Turn notebooks into packages. `-` reads a notebook from standard input.

    Nothing of a notebook is executed, unless --run says so. A second run changes nothing; files that were edited by hand
    are never overwritten unless --force says so.

    \b
    Examples:
      nb2pkg extract churn.ipynb
      nb2pkg extract churn.ipynb --run
      nb2pkg extract churn.ipynb --output build/churn --diff
      nb2pkg extract *.ipynb --check
    """
    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    _refuse_contradictions(notebooks, options)
    codes: list[int] = []
    reports: list[Any] = []
    for notebook in notebooks:
        code, report = _extract_one(notebook, options, terminal, as_json=as_json)
        codes.append(code)
        reports.append(report)
    code = exit_codes.worst(codes)
    if as_json:
        answer = {"schema_version": SCHEMA_VERSION, "notebooks": reports, "exit_code": code}
        terminal.out(json.dumps(answer, indent=2))
    return code


def _refuse_contradictions(notebooks: tuple[str, ...], options: dict[str, Any]) -> None:
    pairs = (("merge", "force"), ("diff", "check"), ("dry_run", "check"), ("dry_run", "diff"))
    for one, other in pairs:
        if options[one] and options[other]:
            flags = " and ".join(f"--{name.replace('_', '-')}" for name in (one, other))
            raise UsageError("NB011", f"{flags} exclude each other")
    if options["conflicts"] is not None and not options["merge"]:
        raise UsageError("NB011", "--conflicts goes with --merge")
    for name in ("output", "package"):
        if options[name] is not None and len(notebooks) > 1:
            raise UsageError("NB011", f"--{name} goes with one notebook, not with {len(notebooks)}")
    if options["output"] == "":
        raise UsageError("NB011", "--output is empty")


def _extract_one(
    notebook: str, options: dict[str, Any], terminal: Terminal, *, as_json: bool
) -> tuple[int, Any]:
    from nb2pkg.api import extracting

    only_looks = options["dry_run"] or options["diff"] or options["check"]
    try:
        settings = settings_for(
            notebook,
            output=options["output"],
            package=options["package"],
            python=options["python"],
            max_size=options["max_size"],
        )
        extraction = extracting.extract(
            notebook,
            output=settings.output,
            package=settings.package,
            python=settings.python,
            python_from=settings.python_from,
            on_edits=_on_edits(options),
            write=not only_looks,
            keep_going=options["keep_going"],
            max_bytes=settings.max_bytes,
            pure_calls=settings.pure_calls,
            run=options["run"],
            timeout_seconds=options["timeout"],
            say=terminal.progress,
            contracts=_WITH_CONTRACTS[options["contracts"]],
        )
    except Nb2pkgError as error:
        code = exit_codes.code_of(error)
        if not as_json:
            show_stop(error, notebook, terminal)
        return code, stop_json(notebook, error, code)
    code = _code(extraction, options)
    if not as_json:
        _show(extraction, options, terminal)
    return code, extraction_json(extraction, code)


def _on_edits(options: dict[str, Any]) -> Any:
    from nb2pkg.api.extracting import OnEdits

    if options["force"]:
        return OnEdits.OVERWRITE
    if options["merge"]:
        markers = options["conflicts"] == "markers"
        return OnEdits.MERGE_WITH_MARKERS if markers else OnEdits.MERGE
    return OnEdits.STOP


def _code(extraction: Extraction, options: dict[str, Any]) -> int:
    if options["check"] and extraction.edited:
        return exit_codes.REFUSED
    if (options["check"] or options["diff"]) and extraction.has_changes:
        return exit_codes.NEGATIVE
    return exit_codes.NEGATIVE if extraction.conflicts else exit_codes.OK


def _show(extraction: Extraction, options: dict[str, Any], terminal: Terminal) -> None:
    show_findings(extraction.diagnostics, extraction.notebook, terminal)
    if options["diff"] or options["check"]:
        show_refused_changes(extraction, terminal, as_diff=options["diff"])
    elif terminal.verbosity >= 0:
        show_extraction(extraction, terminal)
