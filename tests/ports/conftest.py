"""Where the tests of stores keep them: in a file, and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ports.postgres_server import CuttingProxy, PostgresServer


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    from tests.ports.postgres_server import server_or_skip

    with server_or_skip() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "new" / "runs.db")
    server: PostgresServer = request.getfixturevalue("server")
    return server.empty_database()


@pytest.fixture
def postgres_url(server: PostgresServer) -> str:
    return server.empty_database()


@pytest.fixture
def proxy(server: PostgresServer) -> Iterator[CuttingProxy]:
    from tests.ports.postgres_server import CuttingProxy

    with CuttingProxy(server).running() as proxy:
        yield proxy
