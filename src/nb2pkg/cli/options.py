"""Which options do all commands have, and what do they come to?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from nb2pkg.cli.terminal import Terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "K": 10**3, "M": 10**6, "G": 10**9}


def terminal_options(function: _Command) -> _Command:
    """Add --color, -q, -v and --debug; `terminal_of` reads them."""
    for option in (
        click.option("--debug", is_flag=True, help="Show the traceback of an internal error."),
        click.option(
            "--color", type=click.Choice(["auto", "always", "never"]), default="auto",
            help="Colour the output (also: NO_COLOR, FORCE_COLOR).",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Tell everything."),
        click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong."),
    ):  # fmt: skip
        function = option(function)
    return function


def terminal_of(*, color: str, verbose: bool, quiet: bool, debug: bool) -> Terminal:
    """Give the terminal that the options of `terminal_options` ask for."""
    return Terminal(color=color, verbosity=int(verbose) - int(quiet), debug=debug)


class ByteSize(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on only
    """A size such as `500MB`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give the size in bytes."""
        if isinstance(value, int):
            return value
        text = str(value).strip().upper().replace(" ", "")
        digits = text.rstrip("BKMG")
        unit = text[len(digits) :]
        if not digits.isdecimal() or not digits.isascii() or unit not in _UNITS or len(digits) > 15:
            self.fail(f"{value!r} is not a size such as 500MB", param, ctx)
        size = int(digits) * _UNITS[unit]
        if size < 1:
            self.fail("must be at least 1", param, ctx)
        return size


max_size_option = click.option(
    "--max-size", type=ByteSize(), metavar="SIZE", help="Refuse larger notebooks (default 200MB)."
)
notebooks_argument = click.argument(
    "notebooks", nargs=-1, required=True, metavar="NOTEBOOK...", type=click.Path(path_type=str)
)
