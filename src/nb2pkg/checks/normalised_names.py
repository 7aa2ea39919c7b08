"""Are there names that Python reads as another spelling?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_in_text
from nb2pkg.problems import Diagnostic, Severity

_WORD = re.compile(r"[^\W\d]\w*")


def _find(subject: Subject) -> Iterator[Diagnostic]:
    said: set[str] = set()
    bound = subject.graph.program.binders
    for cell in subject.notebook.code_cells:
        if cell.source.isascii():
            continue
        for match in _WORD.finditer(cell.source):
            word = match[0]
            name = unicodedata.normalize("NFKC", word)
            if name == word or word in said or name not in bound:
                continue
            said.add(word)
            yield Diagnostic(
                code="NB202",
                severity=Severity.NOTE,
                message=f"Python reads the name '{word}' as '{name}'; the package spells it so",
                location=place_in_text(cell, match.start(), len(word)),
                hint=f"write '{name}'",
            )


CHECK = Check(
    code="NB202",
    title="name that Python spells another way",
    why="Python normalises names (NFKC): `ﬁle`, with a ligature, and `file` are one variable. Editors "
    "and searches do not know that.",
    remedy="Write the name with ordinary letters.",
    passes=(Example(("file = 1",)), Example(("größe = 1",)), Example(("text = 'ﬁle'",))),
    fails=(Example(("\ufb01le = 1\nprint(file)",)),),
    find=_find,
)
