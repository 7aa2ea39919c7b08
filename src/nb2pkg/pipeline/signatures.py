"""Which parameters has a function, as its source says?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters that can be given by name. takes_any: whether it has `**keywords`."""

    names: tuple[str, ...]
    required: tuple[str, ...]
    takes_any: bool

    def takes(self, name: str) -> bool:
        """Whether a value of this name can be given."""
        return self.takes_any or name in self.names


def signature_of(statements: Sequence[ast.stmt]) -> Signature | None:
    """The signature of a function, given what binds its name in its module.

    None where reading does not tell: it is imported, decorated, or bound by something else.
    """
    found = statements[-1] if statements else None
    if not isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) or found.decorator_list:
        return None
    given = found.args
    positional = [*given.posonlyargs, *given.args]
    without_default = positional[: len(positional) - len(given.defaults)]
    keyword = [
        argument
        for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if default is None
    ]
    return Signature(
        names=tuple(argument.arg for argument in (*positional, *given.kwonlyargs)),
        required=tuple(argument.arg for argument in (*without_default, *keyword)),
        takes_any=given.kwarg is not None,
    )
