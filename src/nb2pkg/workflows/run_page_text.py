"""How does text that nobody vouches for stand on a page? Escaped, cut, and with nothing hidden in it."""

from __future__ import annotations

import re
from html import escape
from unicodedata import east_asian_width

from nb2pkg.workflows.graph_text import visible

LONGEST_NAME = 300
LONGEST_LINE = 2_000
LONGEST_TEXT = 20_000
_KEPT_OF_END = 0.25
# What `visible` leaves, as terminals show it: soft hyphens, fillers, marks of direction, invisible tags.
_HIDDEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def in_line(text: str, limit: int = LONGEST_LINE) -> str:
    """Give text as HTML in one line, also fit for an attribute."""
    return escape(_shown(text if len(text) <= limit else text[: limit - 1] + "…"))


def name(text: str) -> str:
    """Give the name of something as HTML, at a length that names have."""
    return in_line(text, LONGEST_NAME)


def in_lines(text: str) -> str:
    """Give text as HTML that keeps its lines and tabs."""
    return "\n".join("\t".join(map(in_line_whole, line.split("\t"))) for line in text.split("\n"))


def in_line_whole(text: str) -> str:
    """Give text that was cut before as HTML in one line."""
    return escape(_shown(text))


def as_printed(text: str) -> str:
    """Give text with the line ends of Unix, and of each line what is left of it once it was printed.

    A bar of progress goes back to the start of its line a thousand times; its last state is what counts.
    """
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def cut(text: str, limit: int = LONGEST_TEXT) -> tuple[str, int, str]:
    """Give the beginning of a text, how many characters are left out, and its end."""
    if len(text) <= limit:
        return text, 0, ""
    kept_of_end = int(limit * _KEPT_OF_END)
    return text[: limit - kept_of_end], len(text) - limit, text[len(text) - kept_of_end :]


def left_out(characters: int) -> str:
    """Give the words that stand where characters were left out."""
    return f'<span class="left-out">… {characters:,} characters are left out here …</span>'


def columns(text: str) -> int:
    """Count how many columns of a fixed-width font a text takes; Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def at_most(text: str, limit: int) -> str:
    """Give text that takes so many columns at most."""
    if columns(text[: limit + 1]) <= limit:
        return text
    kept = text[:limit]
    while columns(kept) >= limit:
        kept = kept[:-1]
    return kept + "…"


def _shown(text: str) -> str:
    return _HIDDEN.sub("\ufffd", visible(text))
