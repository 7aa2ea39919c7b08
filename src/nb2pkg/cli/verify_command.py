"""nb2pkg verify: run a notebook and its package, and say whether they agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION, stop_json, verification_json
from nb2pkg.cli.messages import show_stop
from nb2pkg.cli.options import max_size_option, terminal_of, terminal_options
from nb2pkg.cli.settings import settings_for
from nb2pkg.cli.show_verification import show_verification
from nb2pkg.problems import Nb2pkgError, UsageError

if TYPE_CHECKING:
    from nb2pkg.api.extracting import Verification

_BY_OUTCOME = {
    "same": exit_codes.OK,
    "differs": exit_codes.NEGATIVE,
    "not reached": exit_codes.ENVIRONMENT,
}


@click.command("verify")
@click.argument("notebook", metavar="NOTEBOOK")
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--steps", is_flag=True, help="Run each step in a process of its own, as a pipeline.")
@click.option(
    "--repeat", type=click.IntRange(min=1), default=1, metavar="N",
    help="Run the notebook N times, to set apart what it does not do twice (also done where they differ).",
)  # fmt: skip
@click.option(
    "--rtol",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="X",
    help="Let numbers differ by this part of them.",
)
@click.option(
    "--atol",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="X",
    help="Let numbers differ by this much.",
)
@click.option(
    "--ptol",
    type=click.FloatRange(min=0, max=1),
    default=0.0,
    metavar="X",
    help="Let this part of a picture's pixels differ.",
)
@click.option("--report", metavar="FILE", help="Write what was found as an HTML page, too.")
@click.option("--python", metavar="PATH", help="The notebook's Python (default: its kernel's).")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=3600.0, metavar="SECONDS",
    show_default=True, help="End a run that takes longer.",
)  # fmt: skip
@max_size_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@terminal_options
def command(
    notebook: str,
    folder: str | None,
    steps: bool,
    repeat: int,
    rtol: float,
    atol: float,
    ptol: float,
    report: str | None,
    python: str | None,
    timeout: float,
    max_size: int | None,
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Run a notebook and its package, and compare what they do after every step.

    The notebook runs in a fresh kernel, the package in DIR (default: the one beside the notebook, or
    what extract would write) in a fresh process; both in a copy of the notebook's folder. Compared are
    values, printed text, pictures and written files. Exit 0: the same, 1: not, 5: it could not be run.

    \b
    Examples:
      nb2pkg verify churn.ipynb
      nb2pkg verify churn.ipynb --steps
      nb2pkg verify churn.ipynb build/churn --timeout 600
    """
    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    try:
        verification = _verified(
            notebook,
            folder,
            in_steps=steps,
            repeat=repeat,
            rtol=rtol,
            atol=atol,
            ptol=ptol,
            python=python,
            timeout=timeout,
            max_size=max_size,
        )
    except Nb2pkgError as error:
        code = exit_codes.code_of(error)
        if as_json:
            terminal.out(json.dumps(stop_json(notebook, error, code), indent=2))
        else:
            show_stop(error, notebook, terminal)
        return code
    code = _BY_OUTCOME[verification.outcome.value]
    if report is not None:
        _write_page(verification, report)
    if as_json:
        answer = {"schema_version": SCHEMA_VERSION, **verification_json(verification, code)}
        terminal.out(json.dumps(answer, indent=2))
    else:
        show_verification(verification, terminal)
    return code


def _write_page(verification: Verification, path: str) -> None:
    from nb2pkg.api import extracting

    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(extracting.verification_page(verification))
    except OSError as error:
        raise UsageError("NB015", f"{path} cannot be written: {error.strerror}") from error


def _verified(
    notebook: str,
    folder: str | None,
    *,
    in_steps: bool,
    repeat: int,
    rtol: float,
    atol: float,
    ptol: float,
    python: str | None,
    timeout: float,
    max_size: int | None,
) -> Verification:
    from nb2pkg.api import extracting

    settings = settings_for(notebook, python=python, max_size=max_size)
    return extracting.verify(
        notebook,
        folder,
        in_steps=in_steps,
        repeat=repeat,
        rtol=rtol,
        atol=atol,
        ptol=ptol,
        python=settings.python,
        timeout_seconds=timeout,
        max_bytes=settings.max_bytes,
        pure_calls=settings.pure_calls,
    )
