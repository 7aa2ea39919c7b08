"""Which names does a text mention that a library will look up in the code around the call?

patsy and formulaic evaluate `y ~ np.log(x)` in the caller's scope; pandas' `query` and `eval` read
`@name` from it. Such a text reads names as surely as code does.
"""

from __future__ import annotations

import ast
import re

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_LOCAL = re.compile(r"@([^\W\d]\w*)")
_LONGEST = 2_000  # a formula is short; prose with a tilde is not one


def mentioned_names(text: str) -> frozenset[str]:
    """The identifiers in a formula, or behind `@` in a query; nothing for other texts."""
    if len(text) > _LONGEST:
        return frozenset()
    if "~" in text and "\n\n" not in text:
        return frozenset(_IDENTIFIER.findall(text))
    if "@" in text:
        return frozenset(_LOCAL.findall(text))
    return frozenset()


def evaluated_text(call: ast.Call) -> str | None:
    """The text of `eval("…")`, where it is written out."""
    if (
        isinstance(call.func, ast.Name)
        and call.func.id == "eval"
        and len(call.args) == 1
        and not call.keywords
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ):
        return call.args[0].value
    return None


def identifiers(text: str) -> frozenset[str]:
    """Every identifier in a text."""
    return frozenset(_IDENTIFIER.findall(text))
