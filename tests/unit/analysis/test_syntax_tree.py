"""The quick walk must meet the very nodes that Python's own does: a missed one is a missed effect."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from nb2pkg.analysis import children, lone_copy, walk

LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
EVERY_SYNTAX = """
import a.b as c, d
from .e import f as g, h
@dec(1)
class K(Base, metaclass=M):
    x: int = 3
    async def m(self, a, /, b: int = 1, *args, c, d=2, **kw) -> "t":
        async with p as q, r:
            async for i in s:
                yield await t
        return (yield from u)
def n():
    global v
    nonlocal_ = lambda w, *x, y=1: z
    del aa[0], bb.cc
    assert dd, ee
    raise ff from gg
try:
    a[1:2:3, ...] += not -b ** c @ d << e
except (X, Y) as err:
    pass
else:
    while a < b <= c is not d in e: break
finally:
    if a and b or c: continue_
    elif (n := 10): f"{a!r:>{w}} {b=}"
match cmd:
    case [1, *rest] | {"k": v, **kw} if rest: ...
    case K(a, b=2) as whole: ...
    case None | "s" | mod.NAME: ...
[a for b in c if d for e in f]; {**a, "b": c}; {*a, b}; {a: b async for a in c}; (*a, b)
a if b else c; print(*args, sep="", **kw); a[b][c].d
"""


@pytest.mark.parametrize(
    "text", [EVERY_SYNTAX, *(p.read_text() for p in sorted(Path("src/nb2pkg").rglob("*.py"))[::6])]
)
def test_nothing_but_contexts_and_operators_is_passed_over(text: str) -> None:
    tree = ast.parse(text)

    assert walk(tree) == [n for n in ast.walk(tree) if not isinstance(n, LEAVES)]
    for node in walk(tree):
        below = tuple(n for n in ast.iter_child_nodes(node) if not isinstance(n, LEAVES))
        assert children(node) == below
        assert children(node) == below, "asked again"


def test_a_lone_copy_looks_anew_at_what_is_below_it() -> None:
    loop = ast.parse("for a in b: c").body[0]
    assert isinstance(loop, ast.For)
    assert len(children(loop)) == 3

    head = lone_copy(loop)
    head.body = []

    assert children(head) == (loop.target, loop.iter)
    assert len(children(loop)) == 3
