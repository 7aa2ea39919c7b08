"""What package would a notebook make? The pure line, with the two questions it asks the world."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.checks import run_checks
from nb2pkg.notebook import Limits, Notebook, NotebookFormat
from nb2pkg.planning import (
    Dependencies,
    EnvironmentFacts,
    PackageChoices,
    annotated,
    infer_dependencies,
    observed_from_json,
    plan_package,
    with_contracts,
)
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.ports.extracting import CodeProblem, Environments, Formatter, Json, Progress
from nb2pkg.problems import (
    BadNotebook,
    Diagnostic,
    FindingsError,
    InternalError,
    NothingToExtract,
    Severity,
    in_reading_order,
)
from nb2pkg.rendering.rendering import render_package, settings_code
from nb2pkg.workflows.imported_names import imported_names, imports_of_text
from nb2pkg.workflows.labels import labelled
from nb2pkg.workflows.package_name import check_package_name, choose_package_name
from nb2pkg.workflows.proposal import Proposal, omissions, step_summaries
from nb2pkg.workflows.reading_cells import Reading, read_cells, refuse_unparsable
from nb2pkg.workflows.self_check import faults_of

_NO_HELPERS: Mapping[str, str] = {}
_PANDERA = "pandera[pandas]>=0.24"  # since then its pandas part is a module of its own
_OUR_REPORT = "please report this, with the notebook if you can share it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to propose a package for.

    folder: the absolute folder of the notebook; root: the way to it from the output folder
    is_named: whether the user gave the package's name; owned: the name that our lock file says
    observed: what was seen when a package ran, as JSON; observed_cells: the digest of its cells
    contracts: whether tables between steps are to be checked with pandera, as far as they were seen
    is_script: whether the notebook's file is one, whatever format its text is given in
    python_from: the file of a project that names `python`, which is not run then
    """

    name: str
    format: NotebookFormat
    folder: str
    root: str
    package: str | None = None
    owned: str | None = None
    python: str | None = None
    keep_going: bool = False
    max_bytes: int = Limits().file_bytes
    pure_calls: tuple[str, ...] = ()
    observed: Json = None
    observed_cells: str = ""
    contracts: bool = False
    is_script: bool = False
    python_from: str | None = None


def propose_package(
    data: bytes,
    request: Request,
    *,
    progress: Progress,
    environments: Environments,
    formatter: Formatter,
    test_helpers: Mapping[str, str] = _NO_HELPERS,
) -> Proposal:
    """Say what package a notebook would make; nothing of it is executed, nothing is written.

    Raises:
        BadNotebook: the notebook cannot be read or extracted.
        NothingToExtract: it has no code.
        UsageError: the package cannot have the name that was asked for.
        InternalError: what we made is not sound (NB700).
    """
    limits = Limits(file_bytes=request.max_bytes)
    reading = read_cells(data, request.name, request.format, limits=limits, progress=progress)
    if not request.keep_going:
        refuse_unparsable(reading)
    package = _first_name(request)
    choices = PackageChoices(package=package, pure_calls=request.pure_calls)
    plan, graph = plan_package(reading.notebook, reading.cells, choices, package)
    cells_sha256 = digest_of_cells(reading.notebook)
    run = request.observed if request.observed_cells == cells_sha256 else None
    plan = _as_it_ran(plan, run, contracts=request.contracts)
    names = imported_names(plan)
    requirements = tuple(r for cell in reading.cells for r in cell.requirements)
    if plan.contracts:
        names |= {"pandas", "pandera"}
        requirements += (_PANDERA,)
    facts = environments.read(
        reading.notebook.kernel_name,
        request.folder,
        names,
        request.python,
        requirements,
        request.python_from,
    )
    renamed = _settled_name(package, request, names | facts.local_modules)
    if renamed != package:
        package = renamed
        plan, graph = plan_package(reading.notebook, reading.cells, choices, package)
        plan = _as_it_ran(plan, run, contracts=request.contracts)
    plan = replace(plan, local_modules=tuple(sorted(facts.local_modules)))
    names |= {n for text in facts.local_sources.values() for n in imports_of_text(text)}
    dependencies = infer_dependencies(names, requirements, facts)
    version = facts.python_version or (3, 10)
    tree = render_package(
        plan,
        reading.notebook,
        reading.cells,
        dependencies,
        version,
        request.root,
        test_helpers if run is not None else _NO_HELPERS,
    )
    if not plan.steps and not plan.shared and not plan.setup:
        _refuse_empty(plan, reading)
    files = formatter.format(tree, version)
    _check(files, package, facts.interpreter, version, environments)
    # What stood beside the notebook comes along as it is: its faults are not ours to refuse.
    files |= {f"src/{path}": text for path, text in facts.local_sources.items()}
    return Proposal(
        package=package,
        files=files,
        steps=step_summaries(plan),
        left_out=omissions(plan),
        diagnostics=labelled(
            in_reading_order(
                (
                    *reading.notebook.notes,
                    *_downgraded(reading.findings),
                    *plan.diagnostics,
                    *_coming_along(facts.local_sources),
                    *dependencies.findings,
                    *_passed_over(facts),
                    *_without_pandera(plan, dependencies),
                    *run_checks(reading.notebook, reading.cells, graph),
                )
            ),
            reading.notebook,
        ),
        parameters=tuple(p.name for p in plan.parameters),
        dependencies=tuple(d.requirement for d in dependencies.required),
        python=facts.found_by,
        interpreter=facts.interpreter,
        cells_sha256=cells_sha256,
        settings=settings_code(plan),
    )


def _as_it_ran(plan: PackagePlan, run: Json, *, contracts: bool) -> PackagePlan:
    """The plan with what a run of the same cells has shown, if there was one."""
    if run is None:
        return plan
    plan = annotated(plan, observed_from_json(run))
    return with_contracts(plan) if contracts else plan


def _without_pandera(plan: PackagePlan, dependencies: Dependencies) -> Iterator[Diagnostic]:
    is_there = any(d.distribution == "pandera" and d.pinned for d in dependencies.required)
    if plan.contracts and not is_there:
        yield Diagnostic(
            code="NB534",
            severity=Severity.WARNING,
            message="the package checks its tables with pandera, which the notebook's Python does not have",
            hint="install it there: python -m pip install 'pandera[pandas]'",
        )


def _passed_over(facts: EnvironmentFacts) -> Iterator[Diagnostic]:
    if facts.passed_over:
        yield Diagnostic(
            code="NB019",
            severity=Severity.WARNING,
            message=f"{facts.passed_over}, which is known only by running it; used instead: {facts.found_by}",
            hint="if you trust it, name it yourself, with --python or NB2PKG_PYTHON",
        )


def _coming_along(sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    for path in sources:
        yield Diagnostic(
            code="NB150",
            severity=Severity.NOTE,
            message=f"'{path}' beside the notebook is part of the program; it comes along as src/{path}",
        )
        if _does_something(sources[path]):
            yield Diagnostic(
                code="NB151",
                severity=Severity.NOTE,
                message=f"'{path}' does something when it is imported: where each step is a process of its "
                "own, it does so in each",
                hint="Put what it does into a function that the notebook calls.",
            )


def _does_something(source: str) -> bool:
    """Whether a module calls something when it is imported, and not only under its main guard."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        or isinstance(node, (ast.For, ast.While, ast.With))
        for node in tree.body
    )


def digest_of_cells(notebook: Notebook) -> str:
    """Give the SHA-256 of what a package is made from: kinds, tags and sources, not outputs."""
    digest = hashlib.sha256()
    for cell in notebook.cells:
        for part in (cell.kind.value, "\x1f".join(cell.tags), cell.source):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\x00")
    return digest.hexdigest()


def _first_name(request: Request) -> str:
    if request.package is None:
        return request.owned or choose_package_name(request.name, _beside(request))
    if request.package != request.owned:
        check_package_name(request.package)
    return request.package


def _beside(request: Request) -> frozenset[str]:
    """The name of a script: in its folder, `python -m` would run the script and not a package of that name."""
    return frozenset({request.name}) if request.is_script else frozenset()


def _settled_name(package: str, request: Request, imported: frozenset[str]) -> str:
    """The name once it is known what the notebook imports: a package must not hide those."""
    taken = {name.partition(".")[0] for name in imported}
    if package not in taken:
        return package
    if request.package is not None:
        check_package_name(package, taken)
    return choose_package_name(request.name, {*taken, *_beside(request)})


def _refuse_empty(plan: PackagePlan, reading: Reading) -> None:
    reasons = [d.message for d in plan.diagnostics if d.severity is Severity.WARNING]
    hint = "the code cells hold only imports, or are tagged to be skipped"
    if reasons:
        hint = f"{reasons[0]}; nb2pkg check shows it all"
    raise NothingToExtract(
        "NB110", "nothing to extract: no code is left", hint=hint, notebook=reading.notebook.name
    )


def _downgraded(findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Findings about cells that --keep-going leaves out: they no longer stop anything."""
    return tuple(
        Diagnostic(
            code=finding.code,
            severity=Severity.WARNING,
            message=f"{finding.message}; the cell is left out",
            location=finding.location,
            hint=finding.hint,
        )
        for finding in findings
    )


def _check(
    files: dict[str, str],
    package: str,
    interpreter: str | None,
    version: tuple[int, int],
    environments: Environments,
) -> None:
    faults = faults_of(files, package)
    if faults:
        raise InternalError(
            "NB700",
            f"the package that nb2pkg made is not sound: {faults[0]}"
            + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""),
            hint=_OUR_REPORT,
        )
    if interpreter is None:
        return
    code = {path: text for path, text in files.items() if path.endswith(".py")}
    problems = environments.compile(interpreter, code)
    if problems:
        raise _needs_newer_python(problems[0], version)


def _needs_newer_python(problem: CodeProblem, version: tuple[int, int]) -> BadNotebook:
    shown = ".".join(map(str, version))
    return BadNotebook(
        "NB112",
        f"the notebook uses syntax that its own Python, {shown}, does not know: "
        f"{problem.path}:{problem.line}: {problem.message}",
        hint="name a newer interpreter with --python",
    )


__all__ = ["FindingsError", "Proposal", "Request", "digest_of_cells", "propose_package"]
