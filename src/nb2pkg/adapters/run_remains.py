"""What have runs left on the disk, and what of it can go?"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Collection, Iterator

_GRACE_SECONDS = 3600.0


def remove_run_folders(home: str, runs: Collection[str]) -> int:
    """Remove the folders of runs; give the bytes that are free then."""
    freed = 0
    for id in runs:
        folder = os.path.join(home, "runs", id)
        if os.path.dirname(os.path.realpath(folder)) == os.path.realpath(
            os.path.join(home, "runs")
        ):
            freed += _size(folder)
            shutil.rmtree(folder, ignore_errors=True)
    return freed


def sweep_results(cache: str, kept_runs: Collection[str], named: Collection[str]) -> int:
    """Remove kept results of runs that are gone, and the files that nothing names any more.

    named: sha256 of files that records name, such as the notebooks of steps that failed. What is younger than an hour stays: a run may be about to name it.
    """
    now = time.time()
    needed = set(named)
    freed = 0
    for path in _files(os.path.join(cache, "entries")):
        entry = _named_by(path)
        is_of_nobody = entry is None or (entry[0] and entry[0] not in kept_runs)
        if is_of_nobody and now - os.path.getmtime(path) > _GRACE_SECONDS:
            freed += _remove(path)
            continue
        needed |= entry[1] if entry else set()
    for path in _files(os.path.join(cache, "files")):
        if os.path.basename(path) not in needed and now - os.path.getmtime(path) > _GRACE_SECONDS:
            freed += _remove(path)
    for path in _files(os.path.join(cache, "damaged")):
        freed += _remove(path)
    return freed


def sweep_leftovers(home: str) -> None:
    """Remove half-written files that their writer, killed, has left; none that may still be written."""
    now = time.time()
    for folder in ("cache", "runs"):
        for path in _files(os.path.join(home, folder)):
            if path.endswith(".part") and now - os.path.getmtime(path) > _GRACE_SECONDS:
                _remove(path)


def read_text(path: str, most_bytes: int) -> str:
    """The end of a text file; empty where there is none."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - most_bytes))
            return file.read().decode("utf-8", "backslashreplace")
    except OSError:
        return ""


def _named_by(path: str) -> tuple[str, set[str]] | None:
    """The run that an entry is of, and the files that it names."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)["document"]
        kept = [*document.get("artifacts", ()), *document.get("files", ())]
        kept += [document["notebook"]] if document.get("notebook") else []
        return str(document.get("run", "")), {one["sha256"] for one in kept}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _files(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(place, name)


def _size(folder: str) -> int:
    total = 0
    for path in _files(folder):
        try:
            total += os.lstat(path).st_size
        except OSError:
            continue
    return total


def _remove(path: str) -> int:
    try:
        size = os.path.getsize(path)
        os.unlink(path)
    except OSError:
        return 0
    return size
