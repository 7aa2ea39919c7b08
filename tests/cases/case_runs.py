"""What does the package of a case print, and what does a linter find in it?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.adapters.notebook_environments import NotebookEnvironments
from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.problems import Diagnostic, Nb2pkgError, Severity
from nb2pkg.workflows.proposal import Proposal
from nb2pkg.workflows.proposing import Request, propose_package

HERE = Path(__file__).resolve().parent
TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook that prints `DIGEST …` last; `may_refuse` says why it may be left out."""

    key: str
    notebook: Path
    digest: str
    may_refuse: str | None = None

    @property
    def has_own_folder(self) -> bool:
        """Whether files beside the notebook belong to it."""
        return self.notebook.parent not in (HERE, HERE / "untidy")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """What became of a case: its package, or the error that refused it, and what running printed."""

    proposal: Proposal | None
    refusal: Nb2pkgError | None = None
    last_line: str = ""
    errors: str = ""

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Warnings and errors about the notebook: what the user is told."""
        told = self.proposal.diagnostics if self.proposal else ()
        return tuple(d for d in told if d.severity is not Severity.NOTE)


def every_case() -> list[Case]:
    """The tidy and the untidy cases, by their keys in the two `digests.json`."""
    may_refuse = _json(HERE / "untidy" / "may_refuse.json")
    return [
        *(
            Case(key, HERE / f"{key}.ipynb", text)
            for key, text in _json(HERE / "digests.json").items()
        ),
        *(
            Case(key, HERE / "untidy" / f"{key}.ipynb", text, may_refuse.get(key))
            for key, text in _json(HERE / "untidy" / "digests.json").items()
        ),
    ]


def _json(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


class CaseRuns:
    """Extracts cases in this process and runs their packages in others, two at a time."""

    def __init__(self, folder: Path, cases: Iterable[Case]) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._runs: dict[str, Future[CaseRun]] = {}
        self._lint: Mapping[str, frozenset[str]] | None = None
        self._cases = tuple(cases)
        for case in self._cases:
            # Extraction first and all of it: it shares this process, and coverage sees it.
            made = extract(case, self._place(case))
            self._runs[case.key] = self._pool.submit(run, case, self._place(case), made)

    def of(self, case: Case) -> CaseRun:
        """The run of one case; waits for it."""
        return self._runs[case.key].result()

    def lint(self, case: Case) -> frozenset[str]:
        """The ruff rules that the package breaks, and neither the notebook nor what lies beside it."""
        folder = self._place(case) / "folder"
        if self._lint is None:
            places = [self._place(c) / "folder" for c in self._cases]
            self._lint = _lint(places, self._folder)
        theirs = [r for path, r in self._lint.items() if path.startswith(str(folder) + os.sep)]
        # From the package's own folder, where a user runs it: ruff then knows its own imports.
        package = self._place(case) / "package"
        code = [path for path in (package / "src", package / "tests") if path.exists()]
        found = _lint(code, package) if code else {}
        return frozenset().union(*found.values()) - frozenset().union(*theirs)

    def close(self) -> None:
        """Wait for what is still running."""
        self._pool.shutdown(cancel_futures=True)

    def _place(self, case: Case) -> Path:
        return self._folder / case.key.replace("/", "--")


def extract(case: Case, place: Path) -> CaseRun:
    """Copy the notebook to a folder of its own and write its package beside that folder."""
    if case.has_own_folder:
        shutil.copytree(case.notebook.parent, place / "folder")
    else:
        (place / "folder").mkdir(parents=True)
        shutil.copy(case.notebook, place / "folder")
    request = Request(
        name=case.notebook.stem,
        format="ipynb",
        folder=str(place / "folder"),
        root="../folder",
        package="package",
    )
    try:
        proposal = propose_package(
            case.notebook.read_bytes(),
            request,
            progress=lambda position: None,
            environments=NotebookEnvironments(),
            formatter=RuffFormatter(),
        )
    except Nb2pkgError as error:
        return CaseRun(proposal=None, refusal=error)
    for path, text in proposal.files.items():
        target = place / "package" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return CaseRun(proposal=proposal)


def run(case: Case, place: Path, made: CaseRun) -> CaseRun:
    """Run the package as a user would, in the notebook's folder; keep the last line it prints."""
    if made.proposal is None:
        return made
    source = str(place / "package" / "src")
    finished = subprocess.run(
        [sys.executable, "-m", made.proposal.package],
        cwd=place / "folder",
        env={**os.environ, "PYTHONPATH": source, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    lines = finished.stdout.splitlines()
    errors = finished.stderr if finished.returncode else ""
    return CaseRun(proposal=made.proposal, last_line=lines[-1] if lines else "", errors=errors)


def _lint(paths: Iterable[Path], folder: Path) -> Mapping[str, frozenset[str]]:
    """File → the default rules of ruff that it breaks."""
    command = [
        sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero",
        "--output-format", "json", *map(str, paths),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True)
    found: dict[str, set[str]] = {}
    for finding in json.loads(done.stdout):
        found.setdefault(finding["filename"], set()).add(finding["code"])
    return {path: frozenset(rules) for path, rules in found.items()}
