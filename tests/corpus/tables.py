"""What a reader wants to know of a measurement, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from statistics import median

from .fidelity import Measurement
from .shape import StepShape
from .sweep import Swept

OUTCOMES = (
    "same",
    "differs",
    "refused",
    "package failed",
    "extract crashed",
    "timeout",
    "does not run here",
    "never the same",
)


def measurement_line(measurement: Measurement) -> str:
    """Tell the outcome for one notebook in a line."""
    verdict = measurement.verdict
    detail = verdict.detail
    if verdict.outcome == "same":
        detail = f"{measurement.compared} values"
    if verdict.unannounced:
        detail += f" (not announced: {', '.join(verdict.unannounced)})"
    if verdict.lost_lines:
        detail += f" ({verdict.lost_lines} printed lines not found)"
    name = PurePosixPath(measurement.path).name
    return f"{verdict.outcome:<16} {measurement.id:<27} {name[:44]:<44} {detail[:160]}"


def fidelity_summary(measurements: Sequence[Measurement]) -> str:
    """Tell how many notebooks came out which way, by distribution, and how the steps look."""
    rows: list[tuple[str, ...]] = [("distribution", *OUTCOMES)]
    for name in sorted({m.distribution for m in measurements}):
        rows.append((name, *_counts([m for m in measurements if m.distribution == name])))
    rows.append(("all", *_counts(measurements)))
    compared = sum(m.compared for m in measurements if m.verdict.outcome in ("same", "differs"))
    wrong = sum(len(m.verdict.differing) for m in measurements)
    values = f"{compared} values compared, {wrong} of them different"
    return "\n\n".join([aligned(rows), values, shape_summary(measurements)])


def _counts(measurements: Sequence[Measurement]) -> tuple[str, ...]:
    counted = Counter(m.verdict.outcome for m in measurements)
    return tuple(str(counted[outcome] or "·") for outcome in OUTCOMES)


def shape_summary(measurements: Iterable[Measurement]) -> str:
    """Tell how long and how loosely coupled the step functions are."""
    shapes = [m.shape for m in measurements if m.shape is not None]
    steps = [step for shape in shapes for step in shape.steps]
    if not steps:
        return "no step functions to look at"
    rows = [("of the step functions", "median", "p90", "max")]
    rows.append(("steps in a notebook", *_spread([len(shape.steps) for shape in shapes])))
    rows.append(("statements", *_spread([step.statements for step in steps])))
    rows.append(("parameters", *_spread([step.parameters for step in steps])))
    rows.append(("returned values", *_spread([step.returned for step in steps])))
    rows.append(("steps that share a process", *_spread([shape.fused for shape in shapes])))
    return f"{aligned(rows)}\n\nmost coupled: {_most_coupled(steps)}"


def _spread(numbers: Sequence[int]) -> tuple[str, str, str]:
    ordered = sorted(numbers)
    p90 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
    return (f"{median(ordered):g}", str(p90), str(ordered[-1]))


def _most_coupled(steps: Sequence[StepShape]) -> str:
    worst = sorted(steps, key=lambda step: -(step.parameters + step.returned))[:5]
    return ", ".join(f"{step.name} ({step.parameters} in, {step.returned} out)" for step in worst)


def sweep_summary(swept: Sequence[Swept]) -> str:
    """Tell the exit codes and the diagnostics by distribution, then every failure."""
    exits = sorted({str(s.exit_code) for s in swept})
    rows = [("distribution", "notebooks", *(f"exit {code}" for code in exits), "failures")]
    for name in [*sorted({s.distribution for s in swept}), "all"]:
        rows.append(_sweep_row(name, [s for s in swept if name in (s.distribution, "all")], exits))
    codes = Counter(code for s in swept for code in s.codes)
    listed = [("diagnostic", "notebooks")]
    listed += [(code, str(count)) for code, count in sorted(codes.items())]
    failures = [f"{s.id}  {s.path}\n    {'; '.join(s.problems)[:400]}" for s in swept if s.problems]
    parts = [aligned(rows), aligned(listed), *(failures or ["no failures"])]
    return "\n\n".join(parts)


def _sweep_row(name: str, swept: Sequence[Swept], exits: Sequence[str]) -> tuple[str, ...]:
    counted = Counter(str(s.exit_code) for s in swept)
    failed = sum(bool(s.problems) for s in swept)
    return (name, str(len(swept)), *(str(counted[code] or "·") for code in exits), str(failed))


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Set rows in columns, the first to the left and the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
