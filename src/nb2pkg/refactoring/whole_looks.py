"""Where does code see every name of the notebook, or its own text, so that no name can change unseen?"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import COMPREHENSIONS, FUNCTIONS, star_names, tested_name, walk
from nb2pkg.problems import Location
from nb2pkg.refactoring.cell_code import CellCode
from nb2pkg.refactoring.name_places import Means, Place

# What these give away is all names, or the source text of code.
_NAMES = frozenset({"globals", "get_ipython", "__annotations__", "In"})
_HERE = frozenset({"locals", "vars", "dir"})  # these look at the scope they are called in
_HISTORY = re.compile(r"_(?:ih|i{1,3}|i\d+)")
_NUMBERED = re.compile(r"Out|_oh|_\d+")
_MEMBERS = frozenset(
    [
        "__closure__",
        "__code__",
        "__globals__",
        "_getframe",
        "currentframe",
        "dump_module",
        "dump_session",
        "f_builtins",
        "f_code",
        "f_globals",
        "f_locals",
        "getframeinfo",
        "getsource",
        "getsourcelines",
        "load_module",
        "load_session",
        "user_global_ns",
        "user_ns",
    ]
)
_MODULES = frozenset(
    [
        "__main__",
        "dis",
        "executing",
        "icecream",
        "ipytest",
        "pysnooper",
        "snoop",
        "sorcery",
        "varname",
    ]
)
_SEEING_MAGICS = frozenset(
    [
        "autopx",
        "edit",
        "hist",
        "history",
        "logstart",
        "macro",
        "psearch",
        "psource",
        "px",
        "recall",
        "rep",
        "rerun",
        "reset",
        "reset_selective",
        "save",
        "store",
        "who",
        "who_ls",
        "whos",
        "xdel",
    ]
)
_BRINGING_MAGICS = frozenset({"load", "loadpy", "pylab", "run"})
_IN_CALL = re.compile(r"magic\(\s*['\"]%*(\w+)(?:['\"],\s*['\"])?([^'\"]*)")
_WITH_SIGN = re.compile(r"(?:^|[\s=;])%{1,2}(\w+)(.*)")
_WITHOUT_SIGN = re.compile(r"^(\w+)(?!\s*[=.,(\[:])(.*)")
_SHARES_NAMES = re.compile(r"\s+(?:-\w+\s+)*-\w*i")


@dataclass(frozen=True, slots=True)
class Look:
    """A place that sees names, and what it does there: `uses globals(), which sees every name`."""

    place: Location
    what: str
    only_evaluates: bool = False


def whole_look(
    codes: Sequence[CellCode], own: Collection[str], *, only_evaluates: bool = True
) -> Look | None:
    """The first place that sees every name; `own` are the names that the notebook binds itself.

    only_evaluates: whether `eval` counts, which uses the names in its text and tells none
    """
    looks = (look for code in codes for look in _looks(code, own))
    return next((look for look in looks if only_evaluates or not look.only_evaluates), None)


def counted_outputs(codes: Sequence[CellCode]) -> Look | None:
    """The first use of an output by its number, which changes when a cell comes in: `Out[3]`, `_3`."""
    for code in codes:
        for place in code.places:
            if place.means is Means.NOTEBOOK and _NUMBERED.fullmatch(place.name):
                return Look(
                    code.place_of(place.node), f"uses '{place.name}', which counts the cells"
                )
    return None


@dataclass(frozen=True, slots=True)
class Bringer:
    """A place that brings names into the notebook which are not written there.

    names: which, where that is known
    """

    place: Location
    text: str
    names: frozenset[str] | None


def bringers(codes: Sequence[CellCode]) -> Iterator[Bringer]:
    """Every `from x import *`, `%run` and `%pylab`, in order."""
    for code in codes:
        for number, line in code.untold:
            if magic_in(line)[0] in _BRINGING_MAGICS:
                yield Bringer(code.line_place(number), line.strip(), None)
        for node in walk(code.tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                names = None if node.level else star_names(node.module)
                text = f"from {'.' * node.level}{node.module or ''} import *"
                yield Bringer(code.place(code.source.start(node)), text, names)


def _looks(code: CellCode, own: Collection[str]) -> Iterator[Look]:
    for number, line in code.untold:
        name, rest = magic_in(line)
        if name in _SEEING_MAGICS or (name == "run" and _SHARES_NAMES.match(f" {rest}")):
            what = f"uses %{name}{' -i' * (name == 'run')}, which sees every name there is"
            yield Look(code.line_place(number), what)
    asked = _asked(code.tree)
    for place in code.places:
        if place.means is Means.NOTEBOOK and place.name not in own and place.node not in asked:
            yield from _look_of_name(code, place)
    for node in walk(code.tree):
        seen = _look_of_node(node)
        if seen is not None:
            yield Look(code.place_of(node), seen)
    guards = {
        inner
        for node in walk(code.tree)
        if isinstance(node, ast.Compare)
        and any(getattr(n, "id", "") == "__name__" for n in walk(node))
        for inner in walk(node)
    }
    for node in walk(code.tree):
        text = written_text(node)
        if text is not None and "__main__" in text and node not in guards:
            yield Look(code.place_of(node), "reaches for the notebook as the module '__main__'")


def magic_in(line: str) -> tuple[str, str]:
    """The magic that a line of IPython's syntax has, and what it is given."""
    text = line.strip()
    found = _IN_CALL.search(text) or _WITH_SIGN.search(text) or _WITHOUT_SIGN.match(text)
    return (found[1], found[2]) if found else ("", "")


def _look_of_name(code: CellCode, place: Place) -> Iterator[Look]:
    name, call = place.name, place.parent
    called = isinstance(call, ast.Call) and call.func is place.node
    if name in _NAMES or _HISTORY.fullmatch(name):
        sees = "every name" if name in ("globals", "get_ipython") else "names or text of cells"
        yield Look(code.place_of(place.node), f"uses {name}{'()' * called}, which sees {sees}")
    elif name in _HERE and not (called and (call.args or _is_in_function(place))):  # type: ignore[attr-defined]
        yield Look(code.place_of(place.node), f"uses {name}{'()' * called}, which sees every name")
    elif name in ("eval", "exec") and not (called and _evaluates_little(call)):
        what = f"uses {name}(): its text may use any name"
        yield Look(code.place_of(place.node), what, only_evaluates=called and name == "eval")


def _evaluates_little(call: ast.AST) -> bool:
    """Whether `eval` or `exec` is given a text that is written out, or a namespace of its own."""
    assert isinstance(call, ast.Call)
    if len(call.args) > 1:
        return True  # `globals()` as the namespace is found for itself
    return bool(call.args) and not call.keywords and written_text(call.args[0]) is not None


def written_text(node: ast.AST) -> str | None:
    """The text of a string that is written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _is_in_function(place: Place) -> bool:
    scope = next((s for s in place.scopes if not isinstance(s, COMPREHENSIONS)), None)
    return isinstance(scope, FUNCTIONS)


def _asked(tree: ast.AST) -> set[ast.AST]:
    """The names inside `'x' in globals()`: they ask for one name only."""
    return {
        inner
        for node in walk(tree)
        if tested_name(node) is not None
        for inner in walk(node)
        if isinstance(inner, ast.Name)
    }


def _look_of_node(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        if node.attr in _MEMBERS:
            return f"uses '{node.attr}', which sees names or text of code"
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
        for module in modules:
            if module and module.split(".")[0] in _MODULES:
                return f"imports '{module}', which sees names or text of code"
        for alias in node.names:
            if isinstance(node, ast.ImportFrom) and alias.name in _MEMBERS:
                return f"uses '{alias.name}', which sees names or text of code"
    elif isinstance(node, (ast.Call, ast.Subscript)):
        given = node.args if isinstance(node, ast.Call) else [node.slice]
        if any(getattr(a, "id", "") == "__name__" for a in given) and _BY_NAME.search(
            ast.unparse(node.func if isinstance(node, ast.Call) else node.value)
        ):
            return "reaches for the notebook as a module"
    return None


_BY_NAME = re.compile(r"modules(?:\.get)?\Z|import_module\Z|__import__\Z")
