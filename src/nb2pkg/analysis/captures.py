"""Which notebook names will a function, class or lambda look up when it runs?"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.analysis.facts import NONE, Names
from nb2pkg.analysis.formulas import mentioned_names
from nb2pkg.analysis.scoping import COMPREHENSIONS, FUNCTIONS, bound_by, local_names
from nb2pkg.analysis.syntax_tree import children, walk


@dataclass(frozen=True, slots=True)
class Captures:
    """Names looked up late, in the notebook's scope.

    reads: looked up when the body runs
    binds: assigned or deleted when the body runs (`global`)
    nested: the part of `reads` that functions, lambdas or generators *inside* the body look up, which
        may happen after the call has returned
    mentions: looked up by a library, if they exist, because a text in the body names them
    """

    reads: Names = NONE
    binds: Names = NONE
    nested: Names = NONE
    mentions: Names = NONE


def captures_of(function: ast.AST) -> Captures:
    """What a function or lambda defined at the notebook's top level captures."""
    walker = _CaptureWalker()
    walker.function_body(function, frozenset(), depth=0)
    return Captures(
        frozenset(walker.reads),
        frozenset(walker.binds),
        frozenset(walker.nested_reads),
        frozenset(walker.mentions),
    )


class _CaptureWalker:
    """Collect names that no scope around them (up to the notebook's) makes local."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.nested_reads: set[str] = set()
        self.mentions: set[str] = set()
        # Visible in the body of a class, but in no scope within it.
        self._of_class: frozenset[str] = NONE

    def function_body(self, function: ast.AST, visible: frozenset[str], depth: int) -> None:
        assert isinstance(function, FUNCTIONS)
        local, declared = local_names(function)
        globals_here = declared - visible
        inside = (visible - globals_here) | local
        if _yields(function):
            depth += 1  # a generator's body runs after the call has returned
        if isinstance(function, ast.Lambda):
            self.visit(function.body, inside, depth)
            return
        if isinstance(function, ast.AsyncFunctionDef):
            depth += 1
        if globals_here:
            self.binds.update(
                name
                for statement in function.body
                for node in walk(statement)
                for name in bound_by(node)
                if name in globals_here
            )
        for statement in function.body:
            self.visit(statement, inside, depth)

    def visit(self, node: ast.AST, visible: frozenset[str], depth: int) -> None:
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                if node.id not in visible:
                    self._read(node.id, depth)
            elif node.id not in visible:
                self._read(node.id, depth)
        elif isinstance(node, FUNCTIONS):
            self._nested_function(node, visible, depth)
        elif isinstance(node, ast.ClassDef):
            self._class(node, visible, depth)
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node, visible, depth)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                self.mentions.update(mentioned_names(node.value) - visible)
        else:
            for child in children(node):
                self.visit(child, visible, depth)

    def _read(self, name: str, depth: int) -> None:
        self.reads.add(name)
        if depth:
            self.nested_reads.add(name)

    def _nested_function(self, node: ast.AST, visible: frozenset[str], depth: int) -> None:
        assert isinstance(node, FUNCTIONS)
        for child in outer_expressions(node):
            self.visit(child, visible, depth)
        seen = visible - self._of_class
        with self._within(NONE):
            self.function_body(node, seen, depth + 1)

    @contextlib.contextmanager
    def _within(self, of_class: frozenset[str]) -> Iterator[None]:
        before, self._of_class = self._of_class, of_class
        yield
        self._of_class = before

    def _class(self, node: ast.ClassDef, visible: frozenset[str], depth: int) -> None:
        for child in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(child, visible, depth)
        visible = visible - self._of_class
        own: set[str] = set()
        for statement in node.body:
            stored = own | _stored_later(statement)
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                stored = own
            with self._within(frozenset(stored - visible)):
                self.visit(statement, visible | stored, depth)
            own.update(name for inner in walk(statement) for name in bound_by(inner))

    def _comprehension(self, node: ast.AST, visible: frozenset[str], depth: int) -> None:
        assert isinstance(node, COMPREHENSIONS)
        self.visit(node.generators[0].iter, visible, depth)
        if isinstance(node, ast.GeneratorExp):
            depth += 1
        inside = (visible - self._of_class) | {
            name
            for generator in node.generators
            for inner in walk(generator.target)
            for name in bound_by(inner)
        }
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        with self._within(NONE):
            for index, generator in enumerate(node.generators):
                self.visit(generator.target, inside, depth)
                if index:
                    self.visit(generator.iter, inside, depth)
                for condition in generator.ifs:
                    self.visit(condition, inside, depth)
            for element in elements:
                self.visit(element, inside, depth)


def _yields(function: ast.AST) -> bool:
    """Whether a function is a generator; the insides of functions in it do not count."""
    stack = list(children(function))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, FUNCTIONS):
            stack.extend(children(node))
    return False


def _stored_later(statement: ast.stmt) -> frozenset[str]:
    """Names that only get a value in this statement of a class body, not names it reads first."""
    if isinstance(statement, ast.Assign):
        return frozenset(
            name
            for target in statement.targets
            for inner in walk(target)
            for name in bound_by(inner)
        ) - frozenset(n.id for n in walk(statement.value) if isinstance(n, ast.Name))
    return frozenset(name for inner in walk(statement) for name in bound_by(inner))


def outer_expressions(function: ast.AST) -> list[ast.expr]:
    """What is evaluated where a function is defined: decorators, defaults and annotations."""
    assert isinstance(function, FUNCTIONS)
    arguments = function.args
    found: list[ast.expr] = []
    found.extend(arguments.defaults)
    found.extend(d for d in arguments.kw_defaults if d is not None)
    if isinstance(function, ast.Lambda):
        return found
    found.extend(function.decorator_list)
    found.extend(annotations_of(function))
    return found


def annotations_of(function: ast.AST) -> list[ast.expr]:
    """The annotations of a function's parameters and of what it returns."""
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every.extend(a for a in (arguments.vararg, arguments.kwarg) if a is not None)
    found = [a.annotation for a in every if a.annotation is not None]
    return [*found, function.returns] if function.returns is not None else found
