"""Laws of reading: name facts agree with CPython's own scoping, and with what code really does."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import symtable
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from nb2pkg.analysis import COMPREHENSIONS, FUNCTIONS
from nb2pkg.analysis.name_flow import NAMESPACE_CALLS
from tests.builders import facts
from tests.properties.random_notebooks import Program, random_notebook, statement

EXAMPLES = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Recorder(dict[str, Any]):
    """A namespace that remembers which names were read before the code itself bound them."""

    def __init__(self, start: dict[str, Any]) -> None:
        super().__init__(start)
        self.bound: set[str] = set()
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name not in self.bound:
            self.read.add(name)
        return super().__getitem__(name)

    def __delitem__(self, name: str) -> None:
        if name not in self.bound:
            self.read.add(name)  # `del` needs the name, as reading does
        super().__delitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.bound.add(name)
        super().__setitem__(name, value)


CHANCE = st.randoms(use_true_random=False)


def next_statement(chance: Random) -> tuple[Program, str]:
    """A statement that may come next in a random notebook; it need not work."""
    program = random_notebook(chance, size=5, digest=False)
    text = statement(program, chance)
    note("\n--\n".join([*program.sources(), text]))
    return program, text


@EXAMPLES
@given(chance=CHANCE)
def test_what_running_binds_reads_and_deletes_is_what_the_facts_say(
    chance: Random,
) -> None:
    program, text = next_statement(chance)
    known = {n: v for n, v in program.names.items() if not n.startswith("__")}
    namespace = Recorder({**known, "__name__": "__main__"})
    before = set(known)
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(text, "<try>", "exec"), namespace)
        except Exception:
            assume(False)
    found = facts(text)
    after = {n for n in namespace if not n.startswith("__")}

    ours = {n for n in namespace.read if n in before}
    assert ours <= found.reads | found.captures | found.mentions
    assert found.certain_reads <= namespace.read | set(dir(builtins))
    assert found.binds <= after
    assert namespace.bound - {"__annotations__", "__builtins__"} <= found.may_bind
    assert before - after <= found.deletes
    assert not found.binds & found.deletes


@EXAMPLES
@given(chance=CHANCE)
def test_scoping_is_that_of_the_compiler(chance: Random) -> None:
    _, text = next_statement(chance)
    try:
        table = symtable.symtable(text, "<try>", "exec")
    except SyntaxError:
        assume(False)
        return
    found = facts(text)
    annotated_only = {s.get_name() for s in table.get_symbols() if _is_only_annotated(s)}

    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    bound |= _bound_by_walrus(table)
    # Python 3.12 inlines comprehensions, and lists their variables among the names around them.
    is_inlined = sys.version_info[:2] == (3, 12)
    inlined = _only_in_comprehensions(text) if is_inlined else set()
    bound -= inlined
    if is_inlined:
        bound |= _walrus_in_comprehensions(ast.parse(text))
    assert found.may_bind | found.deletes == bound - annotated_only
    # `"x" in dir()` is a question about x, and no use of `dir`.
    assert found.all_reads | found.captures | NAMESPACE_CALLS >= _referenced(table) - inlined
    assert found.captures <= _referenced(table) | found.captured_binds
    assert found.captured_binds == _bound_with_global(table)


def _only_in_comprehensions(text: str) -> set[str]:
    """Names that the text binds only as loop variables of comprehensions."""
    tree = ast.parse(text)
    generators = [n for n in ast.walk(tree) if isinstance(n, ast.comprehension)]
    inner = {id(n) for g in generators for n in ast.walk(g.target)}
    stored = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return {n.id for n in stored if id(n) in inner} - {n.id for n in stored if id(n) not in inner}


def _walrus_in_comprehensions(node: ast.AST, *, inside: bool = False) -> set[str]:
    """Names that `[n := v for v in xs]` binds around itself, functions and classes left aside."""
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            continue
        if inside and isinstance(child, ast.NamedExpr):
            found.add(child.target.id)
        found |= _walrus_in_comprehensions(
            child, inside=inside or isinstance(child, COMPREHENSIONS)
        )
    return found


def _is_only_annotated(symbol: symtable.Symbol) -> bool:
    return symbol.is_annotated() and not symbol.is_assigned()


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _scopes(child)


def _referenced(table: symtable.SymbolTable) -> set[str]:
    """Names that code here or in functions and classes inside it looks up in the notebook."""
    here = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    return here | {
        s.get_name()
        for scope in _scopes(table)
        for s in scope.get_symbols()
        if s.is_global() and s.is_referenced()
    }


def _bound_by_walrus(table: symtable.SymbolTable) -> set[str]:
    """Names that comprehensions of this scope bind in it: `:=` leaves a comprehension."""
    return {
        s.get_name()
        for child in table.get_children()
        if _is_comprehension(child)
        for scope in (child, *_scopes(child))
        if _is_comprehension(scope)
        for s in scope.get_symbols()
        if s.is_global() and s.is_assigned()
    }


def _bound_with_global(table: symtable.SymbolTable) -> set[str]:
    return {
        s.get_name()
        for child in table.get_children()
        for scope in (child, *_scopes(child))
        if not _is_comprehension(child)
        for s in scope.get_symbols()
        if s.is_declared_global() and s.is_assigned()
    }


def _is_comprehension(table: symtable.SymbolTable) -> bool:
    return table.get_name() in ("listcomp", "setcomp", "dictcomp", "genexpr")
