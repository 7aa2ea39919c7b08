"""What is started, and which of this environment has to come along for it to find what we find?"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.adapters.run_store.shown_address import shown_address
from nb2pkg.adapters.state_home import state_home
from nb2pkg.problems import EnvironmentFailure

_PLACES = ("NB2PKG_STORE", "NB2PKG_CACHE", "NB2PKG_MLFLOW", "NB2PKG_LINEAGE")
_SETTINGS = ("NB2PKG_CACHE_MODE", "NB2PKG_LEASE_SECONDS", "NB2PKG_MLFLOW_EXPERIMENT")
# What MLflow's address may be besides a path and a URL.
_WORDS = ("databricks", "env")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|file:")
# Whatever stands there may be a token; of other addresses it is somebody's name.
_TOKEN = re.compile(r"https?://(?:[^/?#]*@|[^#]*\?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonCommand:
    """The daemon's command line and environment, without what may be secret.

    home: the folder of records and results
    secrets: the names of variables that were left out, as their values may hold a password
    """

    words: tuple[str, ...]
    environment: Mapping[str, str]
    home: str
    secrets: tuple[str, ...] = ()


def daemon_command(allow_root: bool) -> DaemonCommand:
    """Give what starts this very nb2pkg, wherever it is started from.

    Raises:
        EnvironmentFailure: this Python does not know its own path (NB548), or records have no place (NB502).
    """
    if not sys.executable:
        raise EnvironmentFailure(
            "NB548",
            "this Python does not know where it is",
            hint="let whatever starts programs here run: nb2pkg schedule run",
        )
    words = [os.path.abspath(sys.executable), "-m", "nb2pkg", "schedule", "run"]
    if allow_root and hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")
    home = state_home()
    places = {name: os.environ[name] for name in _PLACES if os.environ.get(name)}
    secrets = tuple(name for name, value in places.items() if _may_hold_secret(value))
    environment = {
        # Always: what else decides on it, such as XDG_STATE_HOME, may be other there.
        "NB2PKG_HOME": home,
        **{name: _from_anywhere(v) for name, v in places.items() if name not in secrets},
        **{name: os.environ[name] for name in _SETTINGS if os.environ.get(name)},
    }
    path = os.pathsep.join(dict.fromkeys(_absolute_folders()))
    if path:
        environment["PATH"] = path
    return DaemonCommand(words=tuple(words), environment=environment, home=home, secrets=secrets)


def _may_hold_secret(value: str) -> bool:
    return shown_address(value) != value or bool(_TOKEN.match(value))


def _from_anywhere(value: str) -> str:
    """Give a path from the root: the daemon stands in another folder."""
    return value if value in _WORDS or _URL.match(value) else os.path.abspath(value)


def _absolute_folders() -> Iterator[str]:
    """What PATH says, without what means another folder in another place."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(folder):
            yield folder
