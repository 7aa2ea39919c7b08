"""Where does output go, in which colours, and how much of it?"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TextIO

from nb2pkg.problems import EnvironmentFailure

_CODES = {
    "bold": "1", "dim": "2", "red": "1;31", "green": "32", "yellow": "1;33", "blue": "1;34",
    "cyan": "36", "magenta": "35",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Standard output for what was asked for, standard error for everything else.

    verbosity: -1 says only what went wrong, 0 is usual, 1 tells everything
    """

    color: str = "auto"
    verbosity: int = 0
    debug: bool = False

    def out(self, text: str = "") -> None:
        """Write a line to standard output.

        Raises:
            EnvironmentFailure: it takes nothing more (NB502).
            BrokenPipeError: nobody reads on.
        """
        try:
            sys.stdout.write(text + "\n")
        except OSError as error:
            raise _not_taken(error) from error

    def flush(self) -> None:
        """Let standard output reach whoever reads it; the same may be raised."""
        try:
            sys.stdout.flush()
        except OSError as error:
            raise _not_taken(error) from error

    def err(self, text: str = "") -> None:
        """Write a line to standard error. Where it takes nothing more, there is nowhere to say so."""
        try:
            sys.stderr.write(text + "\n")
        except BrokenPipeError:
            raise
        except OSError:
            pass

    def progress(self, text: str) -> None:
        """Say what is being done, where somebody may wait for it."""
        if self.verbosity >= 0:
            self.err(self.err_style(f"{text} …", "dim"))

    @property
    def out_style(self) -> Style:
        """The style of standard output."""
        return Style(on=self._is_coloured(sys.stdout))

    @property
    def err_style(self) -> Style:
        """The style of standard error."""
        return Style(on=self._is_coloured(sys.stderr))

    @property
    def is_interactive(self) -> bool:
        """Whether a person reads standard output."""
        return _is_terminal(sys.stdout)

    @property
    def columns(self) -> int:
        """How wide lines may be."""
        return max(60, min(shutil.get_terminal_size((100, 24)).columns, 140))

    def _is_coloured(self, stream: TextIO) -> bool:
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
            return True
        if os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
            return True
        if os.environ.get("TERM") == "dumb" or os.environ.get("CLICOLOR") == "0":
            return False
        return _is_terminal(stream)


@dataclass(frozen=True, slots=True)
class Style:
    """Text in a colour, or as it is."""

    on: bool

    def __call__(self, text: str, name: str) -> str:
        """Give the text in a colour or weight."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.on and text else text


def _not_taken(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    return EnvironmentFailure("NB502", f"standard output: {error.strerror or error}")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
