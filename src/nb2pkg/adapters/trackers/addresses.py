"""Where does the address of a tracker lead?"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import url2pathname

from nb2pkg.adapters.trackers.told_failure import shown
from nb2pkg.problems import UsageError

_DATABASES = ("postgresql", "mysql", "sqlite", "mssql")
_SERVERS = ("http", "https")
# Where OpenLineage's own servers take events; used when an address names none but the server.
_LINEAGE_PATH = "/api/v1/lineage"
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:\d+(?:/.*)?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_NOT_IN_DATABASE = re.compile(r"\?|%[0-9A-Fa-f]{2}")
_MLFLOW_HINT = "give http://HOST:PORT, a folder, or a database such as sqlite:///PATH"
_LINEAGE_HINT = "give a path, file:///PATH or http://HOST:PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class MlflowAddress:
    """What MLflow is told to use.

    uri: MLflow's own word for it
    files: where new experiments keep their files; None: where MLflow says
    database: its path, where it is a file
    is_database: it takes SQLAlchemy
    is_file_store: the folder of an MLflow that kept no database
    """

    uri: str
    files: str | None = None
    database: str | None = None
    is_database: bool = False
    is_file_store: bool = False


def mlflow_address(given: str) -> MlflowAddress:
    """Read an address; a folder gets a database, unless MLflow keeps runs without one there already.

    Raises:
        UsageError: it cannot be meant (NB516).
    """
    if given == "env":
        named = os.environ.get("MLFLOW_TRACKING_URI", "")
        if not named or named == "env":
            raise UsageError(
                "NB516",
                "MLflow is to be found by MLFLOW_TRACKING_URI, which is not set",
                hint=_MLFLOW_HINT,
            )
        given = named
    scheme, rest = _taken_apart(given, "MLflow", _MLFLOW_HINT)
    if scheme is None:
        if given == "databricks":
            return MlflowAddress(uri=given)
        return _local(os.path.abspath(given), given)
    if scheme in _SERVERS:
        _require_host(given, "MLflow", _MLFLOW_HINT)
        return MlflowAddress(uri=given)
    if scheme == "file":
        path = os.path.abspath(_path_of(rest, given, "MLflow", _MLFLOW_HINT))
        return MlflowAddress(uri=Path(path).as_uri(), is_file_store=True)
    if scheme == "sqlite":
        path = rest.partition("?")[0].removeprefix("///")
        if not rest.startswith("///") or not path or path == ":memory:":
            raise _not_understood(given, "MLflow", _MLFLOW_HINT)
        return _database(given, os.path.abspath(path))
    if scheme.partition("+")[0] in _DATABASES:
        return MlflowAddress(uri=given, is_database=True)
    if scheme == "databricks" or _is_plugin(scheme):
        return MlflowAddress(uri=given)
    raise _not_understood(given, "MLflow", _MLFLOW_HINT)


def lineage_address(given: str) -> tuple[str, str]:
    """Read an address: `file` and the absolute path, or `web` and the URL that takes events.

    Raises:
        UsageError: it cannot be meant (NB516).
    """
    scheme, rest = _taken_apart(given, "OpenLineage events", _LINEAGE_HINT)
    if scheme in _SERVERS:
        parts = _require_host(given, "OpenLineage events", _LINEAGE_HINT)
        if parts.path.strip("/") or parts.query:
            return "web", given
        return "web", given.rstrip("/") + _LINEAGE_PATH
    if scheme not in (None, "file"):
        raise _not_understood(given, "OpenLineage events", _LINEAGE_HINT)
    path = given if scheme is None else _path_of(rest, given, "OpenLineage events", _LINEAGE_HINT)
    if os.path.isdir(path) or path.endswith("/"):
        raise UsageError(
            "NB516", f"{given!r} is a folder; OpenLineage events go to a file", hint=_LINEAGE_HINT
        )
    return "file", os.path.abspath(path)


def _taken_apart(given: str, what: str, hint: str) -> tuple[str | None, str]:
    """The scheme of an address, lower-case, and the rest; None for a path."""
    if not given.strip() or any(ord(c) < 32 or ord(c) == 127 for c in given):
        raise _not_understood(given, what, hint)
    if _HOST_AND_PORT.fullmatch(given):
        raise _not_understood(
            given, what, f"a server's address begins with http://: http://{given}"
        )
    found = _SCHEME.fullmatch(given)
    # One letter is a disk of Windows; a file's name may hold a colon.
    if found is None or len(found[1]) == 1:
        return None, given
    scheme = found[1].lower()
    if "://" not in given and scheme != "file":
        return None, given
    return scheme, found[2]


def _local(path: str, given: str) -> MlflowAddress:
    """What a path means: a database, or a folder with one."""
    if os.path.isfile(path) or (
        path.endswith((".db", ".sqlite", ".sqlite3")) and not os.path.isdir(path)
    ):
        return _database(_sqlite_uri(path, given), path)
    database = os.path.join(path, "mlflow.db")
    if not os.path.exists(database) and _is_file_store(path):
        return MlflowAddress(uri=Path(path).as_uri(), is_file_store=True)
    return _database(_sqlite_uri(database, given), database, files="artifacts")


def _database(uri: str, path: str, files: str = "mlartifacts") -> MlflowAddress:
    # MLflow's own default is ./mlruns: another place with every folder that a run is started in.
    beside = Path(os.path.dirname(path), files).as_uri()
    return MlflowAddress(uri=uri, files=beside, database=path, is_database=True)


def _sqlite_uri(path: str, given: str) -> str:
    if _NOT_IN_DATABASE.search(path):  # it would begin the options, or be read as another character
        raise _not_understood(
            given, "MLflow", "a database's path cannot hold ?, nor % before digits"
        )
    return "sqlite:///" + path


def _is_file_store(folder: str) -> bool:
    """Whether MLflow keeps experiments in a folder without a database, as it did up to 2025."""
    try:
        with os.scandir(folder) as entries:
            return any(os.path.lexists(os.path.join(e.path, "meta.yaml")) for e in entries)
    except OSError:
        return False


def _is_plugin(scheme: str) -> bool:
    """Whether a package installed here makes MLflow understand a scheme."""
    from importlib.metadata import entry_points

    return any(point.name == scheme for point in entry_points(group="mlflow.tracking_store"))


def _path_of(rest: str, given: str, what: str, hint: str) -> str:
    """The path of a file's URL, without its scheme."""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host not in ("", "localhost") or not path.strip("/"):
            raise _not_understood(given, what, hint)
        rest = slash + path
    path = url2pathname(rest) if os.name == "nt" else unquote(rest)
    if not path or "\0" in path:
        raise _not_understood(given, what, hint)
    return path


def _require_host(given: str, what: str, hint: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if not has_host or re.search(r"\s", given):
        raise _not_understood(given, what, hint)
    return parts


def _not_understood(given: str, what: str, hint: str) -> UsageError:
    return UsageError("NB516", f"{shown(given)!r} is no address for {what}", hint=shown(hint))
