"""What no nb2pkg does to a store."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any


def change_behind_its_back(url: str, *statements: str) -> None:
    """Change what a store holds."""
    if "://" not in url:
        connection = sqlite3.connect(url, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()
        return
    import psycopg

    with psycopg.connect(url, autocommit=True, options="-c search_path=nb2pkg") as server:
        for statement in statements:
            server.execute(statement.encode())


def rows_behind_its_back(url: str, query: str) -> list[Any]:
    """Look at the first column of what a store holds."""
    if "://" not in url:
        with contextlib.closing(sqlite3.connect(url)) as connection:
            return [row[0] for row in connection.execute(query)]
    import psycopg

    with psycopg.connect(url, options="-c search_path=nb2pkg") as server:
        return [row[0] for row in server.execute(query.encode())]
