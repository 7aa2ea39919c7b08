"""Can the name of a variable be seen from within the notebook: as that of a function, in an error, in a text?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Kind, Statement, resolve, walk
from nb2pkg.dataflow import BUILTINS, KERNEL_NAMES, Program
from nb2pkg.problems import Location
from nb2pkg.refactoring.cell_code import CellCode
from nb2pkg.refactoring.name_places import Place
from nb2pkg.refactoring.warning_lines import warning_lines

Found = Sequence[tuple[CellCode, Place]]
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What tells who called: tracebacks, profiles, the stack.
_TELLS_CALLERS = re.compile(
    r"\b(?:traceback|inspect|cProfile|profile|pstats|line_profiler|tracemalloc|faulthandler|funcName"
    r"|stack_info|exc_info|__traceback__|f_code|co_name|_getframe|unittest|sys\.setprofile|settrace)\b"
)
# What makes a class, or a thing of its own kind, under a name that is given as a text.
_MAKERS = frozenset(
    [
        "Enum",
        "Flag",
        "IntEnum",
        "IntFlag",
        "NamedTuple",
        "NewType",
        "ParamSpec",
        "StrEnum",
        "TypeVar",
        "TypeVarTuple",
        "TypedDict",
        "create_model",
        "make_dataclass",
        "namedtuple",
        "new_class",
        "type",
    ]
)
_CATCHING = frozenset({"NameError", "UnboundLocalError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and how a name is seen."""

    place: Location
    how: str


def seen_name(name: str, found: Found, codes: Sequence[CellCode], program: Program) -> Seen | None:
    """Where the name that all these places mean is seen by code or by who reads its outputs."""
    found_in = (
        *_in_definitions(name, found, codes),
        *_in_fields(found),
        *_in_warnings(found, codes),
        *_in_errors(name, codes, program),
    )
    return next(iter(found_in), None)


def _in_definitions(name: str, found: Found, codes: Sequence[CellCode]) -> Iterator[Seen]:
    functions = [
        (code, p.node) for code, p in found if isinstance(p.node, _DEFINITIONS) and not p.mangled
    ]
    for code, place in found:
        node, where = place.node, code.place_of(place.node)
        is_type = type(place.parent).__name__ == "TypeAlias" and _binds(node)
        if isinstance(node, ast.ClassDef) or is_type:
            yield Seen(where, "is a class, whose objects show its name")
        elif isinstance(node, _DEFINITIONS) and node.decorator_list:
            yield Seen(where, "is a function with a decorator, which can see its name")
        elif isinstance(node, ast.Name) and _is_made_under(name, node, place.parent):
            yield Seen(where, "is a class that is made under that name")
        elif functions and not _only_calls(node, place.parent):
            yield Seen(where, f"is a function, and cell {code.position} hands it on with its name")
    if not functions:
        return
    for code in codes:
        for number, line in enumerate(code.raw.lines, 1):
            told = _TELLS_CALLERS.search(line)
            if told:
                how = f"is a function, and '{told[0]}' in cell {code.position} tells who called"
                yield Seen(code.line_place(number), how)
    for code, function in functions:
        for inner in walk(function):
            if isinstance(inner, ast.ClassDef):
                where = code.place_of(inner)
                yield Seen(where, "is a function with a class inside, whose objects show its name")
    for code, place in found:
        for _, function in functions:
            if isinstance(place.parent, ast.Call) and not _fits(place.parent, function.args):
                where = code.place_of(place.parent)
                yield Seen(where, "is a function, and the error of this call tells its name")


def _only_calls(node: ast.AST, parent: ast.AST) -> bool:
    """Whether a place of a function's name does no more than call, bind or delete it."""
    if isinstance(node, (*_DEFINITIONS, ast.Global)):
        return True
    if _binds(node):
        return not isinstance(parent, ast.AugAssign)
    return isinstance(parent, ast.Call) and parent.func is node


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _is_made_under(name: str, node: ast.Name, parent: ast.AST) -> bool:
    """`Point = namedtuple("Point", …)`."""
    value = getattr(parent, "value", None)
    if not isinstance(parent, (ast.Assign, ast.AnnAssign)) or not isinstance(value, ast.Call):
        return False
    maker = (resolve(value.func, {}) or "").rpartition(".")[2]
    first = value.args[0] if value.args else None
    return maker in _MAKERS and isinstance(first, ast.Constant) and first.value == name


def _fits(call: ast.Call, arguments: ast.arguments) -> bool:
    """Whether a call gives a function what it needs; what is given with stars may be anything."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(
        k.arg is None for k in call.keywords
    ):
        return True
    positional = [*arguments.posonlyargs, *arguments.args]
    if len(call.args) > len(positional) and arguments.vararg is None:
        return False
    given = {a.arg for a in positional[: len(call.args)]}
    by_name = {a.arg for a in (*arguments.args, *arguments.kwonlyargs)}
    for word in call.keywords:
        assert word.arg is not None
        if word.arg in given & by_name or (word.arg not in by_name and arguments.kwarg is None):
            return False
        given.add(word.arg)
    optional = {a.arg for a in positional[len(positional) - len(arguments.defaults) :]}
    needed = (
        {a.arg for a in positional} - optional
        if arguments.defaults
        else {a.arg for a in positional}
    )
    needed |= {
        a.arg
        for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    }
    return needed <= given


def _in_fields(found: Found) -> Iterator[Seen]:
    for code, place in found:
        if place.node in code.fields.shown:
            yield Seen(code.place_of(place.node), "is shown by its name: {name=}")


def _in_warnings(found: Found, codes: Sequence[CellCode]) -> Iterator[Seen]:
    shown = warning_lines(codes)
    for code, place in found:
        where = code.place_of(place.node)
        if (where.cell, where.line) in shown:
            yield Seen(where, "stands in a line that a warning shows")


# -- errors ------------------------------------------------------------------------------------------


def _in_errors(name: str, codes: Sequence[CellCode], program: Program) -> Iterator[Seen]:
    """`NameError: name 'x' is not defined`, where somebody may see it."""
    catching = [
        code.position
        for code in codes
        for node in walk(code.tree)
        if isinstance(node, ast.ExceptHandler) and _catches(node.type)
    ]
    for statement, certain in _read_without_value(name, program):
        cell = statement.cell
        where = Location(cell=cell, line=statement.line)
        if certain:
            how = f"is read in cell {cell} before it has a value: the error tells its name"
            yield Seen(where, how)
        elif catching:
            how = f"may have no value in cell {cell}, and cell {catching[0]} catches the error"
            yield Seen(where, f"{how}, which tells its name")


def _catches(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    return any(isinstance(n, ast.Name) and n.id in _CATCHING for n in walk(kind))


def _read_without_value(name: str, program: Program) -> Iterator[tuple[Statement, bool]]:
    """The statements that read a name when it may have no value, and whether it surely has none."""
    # A builtin, or what IPython gives, is found where the notebook's own is not.
    is_bound = may_be_bound = name in BUILTINS or name in KERNEL_NAMES
    ever_certain = any(name in s.facts.binds for s in program.statements)
    stays = name not in program.deleted and name not in program.late_binders
    for statement in program.statements:
        facts = statement.facts
        if name in facts.reads and not is_bound:
            yield statement, not may_be_bound and name in facts.certain_reads
        own = statement.kind is not Kind.CODE and name in facts.may_bind
        if name in facts.captures and not is_bound and not own and not (ever_certain and stays):
            yield statement, False
        may_be_bound = may_be_bound or name in facts.may_bind or name in facts.captured_binds
        is_bound = (is_bound and name not in facts.deletes) or name in facts.binds
        if isinstance(statement.node, ast.Delete) and name in facts.deletes:
            may_be_bound = False
