"""nb2pkg graph: what flows, as text and as pictures."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.e2e.shell import Shell

SALES = (
    "# Sales", "## Load", "rows = [3, 1, 2]\nprint(len(rows))", "## Sort",
    "rows = sorted(rows)\nbest = rows[-1]", "## Show", "print(rows, best)\nbest",
)  # fmt: skip


def test_text_says_what_flows_where(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    out = shell("graph", "sales.ipynb").out

    assert out.startswith("load  (cell 3)\n└─ rows → sort\nsort  (cell 5)\n└─ rows, best → show\n")


def test_cells_can_be_shown_instead(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    out = shell("graph", "sales.ipynb", "--cells").out

    assert "cell 3  (rows = [3, 1, 2])\n└─ rows → cell 5" in out


def test_a_cell_gets_a_value_from_the_last_one_that_changed_it(shell: Shell) -> None:
    cells = ("import json", "rows = [json.loads('1')]", "rows.append(2)", "print(json.dumps(rows))")
    shell.write("chain.ipynb", *cells)

    out = shell("graph", "chain.ipynb", "--cells", "-f", "mermaid").out

    arrows = [line.strip() for line in out.splitlines() if "-->" in line]
    assert arrows == ['cell_2 -->|"rows"| cell_3', 'cell_3 -->|"rows"| cell_4']


def test_mermaid_and_dot_name_steps_and_values(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    assert 'load -->|"rows"| sort' in shell("graph", "sales.ipynb", "-f", "mermaid").out
    assert '"load" -> "sort" [label="rows"];' in shell("graph", "sales.ipynb", "-f", "dot").out


@pytest.mark.parametrize("cells", [(), ("--cells",)])
def test_the_picture_is_well_formed_and_loads_nothing(shell: Shell, cells: tuple[str, ...]) -> None:
    hostile = '## <script>alert(1)</script>"&'
    shell.write("sales.ipynb", *SALES, hostile, "x = '</text><script>' + str(best)\nprint(x)")

    svg = shell("graph", "sales.ipynb", "-f", "svg", *cells).out
    html = shell("graph", "sales.ipynb", "-f", "html", *cells).out

    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    for text in (svg, html):
        assert "<script" not in text
        assert "href" not in text and "src=" not in text and "@import" not in text


def test_no_two_boxes_of_a_picture_overlap(shell: Shell) -> None:
    cells = ["a0 = 1"]
    for number in range(1, 12):
        cells.append(f"a{number} = a{number // 2} + a{max(0, number - 3)}")
    cells.append("print(" + ", ".join(f"a{n}" for n in range(12)) + ")")
    shell.write("wide.ipynb", *cells)

    root = ElementTree.fromstring(shell("graph", "wide.ipynb", "--cells", "-f", "svg").out)
    boxes = [
        tuple(float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        for rect in root.iter()
        if rect.tag.endswith("rect")
    ]

    assert len(boxes) == 13
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for number, (x, y, w, h) in enumerate(boxes):
        assert x >= 0 and x + w <= width and y >= 0 and y + h <= height
        for x2, y2, w2, h2 in boxes[number + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
