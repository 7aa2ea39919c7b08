"""The steps of a notebook in a real JupyterLab and Notebook 7: shown, named and cleared, and saved as tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, code, prose
from tests.browser.xss_payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

_STANDS_AT = """
place => Math.abs(document.querySelector('.jp-mod-active .jp-InputArea-editor').getBoundingClientRect().y - place) <= 1
"""
# Behind what is half transparent stands what the theme has behind it; a colour is said in 0 to 255 or in 0 to 1.
_COLOURS = """
[...document.querySelectorAll('.jp-nb2pkg-StepName')].map(label => {
  const read = text => { const n = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith('color(') ? n.slice(0, 3).map(v => v * 255) : n };
  const mixed = (over, under) => over.length < 4 ? over : over.slice(0, 3).map((v, i) => v * over[3] + under[i] * (1 - over[3]));
  const light = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b };
  const page = read(getComputedStyle(label.closest('.jp-Notebook')).backgroundColor);
  const style = getComputedStyle(label);
  const ground = mixed(read(style.backgroundColor), page);
  const [a, b] = [light(mixed(read(style.color), ground)), light(ground)].sort((x, y) => y - x);
  return { name: label.textContent, ground: style.backgroundColor, contrast: (a + .05) / (b + .05) };
})
"""


def _churn(server: LabServer, name: str) -> str:
    return server.write(
        f"{name}.ipynb",
        [
            prose("# Churn", id="title"),
            code("import math", id="imports"),
            code("raw = [1, 2, None]\nraw", "step:load", id="load"),
            code("clean = [x for x in raw if x]", "keep", "step:clean", "prev:load", id="clean"),
            code("total = sum(clean)", id="total"),
        ],
    )


def _place(cell: Locator) -> tuple[float, float]:
    """Where the code of a cell is, and its output below."""
    box = cell.locator(".jp-InputArea-editor").bounding_box()
    assert box is not None
    return box["y"], box["height"]


def test_steps_are_shown_and_hidden_and_it_is_remembered(page: LabPage, lab: LabServer) -> None:
    notebook = _churn(lab, "shown")
    page.open(lab, notebook)
    expect(page.switch()).to_have_attribute("aria-pressed", "false")
    expect(page.labels()).to_have_count(0)

    page.toggle()
    expect(page.label(2)).to_have_text("load")
    expect(page.labels()).to_have_text(["+ step", "load", "clean", "+ step"])
    expect(page.switch()).to_have_attribute("aria-pressed", "true")

    page.open_again(lab, notebook)
    expect(page.label(3)).to_have_text("clean")

    page.toggle()
    expect(page.label(3)).to_have_count(0)
    # Looking changes nothing, and JupyterLab has nothing to complain of.
    page.save()
    assert lab.tags(notebook) == {
        "load": ["step:load"],
        "clean": ["keep", "step:clean", "prev:load"],
    }
    assert page.complaints == []
    assert [one for one in page.asked if not one.startswith((lab.address, "data:", "blob:"))] == []


def test_steps_are_set_renamed_and_cleared_with_the_mouse(
    page: LabPage, jupyter: LabServer
) -> None:
    notebook = _churn(jupyter, "mouse")
    page.open(jupyter, notebook)
    page.toggle()
    before = _place(page.cell(4))

    page.label(3).click()
    expect(page.field()).to_be_focused()
    assert _place(page.cell(4)) == before
    page.field().fill("Clean the data")
    expect(page.page.get_by_role("status").get_by_text("will be clean_the_data")).to_be_visible()
    page.cell(0).click()  # elsewhere, and it counts
    expect(page.label(3)).to_have_text("clean_the_data")

    page.cell(4).hover()
    page.label(4).click()
    page.name("total")
    expect(page.label(4)).to_have_text("total")

    page.label(2).click()
    page.field().fill("")
    page.field().press("Enter")
    expect(page.label(2)).to_have_text("+ step")

    # Several at once, and clicking elsewhere counts for all of them.
    page.choose(1)
    page.cell(2).locator(".jp-InputPrompt").first.click(modifiers=["Shift"])
    page.label(2).click()
    page.field().fill("load")
    page.cell(0).click()
    expect(page.labels()).to_have_text(["load", "load", "clean_the_data", "total"])

    assert _place(page.cell(4)) == before
    page.save()
    assert jupyter.tags(notebook) == {
        "imports": ["step:load"],
        "load": ["step:load"],
        "clean": ["keep", "step:clean_the_data", "prev:load"],
        "total": ["step:total"],
    }


def test_steps_are_set_renamed_and_cleared_with_the_keyboard(
    page: LabPage, jupyter: LabServer
) -> None:
    notebook = _churn(jupyter, "keyboard")
    page.open(jupyter, notebook)

    # From the notebook's command mode, without labels to begin with; two cells at once.
    page.press("Escape", "ArrowDown", "ArrowDown", "Shift+ArrowDown", "t")
    expect(page.field()).to_be_focused()
    expect(page.page.get_by_role("status").get_by_text("for 2 cells")).to_be_visible()
    page.type("dd aa Prepare")  # each of these is a command of the notebook
    page.press("Enter")
    expect(page.label(2)).to_have_text("dd_aa_prepare")
    expect(page.label(3)).to_have_text("dd_aa_prepare")
    assert page.page.locator(".jp-Cell").count() == 5

    # The name has the focus, and arrows lead on from it; Tab leads to the name of the next cell.
    expect(page.label(3)).to_be_focused()
    page.press("ArrowDown", "Tab", "Enter")
    page.name("total")
    expect(page.label(4)).to_be_focused()
    page.press("Enter")
    expect(page.field()).to_be_focused()
    page.type("never")
    page.press("Escape")
    expect(page.label(4)).to_have_text("total")
    expect(page.label(4)).to_be_focused()

    page.press("ArrowUp", "ArrowUp", "t", "Delete", "Enter")
    expect(page.label(2)).to_have_text("+ step")
    page.save()
    assert jupyter.tags(notebook) == {
        "clean": ["keep", "step:dd_aa_prepare", "prev:load"],
        "total": ["step:total"],
    }


def test_steps_are_set_and_cleared_from_menu_and_palette(page: LabPage, jupyter: LabServer) -> None:
    notebook = _churn(jupyter, "commands")
    page.open(jupyter, notebook)

    page.choose_from_menu(4, "Step", "Set Step…")
    page.name("total")
    page.choose_from_menu(2, "Step", "Clear Step")
    page.choose(3)
    page.command("Clear Step")
    expect(page.label(3)).to_have_text("+ step")
    page.choose(1)
    page.command("Set Step…")
    page.name("imports_")
    expect(page.label(1)).to_have_text("imports")
    page.command("Show Steps")
    expect(page.label(1)).to_have_count(0)
    page.save()
    assert jupyter.tags(notebook) == {
        "imports": ["step:imports"],
        "clean": ["keep", "prev:load"],
        "total": ["step:total"],
    }


def test_names_that_are_none_are_shown_and_refused(page: LabPage, lab: LabServer) -> None:
    cells = [
        code("1", "step:", id="a"),
        code("2", "step:???", id="b"),
        code("3", "step:x", "step:y", id="c"),
        code("4", "step:Fine, but no name", id="d"),
    ]
    notebook = lab.write("names.ipynb", cells)
    page.open(lab, notebook)
    page.toggle()

    why = [page.label(number).get_attribute("title") for number in range(4)]
    expect(page.labels()).to_have_text(["step:!", "???!", "x!", "Fine, but no name"])
    assert [text.split(".")[0] for text in why if text is not None] == [
        "This tag has no name",
        "A name needs a letter from a to z",
        "The cell has several step: tags; this one counts",
        "The function will have another name: this one is none in Python",
    ]

    page.label(3).click()
    page.field().fill("???")
    page.field().press("Enter")
    refusal = page.cell(3).get_by_role("alert")
    expect(refusal).to_have_text("A name needs a letter from a to z")
    expect(page.field()).to_have_attribute("aria-invalid", "true")
    page.field().press("Escape")
    expect(page.label(3)).to_have_text("Fine, but no name")

    # Enter alone puts right what can be.
    for number, label in ((0, "+ step"), (1, "???!"), (2, "x")):
        page.label(number).click()
        expect(page.field()).to_be_focused()
        page.press("Enter", "Escape")
        expect(page.label(number)).to_have_text(label)
    page.save()
    assert lab.tags(notebook) == {
        "b": ["step:???"],
        "c": ["step:x"],
        "d": ["step:Fine, but no name"],
    }


def test_labels_follow_what_happens_to_cells_and_tags(page: LabPage, lab: LabServer) -> None:
    page.open(lab, _churn(lab, "followed"))
    page.toggle()
    expect(page.label(3)).to_have_text("clean")

    page.choose(3)
    page.press("Escape", "c", "v")  # a copy below
    expect(page.label(4)).to_have_text("clean")
    page.press("m")
    expect(page.label(4)).to_have_count(0)
    page.press("y")
    expect(page.label(4)).to_have_text("clean")
    page.press("d", "d")
    expect(page.label(4)).to_have_text("+ step")
    page.choose(1)
    page.press("b")
    expect(page.label(2)).to_have_text("+ step")

    expect(page.labels()).to_have_text(["+ step", "+ step", "load", "clean", "+ step"])


def test_every_colour_can_be_read_in_light_and_dark(page: LabPage, lab: LabServer) -> None:
    steps = ["load", "clean", "features", "train", "evaluate", "report", "publish"]
    cells = [code(name, f"step:{name}", id=name) for name in steps]
    lab.write("colours.ipynb", [*cells, code("1", "step:?", id="problem"), code("2", id="none")])
    page.open(lab, "colours.ipynb")
    page.toggle()
    page.choose(8)
    expect(page.label(8)).to_be_visible()

    light = page.page.evaluate(_COLOURS)
    page.dark()
    dark = page.page.evaluate(_COLOURS)
    for labels in (light, dark):
        assert len(labels) == 9
        assert [one for one in labels[:8] if one["contrast"] < 4.5] == []
        assert labels[8]["contrast"] > 3  # what JupyterLab's own hints have
        assert len({one["ground"] for one in labels[:7]}) == 7
    assert light[0]["ground"] != dark[0]["ground"]


def test_nothing_that_tags_and_headings_say_runs(page: LabPage, lab: LabServer) -> None:
    # Half a character cannot be saved.
    texts = [text.replace("BEACON", lab.address) for text in PAYLOADS if "\ud800" not in text]
    texts.append("<img src=x onerror=alert(1)>")
    cells = [code("1", f"step:{text}", id=f"c{number}") for number, text in enumerate(texts)]
    lab.write("hostile.ipynb", [prose(f"# {texts[-1]}", id="title"), *cells])
    page.open(lab, "hostile.ipynb", draws_all=True)
    page.toggle()

    expect(page.labels()).to_have_count(len(texts))
    shown = [label.removesuffix("!") for label in page.labels().all_text_contents()]
    # What JavaScript takes for a space at the beginning: the mark of a file's encoding too.
    assert shown == [text.strip().lstrip("\ufeff") for text in texts]
    page.label(len(texts)).click()
    expect(page.field()).to_have_value(texts[-1])

    assert page.page.locator(".jp-nb2pkg-Step :is(img, svg, script, iframe, a, form)").count() == 0
    assert "PWNED" not in page.page.title()
    assert [one for one in page.asked if "/ran" in one or one.endswith("/a.png")] == []
    assert [said for said in page.complaints if "404" not in said] == []


def test_a_long_notebook_stays_where_it_is_read(page: LabPage, lab: LabServer) -> None:
    cells = [code(f"x = {n}\ny = x", f"step:s{n // 4}", id=f"c{n}") for n in range(60)]
    lab.write("long.ipynb", cells)
    page.open(lab, "long.ipynb")
    page.choose(0)
    page.press(*["ArrowDown"] * 40)
    expect(page.active()).to_contain_text("x = 40")
    place, _ = _place(page.active())

    page.toggle()
    expect(page.label(page.active())).to_have_text("s10")
    page.page.wait_for_function(_STANDS_AT, arg=place)
    page.toggle()
    expect(page.label(page.active())).to_have_count(0)
    page.page.wait_for_function(_STANDS_AT, arg=place)


# -- the other half


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, "{}", "This Jupyter server has no nb2pkg. Type pip install"),
        (
            200,
            '{"version": "0.0.1"}',
            "0.0.1 in the server. Restart Jupyter and reload; if it stays: pip install",
        ),
        (500, '{"message": "It is on fire."}', "nb2pkg: It is on fire."),
    ],
    ids=["missing", "another version", "broken"],
)
def test_a_server_that_does_not_fit_is_told(
    page: LabPage, lab: LabServer, status: int, body: str, said: str
) -> None:
    page.page.route(
        "**/nb2pkg/info*",
        lambda asked: asked.fulfill(status=status, body=body, content_type="application/json"),
    )

    page.open_launcher(lab)

    notice = page.page.locator(".Toastify__toast")
    expect(notice).to_contain_text(said)
    assert "…" not in notice.inner_text()


# -- Notebook 7
