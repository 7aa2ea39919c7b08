"""What in a notebook may a library notice that is imported further up?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from nb2pkg.analysis import Kind, Statement, resolve
from nb2pkg.analysis.effect_tables import SETUP_TARGETS
from nb2pkg.dataflow import Program, is_star
from nb2pkg.planning.import_names import STANDARD_LIBRARY
from nb2pkg.refactoring.cell_text import CellText
from nb2pkg.refactoring.whole_text import WholeText


class Against(Enum):
    """Which imports have to stay below it."""

    EVERY = "every import"
    LIBRARIES = "those of libraries, for Python's own notice nothing"
    DRAWING = "those of libraries that draw, or may use one that does"
    NAMED = "those of the libraries that it names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """One place that imports stay below.

    key: its cell, line and number there; end: the line that it ends on
    what: what is done there, in words; modules: the libraries that it names
    """

    key: tuple[int, int, int]
    end: int
    what: str
    against: Against
    modules: frozenset[str] = frozenset()

    def stops(self, modules: frozenset[str]) -> bool:
        """Whether an import of these libraries (their top names) has to stay below."""
        match self.against:
            case Against.EVERY:
                return True
            case Against.LIBRARIES:
                return not modules <= STANDARD_LIBRARY
            case Against.DRAWING:
                return not modules <= STANDARD_LIBRARY | _DRAW_NOTHING
        return bool(modules & self.modules)


# Libraries that neither draw nor import one that does.
_DRAW_NOTHING_WORDS = """
    numpy pandas scipy sklearn PIL requests tqdm yaml joblib bs4 lxml polars pyarrow sqlalchemy
    dateutil pytz torch IPython h5py networkx sympy numba
"""
_DRAW_NOTHING = frozenset(_DRAW_NOTHING_WORDS.split())
_INSTALLS = re.compile(
    r"\b(?:pip3?|conda|mamba|micromamba|uv|poetry|easy_install|apt(?:-get)?|install|clone|make|setup\.py)\b"
)
_HARMLESS_MAGIC = re.compile(
    r"%%?(?:load_ext\s+autoreload\b|autoreload|time\b|timeit|prun|capture|who(?:s|_ls)?\b|cd\b|pwd\b|ls\b|ll\b"
    r"|xmode|pdb|colors|pinfo|precision|watermark|writefile|file\b|history|hist\b|html|HTML|latex|markdown|js"
    r"|javascript|svg|lsmagic|matplotlib\s+(?:-l|--list))"
)
_DRAWING_MAGIC = re.compile(r"%(?:matplotlib|config\s+InlineBackend)")
_NAMING_MAGIC = re.compile(r"%%?(?:who|whos|who_ls|reset|store|save|notebook|psearch|xdel)\b")
_ENVIRONMENT = ("os.environ", "os.putenv", "os.unsetenv", "sys.path", "sys.meta_path", "site.")
_READING = frozenset({"get", "copy", "items", "keys", "values", "index", "count"})
_WARNINGS = ("warnings.", "logging.basicConfig", "logging.disable", "logging.captureWarnings")
_BACKEND = frozenset({"matplotlib.use", "matplotlib.pyplot.switch_backend"})
_LOADING = frozenset(
    {"importlib.import_module", "importlib.reload", "imp.reload", "__import__", "runpy.run_path"}
    | {"runpy.run_module", "exec", "reload"}
)
_ENDING = frozenset({"exit", "quit", "sys.exit", "os._exit"})
_PROGRAMS = ("subprocess.", "os.system", "os.popen", "os.exec", "os.spawn")
_PREPARING = re.compile(
    r"(?:(?:monkey_?)?patch|(?:\w+_)?install|enable|activate|set_?up|init|configure|import_hook)(?:_\w+)?"
    r"|set_backend"
)
_ASKING = frozenset({"hasattr", "dir", "vars", "setattr", "delattr"})


def barriers(whole: WholeText) -> tuple[Barrier, ...]:
    """Everything that imports may have to stay below, in order."""
    found = [*_of_unread_cells(whole), *_of_statements(whole)]
    for text in whole.texts.values():
        found.extend(_of_magics(text))
    return tuple(sorted(found, key=lambda b: b.key))


def tops(statement: Statement) -> frozenset[str]:
    """The top names of the modules that an import brings in."""
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        return frozenset({(node.module or "").split(".")[0]})
    assert isinstance(node, ast.Import)
    return frozenset(alias.name.split(".")[0] for alias in node.names)


def _of_unread_cells(whole: WholeText) -> Iterator[Barrier]:
    for cell in whole.unread:
        yield Barrier(
            key=(cell.position, 0, 0), end=0, what="could not be read", against=Against.EVERY
        )


# -- magics ------------------------------------------------------------------------------------------


def _of_magics(text: CellText) -> Iterator[Barrier]:
    for number, line in text.foreign:
        found = _of_magic(line.strip())
        if found is not None:
            what, against = found
            key = (text.cell.position, number, -1)
            yield Barrier(key=key, end=number, what=what, against=against)


def _of_magic(line: str) -> tuple[str, Against] | None:
    if line.startswith(("%", "!")) and _INSTALLS.search(line):
        return "may install libraries", Against.LIBRARIES
    if _NAMING_MAGIC.match(line):
        return f"uses {line.split()[0]}, which sees every name there is", Against.EVERY
    if _DRAWING_MAGIC.match(line):
        return f"uses {line.split()[0]}", Against.DRAWING
    if line.startswith("%pylab"):
        return "uses %pylab", Against.LIBRARIES
    if _HARMLESS_MAGIC.match(line):
        return None
    if line.startswith(("%run", "%load", "%%")) and not line.startswith("%load_ext"):
        return f"uses {line.split()[0]}", Against.EVERY
    if line.startswith("%"):
        return f"uses {line.split()[0]}", Against.LIBRARIES
    if "get_ipython" in line:
        return "uses get_ipython()", Against.EVERY
    return None


# -- statements --------------------------------------------------------------------------------------

_Reason = tuple[str, Against, frozenset[str]]


def _of_statements(whole: WholeText) -> Iterator[Barrier]:
    program = whole.program
    functions = _functions(whole)
    for index, statement in enumerate(program.statements):
        reasons = []
        if statement.kind is Kind.IMPORT:
            reasons = list(_of_import(statement, whole))
        elif statement.kind is Kind.CODE:
            reasons = [*_of_nodes(statement, whole)]
            if _ends_the_notebook(statement, program):
                reasons.append(("ends the notebook", Against.EVERY, frozenset()))
            if index in program.namespace_readers:
                reasons.append(("looks at every name there is", Against.EVERY, frozenset()))
            called = statement.facts.reads | statement.facts.captures
            for name in sorted(called & functions.keys()):
                for what, against, modules in functions[name]:
                    reasons.append((f"calls {name}(), which {what}", against, modules))
        for what, against, modules in reasons:
            yield Barrier(
                key=whole.key_of(statement),
                end=whole.text_of(statement).lines_of(statement)[1],
                what=what,
                against=against,
                modules=modules,
            )


def _ends_the_notebook(statement: Statement, program: Program) -> bool:
    match statement.node:
        case ast.Raise() | ast.Assert(test=ast.Constant(value=False)):
            return True
        case ast.Expr(value=ast.Call(func=function)):
            return resolve(function, program.aliases) in _ENDING
    return False


def _functions(whole: WholeText) -> Mapping[str, list[_Reason]]:
    """Functions and classes of the notebook with what they do that libraries may notice."""
    definitions = [s for s in whole.program.statements if s.kind in (Kind.FUNCTION, Kind.CLASS)]
    found: dict[str, list[_Reason]] = {}
    for statement in definitions:
        reasons = list(_of_nodes(statement, whole))
        if reasons:
            found.setdefault(statement.facts.order[0], []).extend(reasons)
    while found:
        grew = False
        for statement in definitions:
            name = statement.facts.order[0]
            for other in sorted(statement.facts.captures & found.keys() - {name}):
                if name not in found:
                    found[name] = found[other]
                    grew = True
        if not grew:
            break
    return found


def _of_import(statement: Statement, whole: WholeText) -> Iterator[_Reason]:
    node = statement.node
    if is_star(statement):
        yield (
            "imports everything from a module, over names that are there",
            Against.EVERY,
            frozenset(),
        )
    if getattr(node, "module", None) == "sklearn.experimental":
        yield "enables a part of sklearn", Against.NAMED, frozenset({"sklearn"})
    if statement.number >= 0 and not whole.is_quiet_import(statement):
        module = min(tops(statement)) or "a module beside the notebook"
        yield (
            f"imports '{module}', which may do something when it is imported",
            Against.LIBRARIES,
            frozenset(),
        )


def _of_nodes(statement: Statement, whole: WholeText) -> Iterator[_Reason]:
    program = whole.program
    for node in statement.nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if not whole.is_quiet_import(replace(statement, node=node)):
                yield (
                    f"imports '{getattr(node, 'module', None) or node.names[0].name}', which may do "
                    "something when it is imported",
                    Against.LIBRARIES,
                    frozenset(),
                )
        elif isinstance(node, ast.Call):
            yield from _of_call(node, statement, program)
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            yield from _of_place(node, program)


def _of_call(call: ast.Call, statement: Statement, program: Program) -> Iterator[_Reason]:
    name = resolve(call.func, program.aliases) or ""
    last = name.rsplit(".", 1)[-1] or getattr(call.func, "attr", "")
    none: frozenset[str] = frozenset()
    if (name.startswith(_ENVIRONMENT) and last not in _READING) or (
        name.startswith(_WARNINGS) and last != "warn"
    ):
        yield f"calls {_short(name)}()", Against.LIBRARIES, none
    elif name in _BACKEND:
        yield f"calls {_short(name)}()", Against.DRAWING, none
    elif name in _LOADING:
        yield f"calls {last}()", Against.LIBRARIES, none
    elif name.startswith(_PROGRAMS) and _INSTALLS.search(_texts(statement)):
        yield "may install libraries", Against.LIBRARIES, none
    elif last == "setLevel" or name == "get_ipython":
        yield f"calls {last}()", Against.LIBRARIES, none
    elif _PREPARING.fullmatch(last):
        yield f"calls {last}(), which may prepare what is imported next", Against.LIBRARIES, none
    if name in _ASKING and call.args:
        yield from _of_module(call.args[0], f"calls {name}() on", program)


def _of_place(node: ast.Attribute | ast.Subscript, program: Program) -> Iterator[_Reason]:
    name = resolve(node, program.aliases) or ""
    stores = not isinstance(node.ctx, ast.Load)
    if name == "sys.modules":
        yield "asks which modules are loaded", Against.EVERY, frozenset()
    elif stores:
        target = node.value if isinstance(node, ast.Subscript) else node
        name = resolve(target, program.aliases) or ""
        if name.startswith(_ENVIRONMENT):
            yield f"sets {'.'.join(name.split('.')[:2])}", Against.LIBRARIES, frozenset()
        elif isinstance(node, ast.Attribute) and not name.startswith(tuple(SETUP_TARGETS)):
            yield from _of_module(node.value, "changes", program)


def _of_module(node: ast.expr, doing: str, program: Program) -> Iterator[_Reason]:
    """Code that asks for, or changes, what an imported module has."""
    name = resolve(node, program.aliases) or ""
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(root, ast.Name) and root.id in program.aliases:
        top = name.split(".")[0]
        yield f"{doing} '{top}'", Against.NAMED, frozenset({top})


def _texts(statement: Statement) -> str:
    return " ".join(
        n.value for n in statement.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


def _short(name: str) -> str:
    return ".".join(name.split(".")[-2:])
