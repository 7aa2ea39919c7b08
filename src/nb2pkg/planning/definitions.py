"""Where can each function, class and constant of the notebook live?

A notebook's function looks its globals up when it runs; a module's function does too, in the module.
So a definition may become a module-level one only when every name it looks up is the same for good:
an import, a constant, or another such definition. A function that reads a notebook value takes it as a
keyword argument, and every call passes it. What is left stays where it was: a function inside its
step, closing over the step's own variables, which keeps late binding as it is.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from nb2pkg.analysis import (
    FUNCTIONS,
    Kind,
    Occurrence,
    Statement,
    argument_names,
    bound_by,
    captures_of,
    children,
    local_names,
    occurrences,
    resolve,
    walk,
)
from nb2pkg.analysis.effect_tables import PURE_DECORATORS
from nb2pkg.dataflow import BUILTINS, Program
from nb2pkg.planning.import_blocks import is_import_block
from nb2pkg.planning.static_values import is_literal, is_mutable_display, is_static

_MOST_THREADED = 5  # more keywords than this make a call unreadable; the function stays in its step
_NAMESPACE = frozenset({"globals", "exec", "eval", "get_ipython"})


class Home(Enum):
    """Where a definition lives."""

    MODULE = "a module-level definition"
    THREADED = "a module-level function that takes notebook values as keywords"
    LOCAL = "a definition inside its step"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Definitions:
    """The decision for every definition; statements are named by their index in the program.

    constants: statements that can be module constants
    module_level: definitions that leave their place in the notebook
    threads: function → the notebook values that its calls pass as keywords
    """

    homes: Mapping[int, Home] = field(default_factory=dict)
    constants: frozenset[int] = frozenset()
    threads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    module_level: frozenset[int] = frozenset()


def settle_definitions(
    program: Program, eligible: frozenset[int], parameters: frozenset[str]
) -> Definitions:
    """Decide where every definition and constant among the `eligible` statements can live.

    `parameters` are the names of the pipeline parameters: never constants.
    """
    # Who looks at the namespace itself must find every value in it: none is put elsewhere.
    constants = [] if program.namespace_readers else _constants(program, eligible, parameters)
    constant_names = {n for i in constants for n in program.statements[i].facts.may_bind}
    single = {
        program.statements[i].facts.order[0]: i
        for i in sorted(eligible)
        if program.statements[i].kind in (Kind.FUNCTION, Kind.CLASS)
        and _is_bound_once(program, program.statements[i].facts.order[0])
    }
    fixed = set(program.static_imports) | constant_names | BUILTINS
    modules = _module_level(program, single, fixed)
    threads = _threaded(program, single, modules, fixed, parameters)
    homes = {
        i: Home.MODULE
        if single.get(s.facts.order[0]) == i and s.facts.order[0] in modules
        else Home.THREADED
        if s.facts.order[0] in threads
        else Home.LOCAL
        for i, s in enumerate(program.statements)
        if i in eligible and s.kind in (Kind.FUNCTION, Kind.CLASS)
    }
    return Definitions(
        homes=homes,
        constants=frozenset(constants),
        threads=threads,
        module_level=frozenset(i for i, home in homes.items() if home is not Home.LOCAL),
    )


def movable_definitions(program: Program) -> frozenset[int]:
    """The functions and classes that need only imports and one another, so that they may stand in a module."""
    single = {
        s.facts.order[0]: i
        for i, s in enumerate(program.statements)
        if s.kind in (Kind.FUNCTION, Kind.CLASS) and _is_bound_once(program, s.facts.order[0])
    }
    chosen = _module_level(program, single, set(program.static_imports) | BUILTINS)
    return frozenset(single[name] for name in chosen)


def names_needed(statement: Statement, program: Program) -> frozenset[str]:
    """Every notebook name that a statement looks up, now or later."""
    facts = statement.facts
    mentioned = {n for n in facts.mentions if n in program.binders or n in program.late_binders}
    return facts.reads | facts.captures | mentioned


def _is_builtin(name: str, program: Program) -> bool:
    """Whether a name is Python's own, and nothing of the notebook's."""
    return name in BUILTINS and name not in program.binders and name not in program.late_binders


def _is_bound_once(program: Program, name: str) -> bool:
    return (
        len(program.binders.get(name, ())) == 1
        and name not in program.late_binders
        and name not in program.deleted
    )


# -- constants -----------------------------------------------------------------------------------


def _constants(program: Program, eligible: frozenset[int], parameters: frozenset[str]) -> list[int]:
    found: list[int] = []
    known: set[str] = set()
    aliases = {n: m for n, m in program.aliases.items() if n in program.static_imports}
    for index in sorted(eligible):
        node = program.statements[index].node
        names = program.statements[index].facts.order
        if (
            names
            and is_import_block(program.statements[index], program)
            and all(_is_bound_once(program, n) or n in program.static_imports for n in names)
            and names_needed(program.statements[index], program) - BUILTINS
            <= program.static_imports
        ):
            known.update(names)
            found.append(index)
            continue
        name = constant_target(node)
        bound = _scalar_targets(node) if name is None else [name]
        if not bound or any(
            # A module's `sum = 5` would hide the builtin from the functions above it as well.
            n in parameters | program.tested | BUILTINS or not _is_bound_once(program, n)
            for n in bound
        ):
            continue
        facts = program.statements[index].facts
        if any(
            n not in known and n not in program.static_imports and not _is_builtin(n, program)
            for n in facts.reads | facts.captures
        ):
            continue
        if any(_is_read_before(program, n, index) for n in bound):
            continue
        value = node.value  # type: ignore[attr-defined]
        if is_static(value, known, aliases) and not (name and _is_mutated(program, name, value)):
            known.update(bound)
            found.append(index)
    return found


def constant_target(node: ast.stmt) -> str | None:
    """The one name that a plain assignment binds."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


def _is_read_before(program: Program, name: str, index: int) -> bool:
    """Whether code above asks for a name that has no value yet: `try: x … except NameError:`."""
    return any(
        reader < index and name in program.statements[reader].facts.reads
        for reader in program.readers.get(name, ())
    )


def _scalar_targets(node: ast.stmt) -> list[str]:
    """The names that `low, high = 0.25, 0.75` binds; none where a value could be changed in place."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            names = [t.id for t in targets if isinstance(t, ast.Name)]
            plain = all(
                isinstance(v, (ast.Constant, ast.UnaryOp)) and is_literal(v) for v in values
            )
            return names if plain and len(names) == len(targets) == len(values) else []
    return []


def _is_mutated(program: Program, name: str, value: ast.expr) -> bool:
    """A list that something changes is no constant, even if it is bound once."""
    if is_literal(value) and not is_mutable_display(value):
        return False
    if not is_mutable_display(value):
        return False
    return any(
        not _only_reads(program.statements[i], occurrence, name)
        for i in program.readers.get(name, ())
        for occurrence in occurrences(program.statements[i].node, {name})
    )


def _only_reads(statement: Statement, occurrence: Occurrence, name: str) -> bool:
    """Whether this use of a list or dict surely leaves it as it is: iteration, a lookup, `in`."""
    parents = _parents(statement.node)
    parent = parents.get(occurrence.node)
    if isinstance(parent, ast.Subscript):
        if parent.value is occurrence.node:
            outer = parents.get(parent)
            return isinstance(parent.ctx, ast.Load) and not isinstance(
                outer, (ast.Assign, ast.Attribute, ast.AugAssign, ast.Subscript)
            )
        return True
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("items", "keys", "values", "get", "index", "count", "copy")
    return isinstance(
        parent,
        (ast.For, ast.comprehension, ast.Compare, ast.Call, ast.keyword, ast.BinOp, ast.FormattedValue,
         ast.Expr, ast.Starred, ast.AsyncFor),
    )  # fmt: skip


def _parents(node: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in walk(node) for child in children(parent)}


# -- module-level definitions ----------------------------------------------------------------------


def _module_level(program: Program, single: Mapping[str, int], fixed: set[str]) -> set[str]:
    """The greatest set of definitions that need only fixed names and one another."""
    chosen = {
        name for name, index in single.items() if can_move(program.statements[index], program)
    }
    while True:
        known = fixed | chosen
        kept = {name for name in chosen if _needs_only(program, single[name], known)}
        if kept == chosen:
            return chosen
        chosen = kept


def _needs_only(program: Program, index: int, known: set[str]) -> bool:
    statement = program.statements[index]
    facts = statement.facts
    own = set(facts.order)
    needed = {n for n in names_needed(statement, program) if n not in known} - own
    if program.stars:
        # What nobody binds comes from a star import, and a module can have that too.
        needed = {n for n in needed if n in program.binders or n in program.late_binders}
    return not needed and not facts.captured_binds


def can_move(statement: Statement, program: Program) -> bool:
    """Whether running the definition itself has no effect, so that it may stand anywhere."""
    node = statement.node
    if isinstance(node, ast.ClassDef):
        functions = [n for n in node.body if isinstance(n, FUNCTIONS)]
        decorators = [*node.decorator_list, *(d for f in functions for d in f.decorator_list)]
        own = {f.name for f in functions if not isinstance(f, ast.Lambda)}
        if not all(_is_harmless(b, program) for n in node.body for b in _class_code(n)):
            return False
        if _runs_hooks(statement, program):
            return False
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        decorators, own = node.decorator_list, set()
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        if not all(_is_harmless(d, program) for d in defaults):
            return False
    else:
        return False
    if any(isinstance(n, ast.Name) and n.id in _NAMESPACE for n in walk(node)):
        return False
    return all(_is_pure_decorator(d, program, own) for d in decorators)


def _class_code(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, FUNCTIONS):
        return [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    return [child for child in children(node) if isinstance(child, ast.expr)]


def can_drop(statement: Statement, program: Program) -> bool:
    """Whether a definition that nobody reads can go: it is not told to anyone by being made."""
    node = statement.node
    if isinstance(node, ast.ClassDef) and not all(
        isinstance(base, ast.Name)
        and (
            base.id in BUILTINS
            or program.aliases.get(base.id, "").split(".")[0] in sys.stdlib_module_names
        )
        for base in node.bases
    ):
        return False  # a library's base class may list those derived from it
    return can_move(statement, program)


def _runs_hooks(statement: Statement, program: Program) -> bool:
    """Whether making a class may run code of the notebook's other classes."""
    return program.has_class_hooks and any(
        program.statements[i].kind is Kind.CLASS
        for name in statement.facts.reads
        for i in program.binders.get(name, ())
    )


def _calls_own_function(call: ast.Call, program: Program) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else None
    return (
        any(
            program.statements[i].kind is not Kind.CLASS
            for i in program.binders.get(name or "", ())
        )
        and name not in program.static_imports
    )


def _is_harmless(expression: ast.expr, program: Program) -> bool:
    """An expression evaluated where a definition stands: no prints, no awaits, no assignments."""
    return not any(
        isinstance(node, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom))
        or (
            isinstance(node, ast.Call)
            and (
                getattr(node.func, "id", "") in ("print", "input", "open", "next")
                or _calls_own_function(node, program)
            )
        )
        for node in walk(expression)
    )


def _is_pure_decorator(decorator: ast.expr, program: Program, own: set[str]) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = resolve(function, program.aliases)
    if name is None:
        return False
    parts = name.split(".")
    return (
        name in PURE_DECORATORS
        or f"functools.{name}" in PURE_DECORATORS
        or (parts[0] in own and parts[-1] in ("setter", "getter", "deleter"))
    )


# -- functions that take notebook values as keywords -------------------------------------------------


def _threaded(
    program: Program,
    single: Mapping[str, int],
    modules: set[str],
    fixed: set[str],
    parameters: frozenset[str],
) -> dict[str, tuple[str, ...]]:
    """The functions whose notebook globals can become keyword parameters, with those names."""
    flowing = {
        n for n in (program.binders.keys() | parameters) if n not in fixed and n not in single
    }
    chosen = {
        name
        for name, index in single.items()
        if name not in modules
        and program.statements[index].kind is Kind.FUNCTION
        and can_move(program.statements[index], program)
        and _is_only_called(program, name)
    }
    while True:
        threads = _thread_names(program, single, chosen, flowing)
        kept = {
            name
            for name in chosen
            if _can_thread(program, single[name], threads, fixed | modules | chosen, flowing)
        }
        if kept == chosen:
            order = {name: program.binders.get(name, (-1,))[0] for name in flowing}
            return {
                name: tuple(sorted(threads[name], key=lambda n: (order[n], n))) for name in chosen
            }
        chosen = kept


def _thread_names(
    program: Program, single: Mapping[str, int], chosen: set[str], flowing: set[str]
) -> dict[str, set[str]]:
    needs = {name: names_needed(program.statements[single[name]], program) for name in chosen}
    threads = {name: set(needs[name] & flowing) for name in chosen}
    changed = True
    while changed:
        changed = False
        for name in chosen:
            more = set().union(*(threads[callee] for callee in needs[name] & chosen))
            if not more <= threads[name]:
                threads[name] |= more
                changed = True
    return threads


def _can_thread(
    program: Program,
    index: int,
    threads: Mapping[str, set[str]],
    known: set[str],
    flowing: set[str],
) -> bool:
    statement = program.statements[index]
    node = statement.node
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    name = statement.facts.order[0]
    passed = threads[name]
    if not passed or len(passed) > _MOST_THREADED or statement.facts.captured_binds:
        return False
    if (names_needed(statement, program) - known - flowing - {name}) and not program.stars:
        return False
    if passed & set(argument_names(node.args)) or node.args.kwarg or node.args.posonlyargs:
        return False
    if statement.facts.reads & flowing:
        return False
    if node.decorator_list:
        return False  # a cache, say, would tell calls apart by what is passed
    if not all(_is_there(program, n, name) for n in passed):
        return False
    # What an inner function or a generator looks up after the call has returned is looked up late:
    # passing the value at the call would freeze it.
    late = captures_of(node).nested & flowing
    if any(len(program.binders.get(n, ())) > 1 or n in program.late_binders for n in late):
        return False
    # Whoever calls it must be able to pass the values on: by that name, from the notebook's scope.
    callers = [program.statements[i] for i in program.readers.get(name, ())]
    return all(
        caller.kind is not Kind.CLASS and not passed & _inner_names(caller.node)
        for caller in callers
    )


def _is_there(program: Program, value: str, function: str) -> bool:
    """Whether a value is surely bound wherever the function is called, so that a call can pass it."""
    if value in program.deleted:
        return False
    bound = [
        i for i in program.binders.get(value, ()) if value in program.statements[i].facts.binds
    ]
    first_call = min(_code_readers(program, function), default=None)
    if first_call is None:
        return True
    return value not in program.binders or (bool(bound) and bound[0] < first_call)


def _code_readers(program: Program, function: str) -> set[int]:
    """The statements that may call a function, themselves or through other definitions."""
    found: set[int] = set()
    pending, seen = [function], {function}
    while pending:
        for index in program.readers.get(pending.pop(), ()):
            statement = program.statements[index]
            if statement.kind is Kind.CODE:
                found.add(index)
                continue
            for name in statement.facts.order:
                if name not in seen:
                    seen.add(name)
                    pending.append(name)
    return found


def _inner_names(node: ast.AST) -> set[str]:
    """Every name that some function or comprehension inside `node` makes its own."""
    found: set[str] = set()
    for inner in walk(node):
        if isinstance(inner, FUNCTIONS):
            found |= local_names(inner)[0]
        elif isinstance(inner, ast.comprehension):
            found.update(n for part in walk(inner.target) for n in bound_by(part))
    return found


def _is_only_called(program: Program, name: str) -> bool:
    return all(
        occurrence.call is not None and not _has_double_star(occurrence.call)
        for i in program.readers.get(name, ())
        for occurrence in occurrences(program.statements[i].node, {name})
    )


def _has_double_star(call: ast.Call) -> bool:
    return any(keyword.arg is None for keyword in call.keywords)
