"""What does each parameter of a function get from a call, and how is that written as assignments?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Statement, walk
from nb2pkg.refactoring.call_sites import CallSite, refusal_at
from nb2pkg.refactoring.function_body import FunctionBody
from nb2pkg.refactoring.replaced_text import parsed, shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One parameter with the expression that it is given, and how that is written."""

    name: str
    value: ast.expr
    text: str


def given_to(site: CallSite, body: FunctionBody, texts: Statement) -> list[Given]:
    """What each parameter is, in the order in which Python evaluates it; defaults last."""
    call, arguments = site.call, body.arguments
    source = site.statement.source
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    by_keyword = {a.arg for a in (*arguments.args, *arguments.kwonlyargs)}
    if any(isinstance(a, ast.Starred) for a in call.args) or any(
        k.arg is None for k in call.keywords
    ):
        raise refusal_at(site, "it is called with * or **")
    if len(call.args) > len(positional):
        raise refusal_at(site, "it is called with too many arguments")
    found = [
        Given(name=n, value=a, text=source.slice(a))
        for n, a in zip(positional, call.args, strict=False)
    ]
    for keyword in call.keywords:
        assert keyword.arg is not None
        if keyword.arg not in by_keyword or any(g.name == keyword.arg for g in found):
            raise refusal_at(site, f"it has no parameter '{keyword.arg}' left")
        found.append(Given(name=keyword.arg, value=keyword.value, text=source.slice(keyword.value)))
    if any(isinstance(n, ast.NamedExpr) for g in found for n in walk(g.value)):
        raise refusal_at(site, "an argument binds a name")
    defaults = _defaults(arguments)
    for name in (*positional, *(a.arg for a in arguments.kwonlyargs)):
        if any(g.name == name for g in found):
            continue
        if name not in defaults:
            raise refusal_at(site, f"it is called without '{name}'")
        found.append(
            Given(name=name, value=defaults[name], text=texts.source.slice(defaults[name]))
        )
    return found


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    found = {a.arg: d for a, d in zip(with_default, arguments.defaults, strict=True)}
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found[argument.arg] = default
    return found


def assignments(given: Sequence[Given]) -> tuple[list[ast.stmt], list[str]]:
    """The assignments of parameters, as code and as text; none where a name is given to itself."""
    needed = [g for g in given if getattr(g.value, "id", None) != g.name]
    for place, one in enumerate(given):
        read_later = {
            n.id
            for other in given[place + 1 :]
            for n in walk(other.value)
            if isinstance(n, ast.Name)
        }
        if one in needed and one.name in read_later:
            if len(needed) == 1:
                break
            return _together(needed)
    nodes: list[ast.stmt] = []
    texts: list[str] = []
    for one in needed:
        node = ast.Assign(targets=[ast.Name(id=one.name, ctx=ast.Store())], value=one.value)
        nodes.append(node)
        texts.append(assigned(f"{one.name} = ", one.text, node))
    return nodes, texts


def _together(needed: Sequence[Given]) -> tuple[list[ast.stmt], list[str]]:
    """`a, b = b, a`: all are evaluated before any of them is bound."""
    target = ast.Tuple(elts=[ast.Name(id=g.name, ctx=ast.Store()) for g in needed], ctx=ast.Store())
    value = ast.Tuple(elts=[g.value for g in needed], ctx=ast.Load())
    node = ast.Assign(targets=[target], value=value)
    left = ", ".join(g.name for g in needed)
    texts = [g.text for g in needed]
    for right in (", ".join(texts), "(" + ", ".join(f"({t})" for t in texts) + ")"):
        tree = parsed(f"{left} = {right}")
        if tree is not None and shape(tree.body) == shape([node]):
            return [node], [f"{left} = {right}"]
    raise AssertionError("an expression in parentheses is one")


def assigned(left: str, right: str, node: ast.stmt) -> str:
    """An assignment with a value that was written elsewhere, in parentheses where it needs them."""
    for text in (left + right, f"{left}({right})"):
        tree = parsed(text)
        if tree is not None and len(tree.body) == 1 and shape(tree.body[0]) == shape(node):
            return text
    raise AssertionError("an expression in parentheses is one")
