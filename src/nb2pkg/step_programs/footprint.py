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
    installed = tuple(
        os.path.realpath(folder) + os.sep
        for folder in {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)}
    )
    found = set()
    for name, module in list(sys.modules.items()):
        if name == "__main__":
            continue
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not path.endswith(".py"):
            continue
        whole = os.path.realpath(path)
        inside = "site-packages" in whole or "dist-packages" in whole
        if not whole.startswith(installed) and not inside and os.path.isfile(whole):
            found.add(whole)
    return found


def reasons(access: Any) -> list[str]:
    """Why what the step gave cannot stand for another run of it."""
    found = []
    if access.uses_network:
        found.append("it opened a connection")
    found += [f"it uses {name}" for name in _REACHING_OUT if name in sys.modules]
    return found
