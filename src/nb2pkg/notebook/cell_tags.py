"""Which tags does a cell carry?"""

from __future__ import annotations

from collections.abc import Mapping

from nb2pkg.notebook.notebook import Json
from nb2pkg.notebook.source_text import is_writable
from nb2pkg.problems import Diagnostic, Location, Severity


def usable_tags(
    metadata: Mapping[str, Json], position: int, notes: list[Diagnostic]
) -> tuple[str, ...]:
    """Give the tags in a cell's metadata; whatever isn't a list of text is noted (NB193)."""
    tags = metadata.get("tags", [])
    items = tags if isinstance(tags, list) else []
    usable = tuple(tag for tag in items if isinstance(tag, str) and is_writable(tag))
    if not isinstance(tags, list) or len(usable) != len(tags):
        notes.append(
            Diagnostic(
                code="NB193",
                severity=Severity.NOTE,
                message=f"cell {position}: tags that aren't a list of strings are ignored",
                location=Location(cell=position),
            )
        )
    return usable
