"""What nb2pkg answers when asked to extract a notebook.

The only module of the harness that knows how nb2pkg is called and how it answers.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .workplace import run_program

INTERNAL_ERROR = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A diagnostic as `extract --json` tells it."""

    code: str
    severity: str
    message: str
    cell: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """How an extraction ended; `exit_code` is None when it took too long."""

    exit_code: int | None
    seconds: float
    findings: tuple[Finding, ...]
    stderr: str

    @property
    def crashed(self) -> bool:
        """Whether nb2pkg itself is to blame: a bug it reports, a traceback, death by a signal."""
        if self.exit_code is None:
            return False
        known = 0 <= self.exit_code < INTERNAL_ERROR
        return not known or "Traceback (most recent call last)" in self.stderr

    @property
    def error_codes(self) -> tuple[str, ...]:
        """The codes of the findings that stopped it."""
        return tuple(sorted({f.code for f in self.findings if f.severity == "error"}))


def extract(notebook: Path, output: Path, *, timeout_seconds: float = 60) -> Extraction:
    """Extract `notebook` into the folder `output` as a user with the corpus' environment would."""
    command: list[str | Path] = [sys.executable, "-m", "nb2pkg", "extract", notebook]
    options: list[str | Path] = ["--output", output, "--python", cache.corpus_python()]
    started = time.monotonic()
    finished = run_program(
        [*command, *options, "--force", "--json"],
        folder=notebook.parent,
        environment={**os.environ, "PYTHONPATH": str(source_folder())},
        timeout_seconds=timeout_seconds,
    )
    # For whoever looks at one notebook with --keep.
    (output.parent / "extract.stdout.json").write_text(finished.stdout, encoding="utf-8")
    (output.parent / "extract.stderr.txt").write_text(finished.stderr, encoding="utf-8")
    return Extraction(
        exit_code=finished.exit_code,
        seconds=round(time.monotonic() - started, 2),
        findings=_findings(finished.stdout),
        stderr=finished.stderr,
    )


def source_folder() -> Path:
    """Give the code that is measured: this repository's, or another one to compare with."""
    return Path(os.environ.get("NB2PKG_SOURCE") or cache.REPOSITORY / "src").resolve()


def package_name(output: Path) -> str | None:
    """Give the name of the package under `output`, or None when there is none."""
    packages = sorted(path.parent.name for path in output.glob("src/*/__init__.py"))
    return packages[0] if packages else None


def _findings(text: str) -> tuple[Finding, ...]:
    try:
        answer = json.loads(text)
    except ValueError:
        return ()
    return tuple(dict.fromkeys(_walk(answer)))


def _walk(value: object) -> Iterator[Finding]:
    """Find everything that looks like a diagnostic, wherever the answer keeps it."""
    if isinstance(value, dict):
        if "code" in value and "message" in value:
            location = value.get("location")
            place = location if isinstance(location, dict) else value
            cell = place.get("cell")
            yield Finding(
                code=str(value["code"]),
                severity=str(value.get("severity", "error")),
                message=str(value["message"]),
                cell=cell if isinstance(cell, int) else None,
            )
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _walk(item)
