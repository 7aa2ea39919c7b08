"""Where may a name of the notebook be meant that is not written as Python: in a text, in IPython's syntax?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import children, resolve, tested_name, walk
from nb2pkg.analysis.captures import annotations_of
from nb2pkg.analysis.formulas import identifiers, mentioned_names
from nb2pkg.analysis.parsing import is_lazy_annotations
from nb2pkg.problems import Location
from nb2pkg.refactoring.cell_code import CellCode, has_word
from nb2pkg.refactoring.whole_looks import magic_in, written_text

# What evaluates a text with the variables of who calls it.
_EVALUATING = frozenset(
    [
        "cProfile.run",
        "cProfile.runctx",
        "eval",
        "exec",
        "numexpr.evaluate",
        "numexpr.re_evaluate",
        "pandas.eval",
        "pandasql.sqldf",
        "profile.run",
        "sympy.var",
        "timeit.Timer",
        "timeit.repeat",
        "timeit.timeit",
        "typing.ForwardRef",
        "typing.cast",
        "var",
    ]
)
# What is looked at elsewhere when its text is not written out, and what is then given a type.
_NOT_OPEN = frozenset({"eval", "exec", "typing.ForwardRef", "typing.cast", "var"})
# Methods that do, with texts that are written out; with others they are mostly something else.
_METHODS = frozenset(
    ["append_where", "eval", "evaluate", "get_where_list", "re_evaluate", "read_where", "where"]
)
# Modules that look for variables where SQL names a table.
_SQL = re.compile(r"\b(?:duckdb|polars|pandasql|chdb|datafusion|fugue|fugue_sql|daft|dask_sql)\b")
_SQL_WORD = re.compile(
    r"\b(?:from|select|join|describe|summarize|pivot|unpivot|insert|update|copy|create|show|table|with)\b",
    re.IGNORECASE,
)
# Magics whose arguments are no names of variables, and those whose cells are no code.
_TAKING_TEXTS = frozenset(
    """
    autoreload cat cd conda config env file load_ext ls mamba matplotlib micromamba mkdir pip pwd reload_ext rm
    rmdir set_env uv writefile
    """.split()  # noqa: SIM905 - a paragraph of names
)
_PROSE = frozenset({"HTML", "SVG", "html", "latex", "markdown", "svg"})
_DOCTEST = re.compile(r"^\s*(?:>>>|\.\.\.)(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TextUse:
    """A place where a name may be meant, and how that is said: `is named in the text of cell 3`."""

    place: Location
    how: str


class TextUses:
    """The places of a notebook at which names may be meant that are not written as Python."""

    def __init__(self, codes: Sequence[CellCode], aliases: Mapping[str, str]) -> None:
        self._codes = codes
        lazy = any(is_lazy_annotations(node) for code in codes for node in code.tree.body)
        uses_sql = any(_SQL.search(code.raw.text) for code in codes)
        self._looked_up: list[tuple[CellCode, ast.AST, frozenset[str]]] = []
        self._strings: list[tuple[CellCode, ast.AST, str]] = []
        self._any_text = False  # whether a text that is put together at run time is looked up
        for code in codes:
            for text in _texts(code.tree):
                self._strings.append((code, text.node, text.text))
                names = _names_in(text.text, uses_sql=uses_sql)
                self._looked_up.append((code, text.node, names))
                if text.has_holes and ("~" in text.text or "@" in text.text):
                    self._any_text = True
            for node, names, is_open in _evaluated(code.tree, aliases):
                self._looked_up.append((code, node, names))
                self._any_text = self._any_text or is_open
            for node, names in _annotated(code.tree, are_texts=lazy):
                self._looked_up.append((code, node, names))

    def of(self, name: str) -> TextUse | None:
        """The first place where a name may be meant, if there is one."""
        return next(self._uses(name), None)

    def _uses(self, name: str) -> Iterator[TextUse]:
        for code in self._codes:
            is_prose = any(magic_in(line)[0] in _PROSE for _, line in code.untold[:1])
            for number, line in code.untold:
                if _may_mean(line, name, only_filled_in=is_prose or _takes_texts(line)):
                    how = f"stands in IPython's own syntax in cell {code.position}"
                    yield TextUse(code.line_place(number), how)
        for code, node, names in self._looked_up:
            if name in names:
                how = f"is named in a text that cell {code.position} has looked up"
                yield TextUse(code.place_of(node), how)
        for code, node, text in self._strings if self._any_text else ():
            if has_word(text, name):
                how = f"stands in a text of cell {code.position} that may be looked up"
                yield TextUse(code.place_of(node), how)


def _takes_texts(line: str) -> bool:
    """Whether a line is a command or a magic that takes no names of variables, save for `{x}` and `$x`."""
    return line.lstrip().startswith("!") or magic_in(line)[0] in _TAKING_TEXTS


def _may_mean(line: str, name: str, *, only_filled_in: bool) -> bool:
    """Whether a line that is not Python may mean a variable, as itself or only as `{x}` and `$x`."""
    if not has_word(line, name):
        return False
    if not only_filled_in:
        return True
    return any(has_word(part, name) for part in re.findall(r"\{[^}]*\}?|\$+[\w.]+", line))


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as far as it is written out; `has_holes` where parts of it are put in when it runs."""

    node: ast.AST
    text: str
    has_holes: bool


def _texts(tree: ast.AST) -> Iterator[_Text]:
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        parts = list(_parts(node))
        text = "".join(part for part in parts if isinstance(part, str))
        if text:
            yield _Text(node, text, any(not isinstance(part, str) for part in parts))
        # The expressions that are put in may hold texts of their own.
        stack.extend([p for p in parts if not isinstance(p, str)] if parts else children(node))


def _parts(node: ast.AST) -> Iterator[str | ast.AST]:
    """The pieces of a text that are written out, and what is put between them; nothing for no text."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            inner = list(_parts(value)) if isinstance(value, (ast.Constant, ast.JoinedStr)) else []
            yield from inner or children(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        sides = [list(_parts(side)) or [side] for side in (node.left, node.right)]
        if any(isinstance(part, str) for side in sides for part in side):
            yield from (part for side in sides for part in side)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "join", "replace", "format_map")
        and list(_parts(node.func.value))
    ):
        yield from _parts(node.func.value)
        yield from (*node.args, *(k.value for k in node.keywords))


def _names_in(text: str, *, uses_sql: bool) -> frozenset[str]:
    names = mentioned_names(text)
    if "kernel.execute" in text:
        names |= identifiers(text)
    if ">>>" in text:
        names |= frozenset(n for line in _DOCTEST.findall(text) for n in identifiers(line))
    if uses_sql and _SQL_WORD.search(text):
        names |= identifiers(text)
    return names


def _evaluated(
    tree: ast.AST, aliases: Mapping[str, str]
) -> Iterator[tuple[ast.AST, frozenset[str], bool]]:
    """What is evaluated as code or asked for by name: the names, or that they cannot be known."""
    for node in walk(tree):
        asked = tested_name(node)
        if asked is not None:
            yield node, frozenset([asked]), False
        if not isinstance(node, ast.Call):
            continue
        called = resolve(node.func, aliases)
        if called not in _EVALUATING and getattr(node.func, "attr", "") not in _METHODS:
            continue
        for argument in (*node.args, *(k.value for k in node.keywords)):
            text = written_text(argument)
            if text is not None:
                yield node, identifiers(text), False
        if called in _EVALUATING and node.args and written_text(node.args[0]) is None:
            is_text = not isinstance(node.args[0], ast.Lambda) and called not in _NOT_OPEN
            yield node, frozenset(), is_text


def _annotated(tree: ast.AST, *, are_texts: bool) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Annotations that are texts: `x: "Frame"`, or all of them (PEP 563)."""
    for node in walk(tree):
        found: list[ast.expr] = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = annotations_of(node)
        elif isinstance(node, ast.AnnAssign):
            found = [node.annotation]
        for annotation in found:
            for inner in walk(annotation):
                text = written_text(inner) if isinstance(inner, ast.expr) else None
                if text is not None:
                    yield inner, identifiers(text)
                elif are_texts and isinstance(inner, ast.Name):
                    yield inner, frozenset([inner.id])
