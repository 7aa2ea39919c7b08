"""What `$name` and `{expression}` in a command become, as IPython would fill them in."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from string import Formatter
from typing import Protocol

from nb2pkg.notebook.magics.literals import delimiter_free_of, escape_for, string_literal

_DOLLAR_NAME = re.compile(r"\$(\$?[\w.]+)")


class Bound(Enum):
    """Whether a name has a value where a command stands."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Names(Protocol):
    """What is known about the names that a command can see."""

    def look_up(self, name: str) -> Bound:
        """Say whether `name` is bound there."""

    def is_empty(self) -> bool:
        """Say whether nothing has been bound so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """An expression that IPython evaluates and puts into the text."""

    expression: str
    conversion: str | None = None


Part = str | Field
Text = tuple[Part, ...]


class CannotTell(Exception):
    """Whether IPython would fill in the text depends on what only a run would show."""


def expand(text: str, names: Names) -> Text:
    """Take `text` apart into literal text and the expressions that IPython fills in.

    IPython leaves the whole text as it is when any of its fields fails: that is how `$HOME` and
    `awk '{print $1}'` reach the shell, and why it matters here which names are bound.

    Raises:
        CannotTell: a name may or may not be bound.
    """
    try:
        parts = tuple(_parts(text))
    except ValueError:
        return (text,)
    fields = [part for part in parts if isinstance(part, Field)]
    verdicts = {_verdict(field, names) for field in fields}
    if Bound.NO in verdicts:
        return (text,)
    if Bound.UNSURE in verdicts or (fields and "\n" in text and "$" in text):
        raise CannotTell
    return merged(parts)


def as_literal(text: Text) -> str | None:
    """Give the text when nothing has to be filled in, else None."""
    return None if any(isinstance(part, Field) for part in text) else "".join(map(str, text))


def as_expression(text: Text) -> str:
    """Write the text as a Python string: a literal, an f-string, or a sum where neither will do."""
    literal = as_literal(text)
    if literal is not None:
        return string_literal(literal)
    written = "".join(_shown(part) for part in text if isinstance(part, Field))
    plain = "".join(part for part in text if isinstance(part, str))
    quotes = delimiter_free_of(written, plain)
    if quotes is None:
        return _as_sum(text)
    inside = "".join(
        escape_for(part, quotes) if isinstance(part, str) else "{" + _shown(part) + "}"
        for part in text
    )
    return f"f{quotes}{inside}{quotes}"


def stripped(text: Text) -> Text:
    """Take the white space off both ends of the literal text."""
    parts = list(text)
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def merged(parts: Iterable[Part]) -> Text:
    """Join pieces of literal text that stand side by side."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)


def _parts(text: str) -> Iterator[Part]:
    for literal, field, spec, conversion in Formatter().parse(text):
        yield from _dollar_parts(literal)
        if field is None:
            continue
        if conversion not in (None, "r", "s", "a"):
            raise ValueError(conversion)
        # IPython joins what Python takes for a format spec back on, so that slices work.
        yield Field(expression=f"{field}:{spec}" if spec else field, conversion=conversion)


def _dollar_parts(literal: str) -> Iterator[Part]:
    quotes_after = literal.count("'")
    position = 0
    for match in _DOLLAR_NAME.finditer(literal):
        before, name = literal[position : match.start()], match.group(1)
        quotes_after -= before.count("'")
        if quotes_after % 2:  # the shell's own single quotes keep the name from Python
            yield literal[position : match.end()]
        elif name.startswith("$"):
            yield before + name
        elif name.isdigit():  # Python's value of 1 is 1
            yield before + str(int(name))
        else:
            yield before
            yield Field(expression=name)
        position = match.end()
    yield literal[position:]


def _verdict(field: Field, names: Names) -> Bound:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(field.expression.strip(" \t"), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Bound.NO
    if any(isinstance(node, ast.Await | ast.Yield | ast.YieldFrom) for node in ast.walk(tree)):
        return Bound.NO
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - own
    verdicts = {names.look_up(name) for name in read}
    for verdict in (Bound.NO, Bound.UNSURE):
        if verdict in verdicts:
            return verdict
    return Bound.YES


def _shown(field: Field) -> str:
    """Write a field as it stands between the braces of an f-string."""
    expression = field.expression.strip()
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.Lambda | ast.NamedExpr) and not expression.startswith("("):
        expression = f"({expression})"
    if expression.startswith("{"):
        expression = " " + expression
    if expression.endswith("}"):
        expression += " "
    return expression if field.conversion is None else f"{expression}!{field.conversion}"


def _as_sum(text: Text) -> str:
    functions = {None: "format", "s": "str", "r": "repr", "a": "ascii"}
    return " + ".join(
        string_literal(part)
        if isinstance(part, str)
        else f"{functions[part.conversion]}({part.expression.strip()})"
        for part in text
    )
