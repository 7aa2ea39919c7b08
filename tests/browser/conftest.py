"""What browser tests of the extension share: a server of each kind a session, a page of its own a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labextension import assets
from tests.browser.chromium import CHROMIUM
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, lab_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
]  # fmt: skip
_APPS = {"lab": "jupyterlab", "notebook7": "notebook"}


@pytest.fixture(scope="session")
def built_extension() -> None:
    """The extension as its sources are now."""
    try:
        assets.ensure()
    except assets.CannotBuild as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def lab(built_extension: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A running JupyterLab."""
    yield from _server("lab", tmp_path_factory)


@pytest.fixture(scope="session")
def notebook7(
    built_extension: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LabServer]:
    """A running Notebook 7."""
    yield from _server("notebook7", tmp_path_factory)


@pytest.fixture(params=["lab", "notebook7"])
def jupyter(request: pytest.FixtureRequest) -> LabServer:
    """Each of them in its turn."""
    server: LabServer = request.getfixturevalue(request.param)
    return server


def _server(name: str, factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    pytest.importorskip(_APPS[name], reason=f"{_APPS[name]} is not installed")
    with lab_server(_APPS[name], factory.mktemp(name)) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser. Of one module: the loop that Playwright runs in would be in the way of others' loops."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium to open pages with")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=CHROMIUM, args=_OPTIONS)
        yield found
        found.close()


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[LabPage]:
    """A page that knows nobody. With NB2PKG_SHOTS, how it looked at the end is kept in that folder."""
    context = chromium.new_context(viewport={"width": 1200, "height": 860})
    context.set_default_timeout(20_000)
    shown = LabPage(context.new_page())
    yield shown
    folder = os.environ.get("NB2PKG_SHOTS")
    if folder:
        shown.picture(Path(folder) / f"{request.node.name}.png")
    shown.leave()
