"""How does a golden page say its cases? Every `##` is one: cells in fences, then what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^(?P<marks>`{3,})(?P<info>[^`\n]+)\n(?P<text>.*?)^(?P=marks)$", re.M | re.S)
_CASE = re.compile(r"^## (.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence: its first word (`python`, `plan`, …), its options (`cell=load`), its text."""

    word: str
    options: dict[str, str]
    text: str

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell of the notebook rather than something expected."""
        return self.word in ("python", "markdown") and "file" not in self.options


@dataclass(frozen=True, slots=True)
class PageCase:
    """One `##` of a page."""

    page: Path
    title: str
    fences: tuple[Fence, ...]

    @property
    def cells(self) -> tuple[Fence, ...]:
        """The cells of its notebook."""
        return tuple(fence for fence in self.fences if fence.is_cell)

    @property
    def expected(self) -> tuple[Fence, ...]:
        """What it expects."""
        return tuple(fence for fence in self.fences if not fence.is_cell)


def cases_of(page: Path) -> Iterator[PageCase]:
    """The cases of a page, in order."""
    parts = _CASE.split(_outside_fences(page.read_text(encoding="utf-8")))
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        body = body.replace(_SHIELD, "##")
        yield PageCase(page, title.strip(), tuple(_fence(found) for found in _FENCE.finditer(body)))


def accept(case: PageCase, actual: list[str]) -> None:
    """Rewrite the expectations of one case in its page."""
    text = case.page.read_text(encoding="utf-8")
    start = text.index(f"\n## {case.title}\n")
    answers = iter(actual)

    def rewritten(found: re.Match[str]) -> str:
        if _fence(found).is_cell:
            return found[0]
        return f"{found['marks']}{found['info']}\n{next(answers, '')}{found['marks']}"

    body = _FENCE.sub(rewritten, text[start:], count=len(case.fences))
    case.page.write_text(text[:start] + body, encoding="utf-8")


_SHIELD = "\0"


def _outside_fences(text: str) -> str:
    """The text with the `##` of cells shielded: only those between fences begin a case."""
    return _FENCE.sub(lambda found: re.sub(r"^##", _SHIELD, found[0], flags=re.M), text)


def _fence(found: re.Match[str]) -> Fence:
    word, *rest = found["info"].split()
    options = dict(option.split("=", 1) for option in rest)
    return Fence(word, options, found["text"])
