"""Where on a run's page does a step have its place?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2pkg.pipeline.records import StepRecord
from nb2pkg.workflows.run_page_text import name

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,120}")


class Anchors:
    """The ids of steps, each another: `step-train`, or `step-3` where the name would not do."""

    def __init__(self, steps: Sequence[StepRecord]) -> None:
        taken: set[str] = set()
        found: list[str] = []
        for number, step in enumerate(steps, start=1):
            wanted = f"step-{step.name}" if _PLAIN.fullmatch(step.name) else f"step-{number}"
            while wanted in taken:
                wanted += "-"
            taken.add(wanted)
            found.append(wanted)
        self.ids: tuple[str, ...] = tuple(found)
        self._by_name: dict[str, str] = {}
        for step, anchor in zip(steps, found, strict=True):
            self._by_name.setdefault(step.name, anchor)

    def link(self, step: str) -> str:
        """Give a step's name as a link to it, or alone where there is no such step."""
        shown = f"<code>{name(step)}</code>"
        anchor = self._by_name.get(step)
        return shown if anchor is None else f'<a href="#{anchor}">{shown}</a>'


def cell_id(step: int, cell: int) -> str:
    """Give the id of a cell: both numbers begin at 1."""
    return f"cell-{step}-{cell}"
