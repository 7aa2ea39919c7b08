"""What does running a statement do to the notebook's names, path by path?

A small abstract interpreter over the statements of a cell: it follows branches, loops and handlers,
and keeps apart what is certainly bound and what may be. Scoping is CPython's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from nb2pkg.analysis.captures import Captures, annotations_of, captures_of, outer_expressions
from nb2pkg.analysis.conditions import constant_truth, runs_at_least_once, suppresses_exceptions
from nb2pkg.analysis.facts import NameFacts
from nb2pkg.analysis.formulas import evaluated_text, identifiers, mentioned_names
from nb2pkg.analysis.scoping import (
    COMPREHENSIONS,
    FUNCTIONS,
    bound_by,
    imported_name,
    names_bound_in,
)
from nb2pkg.analysis.syntax_tree import children, walk

Bound = set[str] | None  # None: this point cannot be reached
NAMESPACE_CALLS = frozenset({"dir", "locals", "globals", "vars"})


def name_facts(statement: ast.stmt, *, lazy_annotations: bool = False) -> NameFacts:
    """Say what running one top-level statement does to the notebook's names.

    With `from __future__ import annotations` (PEP 563), annotations are not evaluated.
    """
    flow = _NameFlow(lazy_annotations=lazy_annotations)
    after = flow.run([statement], set())
    return NameFacts(
        reads=frozenset(flow.reads),
        certain_reads=frozenset(flow.certain),
        binds=frozenset(after or ()),
        may_bind=frozenset(flow.may_bind),
        deletes=frozenset(flow.deleted - (after or set())),
        captures=frozenset(flow.captures),
        captured_binds=frozenset(flow.captured_binds),
        mentions=frozenset(flow.mentions),
        all_reads=frozenset(flow.all_reads),
        order=tuple(flow.may_bind),
    )


class _Loop:
    """Where `break` and `continue` of one loop lead."""

    def __init__(self) -> None:
        self.breaks: list[set[str]] = []
        self.continues: list[set[str]] = []


class _NameFlow:
    def __init__(self, *, lazy_annotations: bool = False) -> None:
        self.lazy_annotations = lazy_annotations
        self.reads: set[str] = set()
        self.certain: set[str] = set()
        self.all_reads: set[str] = set()
        self.may_bind: dict[str, None] = {}
        self.deleted: set[str] = set()
        self.captures: set[str] = set()
        self.mentions: set[str] = set()
        self.captured_binds: set[str] = set()
        # Looked up within comprehensions: past the names of a class around them.
        self.inner_reads: set[str] = set()
        self._bound: Bound = set()
        self._uncertain = 0
        self._loops: list[_Loop] = []

    # -- statements ------------------------------------------------------------------------------

    def run(self, statements: Iterable[ast.stmt], bound: Bound) -> Bound:
        """Run statements from a state; give the state in which they end."""
        self._bound = None if bound is None else set(bound)
        for statement in statements:
            self._statement(statement)
        return self._bound

    def _branch(self, statements: Sequence[ast.stmt], bound: Bound) -> Bound:
        self._uncertain += 1
        after = self.run(statements, bound)
        self._uncertain -= 1
        return after

    def _statement(self, node: ast.stmt) -> None:
        method = getattr(self, "_" + type(node).__name__, None)
        if method is not None:
            method(node)
        else:
            # Expr, Assert, Raise, Return, Import, …: expressions in order, then what is bound.
            self._expressions(node)
            for name in bound_by(node):
                self._bind(name)

    def _Raise(self, node: ast.Raise) -> None:
        self._expressions(node)
        self._bound = None

    def _Return(self, node: ast.Return) -> None:
        self._expressions(node)
        self._bound = None

    def _Global(self, node: ast.Global) -> None:
        pass

    def _Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._bind(imported_name(alias))

    def _ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self._bind(imported_name(alias))

    def _Assign(self, node: ast.Assign) -> None:
        self._expr(node.value)
        for target in node.targets:
            self._target(target)

    def _AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        else:
            self._target(node.target)
        self._expr(node.value)
        if isinstance(node.target, ast.Name):
            self._bind(node.target.id)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        if node.value is not None:
            self._expr(node.value)
            self._target(node.target)
        elif not isinstance(node.target, ast.Name):
            self._target(node.target)

    def _Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._read(target.id)
                self._delete(target.id)
            elif isinstance(target, (ast.Tuple, ast.List)):
                self._Delete(ast.Delete(targets=target.elts))
            else:
                self._target(target)

    def _If(self, node: ast.If) -> None:
        self._expr(node.test)
        before = self._bound
        truth = constant_truth(node.test)
        if truth is not None:
            live, dead = (node.body, node.orelse) if truth else (node.orelse, node.body)
            self.run(live, before)
            # What never runs binds nothing, but Python takes its names for those of the function.
            for name in sorted(names_bound_in(dead)):
                self.may_bind.setdefault(name)
            return
        yes = self._branch(node.body, before)
        no = self._branch(node.orelse, before)
        self._bound = _meet(yes, no)

    def _For(self, node: ast.For | ast.AsyncFor) -> None:
        self._expr(node.iter)
        self._loop(node, node.target, at_least_once=runs_at_least_once(node.iter), endless=False)

    _AsyncFor = _For

    def _While(self, node: ast.While) -> None:
        self._expr(node.test)
        always = constant_truth(node.test) is True
        self._loop(node, None, at_least_once=always, endless=always)

    def _loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        target: ast.expr | None,
        *,
        at_least_once: bool,
        endless: bool,
    ) -> None:
        before = None if self._bound is None else set(self._bound)
        loop = _Loop()
        self._loops.append(loop)
        if not at_least_once:
            self._uncertain += 1
        if target is not None:
            self._target(target)
        after_body = self.run(node.body, self._bound)
        if not at_least_once:
            self._uncertain -= 1
        self._loops.pop()
        once = _meet(after_body, *loop.continues)
        finished = None if endless else once if at_least_once else _meet(before, once)
        if finished is not None or node.orelse:
            finished = self._branch(node.orelse, finished)
        self._bound = _meet(finished, *loop.breaks)

    def _Break(self, node: ast.Break) -> None:
        if self._loops and self._bound is not None:
            self._loops[-1].breaks.append(self._bound)
        self._bound = None

    def _Continue(self, node: ast.Continue) -> None:
        if self._loops and self._bound is not None:
            self._loops[-1].continues.append(self._bound)
        self._bound = None

    def _Try(self, node: ast.Try) -> None:
        before = None if self._bound is None else set(self._bound)
        deleted_before = set(self.deleted)
        caught = bool(node.handlers)
        self._uncertain += caught
        after = self.run(node.body, before)
        self._uncertain -= caught
        # An exception may come at any point of the body: only what held before surely holds.
        at_handler = None if before is None else before - (self.deleted - deleted_before)
        ends = [self._branch(node.orelse, after) if node.orelse else after]
        for handler in node.handlers:
            ends.append(self._handler(handler, at_handler))
        if node.finalbody:
            joined = _meet(*ends)
            self.run(node.finalbody, at_handler)
            last = self._bound
            self._bound = None if joined is None or last is None else joined | last
        else:
            self._bound = _meet(*ends)

    _TryStar = _Try

    def _handler(self, handler: ast.ExceptHandler, bound: Bound) -> Bound:
        self._uncertain += 1
        self._bound = None if bound is None else set(bound)
        if handler.type is not None:
            self._expr(handler.type)
        if handler.name:
            self._bind(handler.name)
        after = self.run(handler.body, self._bound)
        if handler.name:
            # `except … as e` unbinds e at the end of the handler.
            self._bound = after
            self._delete(handler.name)
            after = self._bound
        self._uncertain -= 1
        return after

    def _With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._expr(item.context_expr)
            if item.optional_vars is not None:
                self._target(item.optional_vars)
        before = self._bound
        if any(suppresses_exceptions(item.context_expr) for item in node.items):
            after = self._branch(node.body, before)
            self._bound = _meet(before, after)
        else:
            self.run(node.body, before)

    _AsyncWith = _With

    def _Match(self, node: ast.Match) -> None:
        self._expr(node.subject)
        before = self._bound
        ends: list[Bound] = []
        exhaustive = False
        for case in node.cases:
            self._uncertain += 1
            self._bound = None if before is None else set(before)
            self._pattern(case.pattern)
            if case.guard is not None:
                self._expr(case.guard)
            ends.append(self.run(case.body, self._bound))
            self._uncertain -= 1
            if case.guard is None and _is_irrefutable(case.pattern):
                exhaustive = True
        if not exhaustive:
            ends.append(before)
        self._bound = _meet(*ends)

    def _pattern(self, pattern: ast.pattern) -> None:
        for node in walk(pattern):
            if isinstance(node, ast.MatchValue):
                self._expr(node.value)
            elif isinstance(node, ast.MatchClass):
                self._expr(node.cls)
            elif isinstance(node, ast.MatchMapping):
                for key in node.keys:
                    self._expr(key)
            for name in bound_by(node) if isinstance(node, ast.pattern) else ():
                self._bind(name)

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._outside(node, frozenset())
        self._capture(captures_of(node))
        self._bind(node.name)

    def _outside(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, hidden: frozenset[str]
    ) -> None:
        """What is evaluated where a function is defined."""
        annotations = annotations_of(node)
        for expression in outer_expressions(node):
            if expression in annotations:
                self._annotation(expression, hidden)
            else:
                self._expr(expression, hidden)

    def _annotation(self, node: ast.expr, hidden: frozenset[str] = frozenset()) -> None:
        if not self.lazy_annotations:
            self._expr(node, hidden)
            return
        for name in walk(node):
            if isinstance(name, ast.Name) and name.id not in hidden:
                self._mention(name.id)

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: ast.ClassDef) -> None:
        for expression in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self._expr(expression)
        own: set[str] = set()
        for statement in node.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._outside(statement, frozenset(own))
                self._capture(captures_of(statement))
            else:
                self._class_statement(statement, own)
            own.update(name for inner in walk(statement) for name in bound_by(inner))
        self._bind(node.name)

    def _class_statement(self, statement: ast.stmt, own: set[str]) -> None:
        inner = _NameFlow(lazy_annotations=self.lazy_annotations)
        inner.run([statement], set(own))
        for name in (inner.reads - own) | inner.inner_reads:
            self._read(name)
        self._capture(
            Captures(
                frozenset(inner.captures),
                frozenset(inner.captured_binds),
                mentions=frozenset(inner.mentions - own),
            )
        )

    # -- expressions -----------------------------------------------------------------------------

    def _expressions(self, node: ast.AST) -> None:
        for child in children(node):
            if isinstance(child, ast.expr):
                self._expr(child)

    def _expr(self, node: ast.AST, hidden: frozenset[str] = frozenset()) -> None:
        """Evaluate an expression; `hidden` are the names of comprehensions around it."""
        if isinstance(node, ast.Name):
            if node.id not in hidden:
                self._read(node.id)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                for name in mentioned_names(node.value):
                    if name not in hidden:
                        self._mention(name)
        elif isinstance(node, ast.NamedExpr):
            self._expr(node.value, hidden)
            self._bind(node.target.id)
        elif isinstance(node, ast.Lambda):
            for expression in outer_expressions(node):
                self._expr(expression, hidden)
            captures = captures_of(node)
            self._capture(
                Captures(
                    captures.reads - hidden, captures.binds, mentions=captures.mentions - hidden
                )
            )
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node, hidden)
        elif isinstance(node, ast.BoolOp):
            self._expr(node.values[0], hidden)
            self._maybe(node.values[1:], hidden)
        elif isinstance(node, ast.IfExp):
            self._expr(node.test, hidden)
            self._maybe([node.body, node.orelse], hidden)
        elif isinstance(node, ast.Compare):
            self._compare(node, hidden)
        elif isinstance(node, ast.Call) and (text := evaluated_text(node)) is not None:
            for name in identifiers(text) - hidden:
                self._mention(name)
        else:
            for child in children(node):
                if isinstance(child, (ast.expr, ast.keyword, ast.FormattedValue)):
                    self._expr(child, hidden)

    def _compare(self, node: ast.Compare, hidden: frozenset[str]) -> None:
        name = tested_name(node)
        if name is not None:
            self._mention(name)
            return
        self._expr(node.left, hidden)
        self._expr(node.comparators[0], hidden)
        self._maybe(node.comparators[1:], hidden)

    def _maybe(self, nodes: Sequence[ast.expr], hidden: frozenset[str]) -> None:
        """Evaluate expressions that may not be reached: what they bind is not certain."""
        before = None if self._bound is None else set(self._bound)
        self._uncertain += 1
        for node in nodes:
            self._expr(node, hidden)
        self._uncertain -= 1
        self._bound = before

    def _comprehension(self, node: ast.AST, hidden: frozenset[str]) -> None:
        assert isinstance(node, COMPREHENSIONS)
        self._expr(node.generators[0].iter, hidden)
        once = (
            len(node.generators) == 1
            and not node.generators[0].ifs
            and not isinstance(node, ast.GeneratorExp)
            and runs_at_least_once(node.generators[0].iter)
        )
        before = None if self._bound is None else set(self._bound)
        inside = hidden | {
            name
            for generator in node.generators
            for inner in walk(generator.target)
            for name in bound_by(inner)
        }
        self._uncertain += not once
        reads_before = set(self.all_reads)
        self.all_reads.clear()
        for index, generator in enumerate(node.generators):
            if index:
                self._expr(generator.iter, inside)
            for condition in generator.ifs:
                self._expr(condition, inside)
        for element in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self._expr(element, inside)
        if isinstance(node, ast.GeneratorExp):
            self.captures.update(self.all_reads)
        self.inner_reads.update(self.all_reads)
        self.all_reads.update(reads_before)
        self._uncertain -= not once
        if not once:
            self._bound = before

    def _target(self, node: ast.AST) -> None:
        """Assign to a target: names are bound, the insides of subscripts and attributes are read."""
        if isinstance(node, ast.Name):
            self._bind(node.id)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for element in node.elts:
                self._target(element)
        elif isinstance(node, ast.Starred):
            self._target(node.value)
        else:
            for child in children(node):
                if isinstance(child, ast.expr):
                    self._expr(child)

    # -- names -----------------------------------------------------------------------------------

    def _read(self, name: str) -> None:
        self.all_reads.add(name)
        if self._bound is not None and name in self._bound:
            return
        self.reads.add(name)
        if self._is_certain() and name not in self.may_bind:
            self.certain.add(name)

    def _is_certain(self) -> bool:
        """Whether this point is surely reached: no branch, and no loop that may have been left."""
        left = any(loop.breaks or loop.continues for loop in self._loops)
        return self._bound is not None and not self._uncertain and not left

    def _mention(self, name: str) -> None:
        """A name that may be looked up if it exists."""
        if self._bound is None or name not in self._bound:
            self.mentions.add(name)

    def _bind(self, name: str) -> None:
        self.may_bind.setdefault(name)
        if self._bound is not None:
            self._bound.add(name)

    def _delete(self, name: str) -> None:
        self.deleted.add(name)
        if self._bound is not None:
            self._bound.discard(name)

    def _capture(self, captures: Captures) -> None:
        self.captures.update(captures.reads)
        self.captured_binds.update(captures.binds)
        self.mentions.update(captures.mentions)


def tested_name(node: ast.AST) -> str | None:
    """The name in `'x' in dir()` or `'x' not in globals()`: a question whether it exists."""
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1):
        return None
    place = node.comparators[0]
    if isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute):
        # locals().keys()
        place = place.func.value if place.func.attr == "keys" else place
    if (
        isinstance(node.ops[0], (ast.In, ast.NotIn))
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and isinstance(place, ast.Call)
        and isinstance(place.func, ast.Name)
        and place.func.id in NAMESPACE_CALLS
        and not place.args
    ):
        return node.left.value
    return None


def _meet(*states: Bound) -> Bound:
    """What is certainly bound where several paths join."""
    reachable = [state for state in states if state is not None]
    if not reachable:
        return None
    return set.intersection(*reachable) if len(reachable) > 1 else set(reachable[0])


def _is_irrefutable(pattern: ast.pattern) -> bool:
    return (isinstance(pattern, ast.MatchAs) and pattern.pattern is None) or (
        isinstance(pattern, ast.MatchOr) and _is_irrefutable(pattern.patterns[-1])
    )


__all__ = ["FUNCTIONS", "name_facts", "tested_name"]
