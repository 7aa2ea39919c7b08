"""Nothing that a notebook says runs in a run's page, or makes the browser ask for anything."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nb2pkg.workflows.run_page import RunPage, run_page
from tests.browser.run_pages import failed, hostile, page, run, six_steps, step
from tests.browser.xss_payloads import PAYLOADS

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)  # fmt: skip
pytestmark = pytest.mark.skipif(_CHROMIUM is None, reason="there is no Chromium to open pages with")


@dataclass
class _Beacon:
    """A server that remembers what it was asked for."""

    address: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def beacon() -> Iterator[_Beacon]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = _Beacon(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def _opened(path: Path, folder: Path, *options: str) -> str:
    """The document as it stands once a browser has opened it."""
    assert _CHROMIUM is not None
    done = subprocess.run(
        [
            _CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}", "--window-size=1200,900",
            *options, "--dump-dom", path.as_uri(),
        ],
        capture_output=True,
        timeout=60,
        check=True,
    )  # fmt: skip
    return done.stdout.decode("utf-8")


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _title(document: str) -> str:
    return document.partition("<title>")[2].partition("</title>")[0]


def test_a_page_that_runs_something_would_be_noticed(tmp_path: Path, beacon: _Beacon) -> None:
    armed = PAYLOADS[0].replace("BEACON", beacon.address)

    document = _opened(_write(tmp_path / "a.html", f"<title>calm</title>{armed}"), tmp_path)

    assert _title(document) == "PWNED"
    assert beacon.asked == ["/ran"]


def test_nothing_runs_and_nothing_is_asked_for_whatever_a_notebook_says(
    tmp_path: Path, beacon: _Beacon
) -> None:
    frames = []
    for number, payload in enumerate(PAYLOADS):
        armed = payload.replace("BEACON", beacon.address)
        _write(tmp_path / f"{number}.html", run_page(hostile(armed)))
        frames.append(f'<iframe src="{number}.html" width="600" height="300"></iframe>')

    _opened(_write(tmp_path / "all.html", f"<title>calm</title>{''.join(frames)}"), tmp_path)

    assert beacon.asked == []


def test_a_page_with_every_payload_as_a_step_keeps_its_title(
    tmp_path: Path, beacon: _Beacon
) -> None:
    armed = [payload.replace("BEACON", beacon.address) for payload in PAYLOADS]
    pages = [hostile(text) for text in armed]
    steps = tuple(one.record.steps[0] for one in pages)
    notebooks = tuple(one.notebooks[0] for one in pages)
    whole = RunPage(
        record=run(*steps), notebooks=notebooks, logs=dict(zip(armed, armed, strict=True)), now=0.0
    )

    document = _opened(_write(tmp_path / "a.html", run_page(whole)), tmp_path)

    assert _title(document).startswith("churn: ")
    assert "<script" not in document
    assert document.count('<section class="step"') == len(PAYLOADS)
    assert beacon.asked == []


def _probed(text: str, script: str) -> str:
    """A page with a script of ours at its end, which it would never have."""
    allowed = text.replace("default-src 'none';", "default-src 'none'; script-src 'unsafe-inline';")
    return allowed.replace("</body>", f"<script>{script}</script></body>")


@pytest.mark.parametrize("one", [six_steps(), failed()], ids=["succeeded", "failed"])
def test_the_browser_reads_the_document_as_it_was_written(one: RunPage, tmp_path: Path) -> None:
    text = run_page(one)

    document = _opened(_write(tmp_path / "a.html", text), tmp_path)

    for tag in ("section", "details", "pre", "img", "rect", "a", "tr"):
        assert document.count(f"<{tag} ") == text.count(f"<{tag} "), tag


def test_the_browser_takes_the_style_of_the_page_and_no_other(tmp_path: Path) -> None:
    probe = "document.title = getComputedStyle(document.querySelector('.verdict')).borderLeftWidth"
    other = "<style>.verdict { border-left-width: 9px }</style></body>"
    text = _probed(run_page(six_steps()).replace("</body>", other), probe)

    assert _title(_opened(_write(tmp_path / "a.html", text), tmp_path)) == "4px"


@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_is_wider_than_the_screen(width: int, tmp_path: Path) -> None:
    long = step("n" * 100, work="w" * 300, why="y" * 900, metrics={"m" * 200: 0.5})
    record = run(step("a"), long, parameters={"k" * 100: "v" * 900}, message="m" * 900)
    measure = (
        "document.querySelectorAll('details').forEach(one => { one.open = true });"
        "parent.postMessage(document.documentElement.scrollWidth - innerWidth, '*')"
    )
    names = ("six", "failed", "long")
    for name, one in zip(names, (six_steps(), failed(), page(record)), strict=True):
        _write(tmp_path / f"{name}.html", _probed(run_page(one), measure))
    collect = "<script>onmessage = event => { document.title += ' ' + (event.data <= 0) }</script>"
    frames = [f'<iframe src="{n}.html" width="{width}" height="800"></iframe>' for n in names]

    whole = _write(tmp_path / "all.html", f"<title>fits:</title>{collect}{''.join(frames)}")

    assert _title(_opened(whole, tmp_path)) == "fits: true true true"
