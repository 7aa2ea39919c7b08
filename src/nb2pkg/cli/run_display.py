"""What does a user see while a run goes on: lines, what moves on a terminal, JSON, or nothing?"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from nb2pkg.cli.run_progress import JsonLines, Lines, Silent
from nb2pkg.cli.terminal import Terminal


@contextlib.contextmanager
def progress_for(
    terminal: Terminal, *, is_shown: bool, json_lines: bool, tells_lines: bool
) -> Iterator[Callable[[Any], None]]:
    """Give what listens to a run: JSON lines, a line for each event, or nothing."""
    if json_lines:
        yield JsonLines(terminal).hear
    elif not is_shown or terminal.verbosity < 0:
        yield Silent(terminal, tells_lines=tells_lines).hear
    elif is_watched():
        from nb2pkg.cli.run_live import LiveDisplay

        with LiveDisplay(terminal, tells_lines=tells_lines) as display:
            yield display.hear
    else:
        yield Lines(terminal, tells_lines=tells_lines).hear


def is_watched() -> bool:
    """Whether a person looks on, at a terminal that can redraw lines."""
    try:
        is_terminal = sys.stderr.isatty()
    except ValueError:  # closed
        return False
    return is_terminal and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")
