"""What identifies, by content, the things that a step was seen to touch?"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nb2pkg.pipeline.fingerprints import canonical, code_text, sha256_of
from nb2pkg.ports.running import Footprint, StepJob

_MOST_FILES = 5_000


def digested(told: Mapping[str, Any] | None, job: StepJob) -> Footprint:
    """The footprint of a step, from what its process told at its end.

    A step that told nothing cannot be judged, and so is never kept for another run.
    """
    if not told:
        return Footprint(why_not_kept=("what it reads cannot be seen",))
    why = list(told["why_not_kept"])
    temporary = os.path.realpath(tempfile.gettempdir()) + os.sep
    reads: dict[str, str | None] = {}
    for path, stamp in {**told["reads"], **told["far_reads"]}.items():
        whole = os.path.join(job.root, path)
        if stamp is None or (path in told["far_reads"] and not os.path.exists(whole)):
            continue
        now = stamp_of(whole)
        if now is None or list(now) != list(stamp):
            if path not in told["writes"] and path not in told["changed"]:
                why.append(f"{path} changed while it ran")
            elif now is not None:
                why.append(f"it changes {path}, which it reads")
            continue
        reads[path] = file_sha256(whole)
    inside = os.path.realpath(job.root) + os.sep
    for module in told["modules"]:
        reads[module.removeprefix(inside)] = module_sha256(module)
    writes: dict[str, str | None] = {}
    for path in told["writes"]:
        writes[path] = file_sha256(os.path.join(job.root, path))
    for path in told["far_writes"]:
        whole = os.path.realpath(os.path.join(job.root, path))
        if not whole.startswith(temporary):
            writes[path] = file_sha256(whole)
    if len(reads) + len(writes) > _MOST_FILES:
        why.append(f"it touches more than {_MOST_FILES:,} files")
    return Footprint(
        reads=reads,
        writes=writes,
        listed={folder: names_sha256(names) for folder, names in told["listed"].items()},
        programs=tuple(told["programs"]),
        why_not_kept=tuple(dict.fromkeys(why)),
    )


def stamp_of(path: str) -> tuple[int, int] | None:
    """The time and size of a file, as the observers tell them."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def file_sha256(path: str) -> str | None:
    """The sha256 of a file's bytes; None where there is no such file."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while data := file.read(1 << 20):
                digest.update(data)
    except OSError:
        return None
    return digest.hexdigest()


def module_sha256(path: str) -> str | None:
    """What identifies a module's source as it matters: comments and layout do not count."""
    return _module_sha256(path, stamp_of(path))


@lru_cache(maxsize=10_000)
def _module_sha256(path: str, stamp: tuple[int, int] | None) -> str | None:
    """The same, of a file that has not changed since; many steps import the same modules."""
    try:
        with open(path, encoding="utf-8") as file:
            return sha256_of(code_text(file.read()))
    except (OSError, UnicodeDecodeError):
        return file_sha256(path)


def names_sha256(names: Any) -> str:
    """What identifies the names in a folder."""
    return sha256_of(canonical(sorted(map(str, names))))


def folder_names_sha256(path: str) -> str | None:
    """What identifies the names in a folder of the disk; None where it is not there."""
    try:
        return names_sha256(os.listdir(path))
    except OSError:
        return None
