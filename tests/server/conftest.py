"""One Jupyter server for all tests that leave it as they found it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.jupyter import Jupyter, jupyter

# Who installs nb2pkg without what its tests need can still run the other ones.
if importlib.util.find_spec("jupyter_server") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """A server that goes on for all tests; each works in a folder of its own below its root."""
    with jupyter(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture
def folder(server: Jupyter, request: pytest.FixtureRequest) -> Path:
    """A folder of a test's own, below the server's root."""
    place = server.root / f"test-{abs(hash(request.node.nodeid)):x}"
    place.mkdir()
    return place
