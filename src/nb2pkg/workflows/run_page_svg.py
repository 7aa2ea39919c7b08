"""Is this an SVG picture that a browser can draw in good time?

A browser runs nothing of an SVG in `<img>`, and loads nothing. But a thousand bytes whose elements show one
another ten times each would keep it busy for hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from nb2pkg.pipeline.ordering import in_order

MOST_DRAWN = 50_000
_DEEPEST = 200
_TOO_MUCH = "it would take too long to draw"
_LARGEST = 10_000_000
_NAMESPACE = "http://www.w3.org/2000/svg svg"
_DECLARATION = re.compile(r"^[\ufeff\s]*<\?xml\b[^>]*>\s*")
_REFERENCE = re.compile(r"#([^\s\"')]+)")


def without_declaration(text: str) -> str:
    """Give an SVG text without the line that says in which encoding it once was: a page's is UTF-8."""
    return _DECLARATION.sub("", text, count=1)


def why_not_drawn(text: str) -> str | None:
    """Say why an SVG text is not shown; None where it may be. It has no declaration any more."""
    if len(text) > _LARGEST:
        return "too large"
    if "<!ENTITY" in text:
        return "it defines entities of its own"
    reader = _Reader()
    try:
        reader.read(text)
    except (expat.ExpatError, ValueError) as problem:
        return reader.problem or f"not SVG: {problem}"
    return reader.problem or _why_too_much(reader)


class _Reader:
    """Counts the elements within each one that has an id, and what is shown within it once more."""

    def __init__(self) -> None:
        self.problem = ""
        self.counts = {"": 0}
        self.shows: dict[str, list[str]] = {"": []}
        self._open: list[str] = []
        self._style: list[str] = []
        self._in_style = False
        self._count = 0

    def read(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = True
        parser.Parse(text.encode("utf-8", "replace"), True)

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        if not self._open and element != _NAMESPACE:
            self._stop("not SVG")
        self._count += 1
        if self._count > MOST_DRAWN:
            self._stop(_TOO_MUCH)
        if len(self._open) >= _DEEPEST:
            self._stop("nested too deeply")
        around = self._open[-1] if self._open else ""
        # An id that an element has for itself cannot be another's: ours begin with a number sign.
        inside = f"#{attributes['id']}" if "id" in attributes else around
        if inside != around:
            self.counts.setdefault(inside, 0)
            self.shows.setdefault(inside, [])
            self.shows[around].append(inside)
        self._open.append(inside)
        self.counts[inside] += 1
        for key, value in attributes.items():
            plain = "".join(value.lower().split())
            if "data:image/svg" in plain:
                self._stop("a picture within the picture")
            if "\\" in plain and "(" in plain:
                self._stop("its style has escapes")
            if key != "id" and "#" in value:
                self.shows[inside] += [f"#{name}" for name in _REFERENCE.findall(value)]
        self._in_style = element.endswith(" style")

    def _end(self, _: str) -> None:
        self._open.pop()
        plain = "".join("".join(self._style).lower().split())
        self._style.clear()
        self._in_style = False
        if "url(" in plain or "@import" in plain or "\\" in plain:
            self._stop("its style refers to elsewhere")

    def _text(self, text: str) -> None:
        if self._in_style:
            self._style.append(text)

    def _stop(self, problem: str) -> None:
        self.problem = problem
        raise ValueError(problem)


def _why_too_much(reader: _Reader) -> str | None:
    shows = {
        name: [other for other in shown if other in reader.counts]
        for name, shown in reader.shows.items()
    }
    order = in_order(shows)
    if len(order) < len(shows):
        return "it shows itself"
    drawn: dict[str, int] = {}
    for name in order:
        drawn[name] = reader.counts[name] + sum(drawn[other] for other in shows[name])
        if drawn[name] > MOST_DRAWN:
            return _TOO_MUCH
    return None
