"""From a notebook to its package: each function picks the real disk, environments and formatter."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from nb2pkg.adapters.configuration import Configuration, read_configuration
from nb2pkg.adapters.guarded import GuardedProcess
from nb2pkg.adapters.notebook_environments import NotebookEnvironments
from nb2pkg.adapters.notebook_files import DiskNotebookFiles
from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.checks import CATALOGUE, Page
from nb2pkg.notebook import Limits
from nb2pkg.ports.extracting import Entry, Json, NotebookSource, Progress, Runs
from nb2pkg.problems import Refused
from nb2pkg.workflows.changes import FileChange, Kind, OnEdits, diffs
from nb2pkg.workflows.checking import CheckReport, check_notebook
from nb2pkg.workflows.extract import Extraction, Wish, extract_notebook
from nb2pkg.workflows.flow_graph import graph_notebook
from nb2pkg.workflows.observations import KeptRun, kept_run
from nb2pkg.workflows.proposal import (
    Omission,
    Proposal,
    StepSummary,
    diagnostic_from_json,
    diagnostic_to_json,
    proposal_from_json,
    proposal_to_json,
)
from nb2pkg.workflows.proposing import Request, propose_package
from nb2pkg.workflows.tagging import CellTag, Tagging, tag_notebook

if TYPE_CHECKING:  # extract need not load what only runs need
    from nb2pkg.workflows.recording import Recording
    from nb2pkg.workflows.running import OpenRuns
    from nb2pkg.workflows.verifying import Verification

DEFAULT_MAX_BYTES = Limits().file_bytes

GraphFormat = Literal["text", "mermaid", "dot", "svg", "html"]


def _say_nothing(text: str) -> None:
    """Nobody wants to know what is run."""


def extract(
    notebook: str,
    *,
    output: str | None = None,
    package: str | None = None,
    python: str | None = None,
    on_edits: OnEdits = OnEdits.STOP,
    write: bool = True,
    keep_going: bool = False,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
    run: bool = False,
    timeout_seconds: float = 3600.0,
    say: Callable[[str], None] = _say_nothing,
    contracts: bool | None = None,
    data: bytes | None = None,
    shown: str | None = None,
    python_from: str | None = None,
) -> Extraction:
    """Turn a notebook into a package, or say what that would change (`write=False`).

    `notebook` is a path, or `-` for standard input; `output` may hold `{package}`. The notebook is
    executed only if `run`: then its types go into the annotations, and its values into tests. It runs in a
    copy of its folder, as does its package, each for at most `timeout_seconds`; `say` hears what is run.
    With `contracts`, the package checks its tables with pandera; None leaves that as it was. `data` is the
    notebook as it is in an editor, as the text of an .ipynb: the file itself is not read then. `shown` is the
    digest of what an earlier call has shown: anything else is not written. `python_from` is the file of a
    project that names `python`, and not the user: that program runs only if the notebook does, by `run`.

    Raises:
        Refused: what would be written is not what was shown (NB413).
        Nb2pkgError: the notebook, the output folder or the environment stands in the way.
    """
    source = source_of(notebook, max_bytes, data)

    def propose(owned: str | None, root: str, kept: KeptRun | None) -> Proposal:
        return _proposed(
            source,
            root=root,
            package=package,
            owned=owned,
            python=python,
            # Who has a project's notebook run trusts the project with as much as its Python.
            python_from=None if run else python_from,
            keep_going=keep_going,
            max_bytes=max_bytes,
            pure_calls=pure_calls,
            observed=kept.observed if kept else None,
            observed_cells=kept.cells_sha256 if kept else "",
            contracts=kept is not None and kept.contracts,
        )

    def record(proposal: Proposal, folder: str) -> Recording:
        from nb2pkg.workflows.recording import record_notebook

        return record_notebook(
            source,
            proposal,
            open_runs=_runs_beside(source, folder),
            with_tests=lambda observed: (
                propose(
                    proposal.package,
                    "..",
                    kept_run(observed, proposal.cells_sha256, {}, contracts=False),
                ).files
            ),
            timeout_seconds=timeout_seconds,
            say=say,
        )

    wish = Wish(
        output=None if output is None else os.path.abspath(output),
        package=package,
        on_edits=on_edits,
        write=write,
        contracts=contracts,
        shown=shown,
    )
    return extract_notebook(
        source,
        wish,
        propose=propose,
        folders=DiskPackageFolders(),
        record=record if run else None,
    )


def verify(
    notebook: str,
    folder: str | None = None,
    *,
    python: str | None = None,
    in_steps: bool = False,
    repeat: int = 1,
    rtol: float = 0.0,
    atol: float = 0.0,
    ptol: float = 0.0,
    timeout_seconds: float = 3600.0,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
) -> Verification:
    """Run a notebook and its package, and compare what they do, step by step.

    Both run in a copy of the notebook's folder, on the notebook's own Python. `folder` is the package's
    (default: the one beside the notebook; where there is none, what extract would write is verified).
    With `in_steps`, the package's step notebooks run, each in a process of its own, as a pipeline runs
    them. The notebook runs `repeat` times, and once more where they differ, to set apart what it does not do
    twice itself. Numbers may be `atol + rtol * |expected|` apart, and `ptol` of a picture's
    pixels another one. `timeout_seconds` is the limit of each run.

    Raises:
        UsageError: `folder` holds no package (NB013).
        EnvironmentFailure: they cannot be run (NB520 to NB522).
        Nb2pkgError: the notebook cannot be read or extracted.
    """
    from nb2pkg.verification import Tolerance
    from nb2pkg.workflows.verifying import verify_notebook

    source = DiskNotebookFiles().read(notebook, max_bytes)

    def propose(owned: str | None) -> Proposal:
        return _proposed(
            source,
            root="..",
            owned=owned,
            python=python,
            max_bytes=max_bytes,
            pure_calls=pure_calls,
        )

    def find_python(kernel_name: str | None) -> tuple[str | None, str]:
        facts = NotebookEnvironments().read(kernel_name, source.folder, (), python, ())
        return facts.interpreter, facts.found_by

    return verify_notebook(
        source,
        None if folder is None else os.path.abspath(folder),
        propose=propose,
        find_python=find_python,
        folders=DiskPackageFolders(),
        open_runs=_runs_beside(source),
        timeout_seconds=timeout_seconds,
        in_steps=in_steps,
        repeat=repeat,
        tolerance=Tolerance(relative=rtol, absolute=atol, pixels=ptol),
    )


def verification_page(verification: Verification) -> str:
    """Give a verification as a self-contained HTML page, with the pictures that differ side by side."""
    from nb2pkg.workflows import verification_page as page

    return page.verification_page(verification)


def check(
    notebook: str,
    *,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
    data: bytes | None = None,
) -> CheckReport:
    """List what stands between a notebook and a package; nothing is written.

    `data` is the notebook as it is in an editor, as the text of an .ipynb: the file itself is not read then.

    Raises:
        Nb2pkgError: the file cannot be read as a Python notebook.
    """
    source = source_of(notebook, max_bytes, data)
    answer = guarded(check_in_child, source, max_bytes, pure_calls)
    findings = tuple(diagnostic_from_json(finding) for finding in answer)
    return CheckReport(notebook=source.path, findings=findings)


def graph(
    notebook: str,
    *,
    format: GraphFormat = "text",
    of_cells: bool = False,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
) -> str:
    """Draw what flows between the steps, or the cells, of a notebook.

    Raises:
        Nb2pkgError: the notebook cannot be read or extracted.
    """
    source = DiskNotebookFiles().read(notebook, max_bytes)
    drawn = guarded(
        graph_in_child, source, max_bytes, pure_calls, of_cells=of_cells, drawn_as=format
    )
    assert isinstance(drawn, str)
    return drawn


def tag(
    notebook: str,
    *,
    write: bool = False,
    max_bytes: int = DEFAULT_MAX_BYTES,
    pure_calls: tuple[str, ...] = (),
    data: bytes | None = None,
) -> Tagging:
    """Suggest `step:` tags for a notebook and, if `write`, put them into its file.

    `data` is the notebook as it is in an editor, as the text of an .ipynb, which then writes the tags itself.

    Raises:
        Refused: the file was saved by somebody else meanwhile (NB412).
        Nb2pkgError: the notebook cannot be read or extracted.
    """
    files = DiskNotebookFiles()
    source = source_of(notebook, max_bytes, data)
    answer = guarded(tag_in_child, source, max_bytes, pure_calls)
    tags = tuple(CellTag(**one) for one in answer["tags"])
    if write and tags and data is None:
        if files.read(notebook, max_bytes).data != source.data:
            raise Refused(
                "NB412", f"{notebook} was saved while nb2pkg was at work", hint="run it again"
            )
        files.write(notebook, answer["text"])
    return Tagging(tags=tags, text=answer["text"])


def explain(code: str) -> Page | None:
    """Give what there is to say about a code such as NB104, or None where there is no such code."""
    return CATALOGUE.get(code.upper())


def codes() -> tuple[str, ...]:
    """List all codes, in order."""
    return tuple(CATALOGUE)


def configuration(folder: str) -> Configuration:
    """Read the settings that hold for notebooks in a folder: the nearest file, then `NB2PKG_*`.

    Raises:
        UsageError: a file or variable says something that is no setting (NB010).
    """
    return read_configuration(folder)


def _runs_beside(source: NotebookSource, *leave_out: str) -> OpenRuns:
    """Open runs in copies of the notebook's folder, without some folders in it."""

    @contextmanager
    def open_runs(interpreter: str, name: str, more: Sequence[str]) -> Iterator[Runs]:
        from nb2pkg.adapters.observed_runs import ObservedRuns
        from nb2pkg.adapters.scratch_folder import ScratchFolder

        with ScratchFolder(source.folder, [*leave_out, *more]) as scratch:
            yield ObservedRuns(interpreter, name, scratch)

    return open_runs


# -- within the guard --------------------------------------------------------------------------------


def propose_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `extract`'s question from within the guard."""
    options["pure_calls"] = tuple(options["pure_calls"])
    proposal = propose_package(
        data,
        Request(**options),
        progress=progress,
        environments=NotebookEnvironments(),
        formatter=RuffFormatter(),
        test_helpers=_test_helpers() if options["observed"] else {},
    )
    return proposal_to_json(proposal)


def _test_helpers() -> dict[str, str]:
    from nb2pkg.adapters.observer_programs import test_helpers

    return test_helpers()


def check_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `check`'s question from within the guard."""
    findings = check_notebook(
        data,
        options["name"],
        options["format"],
        limits=Limits(file_bytes=options["max_bytes"]),
        progress=progress,
        pure_calls=tuple(options["pure_calls"]),
    )
    return [diagnostic_to_json(finding) for finding in findings]


def graph_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `graph`'s question from within the guard."""
    drawn = graph_notebook(
        data,
        options["name"],
        options["format"],
        limits=Limits(file_bytes=options["max_bytes"]),
        progress=progress,
        of_cells=options["of_cells"],
        pure_calls=tuple(options["pure_calls"]),
    )
    from nb2pkg.workflows import graph_picture, graph_text

    draw = {
        "text": graph_text.plain_text,
        "mermaid": graph_text.mermaid,
        "dot": graph_text.dot,
        "svg": graph_picture.svg,
        "html": graph_picture.html,
    }
    return draw[options["drawn_as"]](drawn)


def tag_in_child(data: bytes, options: Json, progress: Progress) -> Json:
    """Answer `tag`'s question from within the guard."""
    tagging = tag_notebook(
        data,
        options["name"],
        options["format"],
        limits=Limits(file_bytes=options["max_bytes"]),
        progress=progress,
        pure_calls=tuple(options["pure_calls"]),
    )
    return asdict(tagging)


def _proposed(source: NotebookSource, **wishes: Json) -> Proposal:
    """Ask, within the guard, what a notebook's package would be."""
    request = Request(
        name=source.name,
        format=source.format,
        folder=source.folder,
        is_script=source.is_script,
        **wishes,
    )
    return proposal_from_json(GuardedProcess().call(propose_in_child, source.data, asdict(request)))


def source_of(notebook: str, max_bytes: int, data: bytes | None) -> NotebookSource:
    """Give a notebook with what its path says: as its file is, or as `data`, the text of an .ipynb, says."""
    files = DiskNotebookFiles()
    return files.read(notebook, max_bytes) if data is None else files.given(notebook, data)


def guarded(
    entry: Entry,
    source: NotebookSource,
    max_bytes: int,
    pure_calls: tuple[str, ...],
    **more: Json,
) -> Json:
    """Ask one of the entry functions above about a notebook, within the guard."""
    options = {
        "name": source.name,
        "format": source.format,
        "max_bytes": max_bytes,
        "pure_calls": pure_calls,
        **more,
    }
    return GuardedProcess().call(entry, source.data, options)


__all__ = [
    "DEFAULT_MAX_BYTES",
    "CellTag",
    "CheckReport",
    "Configuration",
    "Extraction",
    "FileChange",
    "GraphFormat",
    "Kind",
    "Omission",
    "OnEdits",
    "Page",
    "Proposal",
    "Recording",
    "StepSummary",
    "Tagging",
    "Verification",
    "check",
    "codes",
    "configuration",
    "diffs",
    "explain",
    "extract",
    "graph",
    "tag",
    "verification_page",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "Verification":
        from nb2pkg.workflows.verifying import Verification

        return Verification
    if name == "Recording":
        from nb2pkg.workflows.recording import Recording

        return Recording
    raise AttributeError(f"module 'nb2pkg.api.extracting' has no attribute {name!r}")
