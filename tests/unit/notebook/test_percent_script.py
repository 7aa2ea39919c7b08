"""What does a percent script hold, and how is it written back?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from nb2pkg.notebook import (
    Cell,
    CellKind,
    Limits,
    Notebook,
    read_notebook,
    write_notebook,
)
from nb2pkg.problems import BadNotebook

SCRIPT = '''\
#!/usr/bin/env python
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Sales
#
# A report.

# %% Load the data tags=["step:load", "slow"]
# %matplotlib inline
import pandas as pd
# !ls data
# 5 %d of them
text = """
# %% not a cell
# %time not a magic
"""


# %% [raw]
# plain

# %% [markdown] hidden=true
"""
Prose in *quotes*.
"""

# %%
print(1)
'''


def read(text: str) -> Notebook:
    return read_notebook(text.encode(), "script", format="percent")


def test_a_script_is_read_cell_by_cell() -> None:
    notebook = read(SCRIPT)

    assert [(cell.kind.value, cell.source) for cell in notebook.cells] == [
        ("markdown", "# Sales\n\nA report."),
        (
            "code",
            "%matplotlib inline\nimport pandas as pd\n!ls data\n# 5 %d of them\n"
            'text = """\n# %% not a cell\n# %time not a magic\n"""',
        ),
        ("raw", "plain"),
        ("markdown", "Prose in *quotes*."),
        ("code", "print(1)"),
    ]
    assert notebook.cells[1].tags == ("step:load", "slow")
    assert notebook.cells[1].metadata["title"] == "Load the data"
    assert notebook.cells[3].metadata == {"hidden": True}
    assert (notebook.kernel_name, notebook.language) == ("python3", "python")
    assert notebook.format == "percent"


def test_a_script_without_markers_is_one_cell() -> None:
    notebook = read("# %matplotlib inline\nx = 1\n\n\ny = 2\n")

    assert [cell.source for cell in notebook.cells] == ["# %matplotlib inline\nx = 1\n\n\ny = 2"]


def test_code_before_the_first_marker_is_a_cell() -> None:
    assert [cell.source for cell in read("import os\n\n#%%\nos\n").cells] == ["import os", "os"]


def test_a_cell_in_another_language_becomes_a_cell_magic_and_back() -> None:
    text = '# %% language="bash" magic_args="-e"\n# ls\n#\n# pwd\n'
    notebook = read(text)

    assert notebook.cells[0].source == "%%bash -e\nls\n\npwd"
    edited = [replace(notebook.cells[0], source="%%bash -e\nls -l")]
    assert write_notebook(notebook, edited) == text.replace("# ls\n#\n# pwd", "# ls -l")
    assert "language" not in write_notebook(notebook, [replace(edited[0], source="x")])


@pytest.mark.parametrize(
    ("marker", "kind", "metadata"),
    [
        ("# %% [md]", CellKind.MARKDOWN, {}),
        ("#%% a = b", CellKind.CODE, {"title": "a = b"}),
        ('# %% one two key="v" n=1', CellKind.CODE, {"title": "one two", "key": "v", "n": 1}),
        ("# %% tags=['a', 'b']", CellKind.CODE, {"tags": ["a", "b"]}),
        ('# %% {"tags": ["a"]}', CellKind.CODE, {"tags": ["a"]}),
        ("# %% tags=[[[", CellKind.CODE, {"title": "tags=[[["}),
        ("# %% " + "['a'" * 2000, CellKind.CODE, {"title": "['a'" * 2000}),
        ("# %% a=" + "[" * 9000, CellKind.CODE, {"title": "a=" + "[" * 9000}),
    ],
)
def test_markers_say_kind_title_and_options(
    marker: str, kind: CellKind, metadata: dict[str, object]
) -> None:
    (cell,) = read(marker + "\nx\n").cells

    assert (cell.kind, cell.metadata) == (kind, metadata)


def test_a_changed_cell_is_written_in_its_place() -> None:
    notebook = read(SCRIPT)
    cells = list(notebook.cells)
    cells[1] = replace(cells[1], source="%time load()\n!pwd\n# %env in a comment")
    cells[3] = replace(cells[3], source="New *prose*.")

    start, end = SCRIPT.index("# %matplotlib"), SCRIPT.index("\n\n# %% [raw]")
    expected = SCRIPT[:start] + "# %time load()\n# !pwd\n# # %env in a comment\n" + SCRIPT[end:]
    assert write_notebook(notebook, cells) == expected.replace("Prose in *quotes*", "New *prose*")


def test_tags_kind_and_new_cells_are_written_in_markers() -> None:
    notebook = read("# %% [markdown] a title\n# text\n\n# %%\nx = 1")
    text, code = notebook.cells
    new = Cell(position=0, kind=CellKind.MARKDOWN, source="# New\n\nprose")

    written = write_notebook(notebook, [text, replace(code, tags=("step:é",)), new])

    assert written == (
        "# %% [markdown] a title\n# text\n\n"
        '# %% tags=["step:\\u00e9"]\nx = 1\n\n'
        "# %% [markdown]\n# # New\n#\n# prose\n"
    )
    assert [cell.source for cell in read(written).cells] == ["text", "x = 1", "# New\n\nprose"]
    assert read(written).cells[1].tags == ("step:é",)


def test_windows_line_ends_are_kept() -> None:
    notebook = read("# %%\r\nx = 1\r\n\r\n# %%\r\ny = 2\r\n")
    first, second = notebook.cells

    assert first.source == "x = 1"
    written = write_notebook(notebook, [replace(first, source="a\nb"), second])
    assert written == "# %%\r\na\r\nb\r\n\r\n# %%\r\ny = 2\r\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NB101"),
        (b"# caf\xe9", "NB102"),
        (b"x = '\0'", "NB104"),
        (b"# %%\n" * 60, "NB108"),
        (b"x" * 2000, "NB108"),
    ],
)
def test_a_bad_script_is_refused(data: bytes, code: str) -> None:
    limits = Limits(cells=50, cell_source_bytes=1000)

    with pytest.raises(BadNotebook) as stop:
        read_notebook(data, "script", format="percent", limits=limits)

    assert stop.value.code == code
