"""How much of what a notebook printed its package prints too."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# Clocks, dates and addresses are no part of what a program says.
PASSING = re.compile(r"\d{1,2}:\d\d:\d\d|\b\w{3}, \d\d \w{3} \d{4}|\b0x[0-9a-f]{6,}")
MOST_LINES = 3000


def lost_lines(expected: str, printed: str) -> int:
    """Count the lines of `expected` that `printed` lacks, or has in another order.

    Only a hint: numbers that change from run to run count as lost.
    """
    wanted, found = _lines(expected), _lines(printed)
    matcher = SequenceMatcher(None, wanted, found, autojunk=False)
    return len(wanted) - sum(block.size for block in matcher.get_matching_blocks())


def _lines(text: str) -> list[str]:
    lines = (PASSING.sub("…", line.rstrip()) for line in text.splitlines())
    return [line for line in lines if line][:MOST_LINES]
