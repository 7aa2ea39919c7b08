"""How the notebooks come out of the source distributions that ship them."""

from __future__ import annotations

import hashlib
import tarfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import IO

from . import cache
from .entries import Entry
from .pip_index import NotServed, PipIndex

TRIES = 3
LARGEST_FILE = 30 * 1024 * 1024
LARGEST_FOLDER = 150 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one source distribution; `problem` is None when its notebooks lie ready."""

    sdist: str
    notebooks: int = 0
    bytes_written: int = 0
    problem: str | None = None


def fetch(entries: Sequence[Entry], *, tell: Callable[[str], None]) -> tuple[Fetched, ...]:
    """Download and unpack what is not there yet, one source distribution after the other."""
    by_sdist = groupby(sorted(entries, key=lambda entry: entry.sdist), lambda entry: entry.sdist)
    groups = [(sdist, tuple(members)) for sdist, members in by_sdist]
    missing = [group for group in groups if not _is_there(group[1])]
    if not missing:
        return ()
    cache.archives().mkdir(parents=True, exist_ok=True)
    outcomes = []
    with PipIndex() as index:
        for number, (sdist, members) in enumerate(missing, start=1):
            outcome = _fetch_one(members, index)
            tell(f"[{number}/{len(missing)}] {sdist}: {_describe(outcome)}")
            outcomes.append(outcome)
    return tuple(outcomes)


def _describe(outcome: Fetched) -> str:
    if outcome.problem:
        return outcome.problem
    return f"{outcome.notebooks} notebooks, {outcome.bytes_written / 1e6:.1f} MB"


def _is_there(entries: Iterable[Entry]) -> bool:
    return all(entry.file.is_file() for entry in entries)


def _fetch_one(entries: Sequence[Entry], index: PipIndex) -> Fetched:
    first = entries[0]
    archive = cache.archives() / first.sdist
    problem = _download(first, archive, index)
    if problem:
        return Fetched(sdist=first.sdist, problem=problem)
    written = _unpack(entries, archive)
    absent = [entry.path for entry in entries if not entry.file.is_file()]
    return Fetched(
        sdist=first.sdist,
        notebooks=len(entries) - len(absent),
        bytes_written=written,
        problem=f"not in the archive: {', '.join(absent)}" if absent else None,
    )


def _download(entry: Entry, archive: Path, index: PipIndex) -> str | None:
    for attempt in range(1, TRIES + 1):
        if archive.is_file() and _sha256(archive) == entry.sdist_sha256:
            return None
        try:
            index.download(entry.distribution, entry.sdist, archive)
        except NotServed as error:
            return str(error)
        # requests' errors are OSErrors, urllib3's are not; both mean "later, perhaps".
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        else:
            problem = "the sha256 is not the pinned one"
            if _sha256(archive) == entry.sdist_sha256:
                return None
            archive.unlink()
        if attempt < TRIES:
            time.sleep(2.0 * attempt)
    return problem


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _unpack(entries: Sequence[Entry], archive: Path) -> int:
    wanted = {entry.path for entry in entries}
    # A notebook that runs may read what lies beside it: data, modules, pictures.
    folders = {str(PurePosixPath(entry.path).parent) for entry in entries if entry.runs}
    sizes = dict.fromkeys(folders, 0)
    total = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile():
                continue
            folder = _folder_of(member.name, folders)
            if member.name not in wanted:
                if folder is None or member.size > LARGEST_FILE:
                    continue
                if sizes[folder] + member.size > LARGEST_FOLDER:
                    continue
                sizes[folder] += member.size
            stream = tar.extractfile(member)
            if stream is not None:
                total += _write(stream, member.name)
    return total


def _folder_of(name: str, folders: set[str]) -> str | None:
    parents = (str(parent) for parent in PurePosixPath(name).parents)
    return next((parent for parent in parents if parent in folders), None)


def _write(stream: IO[bytes], name: str) -> int:
    target = cache.unpacked() / name
    if not target.resolve().is_relative_to(cache.unpacked()):
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.write_bytes(stream.read())
