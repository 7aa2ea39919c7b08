"""A real Chromium that a test steers: opens addresses, presses keys, listens to its console, takes pictures.

By its own protocol over a WebSocket, for which tornado has a client.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)  # fmt: skip
_ANSWER_SECONDS = 30.0
_KEYS = {"Tab": 9, "Enter": 13}


class Browser:
    """One tab. complaints: what its console said of errors; asked: the addresses that it asked for"""

    def __init__(self, loop: asyncio.AbstractEventLoop, tab: WebSocketClientConnection) -> None:
        self._loop = loop
        self._tab = tab
        self._count = 0
        self._events: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._do(f"{domain}.enable")

    def open(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""
        self._events.clear()
        self._do("Page.navigate", url=address)
        self._wait_for("Page.loadEventFired")

    def says(self, expression: str) -> Any:
        """What JavaScript finds on the page; the page's own policy does not hold for us."""
        found = self._do("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, *, follows: bool = False) -> None:
        """Press a key. follows: wait for the page that it leads to"""
        self._events.clear()
        known = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        self._do(
            "Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **known, **text
        )
        self._do("Input.dispatchKeyEvent", type="keyUp", **known)
        if follows:
            self._wait_for("Page.loadEventFired")

    def look(self, *, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        """Show pages at a size, and in light or dark."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._do("Emulation.setEmulatedMedia", features=[scheme])
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._do("Emulation.setDeviceMetricsOverride", **size)

    def picture(self, path: Path) -> None:
        """Write a picture of the whole page."""
        shown = self._do("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(shown["data"]))

    def _do(self, method: str, **given: Any) -> dict[str, Any]:
        self._count += 1
        number = self._count
        self._tab_write({"id": number, "method": method, "params": given})
        while True:
            heard = self._hear()
            if heard.get("id") == number:
                assert "error" not in heard, (method, heard)
                return dict(heard["result"])

    def _wait_for(self, event: str) -> None:
        until = time.monotonic() + _ANSWER_SECONDS
        while not any(heard["method"] == event for heard in self._events):
            assert time.monotonic() < until, event
            self._hear()

    def _tab_write(self, message: dict[str, Any]) -> None:
        async def write() -> None:
            await self._tab.write_message(json.dumps(message))

        self._loop.run_until_complete(write())

    def _hear(self) -> dict[str, Any]:
        async def read() -> Any:
            return await asyncio.wait_for(self._tab.read_message(), _ANSWER_SECONDS)

        told = self._loop.run_until_complete(read())
        assert told is not None, "the browser has gone"
        heard = dict(json.loads(told))
        if "method" in heard:
            self._events.append(heard)
            self._note(heard["method"], heard["params"])
        return heard

    def _note(self, event: str, about: dict[str, Any]) -> None:
        if event == "Log.entryAdded":
            self.complaints.append(f"{about['entry']['text']} {about['entry'].get('url', '')}")
        elif event in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(about))
        elif event == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {about['message']}")
        elif event == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser with nothing in it, and end it."""
    assert CHROMIUM is not None
    profile = folder / "profile"
    process = subprocess.Popen(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    loop = asyncio.new_event_loop()
    try:
        port, _ = _read(profile / "DevToolsActivePort").split()
        tab = loop.run_until_complete(_first_tab(port))
        yield Browser(loop, tab)
        loop.run_until_complete(_left(tab))
    finally:
        process.terminate()
        process.wait(timeout=30)
        loop.close()


async def _left(tab: WebSocketClientConnection) -> None:
    tab.close()
    while await tab.read_message() is not None:
        pass


async def _first_tab(port: str) -> WebSocketClientConnection:
    from tornado.httpclient import AsyncHTTPClient

    answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/json/list")
    tabs = json.loads(answer.body)
    address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    return await websocket_connect(address, max_message_size=200_000_000)


def _read(path: Path) -> str:
    until = time.monotonic() + _ANSWER_SECONDS
    while not (path.exists() and path.read_text().count("\n")):
        assert time.monotonic() < until, "the browser does not start"
        time.sleep(0.05)
    return path.read_text()
