"""What does the terminal show after extract? The steps, what flows, what is missing, what is next."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nb2pkg.cli.printable import block, one_line, width
from nb2pkg.cli.terminal import Style, Terminal

if TYPE_CHECKING:
    from nb2pkg.api.extracting import Extraction, FileChange, StepSummary

_WRITTEN = ("create", "replace", "delete", "merge", "conflict")
_WORDS = {
    "create": "created", "replace": "replaced", "delete": "removed", "merge": "merged",
    "keep": "kept as edited", "conflict": "in conflict", "edited": "overwritten, though edited by hand",
    "unchanged": "unchanged",
}  # fmt: skip


def show_extraction(extraction: Extraction, terminal: Terminal) -> None:
    """Show the steps of a package, what was left out, the files, and the next commands."""
    style = terminal.out_style
    for line in _report(extraction, terminal, style):
        terminal.out(line)


def show_refused_changes(extraction: Extraction, terminal: Terminal, *, as_diff: bool) -> None:
    """Show what --diff and --check found."""
    from nb2pkg.api.extracting import diffs

    style = terminal.out_style
    if as_diff:
        for text in diffs(extraction.changes):
            for line in text.rstrip("\n").split("\n"):
                terminal.out(_diff_line(line, style))
    if terminal.verbosity < 0:
        return
    changed = [c for c in extraction.changes if c.writes or c.kind.value == "edited"]
    if not changed:
        terminal.err(f"{one_line(extraction.notebook)}: {_folder(extraction)} is up to date")
        return
    if not as_diff:
        for change in changed:
            terminal.out(f"would be {_WORDS[change.kind.value]}: {one_line(change.path)}")
    terminal.err(f"{one_line(extraction.notebook)}: {_counts(changed, would=True)}")


def _report(extraction: Extraction, terminal: Terminal, style: Style) -> Iterator[str]:
    proposal = extraction.proposal
    arrow = style(_arrow(), "dim")
    changed = [c for c in extraction.changes if c.kind.value != "unchanged"]
    if extraction.is_written:
        outcome = _counts(changed, would=False) if changed else "already up to date"
    else:
        outcome = f"dry run: {_counts(changed, would=True) if changed else 'nothing would change'}"
    head = f"{style(one_line(extraction.notebook), 'bold')} {arrow} "
    yield f"{head}{style(_folder(extraction), 'bold')}  {style(outcome, 'green')}"
    yield ""
    yield from _table(proposal.steps, terminal, style)
    yield ""
    yield from _recorded(extraction, style)
    yield from _left_out(extraction, terminal, style)
    if terminal.verbosity > 0 or not extraction.is_written:
        yield from _files(extraction.changes, style)
    if extraction.is_written:
        yield from _next(extraction, style)


def _table(steps: Sequence[StepSummary], terminal: Terminal, style: Style) -> Iterator[str]:
    rows = [
        (step.name, ranges(step.cells), ", ".join((*step.parameters, *step.options)) or "-",
         ", ".join(f"{n}*" if n in step.results else n for n in step.returns) or "-")
        for step in steps
    ]  # fmt: skip
    head = ("step", "cells", "takes", "gives")
    widths = [max(width(row[i]) for row in (head, *rows)) for i in range(4)]
    widths[1] = min(widths[1], 20)
    room = terminal.columns - 10 - widths[0] - widths[1]
    widths[2] = max(5, min(widths[2], room - min(widths[3], room // 2)))
    widths[3] = max(5, room - widths[2])
    yield (
        "  "
        + "  ".join(style(_padded(h, w), "dim") for h, w in zip(head, widths, strict=True)).rstrip()
    )
    for row in rows:
        cells = [_padded(text, size) for text, size in zip(row, widths, strict=True)]
        yield f"  {style(cells[0], 'cyan')}  {style(cells[1], 'dim')}  {cells[2]}  {cells[3].rstrip()}"
    if any(step.results for step in steps):
        yield f"  {style('* a result of the whole run', 'dim')}"


def _recorded(extraction: Extraction, style: Style) -> Iterator[str]:
    """What came of running the notebook."""
    recording = extraction.recording
    if recording is None:
        return
    tested, steps = recording.tested_steps, len(extraction.proposal.steps)
    functions = recording.tested_functions
    parts = [f"tests on recorded values for {tested} of {steps} steps"]
    if functions:
        parts[0] += f" and {functions} function{'s' if functions > 1 else ''}"
    size = sum(map(len, recording.data.values()))
    if size:
        parts.append(f"{max(size // 1000, 1)} kB in tests/data")
    if recording.comparison.outcome.value == "same":
        parts.append("package and notebook do the same")
    yield f"{style('recorded', 'bold')}  {'; '.join(parts)}"
    yield ""


def _left_out(extraction: Extraction, terminal: Terminal, style: Style) -> Iterator[str]:
    omissions = extraction.proposal.left_out
    if not omissions:
        return
    if terminal.verbosity > 0:
        yield style("left out", "bold")
        for o in omissions:
            text = one_line(o.text.strip().split("\n")[0])
            text = text if width(text) <= 50 else text[:49] + "…"
            yield f"  cell {o.cell}, line {o.line}: {text}  {style(one_line(o.reason), 'dim')}"
    else:
        reasons = Counter(_reason(o.reason) for o in omissions)
        parts = [f"{count} × {one_line(reason)}" for reason, count in reasons.most_common(4)]
        rest = len(omissions) - sum(count for _, count in reasons.most_common(4))
        parts += [f"{rest} more"] if rest else []
        yield f"{style('left out', 'bold')}  {'; '.join(parts)}  {style('(-v lists them)', 'dim')}"
    yield ""


def _files(changes: Sequence[FileChange], style: Style) -> Iterator[str]:
    colours = {"create": "green", "replace": "yellow", "delete": "red", "conflict": "red"}
    yield style("files", "bold")
    for change in changes:
        word = _padded(change.kind.value, 9)
        yield f"  {style(word, colours.get(change.kind.value, 'dim'))}  {one_line(change.path)}"
    yield ""


def _next(extraction: Extraction, style: Style) -> Iterator[str]:
    package = extraction.proposal.package
    folder = relative(extraction.folder)
    root = (
        os.path.dirname(os.path.abspath(extraction.notebook)) if extraction.notebook != "-" else "."
    )
    names = {change.path for change in extraction.changes if change.after is not None}
    yield style("next", "bold")
    if relative(root) != ".":
        yield f"  cd {_word(relative(root))}"
        folder = os.path.relpath(extraction.folder, root)
    if "pyproject.toml" in names:
        yield f"  pip install -e {_word(folder)}"
        yield f"  python -m {package}"
    else:
        yield f"  PYTHONPATH={_word(os.path.join(folder, 'src'))} python -m {package}"
    if any(name.startswith("tests/test_") for name in names):
        yield f"  pytest {_word(folder)}"


def _word(path: str) -> str:
    """A path as a shell reads it: with hidden characters spelled out, as bash and zsh understand them."""
    quoted = shlex.quote(path)
    if one_line(quoted) == quoted:
        return quoted
    return "$'" + one_line(path.replace("\\", "\\\\").replace("'", "\\'")) + "'"


def _counts(changes: Sequence[FileChange], *, would: bool) -> str:
    counts = Counter(change.kind.value for change in changes)
    parts = [f"{counts[kind]} {word}" for kind, word in _WORDS.items() if counts[kind]]
    first, _, rest = ", ".join(parts).partition(" ")
    noun = "file" if first == "1" else "files"
    return f"{first} {noun} {'would be ' if would else ''}{rest}"


def _folder(extraction: Extraction) -> str:
    return one_line(relative(extraction.folder)).rstrip("/") + "/"


def relative(path: str) -> str:
    """The path as a person here would type it."""
    try:
        near = os.path.relpath(path)
    except ValueError:
        return path
    return path if near.count("..") > 2 else near


def ranges(cells: Sequence[int]) -> str:
    """3, 4, 5, 9 as `3-5, 9`."""
    parts: list[str] = []
    start = previous = None
    for cell in (*sorted(cells), None):
        if start is not None and previous is not None and cell != previous + 1:
            parts.append(str(start) if start == previous else f"{start}-{previous}")
            start = cell
        start = cell if start is None else start
        previous = cell
    return ", ".join(parts)


def _reason(text: str) -> str:
    """A reason without its particulars, so that equal ones are counted together."""
    return re.split(r"[:;,\n]", text, maxsplit=1)[0].strip()


def _padded(text: str, size: int) -> str:
    text = one_line(text)
    if width(text) > size:
        while width(text) > size - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (size - width(text))


def _diff_line(line: str, style: Style) -> str:
    shown = block(line)
    if line.startswith(("---", "+++")):
        return style(shown, "bold")
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return style(shown, colours[line[0]]) if line[:1] in colours else shown


def _arrow() -> str:
    import sys

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    return "→" if encoding.startswith("utf") else "->"
