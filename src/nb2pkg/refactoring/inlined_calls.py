"""How does the call of a function read as the function's own code?"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Statement, indent, walk
from nb2pkg.refactoring.call_arguments import assigned, assignments, given_to
from nb2pkg.refactoring.call_sites import CallSite, around, refusal_at
from nb2pkg.refactoring.function_body import FunctionBody
from nb2pkg.refactoring.replaced_text import parsed, shape
from nb2pkg.refactoring.whole_text import WholeText


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InlinedCall:
    """What comes in the place of a call.

    bound: names that it binds or deletes, other than the call's targets
    elsewhere: parameters whose values have another name in the notebook, too
    """

    site: CallSite
    text: str
    bound: frozenset[str]
    elsewhere: frozenset[str]


def inlined(
    site: CallSite, body: FunctionBody, definition: Statement, whole: WholeText
) -> InlinedCall:
    """The function's code in the place of one call.

    Raises:
        FindingsError: the call does not fit the function, or stands where code cannot (NB806).
    """
    _refuse_place(site, body, whole)
    given = given_to(site, body, definition)
    nodes, lines = assignments(given)
    nodes = [*nodes, *body.statements]
    if body.text:
        lines.append(body.text)
    last = _last(site, body, whole)
    if last is not None:
        nodes.append(last[0])
        lines.append(last[1])
    elif body.returned_comment:
        lines.append(body.returned_comment)
    if body.below:
        lines.append(body.below)
    text = "\n".join(lines)
    tree = parsed(text)
    if tree is None or shape([s for s in tree.body if not isinstance(s, ast.Pass)]) != shape(nodes):
        raise refusal_at(site, "its code would not read the same here")
    text = _quietly(text, tree, nodes, site, whole, shown=last is not None)
    margin, comment = around(site)
    if comment:
        text = f"{comment}\n{text}" if text else comment
    if site.is_nested and not nodes:
        text = f"{text}\npass" if text else "pass"
    dropped = {g.name for g in given if getattr(g.value, "id", None) == g.name}
    bound = (body.local - {g.name for g in given}) | (body.bound & dropped)
    bound |= {g.name for g in given} - dropped
    return InlinedCall(
        site=site,
        text=indent(text, margin)[len(margin) :] if text else "",
        bound=frozenset(bound) - site.targets,
        elsewhere=frozenset(
            g.name for g in given if isinstance(g.value, ast.Name) and g.value.id != g.name
        ),
    )


def _refuse_place(site: CallSite, body: FunctionBody, whole: WholeText) -> None:
    text = whole.text_of(site.statement)
    if not whole.can_edit(site.statement):
        raise refusal_at(site, "its cell has what only IPython understands")
    if "raises-exception" in text.cell.cell.tags:
        raise refusal_at(site, "its cell is tagged raises-exception")
    value = getattr(site.node, "value", None)
    if body.is_async != isinstance(value, ast.Await):
        raise refusal_at(site, "it is not awaited" if body.is_async else "what it gives is awaited")
    if around(site) == ("?", ""):
        raise refusal_at(site, "other code stands on its line")


def _last(site: CallSite, body: FunctionBody, whole: WholeText) -> tuple[ast.stmt, str] | None:
    """The statement that gives on what the function returned; None where there is nothing to do."""
    comment = f"  {body.returned_comment}" if body.returned_comment else ""
    returned = body.returned
    if site.target is not None:
        left = site.statement.source.slice(site.target)
        if returned is not None and _same_names(site.target, returned):
            return None
        value = returned or ast.Constant(value=None, kind=None)
        node = ast.Assign(targets=[site.target], value=value, type_comment=None)
        return node, assigned(f"{left} = ", body.returned_text or "None", node) + comment
    if returned is None:
        return None
    if not site.shows and _is_plain(returned):
        return None
    shown = ast.Expr(value=returned)
    for text in (body.returned_text, f"({body.returned_text})"):
        tree = parsed(text)
        if tree is not None and shape(tree.body) == shape([shown]):
            return shown, text + comment
    raise refusal_at(site, "what it returns cannot be shown by itself")


def _is_plain(value: ast.expr) -> bool:
    """Whether an expression only names values, so that nothing is lost without it, not even an error."""
    return all(isinstance(n, (ast.Name, ast.Constant, ast.Tuple, ast.List)) for n in walk(value))


def _same_names(target: ast.expr, value: ast.expr) -> bool:
    match target, value:
        case ast.Name(id=one), ast.Name(id=other):
            return one == other
        case ((ast.Tuple(elts=left) | ast.List(elts=left)), ast.Tuple(elts=right)):
            return len(left) == len(right) and all(
                isinstance(b, ast.Name) and _same_names(a, b)
                for a, b in zip(left, right, strict=True)
            )
    return False


def _quietly(
    text: str,
    tree: ast.Module,
    nodes: Sequence[ast.stmt],
    site: CallSite,
    whole: WholeText,
    *,
    shown: bool,
) -> str:
    """Keep what comes to stand last in the cell from being shown, where the call showed nothing."""
    if site.is_nested or not site.statement.is_last or not nodes:
        return text
    last = nodes[-1]
    if (site.shows and shown) or not isinstance(last, ast.Expr):
        return text
    if whole.gives_nothing(last.value) or whole.has_magic_below(site.statement):
        return text
    end = [s for s in tree.body if not isinstance(s, ast.Pass)][-1]
    lines = text.split("\n")
    assert end.end_lineno is not None and end.end_col_offset is not None
    line = lines[end.end_lineno - 1].encode()
    rest = line[end.end_col_offset :].decode()
    if not rest.lstrip().startswith(";"):
        lines[end.end_lineno - 1] = line[: end.end_col_offset].decode() + ";" + rest
    return "\n".join(lines)
