"""Where do runs keep what they leave: records, logs, artifacts, and results for later runs?"""

from __future__ import annotations

import os
import stat
import sys
from typing import Literal

from nb2pkg.problems import EnvironmentFailure, UsageError

_HOME = "NB2PKG_HOME"
_STORE = "NB2PKG_STORE"
_CACHE = "NB2PKG_CACHE"
_MODE = "NB2PKG_CACHE_MODE"
_LEASE = "NB2PKG_LEASE_SECONDS"
_USUAL_LEASE = 60.0


def state_home() -> str:
    """The folder for all of it: `$NB2PKG_HOME`, or where the system keeps such things. It is this user's alone.

    Raises:
        EnvironmentFailure: it cannot be made (NB502).
    """
    given = os.environ.get(_HOME)
    folder = os.path.abspath(os.path.expanduser(given)) if given else _usual_home()
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure(
            "NB502",
            f"{folder}: {error.strerror or error}",
            hint=f"name another folder for records and results: {_HOME}=…",
        ) from error
    return folder


def store_url(home: str) -> str:
    """The address of the records: `$NB2PKG_STORE`, or a file of the home."""
    return os.environ.get(_STORE) or os.path.join(home, "runs.sqlite")


def cache_address(home: str) -> str:
    """Where results are kept: `$NB2PKG_CACHE`, or a folder of the home."""
    return os.environ.get(_CACHE) or os.path.join(home, "cache")


def cache_mode() -> Literal["read", "read-write"]:
    """Whether results are also written to an address beyond this machine: `$NB2PKG_CACHE_MODE`.

    Raises:
        UsageError: it is neither `read` nor `read-write` (NB010).
    """
    given = os.environ.get(_MODE) or "read-write"
    if given not in ("read", "read-write"):
        raise UsageError("NB010", f"{_MODE}={given} is neither read nor read-write")
    return "read" if given == "read" else "read-write"


def lease_seconds() -> float:
    """For how long a run counts as looked after when nothing is heard of it: `$NB2PKG_LEASE_SECONDS`, or a minute.

    Raises:
        UsageError: that is no number of seconds from 1 to 86,400 (NB010).
    """
    given = os.environ.get(_LEASE)
    if not given:
        return _USUAL_LEASE
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise UsageError("NB010", f"{_LEASE}={given} is no number of seconds from 1 to 86400")
    return seconds


def is_private(folder: str) -> bool:
    """Whether nobody but this user can have put something into a folder."""
    try:
        found = os.stat(folder)
    except OSError:
        return True
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _usual_home() -> str:
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "nb2pkg")
    if os.name == "nt":
        return os.path.join(os.environ.get("LOCALAPPDATA") or home, "nb2pkg")
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(home, ".local", "state")
    return os.path.join(state, "nb2pkg")
