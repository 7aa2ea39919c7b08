"""nb2pkg tag: write into a notebook which cells make which step, or show it."""

from __future__ import annotations

import json

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION
from nb2pkg.cli.options import max_size_option, terminal_of, terminal_options
from nb2pkg.cli.printable import one_line
from nb2pkg.cli.settings import settings_for
from nb2pkg.problems import UsageError

_SHOWN = 60


@click.command("tag")
@click.argument("notebook", metavar="NOTEBOOK", type=click.Path(path_type=str))
@click.option("--write", is_flag=True, help="Put the tags into the notebook's file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@max_size_option
@terminal_options
def command(
    notebook: str,
    write: bool,
    as_json: bool,
    max_size: int | None,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Show which `step:` tags say what nb2pkg makes of a notebook, or write them (--write).

    With tags, you decide: move a tag to another cell, and extract follows. Cells that have a
    `step:` tag keep it, and everything else in the file stays byte for byte.

    \b
    Examples:
      nb2pkg tag churn.ipynb
      nb2pkg tag churn.ipynb --write
    """
    from nb2pkg.api import extracting

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    if notebook == "-" and write:
        raise UsageError("NB011", "--write needs a file to write to")
    settings = settings_for(notebook, max_size=max_size)
    tagging = extracting.tag(
        notebook, write=write, max_bytes=settings.max_bytes, pure_calls=settings.pure_calls
    )
    if as_json:
        tags = [{"cell": t.cell, "tag": t.tag} for t in tagging.tags]
        answer = {
            "schema_version": SCHEMA_VERSION, "notebook": notebook, "tags": tags,
            "written": write and bool(tags), "exit_code": exit_codes.OK,
        }  # fmt: skip
        terminal.out(json.dumps(answer, indent=2))
        return exit_codes.OK
    style = terminal.out_style
    for tag in tagging.tags:
        text = one_line(tag.text)
        text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
        terminal.out(f"cell {tag.cell:>3}  {style('+ ' + tag.tag, 'green')}  {style(text, 'dim')}")
    if terminal.verbosity >= 0:
        name = one_line(notebook)
        if not tagging.tags:
            terminal.err(f"{name}: every cell of a step has its tag")
        elif write:
            terminal.err(f"{name}: {len(tagging.tags)} tags written")
        else:
            terminal.err(f"{name}: {len(tagging.tags)} tags; write them with --write")
    return exit_codes.OK
