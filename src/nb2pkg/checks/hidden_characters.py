"""Does the source hold characters that do not show, or that turn text around?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_in_text
from nb2pkg.problems import Diagnostic, Severity

# Zero-width joiners are left aside: emoji and several scripts are written with them.
_HIDDEN = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def _find(subject: Subject) -> Iterator[Diagnostic]:
    for cell in subject.notebook.code_cells:
        if cell.source.isascii():
            continue
        match = _HIDDEN.search(cell.source)
        if match is None:
            continue
        name = unicodedata.name(match[0], "a tag character").lower()
        location = place_in_text(cell, match.start(), 1)
        yield Diagnostic(
            code="NB205",
            severity=Severity.WARNING,
            message=f"hidden characters: cell {cell.position}, line {location.line} holds "
            f"U+{ord(match[0]):04X} ({name})",
            location=location,
            hint="delete it: the code may not be what it looks like",
        )


CHECK = Check(
    code="NB205",
    title="hidden characters",
    why="Characters that have no width, or that turn the direction of text around, make code look "
    "different from what it does ('Trojan Source').",
    remedy="Delete them; in a text that needs them, write them as escapes such as `\\u202e`.",
    passes=(Example(("flag = '👩\u200d💻'",)), Example(("text = '\\u202e'",))),
    fails=(Example(("is_admin = False  # \u202e check",)), Example(("x = 'a\u200bb'",))),
    find=_find,
)
