"""What does a docstring say of the tables and arrays that a step takes and gives?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from nb2pkg.planning.observed import SeenStep, SeenValue
from nb2pkg.rendering.docstrings import one_line

_WIDTH = 79
_MOST_COLUMNS = 12


def value_sections(parameters: Sequence[str], seen: SeenStep) -> Iterator[str]:
    """`Args` and `Returns` with the shapes and columns that were seen when the notebook ran."""
    taken = [(n, text) for n in parameters if (text := _described(seen.arguments.get(n)))]
    if taken:
        lines = [_wrapped(f"{name}: {text}.", 4) for name, text in taken]
        yield "\n".join(["Args:", *lines])
    given = _described(seen.returns[0]) if len(seen.returns) == 1 else ""
    if given:
        columns = seen.returns[0].columns
        if columns and any(seen.arguments[n].columns == columns for n, _ in taken):
            given = f"a table of the same columns ({_count(seen.returns[0].rows, 'row')})"
        text = textwrap.indent(_wrapped(f"{given[:1].upper()}{given[1:]}.", 0), "    ")
        yield "\n".join(["Returns:", text])


def _wrapped(text: str, margin: int) -> str:
    return textwrap.fill(
        text,
        _WIDTH - (0 if margin else 4),
        initial_indent=" " * margin,
        subsequent_indent=" " * 2 * margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _described(value: SeenValue | None) -> str:
    if value is None:
        return ""
    if value.columns is not None:
        return f"a table of {_listed(list(value.columns))} ({_count(value.rows, 'row')} in the notebook)"
    if value.lengths is not None:
        size = " x ".join(map(str, value.lengths)) or "no dimension"
        return f"an array of {value.of}, {size} in the notebook"
    if value.rows is not None:
        return f"a column of {value.of} ({_count(value.rows, 'value')} in the notebook)"
    return ""


def _listed(columns: Sequence[str]) -> str:
    names = [one_line(name) or "''" for name in columns]
    if not names:
        return "no columns"
    if len(names) > _MOST_COLUMNS:
        names = [*names[: _MOST_COLUMNS - 1], f"{len(names) - _MOST_COLUMNS + 1} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _count(number: int | None, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
