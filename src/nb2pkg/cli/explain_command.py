"""nb2pkg explain: say what a code such as NB104 means."""

from __future__ import annotations

import difflib
import textwrap

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.options import terminal_of, terminal_options
from nb2pkg.cli.printable import block
from nb2pkg.problems import UsageError

_WIDTH = 88


@click.command("explain")
@click.argument("code", metavar="CODE")
@terminal_options
def command(code: str, color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """Say what a code such as NB104 means, why it matters, and what to do.

    \b
    Example:
      nb2pkg explain NB141
    """
    from nb2pkg.api import extracting

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    page = extracting.explain(code)
    if page is None:
        close = difflib.get_close_matches(code.upper(), extracting.codes(), n=1)
        hint = f"did you mean {close[0]}?" if close else "a code looks like NB104"
        raise UsageError("NB002", f"there is no code {code!r}", hint=hint)
    style = terminal.out_style
    terminal.out(f"{style(page.code, 'cyan')}  {style(page.title, 'bold')}\n")
    terminal.out(textwrap.fill(page.why, _WIDTH) + "\n")
    terminal.out(f"{style('What to do', 'bold')}\n{textwrap.fill(page.remedy, _WIDTH)}")
    for title, examples in (("Found in", page.fails), ("Not found in", page.passes)):
        for example in examples:
            terminal.out(f"\n{style(title, 'bold')}\n{textwrap.indent(block(example), '    ')}")
    return exit_codes.OK
