"""For which notebooks `nb2pkg verify` says that the package does what the notebook does."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .entries import Entry
from .tool import source_folder
from .workplace import copy_folder_of, offline, run_program

SETTINGS = ("process", "steps")
TIMEOUT_SECONDS = 900
_OUTCOMES = {0: "same", 1: "differs", 3: "refused", 5: "could not run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verify said of one notebook in one setting.

    where: the first step that differs and how; explained: codes that extract gave for it
    unstable: steps of which something was set apart, as the notebook does not do it twice
    """

    id: str
    distribution: str
    path: str
    setting: str
    outcome: str
    where: str = ""
    explained: tuple[str, ...] = ()
    compared: int = 0
    unstable: int = 0
    not_compared: int = 0
    seconds: float = 0.0
    notebook_seconds: float = 0.0
    package_seconds: float = 0.0


def verify_all(
    entries: Sequence[Entry], *, jobs: int, tell: Callable[[Verified], None]
) -> tuple[Verified, ...]:
    """Verify the notebooks in both settings, `jobs` at a time."""

    def one(asked: tuple[Entry, str]) -> Verified:
        verified = verify(*asked)
        tell(verified)
        return verified

    asked = [(entry, setting) for setting in SETTINGS for entry in entries]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return tuple(pool.map(one, asked))


def verify(entry: Entry, setting: str) -> Verified:
    """Verify one notebook, as a user with the corpus' environment would."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nb2pkg-corpus-") as temporary:
        notebook = copy_folder_of(entry, Path(temporary) / "folder")
        environment = offline()
        # verify runs on nb2pkg's own Python, and steadies the runs itself.
        environment |= {"PYTHONPATH": str(source_folder())}
        environment.pop("PYTHONHASHSEED")
        finished = run_program(
            [
                sys.executable, "-m", "nb2pkg", "verify", notebook.name, "--json",
                "--python", cache.corpus_python(), "--timeout", str(TIMEOUT_SECONDS // 3),
                *(["--steps"] if setting == "steps" else []),
            ],
            folder=notebook.parent,
            environment=environment,
            timeout_seconds=TIMEOUT_SECONDS,
        )  # fmt: skip
    about = {"id": entry.id, "distribution": entry.distribution, "path": entry.path}
    seconds = round(time.monotonic() - started, 2)
    return Verified(
        **about, setting=setting, seconds=seconds, **_read(finished.exit_code, finished.stdout)
    )


def _read(exit_code: int | None, text: str) -> dict[str, object]:
    if exit_code is None:
        return {"outcome": "timeout"}
    try:
        answer = json.loads(text)
    except ValueError:
        return {"outcome": "crashed"}
    if "steps" not in answer:
        codes = tuple(sorted({d["code"] for d in answer.get("diagnostics", ())}))
        # A notebook without code is nothing to extract, and so nothing to get wrong.
        outcome = "nothing to do" if codes == ("NB110",) else _OUTCOMES.get(exit_code, "crashed")
        return {"outcome": outcome, "where": ", ".join(codes)}
    steps = answer["steps"]
    return {
        "outcome": _OUTCOMES.get(exit_code, "crashed"),
        "where": _where(answer),
        "explained": tuple(sorted({d["code"] for d in answer["explained"]})),
        "compared": sum(step["compared"] for step in steps),
        "unstable": sum(bool(step["unstable"]) for step in steps),
        "not_compared": sum(len(step["not_compared"]) for step in steps),
        "notebook_seconds": answer["seconds"]["notebook"],
        "package_seconds": answer["seconds"]["package"],
    }


def _where(answer: dict[str, list[dict[str, object]]]) -> str:
    """The first thing that differs, in a line."""
    for who in ("notebook_failure", "package_failure"):
        failure = answer.get(who)
        if isinstance(failure, dict):
            return f"{who.partition('_')[0]}: {str(failure['message'])[:150]}"
    for step in answer["steps"]:
        if step["outcome"] != "differs":
            continue
        for kind in ("values", "figures"):
            found = step[kind]
            if isinstance(found, list) and found:
                told = found[0]["path"] if isinstance(found[0], dict) else found[0]
                return f"{step['step']}: {told}"
        text = step["text"]
        if isinstance(text, dict):
            return (
                f"{step['step']}: text, {str(text['expected'])[:60]!r}, {str(text['found'])[:60]!r}"
            )
    files = answer["files"]
    return f"file {files[0]['path']}" if files else ""
