"""Which lines of a script begin inside a triple-quoted string?"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Each pattern moves forward only, so that a line of any length is scanned once.
_OPENING = re.compile(
    r"""\\.|\#|\"{3}|'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL | re.VERBOSE
)
_CLOSING = {quote: re.compile(rf"\\.|{quote}", re.DOTALL) for quote in ('"""', "'''")}


def lines_inside_strings(lines: Sequence[str]) -> frozenset[int]:
    """Give the 0-based indexes of the lines that begin inside a triple-quoted string.

    A string that nothing closes counts as none: one stray quote must not hide all that follows.
    """
    inside: set[int] = set()
    since_opening: set[int] = set()
    quote = ""
    for index, line in enumerate(lines):
        if quote:
            since_opening.add(index)
        quote, is_same_string = _quote_left_open(line, quote)
        if not is_same_string:
            inside |= since_opening
            since_opening = set()
    return frozenset(inside)


def _quote_left_open(line: str, quote: str) -> tuple[str, bool]:
    """Say which quote is open after a line, and whether it is the one open before, never closed."""
    is_same_string = True
    place = 0
    while True:
        if quote:
            closing = (found for found in _CLOSING[quote].finditer(line, place))
            end = next((found.end() for found in closing if found.group() == quote), None)
            if end is None:
                return quote, is_same_string
            quote, place, is_same_string = "", end, False
        else:
            found = _OPENING.search(line, place)
            if found is None or found.group() == "#":
                return "", is_same_string
            place = found.end()
            if found.group() in _CLOSING:
                quote = found.group()
