"""nb2pkg graph: show what flows between the steps, or the cells, of a notebook."""

from __future__ import annotations

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.options import max_size_option, terminal_of, terminal_options
from nb2pkg.cli.printable import block
from nb2pkg.cli.settings import settings_for


@click.command("graph")
@click.argument("notebook", metavar="NOTEBOOK", type=click.Path(path_type=str))
@click.option(
    "-f", "--format", "graph_format", default="text",
    type=click.Choice(["text", "mermaid", "dot", "svg", "html"]),
    help="text for the terminal; svg and html are self-contained pictures.",
)  # fmt: skip
@click.option("--cells", is_flag=True, help="Show the cells, and not the steps.")
@max_size_option
@terminal_options
def command(
    notebook: str,
    graph_format: str,
    cells: bool,
    max_size: int | None,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Show what flows between the steps, or the cells, of a notebook.

    \b
    Examples:
      nb2pkg graph churn.ipynb
      nb2pkg graph churn.ipynb --format html > churn.html
      nb2pkg graph churn.ipynb --cells --format mermaid
    """
    from nb2pkg.api import extracting

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    settings = settings_for(notebook, max_size=max_size)
    drawn = extracting.graph(
        notebook,
        format=graph_format,  # type: ignore[arg-type]  # click has checked it
        of_cells=cells,
        max_bytes=settings.max_bytes,
        pure_calls=settings.pure_calls,
    )
    terminal.out(block(drawn.rstrip("\n")) if graph_format == "text" else drawn.rstrip("\n"))
    return exit_codes.OK
