"""What other converters make of the same notebooks, judged by the same digests.

nbconvert writes one script, which splits nothing: what can be reached by copying. soorgeon writes tasks that hand
pickles to one another. Its tasks are run here as Ploomber runs them: in their order, each in a process of its own,
from the project's folder, with `upstream` and `product` as its `pipeline.yaml` says.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

from . import cache
from .digest_cell import digest_cell, finding_cell, read_digests
from .entries import Entry
from .reference import TIMEOUT_SECONDS, Reference, reference_of
from .workplace import append_cell, copy_folder_of, offline, run_program

REQUIREMENTS = ("nbconvert==7.17.1", "ipykernel", "soorgeon==0.0.20", "setuptools<81")
PEERS = ("nbconvert", "soorgeon")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerOutcome:
    """What became of a notebook with another tool; `detail` in a line."""

    id: str
    peer: str
    outcome: str
    detail: str = ""


def make_environment(*, tell: Callable[[str], None]) -> None:
    """Install the other tools, each notebook being run with the corpus' own libraries."""
    stamp = _bin().parent / "requirements.txt"
    wanted = "\n".join(REQUIREMENTS)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    tell("installing the other converters")
    subprocess.run([sys.executable, "-m", "venv", _bin().parent], check=True)
    subprocess.run(
        [_bin() / "python", "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True
    )
    stamp.write_text(wanted, encoding="utf-8")


def _bin() -> Path:
    return cache.cache_folder() / "peers" / "bin"


def measure_peers(
    entries: Sequence[Entry], *, jobs: int, tell: Callable[[PeerOutcome], None]
) -> tuple[PeerOutcome, ...]:
    """Convert and run the notebooks with each of the other tools, `jobs` at a time."""

    def one(asked: tuple[Entry, str]) -> PeerOutcome:
        entry, peer = asked
        reference = reference_of(entry)
        with tempfile.TemporaryDirectory(prefix="nb2pkg-corpus-") as temporary:
            judge = _nbconvert if peer == "nbconvert" else _soorgeon
            outcome, detail = judge(entry, reference, Path(temporary) / "folder")
        found = PeerOutcome(id=entry.id, peer=peer, outcome=outcome, detail=detail[:200])
        tell(found)
        return found

    asked = [(entry, peer) for entry in entries for peer in PEERS]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return tuple(pool.map(one, asked))


def _nbconvert(entry: Entry, reference: Reference, folder: Path) -> tuple[str, str]:
    notebook = copy_folder_of(entry, folder)
    append_cell(notebook, digest_cell(reference.names))
    command = [_bin() / "jupyter-nbconvert", "--to", "script", notebook.name, "--output", "script"]
    done = run_program(
        command, folder=folder, environment=offline(), timeout_seconds=TIMEOUT_SECONDS
    )
    script = next(iter(sorted(folder.glob("script.*py"))), None)
    if done.exit_code != 0 or script is None:
        return "refused, or crashed", done.last_error_line
    # With IPython, so that magics work as in the notebook.
    script = script.rename(folder / "script.ipy")
    return _judged(reference, [_run([cache.corpus_python(), "-m", "IPython", script.name], folder)])


def _soorgeon(entry: Entry, reference: Reference, folder: Path) -> tuple[str, str]:
    notebook = copy_folder_of(entry, folder)
    command = [_bin() / "soorgeon", "refactor", notebook.name, "--file-format", "py"]
    done = run_program(
        command, folder=folder, environment=offline(), timeout_seconds=TIMEOUT_SECONDS
    )
    pipeline = folder / "pipeline.yaml"
    if done.exit_code != 0 or not pipeline.exists():
        return "refused, or crashed", done.last_error_line
    tasks = yaml.safe_load(pipeline.read_text(encoding="utf-8"))["tasks"]
    products = {Path(task["source"]).stem: task["product"] for task in tasks}
    runs = []
    for task in tasks:
        source = folder / task["source"]
        text = _with_values(source.read_text(encoding="utf-8"), products, task["product"])
        program = folder / f"{source.stem}.ipy"
        program.write_text(f"{text}\n\n{finding_cell()}", encoding="utf-8")
        runs.append(_run([cache.corpus_python(), "-m", "IPython", program.name], folder))
        if runs[-1][0]:
            break
    return _judged(reference, runs)


def _with_values(
    text: str, products: Mapping[str, Mapping[str, str]], own: Mapping[str, str]
) -> str:
    """A task with its parameters, which Ploomber puts into it when it runs."""
    text = re.sub(r"^upstream = .*$", f"upstream = {dict(products)!r}", text, count=1, flags=re.M)
    return re.sub(r"^product = None$", f"product = {dict(own)!r}", text, count=1, flags=re.M)


def _run(command: Sequence[str | Path], folder: Path) -> tuple[str, str]:
    """How a program failed, or nothing; and what it printed."""
    done = run_program(
        command,
        folder=folder,
        environment=offline(MPLBACKEND="Agg", PYTHONPATH=str(folder)),
        timeout_seconds=TIMEOUT_SECONDS,
    )
    failed = "" if done.exit_code == 0 else done.last_error_line or "it took too long"
    return failed, done.stdout


def _judged(reference: Reference, runs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What is left behind by the last program that has a variable counts."""
    failed = next((failed for failed, _ in runs if failed), None)
    if failed is not None:
        return "fails when run", failed
    found: dict[str, str] = {}
    for _, printed in runs:
        found.update(read_digests(printed))
    differing = [n for n, digest in reference.stable.items() if n in found and found[n] != digest]
    missing = [n for n in reference.stable if n not in found]
    if differing:
        return "differs", ", ".join(differing)
    return ("lacks values", ", ".join(missing)) if missing else ("same", "")
