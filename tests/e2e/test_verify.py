"""nb2pkg verify: run the notebook, run the package, say whether they agree."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.shell import Ended, Shell

SALES = (
    "# Sales", "## Load", "rows = [3, 1, 2]\nprint(len(rows), 'rows')", "## Sort",
    "ranked = sorted(rows)\nbest = {'row': ranked[-1], 'of': len(ranked)}",
    "## Show", "open('best.txt', 'w').write(str(best['row']))\nprint('best', best)\nbest",
)  # fmt: skip
PLOTS = (
    "import matplotlib.pyplot as plt", "## Make", "xs = [1, 2, 3]\nys = [x * x for x in xs]",
    "## Draw", "plt.plot(xs, ys)\nplt.title('squares')", "plt.bar(xs, ys)\nplt.show()",
)  # fmt: skip


def verify(shell: Shell, *arguments: str) -> Ended:
    """Verify with the Python of the tests: it has a kernel."""
    return shell("verify", *arguments, "--python", sys.executable)


def verified(shell: Shell, *arguments: str) -> tuple[int, dict[str, Any]]:
    ended = verify(shell, *arguments, "--json")
    return ended.code, json.loads(ended.out)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_a_package_that_does_the_same(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    before = shell.files(".")

    ended = verify(shell, "sales.ipynb")

    assert ended.code == 0, ended.out
    assert "same         sort  cell 5, 1 value" in ended.out
    assert ended.out.endswith(
        "the package does what the notebook does: 2 values, text, pictures and files\n"
    )
    assert shell.files(".") == before, "nothing was written where the notebook is"


def test_without_a_package_what_extract_would_write_is_verified(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    ended = verify(shell, "sales.ipynb")

    assert ended.code == 0, ended.out
    assert ended.out.startswith("sales.ipynb beside what extract would write")
    assert sorted(path.name for path in shell.folder.iterdir()) == ["sales.ipynb"]


def test_a_value_that_is_another_one_is_shown_with_its_place(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    edit(shell.folder / "sales/src/sales/steps/sort.py", "ranked[-1]", "ranked[0]")

    ended = verify(shell, "sales.ipynb")

    assert ended.code == 1
    assert "differs      sort  cell 5" in ended.out
    assert (
        "best['row'] (cell 5, line 2)\n             notebook  3\n             package   1\n"
        in ended.out
    )
    assert ended.out.endswith("they part at sort\n")


def test_text_that_is_not_printed_is_missed(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    edit(shell.folder / "sales/src/sales/steps/load.py", 'print(len(rows), "rows")', "pass")

    code, answer = verified(shell, "sales.ipynb")

    assert code == 1
    assert answer["steps"][0]["text"] == {"expected": "3 rows", "found": None, "cell": 3}


def test_a_file_with_other_contents_is_found(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    edit(shell.folder / "sales/src/sales/steps/show.py", 'str(best["row"])', 'str(best["of"] - 1)')

    code, answer = verified(shell, "sales.ipynb")

    assert code == 1
    assert answer["files"] == [
        {"path": "best.txt", "expected": "written", "found": "written, with other contents"}
    ]


def test_pictures_are_compared(shell: Shell) -> None:
    shell.write("plots.ipynb", *PLOTS)
    shell("extract", "plots.ipynb")
    assert verify(shell, "plots.ipynb").code == 0
    edit(shell.folder / "plots/src/plots/steps/draw.py", '"squares"', '"cubes"')

    code, answer = verified(shell, "plots.ipynb")

    assert code == 1
    [told] = answer["steps"][1]["figures"]
    assert re.fullmatch(r"picture 1 of cell 5 is another one: \d+\.\d\d% of its pixels", told)


def test_a_part_of_a_picture_may_differ_where_that_is_said(shell: Shell) -> None:
    shell.write("plots.ipynb", *PLOTS)
    shell("extract", "plots.ipynb")
    edit(shell.folder / "plots/src/plots/steps/draw.py", '"squares"', '"cubes"')

    assert verify(shell, "plots.ipynb").code == 1
    assert verify(shell, "plots.ipynb", "--ptol", "0.0001").code == 1
    assert verify(shell, "plots.ipynb", "--ptol", "0.05").code == 0


def test_a_package_that_stops_is_told_with_the_line(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    edit(shell.folder / "sales/src/sales/steps/sort.py", "ranked[-1]", "ranked[9]")

    ended = verify(shell, "sales.ipynb")

    assert ended.code == 1
    assert "same         load  cell 3" in ended.out
    assert "not reached  sort" in ended.out
    assert "the package at sales/steps/sort.py:" in ended.out
    assert "after step load: IndexError: list index out of range" in ended.out


def test_a_notebook_that_fails_midway_is_verified_up_to_there(shell: Shell) -> None:
    shell.write(
        "broken.ipynb", "## Load", "rows = [3]", "## Divide", "rows[0] / 0", "## End", "print(rows)"
    )

    ended = verify(shell, "broken.ipynb")

    assert ended.code == 5
    assert "same         load" in ended.out
    assert (
        "the notebook in cell 4, after step load: ZeroDivisionError: division by zero" in ended.out
    )


def test_a_hanging_notebook_is_ended(shell: Shell) -> None:
    shell.write("slow.ipynb", "## Wait", "import time\ntime.sleep(600)")

    ended = verify(shell, "slow.ipynb", "--timeout", "2")

    assert ended.code == 5
    assert "the notebook in cell 2: it took longer than" in ended.out


def test_a_kernel_that_dies_is_named(shell: Shell) -> None:
    shell.write("dies.ipynb", "## Die", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")

    ended = verify(shell, "dies.ipynb")

    assert ended.code == 5
    assert (
        "the notebook in cell 2: the kernel died of SIGKILL; it may have run out of memory"
        in ended.out
    )


def test_what_cannot_be_compared_is_listed(shell: Shell) -> None:
    shell.write(
        "live.ipynb", "import sqlite3", "## Open", "db = sqlite3.connect(':memory:')\nlines = (n for n in 'ab')",
        "## Use", "print(list(lines), db.total_changes)",
    )  # fmt: skip

    code, answer = verified(shell, "live.ipynb")

    assert code == 0
    assert answer["steps"][0]["not_compared"] == [
        "db: it is bound to its process",
        "lines: a generator is used up by looking at it",
    ]
    assert answer["steps"][0]["compared"] == 0


def test_a_notebook_that_changed_since_is_said_to_have(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    shell.write("sales.ipynb", *SALES[:2], "rows = [3, 1, 4]\nprint(len(rows), 'rows')", *SALES[3:])

    ended = verify(shell, "sales.ipynb")

    assert ended.code == 1
    assert "the notebook has changed since this package was extracted" in ended.out
    assert (
        "rows[2] (cell 3, line 1)\n             notebook  4\n             package   2\n"
        in ended.out
    )


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), lambda path: None], ids=["foreign", "absent"]
)
def test_a_folder_that_is_no_package_is_refused(shell: Shell, make: Any) -> None:
    shell.write("sales.ipynb", *SALES)
    make(shell.folder / "other")

    ended = verify(shell, "sales.ipynb", "other")

    assert ended.code == 2
    assert "NB013" in ended.err


def test_steps_run_in_a_process_each_with_what_they_store_in_between(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    before = shell.files(".")

    ended = verify(shell, "sales.ipynb", "--steps")

    assert ended.code == 0, ended.out
    assert "same         sort  cell 5, 1 value" in ended.out
    assert shell.files(".") == before


def test_what_storing_takes_apart_is_seen_in_steps_only(shell: Shell) -> None:
    """A step notebook that stores apart what belongs together, as an edit by hand may."""
    shell.write(
        "shared.ipynb", "## Make", "rows = [1]\ntable = {'rows': rows}",
        "## Change", "rows.append(2)", "## Show", "print(table)",
    )  # fmt: skip
    shell("extract", "shared.ipynb")
    notebook = shell.folder / "shared/notebooks/steps/make_to_change.ipynb"
    document = json.loads(notebook.read_text())
    for cell in document["cells"]:
        source = "".join(cell["source"])
        cell["source"] = source.replace("change(rows)", "rows = list(rows)\nchange(rows)")
    notebook.write_text(json.dumps(document))

    assert verify(shell, "shared.ipynb").code == 0
    code, answer = verified(shell, "shared.ipynb", "--steps")
    assert code == 1
    assert answer["steps"][-1]["text"]["expected"] == "{'rows': [1, 2]}"


def test_a_pipeline_that_cannot_be_read_is_refused(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)
    shell("extract", "sales.ipynb")
    (shell.folder / "sales/pipeline.yaml").write_text("steps: [")

    ended = verify(shell, "sales.ipynb", "--steps")

    assert ended.code == 2
    assert "NB014" in ended.err


def test_what_the_notebook_does_not_do_twice_is_set_apart(shell: Shell) -> None:
    shell.write(
        "noisy.ipynb", "import random, time", "## Draw", "values = [random.random() for _ in range(3)]\nn = len(values)",
        "## Report", "print('at', time.time())\nprint('drawn', n, values)",
    )  # fmt: skip

    ended = verify(shell, "noisy.ipynb")

    assert ended.code == 0, ended.out
    assert (
        "set apart, the notebook itself does not do it twice: values[0] "
        "(it draws random numbers without a seed)" in ended.out
    )
    shell("extract", "noisy.ipynb")
    edit(shell.folder / "noisy/src/noisy/steps/draw.py", "range(3)", "range(4)")
    assert verify(shell, "noisy.ipynb").code == 1


def test_elements_are_shown_and_may_be_a_little_apart(shell: Shell) -> None:
    shell.write(
        "grids.ipynb", "import numpy as np", "## Make", "grid = np.arange(6.0).reshape(2, 3)",
        "## Scale", "scaled = grid * 2", "## Show", "print(int(scaled.sum()))",
    )  # fmt: skip
    shell("extract", "grids.ipynb")
    edit(
        shell.folder / "grids/src/grids/steps/scale.py",
        "grid * 2",
        "grid * (2 + (grid == 4) / 1e9)",
    )

    ended = verify(shell, "grids.ipynb")

    assert ended.code == 1
    assert "1 of 6 differ; the first:" in ended.out
    assert "[1, 1]  8.0 in the notebook, 8.000000004 in the package" in ended.out
    assert verify(shell, "grids.ipynb", "--rtol", "1e-8").code == 0
    assert verify(shell, "grids.ipynb", "--atol", "1e-8").code == 0
    assert verify(shell, "grids.ipynb", "--rtol", "1e-12").code == 1


def test_the_report_is_a_page_of_its_own_with_the_pictures(shell: Shell) -> None:
    shell.write("plots.ipynb", *PLOTS[:2], "xs = [1, 2, 3]\nys = ['<b>', 'b', 'c']", *PLOTS[3:])
    shell("extract", "plots.ipynb")
    edit(shell.folder / "plots/src/plots/steps/draw.py", 'plt.title("squares")', "pass")
    edit(shell.folder / "plots/src/plots/steps/make.py", "<b>", "<script>")

    ended = verify(shell, "plots.ipynb", "--report", "report.html")

    page = (shell.folder / "report.html").read_text()
    assert ended.code == 1
    assert page.count('src="data:image/png;base64,') == 4
    assert "ys[0]" in page
    assert "&#x27;&lt;script&gt;&#x27;" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_a_report_that_cannot_be_written_is_a_mistake_of_the_user(shell: Shell) -> None:
    shell.write("sales.ipynb", *SALES)

    ended = verify(shell, "sales.ipynb", "--report", "nowhere/report.html")

    assert ended.code == 2
    assert "NB015" in ended.err


def test_repeat_finds_what_depends_on_the_order_of_a_set(shell: Shell) -> None:
    shell.write(
        "sets.ipynb", "import random", "## Make", "names = list({f'name {n}' for n in range(50)})\nsteady = sorted(names)",
        "## Draw", "drawn = random.random()", "## Show", "print(len(names), steady[0], drawn < 2)",
    )  # fmt: skip

    code, answer = verified(shell, "sets.ipynb", "--repeat", "3")

    assert code == 0
    assert {(p["step"], p["place"].partition("[")[0]) for p in answer["order_of_sets"]} == {
        ("make", "names")
    }
    assert answer["unstable"] == {"draw": "it draws random numbers without a seed"}
    assert answer["steps"][1]["unstable"] == ["drawn"]


def test_a_notebook_that_only_looks_needs_no_package(shell: Shell) -> None:
    shell.write("looks.ipynb", "1 + 1", "import math\nmath.pi")

    ended = verify(shell, "looks.ipynb")

    assert ended.code == 0, ended.err
    assert ended.out.endswith(
        "nothing is extracted, and nothing is missed: it only looks at values\n"
    )


def test_what_no_package_does_is_missed(shell: Shell) -> None:
    shell.write("left.ipynb", "1 + 1", "print('last', _)")

    code, answer = verified(shell, "left.ipynb")

    assert code == 1
    assert answer["package"] == ""
    assert answer["steps"][-1]["text"]["expected"] == "last 2"
