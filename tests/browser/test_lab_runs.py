"""Runs and schedules in a real JupyterLab and Notebook 7, by the real server: asked for, watched, ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code
from tests.browser.xss_payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

# A run starts a kernel, on a machine that may be busy.
_RUN_MS = 40_000
_SUMS = (
    "n: int = 2  # how many\nregion = 'EU'\nrate: float = 0.5\nis_dry = False\n"
    "size: 'Literal[\"small\", \"large\"]' = 'small'\napi_key = 'of the file'"
)  # fmt: skip


def _sums(server: LabServer, name: str) -> str:
    return server.write(
        f"{name}.ipynb",
        [code(_SUMS, "parameters", id="given"), code("print(region, n * rate, size, is_dry)", id="say")],
    )  # fmt: skip


def _dialog(page: LabPage) -> Locator:
    return page.page.get_by_role("dialog")


def _run(page: LabPage) -> Locator:
    return page.page.locator(".jp-nb2pkg-Run")


def _status(page: LabPage, status: str) -> None:
    expect(_run(page).locator("header .jp-nb2pkg-RunStatus")).to_have_attribute(
        "data-status", status, timeout=_RUN_MS
    )


def test_a_run_from_the_toolbar(page: LabPage, lab: LabServer) -> None:
    notebook = _sums(lab, "sums")
    page.open(lab, notebook)
    page.page.get_by_role("button", name="Run the saved file outside").click()
    dialog = _dialog(page)
    n = dialog.get_by_label("n", exact=True)
    expect(n).to_have_attribute("placeholder", "2")
    expect(dialog.get_by_label("api_key")).to_have_attribute("type", "password")
    n.fill("4.5")
    expect(dialog).to_contain_text("This is no int.")
    page.shot("run-dialog-wrong")
    dialog.get_by_role("button", name="Run").click()
    n.fill("4")
    dialog.get_by_label("region").fill("<b>US</b>")
    dialog.get_by_label("is_dry").check()
    dialog.get_by_label("size").select_option("large")
    dialog.get_by_label("api_key").fill("canary-of-a-key")
    page.shot("run-dialog")
    dialog.get_by_role("button", name="Run").click()

    _status(page, "succeeded")
    run = _run(page)
    expect(run.get_by_role("progressbar", name="sums")).to_have_attribute("aria-valuenow", "100")
    run.get_by_role("button", name="Log of sums").click()
    expect(run.locator(".jp-nb2pkg-RunLog")).to_have_text("<b>US</b> 2.0 large True\n")
    run.get_by_text("Parameters (6)").click()
    expect(run).to_contain_text("***")
    page.shot("run-succeeded")
    assert "canary-of-a-key" not in page.page.content()
    for path in (lab.folder.parent / "records").rglob("*"):
        assert not path.is_file() or b"canary-of-a-key" not in path.read_bytes()

    run.get_by_role("button", name="Executed notebook").click()
    expect(page.page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output").last).to_contain_text(
        "<b>US</b> 2.0"
    )  # fmt: skip
    assert len(list((lab.folder / "runs").glob("sums-*.ipynb"))) == 1
    assert page.complaints == []


def test_two_steps_from_the_file_browser(page: LabPage, lab: LabServer) -> None:
    notebook = lab.write(
        "two.ipynb",
        [
            code("n = 3", "parameters", id="given"),
            code("import time\ntime.sleep(2)", id="wait"),
            code("print('n is', n)", id="say"),
        ],
    )
    lab.write(
        "more.ipynb", [code("n = 3", "parameters", id="given"), code("print(n + 1)", id="say")]
    )
    folder = lab.folder
    (folder / "pipeline.yaml").write_text(
        "name: pair\nparameters:\n  n: {type: int}\n"
        f"steps:\n  first: {{notebook: {notebook}}}\n"
        "  second: {notebook: more.ipynb, needs: [first]}\n"
    )
    try:
        page.open_launcher(lab)
        page.page.get_by_role("listitem", name=re.compile("^Name: pipeline.yaml")).click(
            button="right"
        )
        page.page.get_by_role("menuitem", name="Run as Pipeline…").click()
        _by_keyboard(page, lab)
    finally:
        (folder / "pipeline.yaml").unlink()


def _by_keyboard(page: LabPage, lab: LabServer) -> None:
    dialog = _dialog(page)
    field = dialog.get_by_label(re.compile("^n"))
    expect(field).to_be_focused()
    page.press("Enter")
    expect(dialog).to_contain_text("This has no default")
    page.type("5")
    page.press("Enter")

    expect(dialog).to_have_count(0)
    bars = _run(page).get_by_role("progressbar")
    expect(bars).to_have_count(2)
    expect(bars.first).to_have_attribute(
        "aria-valuetext", re.compile("running.*cell . of"), timeout=_RUN_MS
    )
    page.shot("run-going")
    _status(page, "succeeded")
    expect(page.page.locator(".jp-nb2pkg-Runs [role=status]").first).to_contain_text(
        "2 of 2 steps done"
    )
    made = lab.folder / "runs"
    expect(_run(page).get_by_role("button", name="Executed notebook")).to_have_count(2)
    assert [path.name for path in sorted(made.glob("[0-9]*/*.ipynb"))] == [
        "first.ipynb",
        "second.ipynb",
    ]
    assert page.complaints == []


def test_a_failure_says_why_and_its_report_opens(page: LabPage, lab: LabServer) -> None:
    hostile = next(text for text in PAYLOADS if text.startswith("<img src=x onerror"))
    notebook = lab.write(
        "fails.ipynb",
        [
            code("n = 1", "parameters", id="given"),
            code(f"raise ValueError({hostile!r})", id="raise"),
        ],
    )
    page.open(lab, notebook)
    page.command("Run as Pipeline")
    _dialog(page).get_by_role("button", name="Run").click()

    _status(page, "failed")
    expect(_run(page).get_by_role("alert").first).to_contain_text("ValueError: <img src=x")
    _run(page).get_by_text("Traceback").click()
    page.shot("run-failed")
    assert _run(page).locator("img, iframe, script").count() == 0
    _run(page).get_by_role("button", name="Report").click()
    frame = page.page.frame_locator(".jp-nb2pkg-Report iframe")
    expect(frame.locator("h1")).to_have_text("fails")
    page.shot("run-report")
    assert page.page.locator(".jp-nb2pkg-Report iframe").get_attribute("sandbox") == ""
    assert page.page.title() != "PWNED"
    assert page.complaints == []


def test_unsaved_edits_are_told_and_a_run_is_cancelled(page: LabPage, lab: LabServer) -> None:
    notebook = lab.write(
        "sleeps.ipynb",
        [code("n = 1", "parameters", id="given"), code("import time\ntime.sleep(100)", id="sleep")],
    )
    page.open(lab, notebook)
    page.cell(0).locator(".cm-content").click()
    page.press("Control+End")
    page.type("; later = 7")
    page.command("Run as Pipeline")
    dialog = _dialog(page)
    expect(dialog).to_contain_text("Edits are not saved")
    expect(dialog.get_by_label("later")).to_have_count(0)
    page.shot("run-unsaved")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("later")).to_have_attribute("placeholder", "7")
    expect(dialog.get_by_text("Edits are not saved")).to_have_count(0)
    dialog.get_by_role("button", name="Run", exact=True).click()
    bar = _run(page).get_by_role("progressbar", name="sleeps")
    expect(bar).to_have_attribute("aria-valuetext", re.compile("cell . of"), timeout=_RUN_MS)

    _run(page).get_by_role("button", name="Cancel Run").click()
    _dialog(page).get_by_role("button", name="Let It Run").click()
    _status(page, "running")
    _run(page).get_by_role("button", name="Cancel Run").click()
    _dialog(page).get_by_role("button", name="Cancel Run").click()

    _status(page, "cancelled")
    chosen = page.page.locator(".jp-nb2pkg-RunItem[aria-selected=true]")
    expect(chosen).to_contain_text("cancelled")
    assert page.complaints == []


def test_a_schedule_is_previewed_added_paused_and_removed(
    page: LabPage, jupyter: LabServer
) -> None:
    notebook = _sums(jupyter, "nightly")
    page.open(jupyter, notebook)
    page.command("Schedule…")
    dialog = _dialog(page)
    when = dialog.get_by_label("When")
    expect(when).to_be_focused()
    page.type("0 25 * * *")
    expect(dialog.locator(".jp-nb2pkg-RunPlace mark")).to_have_text("25")
    expect(dialog.get_by_role("button", name="Schedule")).to_be_disabled()
    page.shot("schedule-wrong")
    when.fill("weekdays at 07:30")
    expect(dialog.get_by_role("list", name="Next times").get_by_role("listitem")).to_have_count(5)
    zone = dialog.get_by_label("Time zone")
    zone.fill("Europe/Stokholm")
    expect(dialog).to_contain_text("Stockholm")
    zone.fill("Europe/Stockholm")
    expect(dialog.get_by_role("list", name="Next times")).to_contain_text("07:30")
    dialog.get_by_label("Name").fill("../x")
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog).to_contain_text("cannot be a schedule's name")
    dialog.get_by_label("Name").fill("nightly")
    dialog.get_by_label("n", exact=True).fill("5")
    expect(dialog).to_contain_text("NB2PKG_PARAM_API_KEY")
    dialog.get_by_text("More").click()
    dialog.get_by_label("Tries again after a failure").fill("2")
    page.shot("schedule-dialog")
    expect(dialog.get_by_role("button", name="Schedule")).to_be_enabled()
    dialog.get_by_label("n", exact=True).press("Enter")

    listed = page.page.get_by_role("list", name="Schedules").get_by_role("listitem")
    expect(listed).to_contain_text("weekdays at 07:30")
    expect(listed).to_contain_text("nightly.ipynb")
    expect(page.page.locator(".jp-nb2pkg-Runs")).to_contain_text("nb2pkg schedule install")
    page.page.get_by_role("button", name="Pause: nightly").click()
    expect(listed).to_contain_text("paused")
    page.page.get_by_role("button", name="Resume: nightly").click()
    expect(listed).not_to_contain_text("paused")
    page.page.get_by_role("button", name="Run Now: nightly").click()
    expect(listed.get_by_role("img", name=re.compile("^waiting"))).to_be_visible()
    page.shot("schedules")
    page.dark()
    page.shot("schedules-dark")
    page.page.get_by_role("button", name="Remove: nightly").click()
    _dialog(page).get_by_role("button", name="Remove").click()
    expect(page.page.locator(".jp-nb2pkg-Schedules")).to_contain_text("Nothing is scheduled")
    # Chromium itself tells of what the server refused while somebody typed.
    assert [said for said in page.complaints if "status of 422" not in said] == []


def test_in_notebook_7(page: LabPage, notebook7: LabServer) -> None:
    notebook = _sums(notebook7, "seven")
    page.open(notebook7, notebook)
    page.page.get_by_role("button", name="Run the saved file outside").click()
    _dialog(page).get_by_role("button", name="Run").click()

    _status(page, "succeeded")
    page.shot("run-notebook7")
    with page.page.context.expect_page() as opened:
        _run(page).get_by_role("button", name="Executed notebook").click()
    assert "/notebooks/runs/seven-" in opened.value.url
    with page.page.context.expect_page() as report:
        _run(page).get_by_role("button", name="Report").click()
    expect(report.value.locator("h1")).to_have_text("seven")
    assert page.complaints == []


def test_a_server_that_cannot_run_says_so(page: LabPage, lab: LabServer) -> None:
    """As one on Windows answers."""
    notebook = _sums(lab, "windows")
    page.page.route(
        "**/nb2pkg/info*",
        lambda route: route.fulfill(
            response=(answer := route.fetch()), json={**answer.json(), "can_run": False}
        ),
    )
    page.open(lab, notebook)
    page.command("Show Runs and Schedules")

    expect(_dialog(page)).to_contain_text("this server is on Windows")


def test_in_the_dark(page: LabPage, lab: LabServer) -> None:
    notebook = _sums(lab, "dark")
    page.open(lab, notebook)
    page.dark()
    page.command("Run as Pipeline")
    expect(_dialog(page).get_by_label("region")).to_be_visible()
    page.shot("run-dialog-dark")
    _dialog(page).get_by_role("button", name="Run").click()
    _status(page, "succeeded")
    page.shot("runs-dark")
