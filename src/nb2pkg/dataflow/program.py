"""What the notebook is as one program: its statements in order and who binds which name."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2pkg.analysis import (
    Effects,
    Kind,
    ParsedCell,
    Statement,
    bound_by,
    import_aliases,
    namespace_uses,
    only_looks,
    tested_name,
)
from nb2pkg.dataflow.import_world import ImportWorld, import_world, stays_behind
from nb2pkg.dataflow.iterators import iterator_names
from nb2pkg.dataflow.own_effects import effects_here

# Names that a kernel gives a notebook and that no module has.
KERNEL_NAMES = frozenset({"display", "get_ipython", "In", "Out", "_", "__", "___", "exit", "quit"})
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__doc__"}
_CLASS_HOOKS = ("__init_subclass__", "__set_name__", "(type)", "metaclass")


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Top-level statements in document order; an index into `statements` names one of them.

    binders: the statements that may bind a name themselves
    late_binders: the statements whose functions bind it with `global`
    readers: the statements that read a name at once or make something that will
    aliases: what each imported name stands for, where all its imports agree
    static_imports: names that only imports ever bind
    import_world: the statements that change what imports find
    stars: the statements that are `from x import *`
    effects: what calls and methods do here, by `aliases`
    meant_effects: the same, but names that the notebook binds otherwise stand for nothing known
    iterators: names that may hold an iterator
    tested: names that the code asks for, as in `'df' in globals()`
    namespace_readers: statements that look at the namespace itself, or call a function that does
    has_class_hooks: whether making a class may run code of another one: `__init_subclass__`
    """

    statements: tuple[Statement, ...]
    binders: Mapping[str, tuple[int, ...]]
    late_binders: Mapping[str, tuple[int, ...]]
    readers: Mapping[str, tuple[int, ...]]
    deleted: frozenset[str]
    aliases: Mapping[str, str]
    static_imports: frozenset[str]
    import_world: ImportWorld = field(default_factory=ImportWorld)
    stars: tuple[int, ...] = ()
    effects: Effects = field(default_factory=Effects)
    meant_effects: Effects = field(default_factory=Effects)
    iterators: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    namespace_readers: frozenset[int] = frozenset()
    has_class_hooks: bool = False

    def is_static_import(self, statement: Statement) -> bool:
        """Whether a statement imports names that only imports ever bind, so that it may stand anywhere."""
        return statement.kind is Kind.IMPORT and statement.facts.may_bind <= self.static_imports


def is_star(statement: Statement) -> bool:
    """Whether a statement is `from x import *`."""
    names = getattr(statement.node, "names", ())
    return statement.kind is Kind.IMPORT and any(alias.name == "*" for alias in names)


def assemble(cells: Sequence[ParsedCell], pure_calls: Sequence[str] = ()) -> Program:
    """Put the cells' statements in one line and index who binds and reads which name."""
    statements = tuple(s for cell in cells for s in cell.statements)
    binders = _index((i, s.facts.order) for i, s in enumerate(statements))
    late = _index((i, sorted(s.facts.captured_binds)) for i, s in enumerate(statements))
    readers = _index(
        (i, sorted(s.facts.reads | s.facts.captures)) for i, s in enumerate(statements)
    )
    deleted = frozenset(n for s in statements for n in s.facts.deletes)
    aliases = _aliases(statements)
    world = import_world(statements, aliases)
    static = _static_imports(statements, binders, late, deleted, world)
    effects = effects_here(statements, aliases, pure_calls)
    meanings = {
        **{n: m if n in static else f"?.{n}" for n, m in aliases.items()},
        **{n: f"?.{n}" for n in binders if n in BUILTINS and n not in static},
    }
    return Program(
        statements=statements,
        binders=binders,
        late_binders=late,
        readers=readers,
        deleted=deleted,
        aliases=aliases,
        static_imports=static,
        effects=effects,
        meant_effects=replace(effects, aliases=meanings),
        iterators=iterator_names(statements, aliases),
        tested=frozenset(_tested_names(statements)),
        import_world=world,
        stars=tuple(i for i, s in enumerate(statements) if is_star(s)),
        namespace_readers=_namespace_readers(statements, readers),
        has_class_hooks=any(
            hook in s.text for s in statements if s.kind is Kind.CLASS for hook in _CLASS_HOOKS
        ),
    )


def _namespace_readers(
    statements: Sequence[Statement], readers: Mapping[str, tuple[int, ...]]
) -> frozenset[int]:
    found = {i for i, s in enumerate(statements) if looks_at_namespace(s)}
    pending = list(found)
    while pending:
        index = pending.pop()
        if statements[index].kind is Kind.CODE:
            continue
        for reader in readers.get(statements[index].facts.order[0], ()):
            if reader not in found:
                found.add(reader)
                pending.append(reader)
    return frozenset(found)


def only_looks_at(program: Program, expression: ast.expr) -> bool:
    """Whether an expression of the program only looks at values, so that it can be left out."""
    return only_looks(expression, program.meant_effects, program.iterators)


def _tested_names(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in statements:
        if statement.facts.mentions and _NAMESPACE_WORD.search(statement.text):
            for node in statement.nodes:
                name = tested_name(node)
                if name is not None:
                    yield name


_NAMESPACE_WORD = re.compile(r"\b(?:globals|locals|vars|dir)\b")


def looks_at_namespace(statement: Statement) -> bool:
    """Whether a statement's own text has `globals()`, `dir()`, `eval(text)` or the like."""
    return bool((statement.facts.reads | statement.facts.captures) & _NAMESPACE_NAMES) and any(
        True for _ in namespace_uses(statement.node)
    )


_NAMESPACE_NAMES = frozenset({"globals", "locals", "vars", "dir", "eval", "exec"})


def _index(pairs: Iterable[tuple[int, Iterable[str]]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for index, names in pairs:
        for name in names:
            found.setdefault(name, []).append(index)
    return {name: tuple(indices) for name, indices in found.items()}


def _is_written_first(statements: Sequence[Statement], index: int) -> bool:
    """Whether the notebook makes the very module that this statement imports: it stays behind it."""
    node = statements[index].node
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    module = (node.module if isinstance(node, ast.ImportFrom) else None) or node.names[0].name
    name = module.split(".")[0]
    return any(
        f"{name}.py" in s.text or ("sys.modules" in s.text and name in s.text)
        for s in statements[:index]
        if s.kind is Kind.CODE
    )


def _meanings(statements: Sequence[Statement]) -> dict[str, set[str]]:
    meanings: dict[str, set[str]] = {}
    for statement in statements:
        if statement.kind is Kind.IMPORT:
            for name, meaning in import_aliases(statement.node).items():
                meanings.setdefault(name, set()).add(meaning)
    return meanings


def _aliases(statements: Sequence[Statement]) -> dict[str, str]:
    """What each imported name stands for."""
    return {name: min(found) for name, found in _meanings(statements).items()}


def _static_imports(
    statements: Sequence[Statement],
    binders: Mapping[str, tuple[int, ...]],
    late: Mapping[str, tuple[int, ...]],
    deleted: frozenset[str],
    world: ImportWorld,
) -> frozenset[str]:
    """The names that nothing but agreeing imports ever binds, which may stand anywhere."""
    return frozenset(
        name
        for name, found in _meanings(statements).items()
        if len(found) == 1
        and name not in late
        and name not in deleted
        and all(
            not _is_written_first(statements, i) and not stays_behind(statements, i, world)
            if statements[i].kind is Kind.IMPORT
            else _only_repeats(statements[i], name, found)
            for i in binders.get(name, ())
        )
    )


def _only_repeats(statement: Statement, name: str, meanings: Collection[str]) -> bool:
    """Whether code binds a name by importing again, in a loop or a branch, what it already is."""
    if statement.kind is not Kind.CODE or any(isinstance(n, ast.Try) for n in statement.nodes):
        return False
    for node in statement.nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound = import_aliases(node)
            if name in bound and (len(node.names) > 1 or bound[name] not in meanings):
                return False
        elif name in bound_by(node):
            return False
    return True
