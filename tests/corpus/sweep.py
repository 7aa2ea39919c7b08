"""Whether every notebook, however odd, is answered: no crash, no hang, no code that cannot work."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .entries import Entry
from .tool import Extraction, extract
from .workplace import offline, run_program

TIMEOUT_SECONDS = 60
ANSWERS = frozenset({0, 1, 3, 4})  # 1: there is no code in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How nb2pkg answered to one notebook; `problems` is empty when all is well."""

    id: str
    distribution: str
    path: str
    exit_code: int | None
    codes: tuple[str, ...]
    seconds: float
    problems: tuple[str, ...]


def sweep(
    entries: Sequence[Entry], *, jobs: int, keep: Path | None, tell: Callable[[Swept], None]
) -> tuple[Swept, ...]:
    """Extract every notebook, `jobs` at a time."""

    def one(entry: Entry) -> Swept:
        if keep is not None:
            shutil.rmtree(keep / entry.id, ignore_errors=True)
            swept = sweep_one(entry, keep / entry.id)
        else:
            with tempfile.TemporaryDirectory(prefix="nb2pkg-sweep-") as temporary:
                swept = sweep_one(entry, Path(temporary))
        tell(swept)
        return swept

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return tuple(pool.map(one, entries))


def sweep_one(entry: Entry, work: Path) -> Swept:
    """Extract one notebook and look at the answer and at what was written."""
    notebook = work / "folder" / entry.file.name
    notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook.write_bytes(entry.file.read_bytes())
    output = work / "package"
    extraction = extract(notebook, output, timeout_seconds=TIMEOUT_SECONDS)
    return Swept(
        id=entry.id,
        distribution=entry.distribution,
        path=entry.path,
        exit_code=extraction.exit_code,
        codes=tuple(sorted({finding.code for finding in extraction.findings})),
        seconds=extraction.seconds,
        problems=(*_problems_of(extraction), *_problems_in(output, notebook)),
    )


_UNDEFINED = re.compile(r"F821 Undefined name `(\w+)`")


def _problems_of(extraction: Extraction) -> tuple[str, ...]:
    if extraction.exit_code is None:
        return (f"no answer within {TIMEOUT_SECONDS} s",)
    if extraction.crashed:
        lines = [line for line in extraction.stderr.splitlines() if line.strip()]
        return (f"exit {extraction.exit_code}: {lines[-1].strip() if lines else 'silent'}",)
    if extraction.exit_code not in ANSWERS:
        return (f"exit {extraction.exit_code} is no answer to a notebook",)
    if extraction.exit_code != 0 and not extraction.findings:
        return (f"exit {extraction.exit_code} without a finding",)
    return ()


def _problems_in(output: Path, notebook: Path) -> tuple[str, ...]:
    """What is wrong with the files; a name that ruff misses in the notebook, too, is none of ours."""
    if not any(output.rglob("*.py")):
        return ()
    options = ["--isolated", "--no-cache", "--select", "F821", "--output-format", "concise"]
    compiling: list[str | Path] = [cache.corpus_python(), cache.HERE / "compile_all.py", output]
    linting: list[str | Path] = [sys.executable, "-m", "ruff", "check", *options]
    undefined = _complaints([*linting, "--exclude", "*.ipynb", output], output)
    if undefined:
        checked = run_program(
            [*linting, notebook],
            folder=output,
            environment=offline(),
            timeout_seconds=TIMEOUT_SECONDS,
        )
        own = set(_UNDEFINED.findall(checked.stdout))
        undefined = tuple(u for u in undefined if not set(_UNDEFINED.findall(u)) <= own)
    return (*_complaints(compiling, output), *undefined)


def _complaints(command: Sequence[str | Path], output: Path) -> tuple[str, ...]:
    """Give the lines of a checker that point at a file, or its last words when it fell over."""
    checked = run_program(
        command, folder=output, environment=offline(), timeout_seconds=TIMEOUT_SECONDS
    )
    lines = [line for line in checked.stdout.splitlines() if re.search(r"\.py:\d+", line)]
    if checked.exit_code != 0 and not lines:
        return (f"{Path(command[1]).name}: {checked.last_error_line}",)
    return tuple(line.replace(str(output), "") for line in lines)
