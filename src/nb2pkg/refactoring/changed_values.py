"""Which names' values may a statement change, in any way at all?

`dataflow.aliasing` follows what the code says. Where the value of an expression is to be the same further
down, what it may miss counts as well: results that a function kept, functions that are called as values, parts
that all objects of a class have in common, arrays that are written to by their position.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nb2pkg.analysis import FUNCTIONS, Kind, Statement, children, resolve, root_name, walk
from nb2pkg.dataflow import BUILTINS, Program, holders_of
from nb2pkg.dataflow.aliasing import Aliasing, Reach

# numpy's functions that take three values or more, and write into none of them.
_ONLY_READING_WORDS = """
    where linspace logspace geomspace arange interp full full_like select isclose allclose polyfit polyval
    meshgrid histogram histogram2d pad repeat roll tile take trapz average percentile quantile array zeros
    ones stack concatenate insert append delete searchsorted digitize convolve cov corrcoef apply_along_axis
    uniform normal randint integers choice binomial poisson savez
"""
_ONLY_READING = frozenset(_ONLY_READING_WORDS.split())
# What lets functions run while others do.
_IN_BACKGROUND = (
    "create_task", "ensure_future", "Thread", "Timer", "submit", "executor", "call_later", "call_soon",
    "gather", "on_click", "observe(", "settrace", "setprofile", "signal.",
)  # fmt: skip
# Stands for whatever a function that is a value may have kept.
_KEPT = "()"


class ChangedValues:
    """Judges the statements of one program."""

    def __init__(self, program: Program, aliasing: Aliasing) -> None:
        self.program = program
        self.aliasing = aliasing
        self.captured = self._captured_by_functions()
        self.escaping = self._captured_by_values()
        self.origins = self._origins()
        self.lazy = self._used_by_iterators()
        self.in_background = any(
            word in s.text for s in program.statements for word in _IN_BACKGROUND
        )
        self.families = self._families()
        self._known: dict[int, frozenset[str]] = {}

    def at(self, index: int) -> frozenset[str]:
        """The names whose values statement `index` may change; names that it binds not among them."""
        if index not in self._known:
            self._known[index] = self._at(index)
        return self._known[index]

    def _at(self, index: int) -> frozenset[str]:
        statement = self.program.statements[index]
        if statement.kind is Kind.IMPORT:
            return frozenset()
        changed = set(self.aliasing.changed[index].possibly)
        if self.in_background:
            changed |= self.escaping.union(*self.captured.values())
        for name in (statement.facts.reads | statement.facts.all_reads) & self.lazy.keys():
            changed |= self.lazy[name]
        for node in statement.nodes:
            if isinstance(node, ast.Call):
                changed.update(_written_to(node, self.program))
                changed.update(self._made(node))
                if self._is_opaque(node):
                    changed |= {_KEPT, *self.escaping}
        if not changed:
            return frozenset()
        reaches = self._reaches(index)
        while True:
            more = {
                name
                for name in self.program.binders
                if name not in changed and self._is_touched(name, changed, reaches)
            }
            if not more:
                return frozenset(changed)
            changed |= more

    def _is_touched(self, name: str, changed: set[str], reaches: Mapping[str, Reach]) -> bool:
        if self.origins.get(name, frozenset()) & changed:
            return True
        if any(name in family and family & changed for family in self.families):
            return True
        own = reaches.get(name)
        return own is not None and any(
            own.all & reaches[other].all for other in changed if other in reaches
        )

    def _reaches(self, index: int) -> dict[str, Reach]:
        """What each name is, views or holds after statement `index`."""
        found: dict[str, Reach] = {}
        for reaches in self.aliasing.reaches[: index + 1]:
            found.update(reaches)
        return found

    def _made(self, call: ast.Call) -> Iterator[str]:
        """The class of the notebook that a call makes an object of: its `__init__` may change the class."""
        name = getattr(call.func, "id", "")
        if any(
            self.program.statements[i].kind is Kind.CLASS
            for i in self.program.binders.get(name, ())
        ):
            yield name

    def _is_opaque(self, call: ast.Call) -> bool:
        """Whether a call may run any function that is kept somewhere."""
        function = call.func
        if isinstance(function, ast.Name):
            kinds = {
                self.program.statements[i].kind for i in self.program.binders.get(function.id, ())
            }
            return Kind.CODE in kinds or (not kinds and function.id not in BUILTINS)
        if isinstance(function, ast.Attribute):
            return (
                root_name(function) not in self.program.aliases
                and not self.program.effects.is_pure_method(function.attr)
                and not self.program.effects.changes_receiver(function.attr)
            )
        return True

    # -- what the notebook's functions have to do with values ------------------------------------

    def _captured_by_functions(self) -> dict[str, frozenset[str]]:
        """Functions and classes of the notebook → all names that they, and what they call, look up."""
        own: dict[str, set[str]] = {}
        for statement in self.program.statements:
            if statement.kind in (Kind.FUNCTION, Kind.CLASS):
                own.setdefault(statement.facts.order[0], set()).update(statement.facts.captures)
        grew = True
        while grew:
            grew = False
            for names in own.values():
                more = {n for name in names & own.keys() for n in own[name]} - names
                names |= more
                grew = grew or bool(more)
        return {name: frozenset(names) for name, names in own.items()}

    def _captured_by_values(self) -> frozenset[str]:
        """Names that lambdas look up, and functions that are given to something or kept in it."""
        found: set[str] = set()
        for statement in self.program.statements:
            if statement.kind is Kind.CODE:
                found |= statement.facts.captures
            called = {id(n.func) for n in statement.nodes if isinstance(n, ast.Call)}
            for node in statement.nodes:
                if isinstance(node, ast.Name) and id(node) not in called:
                    found |= self.captured.get(node.id, frozenset())
            if any(_decorators(node) for node in statement.nodes):
                found |= statement.facts.captures
        return frozenset(found).union(*(self.captured.get(name, ()) for name in found))

    def _origins(self) -> dict[str, frozenset[str]]:
        """Names → what the functions know that have made their values."""
        found: dict[str, frozenset[str]] = {}
        for statement in self.program.statements:
            if statement.kind is not Kind.CODE:
                continue
            known: set[str] = set()
            for node in statement.nodes:
                if isinstance(node, ast.Call):
                    if isinstance(node.func, ast.Name) and node.func.id in self.captured:
                        known |= self.captured[node.func.id]
                    elif self._is_opaque(node) and not isinstance(node.func, ast.Attribute):
                        known.add(_KEPT)
            for name in statement.facts.order:
                found[name] = found.get(name, frozenset()) | known
        return found

    def _used_by_iterators(self) -> dict[str, frozenset[str]]:
        """Names that may hold an iterator → whatever the code knows that runs when it is used."""
        found: dict[str, frozenset[str]] = {}
        for name in self.program.iterators:
            known = set(self.escaping)
            for index in self.program.binders.get(name, ()):
                statement = self.program.statements[index]
                own = {n.id for n in statement.nodes if isinstance(n, ast.Name)} - {name}
                known |= own.union(*(self.captured.get(n, ()) for n in own))
            found[name] = frozenset(known)
        return found

    def _families(self) -> list[frozenset[str]]:
        """Each class of the notebook with all that may hold one of its objects, or a part of one."""
        classes = [s for s in self.program.statements if s.kind is Kind.CLASS]
        return [
            holders_of(self.program.statements, (), [s.facts.order[0]]) | {s.facts.order[0]}
            for s in classes
            if _has_common_parts(s)
        ]


def _decorators(node: ast.AST) -> list[ast.expr]:
    return getattr(node, "decorator_list", []) if isinstance(node, FUNCTIONS) else []


def _has_common_parts(statement: Statement) -> bool:
    """Whether the objects of a class have something in common that may be changed."""
    assert isinstance(statement.node, ast.ClassDef)
    return any(
        isinstance(inner, (ast.Assign, ast.AnnAssign)) for inner in children(statement.node)
    ) or bool(statement.node.bases)


def _written_to(call: ast.Call, program: Program) -> Iterator[str]:
    """What a call writes into because it is asked to: `np.add(a, 1, out=a)`, `scale(X, copy=False)`."""
    every = [*call.args, *(k.value for k in call.keywords)]
    asked = any(
        k.arg == "out"
        or (k.arg == "copy" and getattr(k.value, "value", True) is False)
        or (k.arg or "").startswith(("inplace", "overwrite"))
        for k in call.keywords
    )
    name = resolve(call.func, program.aliases) or ""
    if not asked:
        by_position = name.startswith("numpy.") and name.rsplit(".", 1)[-1] not in _ONLY_READING
        every = call.args[2:] if by_position else []
    for value in every:
        for node in walk(value):
            if isinstance(node, ast.Name):
                yield node.id
