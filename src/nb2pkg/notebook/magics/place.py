"""Where a text stands in the cell it comes from, and what can be told the user about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from nb2pkg.notebook.magics.equivalent import (
    Becomes,
    Equivalent,
    LeftOut,
    MagicCall,
    NoEqual,
    Remark,
    Unwrapped,
)
from nb2pkg.notebook.magics.plain_cell import Dropped, PlainCell
from nb2pkg.notebook.magics.runs import read_run
from nb2pkg.problems import Diagnostic, Location, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The cell around a text: its position, its own lines, and what earlier cells bound.

    Line 1 of the text is line `above + 1` of the cell.
    """

    position: int
    lines: tuple[str, ...]
    bound: Collection[str]
    shadowed: frozenset[str]
    above: int = 0
    depth: int = 0

    def text(self, first: int, last: int) -> str:
        """Give lines of the cell as the user wrote them."""
        return "\n".join(self.lines[first - 1 : last]).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, with the lines of the cell and the column it was written at."""

    call: MagicCall
    last_line: int
    column: int

    @property
    def line(self) -> int:
        """The first line, 1-based within the cell."""
        return self.call.line


def facts_about(asked: Asked, outcome: Equivalent, place: Place) -> PlainCell:
    """Collect what a translation says besides its code; `source` stays empty."""
    match outcome:
        case Becomes(imports=imports, remarks=remarks, backend=backend):
            return PlainCell(
                source="",
                imports=imports,
                findings=_findings(asked, remarks, place),
                displays_inline=backend,
            )
        case Unwrapped(imports=imports, remarks=remarks):
            return PlainCell(source="", imports=imports, findings=_findings(asked, remarks, place))
        case LeftOut():
            text = place.text(asked.line, asked.last_line)
            return PlainCell(
                source="",
                dropped=(Dropped(line=asked.line, text=text, reason=outcome.reason),),
                requirements=outcome.requirements,
                findings=_findings(asked, outcome.remarks, place),
                displays_inline=outcome.backend,
            )
    return _without_equal(asked, outcome, place)


def joined(first: PlainCell, second: PlainCell) -> PlainCell:
    """Add what `second` says to `first`; the later source stands."""
    return PlainCell(
        source=second.source,
        dropped=first.dropped + second.dropped,
        requirements=_once(first.requirements + second.requirements),
        findings=first.findings + second.findings,
        imports=tuple(sorted({*first.imports, *second.imports})),
        runs=first.runs + second.runs,
        displays_inline=second.displays_inline or first.displays_inline,
    )


def _without_equal(asked: Asked, outcome: NoEqual, place: Place) -> PlainCell:
    remark = Remark(
        severity=Severity.WARNING,
        message=f"{_named(asked.call)} {outcome.why}; it is left out",
        hint=outcome.hint,
    )
    run = read_run(outcome.runs, asked.line) if outcome.runs is not None else None
    return PlainCell(
        source="",
        findings=_findings(asked, (remark,), place),
        runs=(run,) if run is not None else (),
    )


def _named(call: MagicCall) -> str:
    # A command may hold a password, so messages do not repeat it.
    if call.kind in ("system", "getoutput"):
        return "this shell command"
    return f"'{'%%' if call.kind == 'cell' else '%'}{call.name}'"


def _findings(asked: Asked, remarks: Iterable[Remark], place: Place) -> tuple[Diagnostic, ...]:
    in_cell = asked.last_line <= len(place.lines)
    location = Location(
        cell=place.position,
        line=asked.line,
        column=asked.column,
        end_line=asked.last_line,
        end_column=len(place.lines[asked.last_line - 1]) if in_cell else None,
        source_line=place.lines[asked.line - 1] if in_cell else None,
    )
    return tuple(
        Diagnostic(
            code="NB120",
            severity=remark.severity,
            message=remark.message,
            location=location,
            hint=remark.hint,
        )
        for remark in remarks
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
