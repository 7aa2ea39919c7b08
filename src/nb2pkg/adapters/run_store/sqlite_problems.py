"""What does an error of SQLite mean for the user of a store?"""

from __future__ import annotations

import os
import shutil
import sqlite3

from nb2pkg.ports.running import StoreAway
from nb2pkg.problems import EnvironmentFailure

# By their texts, which SQLite keeps: Python gives the numbers only from 3.11 on.
_BUSY = ("is locked", "locking protocol")
_FULL = ("database or disk is full",)
_DISK = (
    "disk I/O error",
    "readonly database",
    "unable to open database file",
    "access permission denied",
    "authorization denied",
    "large file support is disabled",
)
_MOVE_ASIDE = "nothing in it was changed; move it aside to begin a new store, or give another path"


def told_problem(error: sqlite3.Error, path: str) -> Exception:
    """Give the error of the port that says it, naming the file."""
    text = str(error)
    if _says(text, _BUSY):
        return StoreAway(f"the store {path} is in use by another program: {text}")
    if _says(text, _FULL):
        return disk_refuses(path, f"no space left on the disk ({_free(path)})")
    if _says(text, _DISK):
        return disk_refuses(path, _reason(text, path))
    return unusable_store(
        path, text, f"{_MOVE_ASIDE}; what it still holds is shown by: sqlite3 {path} .recover"
    )


def unusable_store(place: str, what: str, hint: str = _MOVE_ASIDE) -> EnvironmentFailure:
    """Say that something is there that cannot be used as a store; of either database."""
    return EnvironmentFailure("NB510", f"the store {place} cannot be used: {what}", hint=hint)


def newer_store(place: str, version: int, known: int) -> EnvironmentFailure:
    """Say that a later nb2pkg has been here; of either database."""
    return EnvironmentFailure(
        "NB510",
        f"the store {place} was written by a newer nb2pkg: its tables are of version {version}, "
        f"and this one knows versions up to {known}",
        hint="update nb2pkg, or use another store; nothing was changed",
    )


def disk_refuses(path: str, reason: str) -> EnvironmentFailure:
    """Say that the disk, or who may write to it, does not allow what is to be done."""
    return EnvironmentFailure(
        "NB502",
        f"cannot use the store {path}: {reason}",
        hint="what was written before is still there; make room or give access, or use another store",
    )


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _reason(text: str, path: str) -> str:
    folder = os.path.dirname(path)
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"permission denied: {folder}"
    if os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK):
        return f"{text}: the file is read-only, or its permissions do not allow it"
    if not os.access(folder, os.W_OK):
        return f"{text}: the folder is read-only, and SQLite writes files beside the store"
    return text


def _free(path: str) -> str:
    try:
        return f"{shutil.disk_usage(os.path.dirname(path)).free:,} bytes free"
    except OSError:
        return "nobody knows how much is free"
