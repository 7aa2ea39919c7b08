"""Which literal stands at a place of a cell, and may a name stand there instead?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import COMPREHENSIONS, FUNCTIONS, children, walk
from nb2pkg.refactoring.cell_code import CellCode, Span

_DISPLAYS = (ast.List, ast.Set, ast.Dict)


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A literal: what it is, where it stands, and what is around it, the innermost first."""

    node: ast.expr
    span: Span
    around: tuple[ast.AST, ...]

    @property
    def parent(self) -> ast.AST:
        """What it is a direct part of."""
        return self.around[0]

    @property
    def statement(self) -> ast.stmt:
        """The innermost statement around it."""
        return next(node for node in self.around if isinstance(node, ast.stmt))

    @property
    def value(self) -> object:
        """Its value."""
        return ast.literal_eval(self.node)

    @property
    def is_changeable(self) -> bool:
        """Whether it has a list, dict or set in it, whose value could change in place."""
        return any(isinstance(inner, _DISPLAYS) for inner in walk(self.node))

    @property
    def steps(self) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Each node with what is around it, from the literal outwards."""
        return zip((self.node, *self.around), self.around, strict=False)

    @property
    def scopes(self) -> tuple[ast.AST, ...]:
        """The functions, classes and comprehensions in which it is evaluated, the innermost first."""
        chain = (self.node, *self.around)
        return tuple(p for i, p in enumerate(self.around) if _is_inside(chain[: i + 1], p))


def literals_of(code: CellCode) -> Iterator[Literal]:
    """Every literal of a cell, those inside others too."""
    parents: dict[ast.AST, ast.AST] = {c: p for p in walk(code.tree) for c in children(p)}
    for node in walk(code.tree):
        if not isinstance(node, ast.expr) or not _is_literal(node):
            continue
        around = tuple(_upwards(node, parents))
        if isinstance(around[0], ast.UnaryOp) and _is_literal(around[0]):
            continue  # the sign belongs to the number
        span = code.span(node)
        if span is not None:
            yield Literal(node, span, around)


def literal_at(code: CellCode, offset: int) -> Literal | None:
    """The smallest literal at an offset of what was read; one that ends there counts if none goes on."""
    found = list(literals_of(code))
    for stop in (0, 1):
        here = [x for x in found if x.span[0] <= offset < x.span[1] + stop]
        if here:
            return min(here, key=lambda x: x.span[1] - x.span[0])
    return None


def _upwards(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _is_literal(node: ast.AST) -> bool:
    """Whether an expression is written out: a number, a text, or a container of such."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        number = node.operand.value if isinstance(node.operand, ast.Constant) else None
        return isinstance(node.op, (ast.USub, ast.UAdd)) and type(number) in (int, float, complex)
    if isinstance(node, ast.Dict):
        return all(k is not None and _is_literal(k) for k in node.keys) and all(
            _is_literal(v) for v in node.values
        )
    if isinstance(node, (ast.Tuple, ast.List)) and not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(_is_literal(e) for e in node.elts)
    return False


def _is_inside(chain: Sequence[ast.AST], scope: ast.AST) -> bool:
    """Whether what leads to a function, class or comprehension is evaluated in the scope of that."""
    node = chain[-1]
    if isinstance(scope, ast.Lambda):
        return node is scope.body
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node in scope.body
    if isinstance(scope, COMPREHENSIONS):
        first = scope.generators[0]  # what it goes through is evaluated outside
        return not (node is first and chain[-2] is first.iter)
    return False


# -- where no name can stand -------------------------------------------------------------------------


def obstacle(literal: Literal, code: CellCode) -> str | None:
    """Why no name can stand in the literal's place, if none can."""
    wrong = _wrong_kind(literal.node)
    if wrong is not None:
        return wrong
    text = code.source.text[slice(*literal.span)]
    if len(text.splitlines()) > text.count("\n") + 1:
        return "it has a line end in it that is none for Python"
    if literal.node in code.fields.shown:
        return "an f-string shows it as it is written: {…=}"
    if isinstance(literal.parent, ast.Expr):
        return "it stands alone, as a docstring or a value that is only shown"
    for node, around in literal.steps:
        found = _around(node, around)
        if found is not None:
            return found
    if isinstance(literal.parent, ast.Compare):
        return _in_comparison(literal, literal.parent)
    return None


def _wrong_kind(node: ast.expr) -> str | None:
    for inner in walk(node):
        if isinstance(inner, ast.Constant):
            if inner.value is ...:
                return "'...' is a mark, no value"
            if isinstance(inner.value, bytes):
                return "no run can be given bytes"
            if isinstance(inner.value, complex):
                return "no run can be given a complex number"
    return None


def _around(node: ast.AST, around: ast.AST) -> str | None:
    """Why a part of something can hold no name."""
    if isinstance(around, ast.pattern):
        return "in a pattern a name would catch any value"
    if isinstance(around, ast.FormattedValue) and node is around.format_spec:
        return "it is a part of a format"
    if isinstance(around, ast.Delete):
        return "it says what is deleted"
    if node in (getattr(around, "annotation", None), getattr(around, "returns", None)):
        return "it is a part of an annotation"
    if isinstance(around, ast.Subscript) and node is around.slice:
        last = getattr(around.value, "attr", getattr(around.value, "id", ""))
        if last in ("Literal", "Annotated"):
            return "it is a part of a type"
    if type(around).__name__ in ("TypeAlias", "TypeVar", "TypeVarTuple", "ParamSpec"):
        return "it is a part of a type"
    if isinstance(around, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = around.targets if isinstance(around, ast.Assign) else [around.target]
        for target in targets:
            name = getattr(target, "id", "")
            if name.startswith("__") and name.endswith("__"):
                return f"Python and its tools read '{name}' in their own way"
    return None


def _in_comparison(literal: Literal, comparison: ast.Compare) -> str | None:
    sides = [comparison.left, *comparison.comparators]
    if any(getattr(side, "id", "") == "__name__" for side in sides):
        return "it tells a notebook from a module"
    for number, operator in enumerate(comparison.ops):
        compared = literal.node in sides[number : number + 2]
        if isinstance(operator, (ast.Is, ast.IsNot)) and compared and not _is_single(literal.node):
            return "'is' compares which object it is, not its value"
    return None


def _is_single(node: ast.expr) -> bool:
    """Whether there is one object only of this value: None, True, False."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


# -- objects -----------------------------------------------------------------------------------------


def may_be_another_object(literal: Literal, code: CellCode) -> bool:
    """Whether the literal may be one object with another one of its cell, and would be one no more.

    Python makes equal constants of one piece of code a single object. Small numbers, and texts that look
    like names, are single objects everywhere; a list, dict or set is a new one each time.
    """
    if any(_is_folded(around) for around in literal.around):
        return True
    inside = set(walk(literal.node))
    own = {_key(n) for n in inside if isinstance(n, ast.Constant) and not is_one_object(n.value)}
    return any(
        isinstance(other, ast.Constant) and other not in inside and _key(other) in own
        for other in walk(code.tree)
    )


def _is_folded(node: ast.AST) -> bool:
    """Whether Python makes one constant of an expression: a tuple of constants, `2 * 500`."""
    return not isinstance(node, ast.Constant) and is_written_out(node)


def is_written_out(node: ast.AST) -> bool:
    """Whether Python works an expression out before it runs it: `-1`, `10**3`, `(1, 2)`."""
    return all(
        isinstance(inner, (ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp)) for inner in walk(node)
    )


def _key(node: ast.Constant) -> tuple[type, str]:
    return type(node.value), repr(node.value)


def is_one_object(value: object) -> bool:
    """Whether there is one object only of this value."""
    if isinstance(value, str):
        return value.isascii() and (len(value) < 2 or value.isidentifier())
    return value is None or value is ... or (isinstance(value, int) and -5 <= value <= 256)


def compares_objects(codes: Sequence[CellCode]) -> tuple[CellCode, ast.AST] | None:
    """Where the notebook asks which object a value is: `a is b`, `id(a)`."""
    for code in codes:
        for node in walk(code.tree):
            if asks_which_object(node):
                return code, node
    return None


def asks_which_object(node: ast.AST) -> bool:
    """Whether a node compares objects of which there may be several of one value."""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return called in ("id", "getrefcount")
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    return any(
        isinstance(operator, (ast.Is, ast.IsNot))
        and not any(
            isinstance(s, ast.Constant) and (s.value is ... or _is_single(s))
            for s in sides[number : number + 2]
        )
        for number, operator in enumerate(node.ops)
    )


def is_only_looked_at(literal: Literal) -> bool:
    """Whether a list, dict or set is looked at where it stands, and nobody gets hold of it."""
    node, parent = literal.node, literal.parent
    if isinstance(parent, ast.Compare) and node in parent.comparators:
        return isinstance(parent.ops[parent.comparators.index(node)], (ast.In, ast.NotIn))
    parts = [inner for inner in walk(node) if inner is not node]
    if isinstance(node, ast.Set) or any(isinstance(inner, _DISPLAYS) for inner in parts):
        return False  # a set has an order of its own wherever it is made
    if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)):
        return node is parent.iter
    if isinstance(parent, ast.Subscript):
        return node is parent.value and isinstance(parent.ctx, ast.Load)
    return isinstance(parent, ast.Starred) and isinstance(parent.ctx, ast.Load)


def runs_once(literal: Literal) -> bool:
    """Whether a literal is evaluated once at most, at the notebook's top level."""
    if literal.scopes or isinstance(literal.parent, ast.arguments):
        return False
    for node, around in literal.steps:
        if isinstance(around, (*FUNCTIONS, ast.ClassDef)):
            return False
        if isinstance(around, (ast.For, ast.AsyncFor)) and node is not around.iter:
            return False
        if isinstance(around, ast.While):
            return False
    return True
