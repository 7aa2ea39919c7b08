"""Which headings and which prose does a Markdown cell have?"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_HTML = re.compile(r"^\s*<h([1-6])[^>]{0,300}>(.{0,500}?)</h\1>", re.IGNORECASE)
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^()\s]{0,500}(?:\s[^()]{0,200})?\)")
_TAG = re.compile(r"<[^<>]{1,300}>")
_MARKS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)")
_LONGEST_HEADING = 300


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its level (1–6; 0 for prose above any heading) and the prose below it."""

    level: int
    title: str
    prose: str


def sections_of(markdown: str) -> tuple[Section, ...]:
    """Take a Markdown cell apart at its headings; code fences are not looked into."""
    found: list[Section] = []
    level, title, prose = 0, "", list[str]()
    fenced = False
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _heading(line)
        underline = not fenced and _underline_level(line, prose)
        if heading is None and not underline:
            prose.append(line)
            continue
        if underline:
            heading = (int(underline), plain_text(prose.pop()))
        assert heading is not None
        found.append(Section(level, title, _trimmed(prose)))
        (level, title), prose = heading, []
    found.append(Section(level, title, _trimmed(prose)))
    return tuple(s for s in found if s.level or s.prose)


def plain_text(markdown: str) -> str:
    """One line of Markdown as plain text: links by their words, no emphasis, no tags."""
    text = _LINK.sub(r"\1", markdown[:_LONGEST_HEADING])
    text = _TAG.sub("", text)
    return " ".join(_MARKS.sub("", text).split())


def _heading(line: str) -> tuple[int, str] | None:
    if len(line) > 20_000:
        line = line[:20_000]
    if line.lstrip(" ").startswith("#"):
        match = _ATX.match(line)
        return (len(match[1]), plain_text(match[2] or "")) if match else None
    match = _HTML.match(line) if "<" in line else None
    return (int(match[1]), plain_text(match[2])) if match else None


def _underline_level(line: str, above: list[str]) -> int:
    """1 or 2 where this line underlines the one above as a heading, else 0."""
    text = line.rstrip()
    if len(text) < 3 or not above or not above[-1].strip() or above[-1].lstrip()[:1] in "#-*>|":
        return 0
    if len(above) > 1 and above[-2].strip():
        return 0
    return 1 if set(text) == {"="} else 2 if set(text) == {"-"} else 0


def _trimmed(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
