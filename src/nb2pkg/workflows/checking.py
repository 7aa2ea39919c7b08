"""Check: what stands between a notebook and a package? Read, parsed, linked, planned; not written."""

from __future__ import annotations

from dataclasses import dataclass

from nb2pkg.checks import run_checks
from nb2pkg.notebook import Limits, NotebookFormat
from nb2pkg.planning import PackageChoices, plan_package
from nb2pkg.ports.extracting import Progress
from nb2pkg.problems import Diagnostic, in_reading_order
from nb2pkg.workflows.labels import labelled
from nb2pkg.workflows.package_name import choose_package_name
from nb2pkg.workflows.reading_cells import read_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What was found about a notebook, in reading order."""

    notebook: str
    findings: tuple[Diagnostic, ...]


def check_notebook(
    data: bytes,
    name: str,
    notebook_format: NotebookFormat,
    *,
    limits: Limits,
    progress: Progress,
    pure_calls: tuple[str, ...] = (),
) -> tuple[Diagnostic, ...]:
    """List everything there is to say about a notebook before it is extracted.

    Raises:
        BadNotebook: the file cannot be read as a Python notebook.
        NothingToExtract: it has no code.
    """
    reading = read_cells(data, name, notebook_format, limits=limits, progress=progress)
    choices = PackageChoices(pure_calls=pure_calls)
    plan, graph = plan_package(reading.notebook, reading.cells, choices, choose_package_name(name))
    findings = (
        *reading.notebook.notes,
        *reading.findings,
        *plan.diagnostics,
        *run_checks(reading.notebook, reading.cells, graph),
    )
    return labelled(in_reading_order(findings), reading.notebook)
