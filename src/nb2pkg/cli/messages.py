"""How is a finding or a stop shown? As compilers show theirs: what, where, the line, the help."""

from __future__ import annotations

from collections.abc import Iterator

from nb2pkg.cli.printable import block, one_line, width
from nb2pkg.cli.terminal import Style, Terminal
from nb2pkg.problems import (
    Diagnostic,
    InternalError,
    Location,
    Nb2pkgError,
    Severity,
    UsageError,
)

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_LONGEST_LINE = 110


def show_stop(error: Nb2pkgError, notebook: str | None, terminal: Terminal) -> None:
    """Show why a command stopped, on standard error."""
    findings = error.findings
    if isinstance(error, UsageError) and error.location.cell is None:
        notebook = None  # it is about the command line
    for number, finding in enumerate(findings):
        if number:
            terminal.err()
        terminal.err(message_text(finding, notebook, terminal.err_style))
    if isinstance(error, InternalError) and error.trace:
        if terminal.debug:
            terminal.err(block(error.trace))
        else:
            terminal.err("   = help: this is a bug in nb2pkg; --debug shows where it comes from")


def show_findings(
    findings: tuple[Diagnostic, ...], notebook: str | None, terminal: Terminal
) -> None:
    """Show findings on standard error: warnings in full, notes on one line unless asked for more."""
    for finding in findings:
        if finding.severity is Severity.NOTE and terminal.verbosity < 1:
            if terminal.verbosity == 0:
                terminal.err(short_text(finding, notebook, terminal.err_style))
        elif finding.severity is not Severity.WARNING or terminal.verbosity >= 0:
            terminal.err(message_text(finding, notebook, terminal.err_style))
            terminal.err()


def short_text(finding: Diagnostic, notebook: str | None, style: Style) -> str:
    """Give a finding as one line."""
    where = finding.location
    parts = [one_line(notebook)] if notebook else []
    parts += [f"cell {where.cell}"] if where.cell is not None else []
    parts += [f"line {where.line}"] if where.cell is not None and where.line else []
    head = style(f"{finding.severity.value}[{finding.code}]", _COLOURS[finding.severity])
    place = style(f" ({', '.join(parts)})", "dim") if parts else ""
    return f"{head}: {one_line(finding.message)}{place}"


def message_text(finding: Diagnostic, notebook: str | None, style: Style) -> str:
    """Give a finding in full, with the line that it is about."""
    return "\n".join(_lines(finding, notebook, style))


def _lines(finding: Diagnostic, notebook: str | None, style: Style) -> Iterator[str]:
    head = style(f"{finding.severity.value}[{finding.code}]", _COLOURS[finding.severity])
    yield f"{head}{style(': ' + one_line(finding.message), 'bold')}"
    where = finding.location
    if notebook is not None and where.cell is not None:
        yield f"  {style('-->', 'blue')} {one_line(notebook)}:{_place(where)}"
    elif notebook is not None and where.line is not None:
        column = "" if where.column is None else f":{where.column + 1}"
        yield f"  {style('-->', 'blue')} {one_line(notebook)}:{where.line}{column}"
    elif notebook is not None:
        yield f"  {style('-->', 'blue')} {one_line(notebook)}"
    gutter = " "
    if where.line is not None and where.source_line is not None:
        number = str(where.line)
        gutter = " " * len(number)
        bar = style("|", "blue")
        text, marks = _marked_line(where)
        yield f" {gutter} {bar}"
        yield f" {style(number, 'blue')} {bar} {text}"
        yield f" {gutter} {bar} {style(marks, _COLOURS[finding.severity])}".rstrip()
    if finding.hint:
        yield f" {gutter} {style('=', 'blue')} {style('help', 'bold')}: {one_line(finding.hint)}"


def _place(where: Location) -> str:
    parts = [f"cell {where.cell}" + (f" ({one_line(where.label)})" if where.label else "")]
    if where.line is not None:
        parts.append(f"line {where.line}")
        if where.column is not None:
            parts.append(f"column {where.column + 1}")
    return ", ".join(parts)


def _marked_line(where: Location) -> tuple[str, str]:
    """Give the source line, cut to a readable width, and the carets below it."""
    source = where.source_line or ""
    start = min(where.column or 0, len(source))
    if where.column is None:
        start = len(source) - len(source.lstrip())
    is_here = where.end_column is not None and where.end_line in (None, where.line)
    end = where.end_column if is_here and where.end_column else len(source.rstrip())
    if where.end_line is None and where.end_column is None and where.column is not None:
        end = start + 1
    end = max(end, start + 1)
    first = max(0, start - _LONGEST_LINE // 2) if len(source) > _LONGEST_LINE else 0
    last = first + _LONGEST_LINE
    before, marked = one_line(source[first:start]), one_line(source[start : min(end, last)])
    shown = before + marked + one_line(source[min(end, last) : last])
    lead = "…" if first else ""
    tail = "…" if len(source) > last else ""
    marks = " " * (len(lead) + width(before)) + "^" * max(1, width(marked))
    return f"{lead}{shown}{tail}", marks
