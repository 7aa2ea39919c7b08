"""What does a function do, as code that could stand where it is called?"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.analysis import (
    NameFacts,
    SourceText,
    Statement,
    local_names,
    name_facts,
)
from nb2pkg.analysis.source_text import lines_inside_strings
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.function_obstacles import obstacles, parameters_of
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.replaced_text import parsed, shape


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunctionBody:
    """The body of a function, without its docstring and its `return`.

    text: its code at the left margin, comments included
    returned: what it gives, if anything, with its text and the comment behind it
    below: the comments under its last line; end: where they end in the text that it stands in
    local: names that it keeps to itself, its parameters among them
    bound: those that its body binds, changes or deletes
    """

    name: str
    arguments: ast.arguments
    is_async: bool
    statements: tuple[ast.stmt, ...]
    text: str
    returned: ast.expr | None
    returned_text: str
    returned_comment: str
    below: str
    end: int
    local: frozenset[str]
    bound: frozenset[str]


def body_of(definition: Statement, at: Statement) -> FunctionBody:
    """Take a function's definition apart.

    at: the statement of the notebook to which refusals point

    Raises:
        FindingsError: its body cannot stand anywhere else (NB806).
    """
    node = definition.node
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    reason = next(obstacles(node, definition), None)
    if reason is not None:
        raise _refusal(node.name, reason, at)
    body = list(node.body)
    docstring = body.pop(0) if _is_text(body[0]) else None
    last = body.pop() if body and isinstance(body[-1], ast.Return) else None
    local = frozenset(local_names(node)[0])
    facts = _facts([*body, *([last] if last else [])])
    unbound = (facts.reads & local) - {a.arg for a in parameters_of(node.args)}
    if unbound:
        raise _refusal(node.name, f"'{min(unbound)}' may have no value yet where it is read", at)
    statements = tuple(s for s in body if not isinstance(s, ast.Pass))
    text = _text(node, docstring, body, last, definition.source)
    tree = parsed(text)
    if tree is None or shape([s for s in tree.body if not isinstance(s, ast.Pass)]) != shape(
        list(statements)
    ):
        raise _refusal(node.name, "its text cannot be taken out of the definition", at)
    if not statements:  # nothing but comments, perhaps, and `pass`
        text = "\n".join(line for line in text.split("\n") if line.lstrip().startswith("#"))
    below, end = _comments_below(node, definition.source)
    returned = last.value if isinstance(last, ast.Return) else None
    if isinstance(returned, ast.Constant) and returned.value is None:
        returned = None
    return FunctionBody(
        name=node.name,
        arguments=node.args,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        statements=statements,
        text=text,
        returned=returned,
        returned_text=definition.source.slice(returned) if returned else "",
        returned_comment=_comment_behind(last, definition.source) if last else "",
        below=below,
        end=end,
        local=local,
        bound=(facts.may_bind | facts.deletes) & local,
    )


def _refusal(name: str, reason: str, at: Statement) -> FindingsError:
    return cannot("NB806", f"{name}() cannot be inlined: {reason}", statement=at)


def _facts(body: Sequence[ast.stmt]) -> NameFacts:
    found = NameFacts()
    for statement in body:
        found = found.then(name_facts(statement))
    return found


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


# -- its text ----------------------------------------------------------------------------------------


def _text(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    docstring: ast.stmt | None,
    body: Sequence[ast.stmt],
    last: ast.stmt | None,
    source: SourceText,
) -> str:
    """The code of the body at the left margin."""
    start = source.end(docstring) if docstring is not None else _behind_header(node, source)
    end = source.start(last) if last is not None else source.end(node)
    newline = source.text.find("\n", start)
    first = body[0] if body else last
    if first is None or newline < 0 or newline > source.start(first):
        # It stands on the line of its header: there are no comments in between.
        return "\n".join(source.slice(s) for s in body)
    text = source.text[newline + 1 : end].rstrip()
    if last is not None and body and body[-1].end_lineno == last.lineno:
        text = text.removesuffix(";")  # `total = a + b; return total`
    stop = source.text.find("\n", source.end(node))
    behind = source.text[source.end(node) : len(source.text) if stop < 0 else stop]
    if last is None:
        text += behind if behind.lstrip().startswith("#") else ""
    line = source.text.rfind("\n", 0, source.start(first)) + 1
    margin = source.text[line : source.start(first)]
    return _dedented(text, margin)


def _behind_header(node: ast.FunctionDef | ast.AsyncFunctionDef, source: SourceText) -> int:
    """Where the colon ends behind which the body stands."""
    start = source.offset(node.lineno, node.col_offset)
    text = source.text[start : source.end(node)]
    own = SourceText(text)
    depth = 0
    for token in tokenize.generate_tokens(iter([f"{line}\n" for line in own.lines]).__next__):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                return start + own.starts[token.end[0] - 1] + token.end[1]
    raise AssertionError("a definition has a colon")


def _dedented(text: str, margin: str) -> str:
    kept = {n - 1 for n in lines_inside_strings("if 1:\n" + text)}
    lines = [
        line
        if number in kept
        else line[len(margin) :]
        if line.startswith(margin)
        else line.lstrip()
        if line.lstrip().startswith("#") or not line.strip()
        else line
        for number, line in enumerate(text.split("\n"))
    ]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)


def _comments_below(
    node: ast.FunctionDef | ast.AsyncFunctionDef, source: SourceText
) -> tuple[str, int]:
    """The indented comments below a definition's last line, at the left margin, and where they end."""
    last = node.end_lineno or node.lineno
    found: list[str] = []
    end = last
    for number, line in enumerate(source.lines[last:], last + 1):
        if line.strip() and not (line[0] in " \t" and line.lstrip().startswith("#")):
            break
        if line.strip():
            found.append(line.strip())
            end = number
    return "\n".join(found), source.starts[end] - 1


def _comment_behind(statement: ast.stmt, source: SourceText) -> str:
    end = source.end(statement)
    line = source.text[end:].partition("\n")[0].lstrip(" \t;\f")
    return line if line.startswith("#") else ""
