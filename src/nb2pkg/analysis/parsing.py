"""What does a code cell say, once it is read as Python?"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from nb2pkg.analysis.name_flow import name_facts
from nb2pkg.analysis.parsed_cell import Kind, ParsedCell, Statement, UnparsableCell
from nb2pkg.analysis.source_text import SourceText
from nb2pkg.analysis.star_names import star_names
from nb2pkg.analysis.syntax_tree import walk
from nb2pkg.notebook import Cell
from nb2pkg.notebook.magics import PlainCell, shadowed_names, to_plain_python
from nb2pkg.problems import Diagnostic, Location, Severity

_PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_TOO_DEEP = "is nested too deeply for Python's own parser"


def words_of(cells: Iterable[Cell]) -> frozenset[str]:
    """Every word of some cells: names that are not among them nobody uses."""
    return frozenset(word for cell in cells for word in _WORD.findall(cell.source))


def parse_cells(
    cells: Iterable[Cell], words: frozenset[str] | None = None
) -> list[ParsedCell | UnparsableCell]:
    """Read the code cells of a notebook, in order: what a cell means depends on those above it.

    `words` are those of the whole notebook, for callers that hand the cells over one by one.
    """
    if words is None:
        cells = tuple(cells)
        words = words_of(cells)
    parsed: list[ParsedCell | UnparsableCell] = []
    bound: set[str] = set()
    shadowed: set[str] = set()
    lazy_annotations = False
    for cell in cells:
        one = parse_cell(
            cell, bound, shadowed=shadowed, lazy_annotations=lazy_annotations, words=words
        )
        parsed.append(one)
        if isinstance(one, UnparsableCell):
            continue
        shadowed |= shadowed_names(cell.source)
        for statement in one.statements:
            bound |= statement.facts.may_bind
            if _is_star(statement):
                bound.add("*")
            lazy_annotations = lazy_annotations or is_lazy_annotations(statement.node)
    return parsed


def parse_cell(
    cell: Cell,
    bound: Collection[str] = (),
    *,
    shadowed: Collection[str] = (),
    lazy_annotations: bool = False,
    words: frozenset[str] = frozenset(),
) -> ParsedCell | UnparsableCell:
    """Read one cell as Python.

    `bound` are the names that earlier cells bind, `shadowed` those modules' names that they bind to
    something else, and `lazy_annotations` says that annotations are not evaluated (PEP 563).
    `words` are all words of the notebook: those that `from math import *` need bring.
    """
    try:
        plain = to_plain_python(cell.source, cell.position, bound=bound, shadowed=shadowed)
        tree = _parse(plain.source, plain.tree if plain.source == cell.source else None)
        source = SourceText(plain.source)
        lazy = lazy_annotations or any(is_lazy_annotations(node) for node in tree.body)
        statements = tuple(_statements(cell, tree, source, lazy_annotations=lazy))
    except SyntaxError as error:
        return UnparsableCell(cell, (_syntax_finding(cell, error),))
    except (RecursionError, MemoryError):
        return UnparsableCell(cell, (_depth_finding(cell),))
    except ValueError as error:  # the parser says so of NUL bytes
        return UnparsableCell(cell, (_finding(cell, "NB104", f"is not valid Python: {error}"),))
    return ParsedCell(
        cell=cell,
        source=source,
        statements=(
            *_synthetic_imports(cell, plain),
            *(part for s in statements for part in _spelled_out(s, words)),
        ),
        closing_comment=_closing_comment(source, statements),
        dropped=tuple((d.line, d.text, d.reason) for d in plain.dropped),
        requirements=plain.requirements,
        backend=plain.displays_inline,
        findings=plain.findings,
    )


def is_lazy_annotations(node: ast.stmt) -> bool:
    """Whether this is `from __future__ import annotations`."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
    )


def _is_star(statement: Statement) -> bool:
    node = statement.node
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _parse(text: str, parsed: ast.Module | None = None) -> ast.Module:
    with warnings.catch_warnings():
        # "invalid escape sequence" is the notebook's own business.
        warnings.simplefilter("ignore")
        tree = parsed or compile(text, "<cell>", "exec", _PARSE, dont_inherit=True)
        assert isinstance(tree, ast.Module)
        # Errors that only the compiler finds: `return` outside a function, `break` outside a loop.
        compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return tree


def _statements(
    cell: Cell, tree: ast.Module, source: SourceText, *, lazy_annotations: bool
) -> Iterator[Statement]:
    done = 0
    for number, node in enumerate(tree.body):
        start, end = source.start(node), source.end(node)
        tail = _tail(source.text, end)
        yield Statement(
            cell=cell.position,
            number=number,
            node=node,
            source=source,
            start=start,
            end=end,
            lead=_lead(source.text, done, start),
            tail=tail,
            facts=name_facts(node, lazy_annotations=lazy_annotations),
            kind=_kind(node),
            is_last=node is tree.body[-1],
            nodes=tuple(walk(node)),
        )
        done = tail


def _spelled_out(statement: Statement, words: frozenset[str]) -> Iterator[Statement]:
    """`from math import *` as the imports that it stands for, `exec("…")` as its statements."""
    node = statement.node
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and not node.level:
        names = star_names(node.module)
        if names is not None:
            for name in sorted(names & words):
                yield from _stand_ins(statement, f"from {node.module} import {name}")
            return
    text = _executed_text(node)
    if text is not None:
        try:
            parts = list(_stand_ins(statement, text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            parts = []
        if parts:
            yield from parts
            return
    yield statement


def _stand_ins(statement: Statement, text: str) -> Iterator[Statement]:
    """The statements of `text`, in the place of `statement`."""
    source = SourceText(text)
    for node in _parse(text).body:
        start, end = source.start(node), source.end(node)
        yield replace(
            statement, node=node, source=source, start=start, end=end, lead=start, tail=end,
            facts=name_facts(node), kind=_kind(node), is_last=False,
            nodes=tuple(walk(node)),
        )  # fmt: skip


def _executed_text(node: ast.stmt) -> str | None:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "exec"
        and len(node.value.args) == 1
        and not node.value.keywords
        and isinstance(node.value.args[0], ast.Constant)
        and isinstance(node.value.args[0].value, str)
    ):
        return node.value.args[0].value
    return None


_WORD = re.compile(r"\w+")


def _kind(node: ast.stmt) -> Kind:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return Kind.IMPORT
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return Kind.FUNCTION
    if isinstance(node, ast.ClassDef):
        return Kind.CLASS
    return Kind.CODE


def _lead(text: str, done: int, start: int) -> int:
    """Where the comments above a statement begin; its own start where there are none."""
    gap = text[done:start]
    first = gap.find("#")
    return start if first < 0 else done + first


def _tail(text: str, end: int) -> int:
    """Where the comment behind a statement ends, if the rest of the line is one."""
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    rest = text[end:stop].lstrip(" \t;\f")
    return stop if rest.startswith("#") else end


def _closing_comment(source: SourceText, statements: tuple[Statement, ...]) -> str:
    text = source.text[statements[-1].tail :] if statements else source.text
    lines = [line.strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line.startswith("#"))


def _synthetic_imports(cell: Cell, plain: PlainCell) -> Iterator[Statement]:
    """The modules that translated magics use, as if the cell had imported them."""
    for module in plain.imports:
        source = SourceText(f"import {module}")
        (node,) = ast.parse(source.text).body
        end = len(source.text)
        yield Statement(
            cell=cell.position, number=-1, node=node, source=source, start=0, end=end, lead=0,
            tail=end, facts=name_facts(node), kind=Kind.IMPORT, is_last=False,
            nodes=tuple(walk(node)),
        )  # fmt: skip


def _syntax_finding(cell: Cell, error: SyntaxError) -> Diagnostic:
    message = error.msg or "invalid syntax"
    if "too many nested" in message or "too many statically nested" in message:
        return _depth_finding(cell)
    line = error.lineno
    column = None if error.offset is None else max(error.offset - 1, 0)
    lines = cell.source.split("\n")
    shown = lines[line - 1] if line and 0 < line <= len(lines) else None
    hint = 'fix the cell, or tag it "skip"'
    if _looks_like_python_2(message, shown or ""):
        message += " (this looks like Python 2)"
        hint = 'convert the notebook to Python 3 (2to3 does most of it), or tag the cell "skip"'
    return Diagnostic(
        code="NB104",
        severity=Severity.ERROR,
        message=f"cell {cell.position} is not valid Python: {message}",
        location=Location(cell=cell.position, line=line, column=column, source_line=shown),
        hint=hint,
    )


def _looks_like_python_2(message: str, line: str) -> bool:
    words = line.split()
    return (
        "Missing parentheses in call to" in message
        or (bool(words) and words[0] in ("print", "exec", "raise") and "(" not in line)
        or "multiple exception types must be parenthesized" in message
        or "leading zeros in decimal" in message
    )


def _depth_finding(cell: Cell) -> Diagnostic:
    return _finding(cell, "NB109", _TOO_DEEP, hint='split the expression, or tag the cell "skip"')


def _finding(cell: Cell, code: str, what: str, *, hint: str | None = None) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=Severity.ERROR,
        message=f"cell {cell.position} {what}",
        location=Location(cell=cell.position),
        hint=hint or 'fix the cell, or tag it "skip"',
    )
