"""Where in JSON text do the members of an object and the elements of an array stand?"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


class Span(NamedTuple):
    """A stretch of text, from `start` up to but not including `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Cut the stretch out of its text."""
        return text[self.start : self.end]


def member_spans(text: str, start: int = 0) -> dict[str, Span]:
    """Find the values of the object that begins at or after `start`, in text known to be JSON.

    Of a key that stands twice the last is given, as reading does.
    """
    spans: dict[str, Span] = {}
    place = _skip_space(text, _skip_space(text, start) + 1)
    while text[place] != "}":
        key, place = _DECODER.raw_decode(text, place)
        value_start = _skip_space(text, _skip_space(text, place) + 1)
        _, place = _DECODER.raw_decode(text, value_start)
        spans[key] = Span(value_start, place)
        place = _skip_comma(text, place)
    return spans


def element_spans(text: str, start: int) -> tuple[Span, ...]:
    """Find the elements of the array that begins at `start`, in text known to be JSON."""
    spans = []
    place = _skip_space(text, start + 1)
    while text[place] != "]":
        _, end = _DECODER.raw_decode(text, place)
        spans.append(Span(place, end))
        place = _skip_comma(text, end)
    return tuple(spans)


def _skip_comma(text: str, place: int) -> int:
    place = _skip_space(text, place)
    return _skip_space(text, place + 1) if text[place] == "," else place


def _skip_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place
