"""What did a step touch, as the end of its process tells it?"""

from __future__ import annotations

import os
import sys
from typing import Any

# Libraries that reach other machines without the interpreter hearing of it.
_REACHING_OUT = (
    "psycopg", "psycopg2", "pymysql", "MySQLdb", "oracledb", "cx_Oracle", "pyodbc", "pymssql", "snowflake",
    "clickhouse_driver", "cassandra", "pymongo", "redis", "boto3", "google.cloud", "azure", "pyspark", "kafka",
    "duckdb_httpfs", "grpc", "pyhive", "trino",
)  # fmt: skip
# A module's file → what `own_file` says of it; of those that are imported before processes are forked, that is found
# out once for all of them.
_SEEN: dict[str, str] = {}
_PYTHON_S = tuple(
    os.path.realpath(folder) + os.sep
    for folder in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__))
)


def footprint(access: Any) -> dict[str, Any]:
    """Describe what was opened, listed, imported and started."""
    return {
        "reads": {path: access.stamps.get(path) for path in access.reads},
        "far_reads": {
            path: access.stamps.get(path) for path in access.far if path not in access.far_writes
        },
        "writes": list(access.writes),
        "far_writes": list(access.far_writes),
        "changed": list(access.changed),
        "listed": {folder: list(names) for folder, names in access.listed.items()},
        "programs": list(access.programs),
        "modules": sorted(own_modules()),
        "why_not_kept": list(reasons(access)),
    }


def own_modules() -> set[str]:
    """The files of the modules that are neither Python's nor installed."""
    found = set()
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name == "__main__" or not isinstance(path, str) or not path.endswith(".py"):
            continue
        if path not in _SEEN:
            _SEEN[path] = own_file(path)
        if _SEEN[path]:
            found.add(_SEEN[path])
    return found


def own_file(path: str) -> str:
    """The whole path of a module's file; empty where it is part of Python, or installed."""
    whole = os.path.realpath(path)
    is_installed = "site-packages" in whole or "dist-packages" in whole
    is_other_s = is_installed or whole.startswith(_PYTHON_S) or not os.path.isfile(whole)
    return "" if is_other_s else whole


def reasons(access: Any) -> list[str]:
    """Why what the step gave cannot stand for another run of it."""
    found = []
    if access.uses_network:
        found.append("it opened a connection")
    found += [f"it uses {name}" for name in _REACHING_OUT if name in sys.modules]
    return found
