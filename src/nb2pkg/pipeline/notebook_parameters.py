"""Which parameters does a notebook declare in its cell tagged `parameters`?"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.pipeline.parameter_types import (
    Anything,
    ParameterType,
    type_from_annotation,
    type_of_value,
)
from nb2pkg.pipeline.pipeline import NO_DEFAULT, Json
from nb2pkg.pipeline.python_text import tree_of

# Python that has a magic beside it, and other languages.
_ASSIGNED = re.compile(r"^([^\W\d]\w*)\s*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_ASSIGNED_ELSEWHERE = re.compile(r"^([^\W\d][\w.]*)\s*(?:::[^=\n]*)?(?:=(?!=)|<-)", re.MULTILINE)
# The ends of lines as Python counts them; `str.splitlines` knows more.
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONGEST_BITS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A variable of the `parameters` cell.

    default: NO_DEFAULT where only the notebook can say it, as it is computed
    line: 1-based, within the cell
    """

    name: str
    type: ParameterType
    default: Json
    about: str = ""
    line: int = 1


def declared_parameters(source: str, language: str = "python") -> tuple[Declared, ...]:
    """Read the variables that a `parameters` cell assigns, in its order.

    Of languages other than Python only the names are known.
    """
    tree = tree_of(source) if language == "python" else None
    found: dict[str, Declared] = {}
    for declared in _assigned(tree, source) if tree is not None else _named(source, language):
        found[declared.name] = declared
    return tuple(found.values())


def _assigned(tree: ast.Module, source: str) -> Iterator[Declared]:
    lines = _LINE_END.split(source)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets, annotation = node.targets, None
        elif isinstance(node, ast.AnnAssign):
            targets, annotation = [node.target], node.annotation
        elif isinstance(node, ast.AugAssign):
            targets, annotation = [node.target], None
        else:
            continue
        # What `a += 1` comes to is left to the notebook.
        value = None if isinstance(node, ast.AugAssign) else node.value
        for name, part in (pair for target in targets for pair in _pairs(target, value)):
            default = _literal(part)
            yield Declared(
                name=name,
                type=_type(annotation, default),
                default=default,
                about=_comment(lines[(node.end_lineno or 1) - 1], node.end_col_offset or 0),
                line=node.lineno,
            )


def _pairs(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    """The names of a target, each with the part of the value that it gets, where that can be seen."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from _pairs(target.value, None)
    elif isinstance(target, (ast.Tuple, ast.List)):
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        is_one_to_one = len(parts) == len(target.elts) and not any(
            isinstance(part, ast.Starred) for part in (*target.elts, *parts)
        )
        for place, inner in enumerate(target.elts):
            yield from _pairs(inner, parts[place] if is_one_to_one else None)


def _type(annotation: ast.expr | None, default: Json) -> ParameterType:
    if annotation is not None:
        try:
            return type_from_annotation(ast.unparse(annotation))
        except RecursionError:
            return Anything()
    return Anything() if default is NO_DEFAULT else type_of_value(default)


def _literal(node: ast.expr | None) -> Json:
    """The value of a literal as JSON has it."""
    if node is None:
        return NO_DEFAULT
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NO_DEFAULT
    return value if _is_json(value) else NO_DEFAULT


def _is_json(value: Json) -> bool:
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, int):
        # Python refuses to show longer numbers.
        return value.bit_length() < _LONGEST_BITS
    return value is None or isinstance(value, (float, str))


def _comment(line: str, end: int) -> str:
    rest = line.encode("utf-8")[end:].decode("utf-8", "replace").strip().lstrip(";").strip()
    return rest.lstrip("#").strip() if rest.startswith("#") else ""


def _named(source: str, language: str) -> Iterator[Declared]:
    pattern = _ASSIGNED if language == "python" else _ASSIGNED_ELSEWHERE
    for match in pattern.finditer(source):
        if language == "python" and keyword.iskeyword(match[1]):
            continue  # `else: x = 1`
        line = source.count("\n", 0, match.start()) + 1
        yield Declared(name=match[1], type=Anything(), default=NO_DEFAULT, line=line)
