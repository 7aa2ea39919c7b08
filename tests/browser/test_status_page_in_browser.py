"""The pages of schedules in a real browser: they look as meant, can be walked through, and run nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from nb2pkg.workflows.status_page import StatusSite
from tests.browser.chromium import CHROMIUM, Browser, browser
from tests.browser.status_pages import RUN_OF_HOSTILE, hostile_source, nobody, source, usual
from tests.browser.status_serving import TOKEN, served
from tests.browser.xss_payloads import PAYLOADS

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open pages with")

_RUN = "20260303-020000-11ab"
_PATHS = {
    "overview": "",
    "schedule": "schedules/churn",
    "busy schedule": "schedules/ingest",
    "run": f"runs/{_RUN}",
    "running": "runs/20260304-052300-90aa",
    "log": f"runs/{_RUN}/logs/train",
    "report": f"runs/{_RUN}/report",
}
# The contrast of every text with what is behind it, by the formula of WCAG; the texts that have too little.
_TOO_PALE = """
(() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c } return 'rgb(255, 255, 255)' };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || e.closest('svg')) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) found.push(e.className + ': ' + e.textContent.slice(0, 40));
  }
  return found;
})()
"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def calm(tab: Browser) -> Browser:
    """The browser, with nothing heard of it yet."""
    tab.complaints.clear()
    tab.asked.clear()
    tab.look()
    return tab


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(StatusSite(usual())) as found:
        yield found


@pytest.fixture
def root(calm: Browser, address: str) -> str:
    """The address of the overview, for a browser that has shown the token."""
    calm.open(address)
    return address.partition("?")[0]


# -- the token


def test_the_address_with_the_token_opens_the_pages_and_is_gone(
    calm: Browser, address: str
) -> None:
    calm.open(address)

    assert calm.says("location.href") == address.partition("?")[0]
    assert calm.says("document.querySelector('h1').textContent") == "Schedules"
    assert calm.says("document.cookie") == ""
    assert TOKEN not in calm.says("document.documentElement.outerHTML")


# -- how they look


@pytest.mark.parametrize("path", _PATHS.values(), ids=_PATHS)
def test_a_page_opens_without_a_complaint_and_asks_for_nothing_else(
    calm: Browser, root: str, path: str
) -> None:
    calm.asked.clear()

    calm.open(root + path)

    assert calm.complaints == []
    assert {one for one in calm.asked if not one.startswith("data:")} == {root + path}


@pytest.mark.parametrize("width", [320, 390, 700, 1200])
@pytest.mark.parametrize("path", _PATHS.values(), ids=_PATHS)
def test_nothing_is_wider_than_the_screen(calm: Browser, root: str, path: str, width: int) -> None:
    calm.look(width=width)

    calm.open(root + path)

    assert calm.says("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [320, 1200])
def test_long_words_are_broken(calm: Browser, width: int) -> None:
    calm.look(width=width)
    with served(StatusSite(hostile_source("w" * 400))) as address:
        root = address.partition("?")[0]
        calm.open(address)
        for path in ("", "schedules/plain", f"runs/{RUN_OF_HOSTILE}"):
            calm.open(root + path)
            assert calm.says("document.documentElement.scrollWidth - innerWidth") <= 0, path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", list(_PATHS.values())[:6], ids=list(_PATHS)[:6])
def test_every_text_can_be_told_from_what_is_behind_it(
    calm: Browser, root: str, path: str, dark: bool
) -> None:
    calm.look(dark=dark)

    calm.open(root + path)

    ground = calm.says("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(17, 24, 39)" if dark else "rgb(255, 255, 255)")
    assert calm.says(_TOO_PALE) == []


def test_who_sees_no_colours_can_tell_the_marks_apart(calm: Browser, root: str) -> None:
    calm.open(root)

    told = calm.says(
        "[...document.querySelectorAll('.square')].map(e => [e.textContent, e.title.split(',')[0]])"
    )
    by_mark: dict[str, set[str]] = {}
    for mark, fate in told:
        by_mark.setdefault(mark, set()).add(fate)
    assert all(len(fates) == 1 for fates in by_mark.values())
    assert {"✓", "✗", "!", "■", "–", "?", "▸"} == set(by_mark)


def test_rows_are_still_a_table_where_they_look_like_cards(calm: Browser, root: str) -> None:
    calm.look(width=390)

    calm.open(root)

    assert calm.says("getComputedStyle(document.querySelector('.overview tr')).display") == "block"
    roles = "[...document.querySelectorAll('.overview, .overview tr, .overview td, .overview th')]"
    assert calm.says(f"{roles}.every(e => e.getAttribute('role'))")


def test_nobody_who_runs_schedules_is_seen_at_once(calm: Browser) -> None:
    with served(StatusSite(nobody())) as address:
        calm.open(address)
        box = calm.says(
            "(e => [e.textContent, e.getBoundingClientRect().top])(document.querySelector('.verdict.bad'))"
        )

    assert "No daemon runs: nothing begins by itself." in box[0]
    assert box[1] < 300


def test_there_is_a_page_where_there_are_no_schedules(calm: Browser) -> None:
    with served(StatusSite(source())) as address:
        calm.open(address)

    assert "There are no schedules yet." in calm.says("document.body.textContent")
    assert calm.complaints == []


# -- by keyboard


@pytest.mark.parametrize("path", ["", "schedules/churn", f"runs/{_RUN}", f"runs/{_RUN}/logs/train"])
def test_every_link_can_be_reached_by_keyboard_in_the_order_of_the_page(
    calm: Browser, root: str, path: str
) -> None:
    calm.open(root + path)
    links = calm.says("[...document.querySelectorAll('a[href]')].map(e => e.href)")
    reached = []
    for _ in range(len(links) + 3):
        calm.press("Tab")
        found = calm.says("(e => [e.tagName, e.href])(document.activeElement)")
        if found[0] == "A":
            reached.append(found[1])
            assert calm.says("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            assert calm.says("document.activeElement.getBoundingClientRect().height") > 10
        if len(reached) == len(links):
            break

    assert reached == links


def test_the_pages_can_be_walked_through_by_keyboard_alone(calm: Browser, root: str) -> None:
    def follow(link: str) -> None:
        for _ in range(200):
            calm.press("Tab")
            if calm.says("document.activeElement.textContent").strip() == link:
                break
        else:
            raise AssertionError(link)
        calm.press("Enter", follows=True)

    calm.open(root)
    follow("churn")
    assert calm.says("location.href") == f"{root}schedules/churn"
    follow(_RUN)
    assert calm.says("location.href") == f"{root}runs/{_RUN}"
    follow("log")
    assert calm.says("location.href") == f"{root}runs/{_RUN}/logs/load"
    follow("churn")
    assert calm.says("location.href") == f"{root}schedules/churn"
    follow("Schedules")
    assert calm.says("location.href") == root
    follow("leave it as it is")
    assert calm.says("document.querySelector('meta[http-equiv=refresh]')") is None
    assert calm.complaints == []


# -- what others have written


class _Beacon(ThreadingHTTPServer):
    """A server that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Note)
        self.asked: list[str] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class _Note(BaseHTTPRequestHandler):
    server: _Beacon

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def beacon() -> Iterator[_Beacon]:
    with _Beacon() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class _Armed:
    """Pages of which each has one payload wherever a text may stand: `/N/…` has the Nth."""

    def __init__(self, beacon: str) -> None:
        armed = [payload.replace("BEACON", beacon) for payload in PAYLOADS]
        self.sites = [StatusSite(hostile_source(text)) for text in armed]
        self.texts = armed

    def answer(self, path: str, query: dict[str, str]) -> object:
        number, _, rest = path.removeprefix("/").partition("/")
        site = self.sites[int(number)] if number.isdigit() else StatusSite(source())
        return site.answer(f"/{rest}" if number.isdigit() else path, query)

    def trouble(self, status: int, path: str, why: str = "") -> object:
        return self.sites[0].trouble(status, path, why)


def test_a_page_that_runs_something_would_be_noticed(
    calm: Browser, beacon: _Beacon, tmp_path: Path
) -> None:
    armed = PAYLOADS[0].replace("BEACON", beacon.address)
    (tmp_path / "a.html").write_text(f"<title>calm</title>{armed}")

    calm.open((tmp_path / "a.html").as_uri())

    assert calm.says("document.title") == "PWNED"
    assert any(one.startswith(beacon.address) for one in calm.asked)


@pytest.mark.slow
def test_nothing_runs_whatever_anybody_wrote(calm: Browser, beacon: _Beacon) -> None:
    armed = _Armed(beacon.address)
    with served(armed) as address:  # type: ignore[arg-type]
        root = address.partition("?")[0]
        calm.open(address)
        calm.asked.clear()
        for number, text in enumerate(armed.texts):
            id = quote(f"id {text}", safe="", errors="replace")
            step = quote(text, safe="", errors="replace")
            pages = (
                "schedules/plain",
                f"schedules/{id}",
                f"runs/{RUN_OF_HOSTILE}",
                f"runs/{RUN_OF_HOSTILE}/logs/{step}",
                f"runs/{RUN_OF_HOSTILE}/logs/{step}?as=text",
                f"runs/{RUN_OF_HOSTILE}/report",
            )
            # Each text on the first page, and on one of the others: together they have seen them all.
            for path in ("", pages[number % len(pages)]):
                calm.open(f"{root}{number}/{path}")
                assert calm.says("document.title") != "PWNED", (number, path)
                assert calm.says("document.querySelectorAll('script, iframe, img[src^=http]').length") == 0  # fmt: skip

    allowed = (root, "data:")
    assert [one for one in calm.asked if not one.startswith(allowed)] == []
    # Half a character is no part of an address: those pages are not there.
    assert [said for said in calm.complaints if "404 (Not Found)" not in said] == []


def test_another_site_cannot_frame_the_pages(calm: Browser, root: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f'<iframe src="{root}"></iframe>')

    calm.open((tmp_path / "a.html").as_uri())

    assert any("frame-ancestors" in said or "X-Frame-Options" in said for said in calm.complaints)
