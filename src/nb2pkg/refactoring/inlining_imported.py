"""How does a notebook read with the code of an imported function in the places where it was called?"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import (
    Edit,
    Kind,
    ParsedCell,
    Statement,
    import_aliases,
    only_looks,
    parse_cell,
)
from nb2pkg.dataflow import BUILTINS, Program, assemble
from nb2pkg.notebook import Cell, CellKind
from nb2pkg.planning.imports import single_imports
from nb2pkg.problems import Diagnostic, FindingsError, Severity
from nb2pkg.refactoring.edits import Refactoring
from nb2pkg.refactoring.emptied_cells import edited_cells
from nb2pkg.refactoring.function_body import body_of
from nb2pkg.refactoring.import_barriers import barriers
from nb2pkg.refactoring.inlining_functions import call_edits, inlined_calls, sites_of
from nb2pkg.refactoring.refusals import cannot, place_of
from nb2pkg.refactoring.whole_text import WholeText
from nb2pkg.rendering.import_block import import_block

_OF_MODULES = frozenset(
    {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__"}
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Module:
    """A module beside the notebook, read."""

    name: str
    program: Program

    def definition(self, name: str) -> Statement | None:
        """The one definition of a function that is bound by nothing else."""
        binders = self.program.binders.get(name, ())
        if len(binders) != 1 or name in self.program.late_binders or name in self.program.deleted:
            return None
        statement = self.program.statements[binders[0]]
        return statement if statement.kind is Kind.FUNCTION else None


def inline_imported(
    whole: WholeText,
    name: str,
    binders: Sequence[Statement],
    cell: int | None,
    modules: Mapping[str, str],
) -> Refactoring:
    """Replace the calls of a function that is imported from a module beside the notebook.

    The module stays as it is. What the code needs of it is imported where the function was.

    Raises:
        FindingsError: that would change something, or the module's text is not there (NB806).
    """
    binder = binders[0]
    meaning = whole.program.aliases.get(name, "")
    module_name, _, original = meaning.rpartition(".")
    if not isinstance(binder.node, ast.ImportFrom) or module_name not in modules:
        raise cannot(
            "NB806",
            f"'{name}' is imported from a library: only functions of the notebook, and of modules "
            "beside it, can be inlined",
            statement=binder,
        )
    if len(binders) > 1 or name not in whole.program.static_imports:
        raise cannot("NB806", f"'{name}' is bound more than once", statement=binders[-1])
    if not whole.can_edit(binder):
        raise cannot(
            "NB806", f"cell {binder.cell} has what only IPython understands", statement=binder
        )
    module = _read(module_name, modules[module_name], binder)
    definition = module.definition(original)
    if definition is None:
        raise cannot(
            "NB806",
            f"'{original}' is no function that {module_name} defines once, and in plain sight",
            statement=binder,
        )
    _refuse_changes(whole, module_name, binder)
    body = body_of(definition, binder)
    sites, goes = sites_of(whole, name, binder, cell)
    needed = _needed_imports(whole, module, definition, binder)
    calls = inlined_calls(whole, sites, body, definition)
    edits, emptied = call_edits(calls)
    goes = goes and _only_defines(module, whole)
    gone, own = _import_edits(whole, binder, name, needed, goes=goes)
    note = Diagnostic(
        code="NB806",
        severity=Severity.NOTE,
        message=f"the module {module_name} still has {original}(): other code may use it",
        location=place_of(binder),
    )
    return Refactoring(
        title=f"Inline {name}",
        cells=edited_cells(whole, [*edits, *own], [*gone, *emptied]),
        findings=(note,),
    )


def _read(name: str, text: str, at: Statement) -> _Module:
    source = text.replace("\r\n", "\n").removeprefix("\ufeff")
    cell = parse_cell(Cell(position=1, kind=CellKind.CODE, source=source))
    if not isinstance(cell, ParsedCell) or cell.source.text != source:
        raise cannot("NB806", f"the module {name} is not Python that can be read", statement=at)
    return _Module(name=name, program=assemble([cell]))


def _refuse_changes(whole: WholeText, module: str, at: Statement) -> None:
    """Refuse where the module may be another one by the time the function is called."""
    top = module.split(".")[0]
    for barrier in barriers(whole):
        if top in barrier.modules:
            raise cannot("NB806", f"cell {barrier.key[0]} {barrier.what}", statement=at)
    for cell in whole.notebook.cells:
        if cell.kind is CellKind.CODE and ("reload" in cell.source or f"{top}.py" in cell.source):
            raise cannot(
                "NB806",
                f"cell {cell.position} may load {module} again, or write it",
                statement=at,
            )


def _only_defines(module: _Module, whole: WholeText) -> bool:
    """Whether importing the module does nothing but define, so that the import can go."""
    effects = module.program.meant_effects
    for statement in module.program.statements:
        node = statement.node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.decorator_list:
                    return False
            case ast.Import() | ast.ImportFrom():
                if not whole.is_quiet_import(statement):
                    return False
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Assign(targets=[ast.Name()], value=value):
                if not only_looks(value, effects):
                    return False
            case _:
                return False
    return True


# -- what the code needs -----------------------------------------------------------------------------


def _needed_imports(
    whole: WholeText, module: _Module, definition: Statement, binder: Statement
) -> list[str]:
    """The imports that the notebook lacks for the function's code.

    Raises:
        FindingsError: a name means something else in the notebook (NB806).
    """
    found: list[str] = []
    facts = definition.facts
    for name in sorted(facts.mentions - facts.captures):
        if name in whole.program.binders or name in module.program.binders:
            raise _needs(name, module, binder, "which a text in it names")
    for name in sorted(facts.captures):
        line = _import_for(name, whole, module, binder)
        if line is not None:
            found.append(line)
    return found


def _import_for(name: str, whole: WholeText, module: _Module, binder: Statement) -> str | None:
    program, theirs = whole.program, module.program
    binders = theirs.binders.get(name, ())
    here = program.binders.get(name, ())
    if not binders:
        if name in _OF_MODULES or (name not in BUILTINS and name not in theirs.late_binders):
            raise _needs(name, module, binder, "which is not to be had here")
        if here or name in program.late_binders:
            raise _needs(name, module, binder, "which is something else in the notebook")
        return None
    if len(binders) > 1 or name in theirs.late_binders or name in theirs.deleted:
        raise _needs(name, module, binder, "which the module binds more than once")
    statement = theirs.statements[binders[0]]
    if statement.kind is Kind.IMPORT:
        if getattr(statement.node, "level", 0):
            raise _needs(name, module, binder, "which it imports from its own package")
        if name not in theirs.static_imports:
            raise _needs(name, module, binder, "which the module binds more than once")
        meaning = import_aliases(statement.node)[name]
        line = next(text for own, text in single_imports(statement) if own == name)
    else:
        if name not in statement.facts.binds:
            raise _needs(name, module, binder, "which the module may not have")
        meaning = f"{module.name}.{name}"
        line = f"from {module.name} import {name}"
    if not here and name not in program.late_binders:
        if any(name in s.facts.reads | s.facts.captures for s in program.statements):
            raise _needs(name, module, binder, "a name that the notebook uses already")
        return line
    if name in program.static_imports and program.aliases.get(name) == meaning:
        own = [line for i in here for n, line in single_imports(program.statements[i]) if n == name]
        above = any(i <= whole.index[binder] for i in here)
        return None if line in own and above else line
    raise _needs(name, module, binder, "which is something else in the notebook")


def _needs(name: str, module: _Module, binder: Statement, why: str) -> FindingsError:
    return cannot("NB806", f"the code from {module.name} needs '{name}', {why}", statement=binder)


def _import_edits(
    whole: WholeText, binder: Statement, name: str, needed: Sequence[str], *, goes: bool
) -> tuple[list[Statement], list[tuple[Statement, Edit]]]:
    """What becomes of the import: without the name where it goes, and with what the code needs."""
    node = binder.node
    assert isinstance(node, ast.ImportFrom)
    left = [a for a in node.names if not goes or (a.asname or a.name) != name]
    own = [line for _, line in single_imports(binder)]
    wanted = [line for line in needed if line not in own]
    if not left and not wanted:
        return [binder], []
    lines: list[str] = []
    if len(left) == len(node.names):
        lines.append(binder.text)
    elif left:
        listed = ", ".join(f"{a.name} as {a.asname}" if a.asname else a.name for a in left)
        lines.append(f"from {node.module} import {listed}")
    if wanted:
        lines += [line for line in import_block(wanted, "").split("\n") if line]
    if len(lines) > 1 and not _is_alone(binder):
        raise cannot("NB806", "other code stands on the line of the import", statement=binder)
    return [], [(binder, Edit(binder.start, binder.end, "\n".join(lines)))]


def _is_alone(statement: Statement) -> bool:
    text = statement.source.text
    before = text[text.rfind("\n", 0, statement.start) + 1 : statement.start]
    behind = text[statement.end :].partition("\n")[0].lstrip(" \t;")
    return not before.strip() and (not behind or behind.startswith("#"))
