"""What Python a cell is once IPython has read it, with every line where it was."""

from __future__ import annotations

import ast
import tokenize
import warnings
from dataclasses import dataclass, field
from typing import Any

# IPython gives up there too; each piece of its syntax costs one reading of the whole cell.
MOST_PIECES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMagic:
    """A cell that starts with `%%name arguments`; its body starts on the line after `line`."""

    name: str
    arguments: str
    body: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonText:
    """A cell whose IPython syntax became `get_ipython()` calls.

    `last_lines` says where a call ends that the cell writes over several lines (`!a \\`). Such a
    call is one line of `text`, followed by as many empty ones.
    """

    text: str
    last_lines: dict[int, int] = field(default_factory=dict)


def parse_python(source: str) -> ast.Module | None:
    """Parse `source` as a notebook would, with top-level `await`; None when it is not Python."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the notebook is not our noise
            tree = compile(source, "<cell>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    return tree if isinstance(tree, ast.Module) else None


def read_ipython(source: str) -> CellMagic | PythonText | None:
    """Let IPython's own transformer read `source`; None when even it cannot.

    Nothing runs and no shell is made. IPython is imported here, because it costs some 70 ms that
    notebooks in plain Python need not pay; its transformer cannot be imported without it.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    manager: Any = TransformerManager()  # type: ignore[no-untyped-call,unused-ignore]
    text = source if source.endswith("\n") else source + "\n"
    lines = text.splitlines(keepends=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for clean in manager.cleanup_transforms:
                lines = clean(lines)
            skipped = text.count("\n") - "".join(lines).count("\n")
            if _starts_with_cell_magic(lines, manager):
                return _cell_magic(lines, skipped + 1)
            return _python_text(lines, skipped, manager)
    # Broken input takes IPython's transformers apart in many ways; none of them is a finding.
    except (
        SyntaxError,
        ValueError,
        IndexError,
        AssertionError,
        RuntimeError,
        MemoryError,
        tokenize.TokenError,
    ):
        return None


def _starts_with_cell_magic(lines: list[str], manager: Any) -> bool:
    before = lines
    for transform in manager.line_transforms:
        lines = transform(lines)
    return lines != before


def _cell_magic(lines: list[str], line: int) -> CellMagic:
    name, _, arguments = lines[0][2:].rstrip().partition(" ")
    return CellMagic(name=name, arguments=arguments, body="".join(lines[1:]), line=line)


def _python_text(lines: list[str], skipped: int, manager: Any) -> PythonText | None:
    lines = ["\n"] * skipped + lines
    last_lines: dict[int, int] = {}
    transform_one = manager.do_one_token_transform
    for _ in range(MOST_PIECES):
        changed, after = transform_one(lines)
        if not changed:
            return PythonText(text="".join(lines), last_lines=last_lines)
        lines = _with_lines_kept(lines, list(after), last_lines)
    return None


def _with_lines_kept(before: list[str], after: list[str], last_lines: dict[int, int]) -> list[str]:
    """Put empty lines below the line that `before` had as several."""
    pairs = enumerate(zip(before, after, strict=False))
    at = next((i for i, (old, new) in pairs if old != new), None)
    lost = "".join(before).count("\n") - "".join(after).count("\n")
    if at is None or lost <= 0:
        return after
    line = "".join(before[:at]).count("\n") + 1
    last_lines[line] = line + lost
    return [*after[: at + 1], *["\n"] * lost, *after[at + 1 :]]
