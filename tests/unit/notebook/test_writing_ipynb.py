"""What does a notebook file read after a change?"""

from __future__ import annotations

import json
from dataclasses import replace

from nb2pkg.notebook import (
    Cell,
    CellKind,
    Notebook,
    new_notebook,
    read_notebook,
    write_notebook,
)

# Odd on purpose: keys out of order, a number written oddly, an escaped letter, two blanks.
FILE = """\
{
 "nbformat": 4,  "nbformat_minor": 5,
 "cells": [
  {
   "source": [
    "x = 1\\n",
    "y = 2"
   ],
   "cell_type": "code", "id": "one",
   "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}],
   "execution_count": 1,
   "metadata": {}
  },
  {"cell_type": "weird", "source": 5},
  {"cell_type": "markdown", "id": "two", "metadata": {"n": 1.50}, "source": "é  \\u00e9"}
 ],
 "metadata": {}
}
"""


def read(text: str) -> Notebook:
    return read_notebook(text.encode(), "analysis")


def test_new_source_replaces_nothing_but_the_source() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells

    written = write_notebook(notebook, [replace(code, source="a\nb\nc"), prose])

    assert written == FILE.replace('"x = 1\\n",\n    "y = 2"\n', '"a\\n",\n    "b\\n",\n    "c"\n')


def test_source_that_was_one_string_stays_one() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells

    written = write_notebook(notebook, [code, replace(prose, source="ü\nv")])

    assert written == FILE.replace('"é  \\u00e9"', '"ü\\nv"')


def test_tags_go_into_the_metadata() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells

    written = write_notebook(notebook, [replace(code, tags=("step:a",)), prose])

    assert written == FILE.replace(
        '"metadata": {}\n  },', '"metadata": {\n    "tags": [\n     "step:a"\n    ]\n   }\n  },'
    )
    tagged = read(written)
    bare = [replace(cell, tags=()) for cell in tagged.cells]
    assert write_notebook(tagged, bare) == FILE


def test_outputs_are_cleared_in_their_place() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells

    written = write_notebook(notebook, [replace(code, outputs=(), execution_count=None), prose])

    start, end = FILE.index('[{"output'), FILE.index(',\n   "execution')
    assert written == (FILE[:start] + "[]" + FILE[end:]).replace('count": 1', 'count": null')


def test_an_inserted_cell_is_written_as_jupyter_does() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells
    new = Cell(position=0, kind=CellKind.CODE, source="z = 3", cell_id="new", tags=("a",))

    written = write_notebook(notebook, [new, code, prose])

    inserted = """\
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "new",
   "metadata": {
    "tags": [
     "a"
    ]
   },
   "outputs": [],
   "source": [
    "z = 3"
   ]
  },
"""
    assert written == FILE.replace('"cells": [\n', '"cells": [\n' + inserted)


def test_a_cell_that_could_not_be_read_stays_where_it_was() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells

    assert [c["cell_type"] for c in json.loads(write_notebook(notebook, [prose]))["cells"]] == [
        "weird",
        "markdown",
    ]
    assert [c["cell_type"] for c in json.loads(write_notebook(notebook, [code]))["cells"]] == [
        "code",
        "weird",
    ]


def test_a_letter_is_escaped_where_the_file_escapes_letters() -> None:
    notebook = read(FILE.replace("é", "\\u00e9"))
    code, prose = notebook.cells

    written = write_notebook(notebook, [code, replace(prose, source="ü")])

    assert '"source": "\\u00fc"' in written


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "\ud800é"}
    cell = Cell(position=0, kind=CellKind.CODE, source="x", outputs=(output,))

    text = new_notebook([cell], {})

    assert '"\\ud800é"' in text
    assert read(text).cells[0].outputs == (output,)


def test_a_new_notebook_gives_each_cell_an_id_that_stays() -> None:
    cells = [Cell(position=0, kind=CellKind.CODE, source="x", cell_id=i) for i in (None, "a", "a")]

    ids = [cell["id"] for cell in json.loads(new_notebook(cells, {}))["cells"]]

    assert len(set(ids)) == 3
    assert ids[1] == "a"
    assert ids == [cell["id"] for cell in json.loads(new_notebook(cells, {"a": 1}))["cells"]]


def test_a_copy_of_a_cell_gets_its_own_id() -> None:
    notebook = read(FILE)
    code, prose = notebook.cells

    written = read(write_notebook(notebook, [code, prose, replace(code, position=0), code]))

    assert len({cell.cell_id for cell in written.cells}) == 4
    assert [note.code for note in written.notes] == ["NB191"]


def test_a_file_older_than_4_5_gets_no_ids() -> None:
    text = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)

    written = write_notebook(read(text), [Cell(position=0, kind=CellKind.RAW, source="x")])

    assert json.loads(written)["cells"] == [{"cell_type": "raw", "metadata": {}, "source": ["x"]}]
    assert written.startswith('{\n "cells": [\n  {\n   "cell_type": "raw",')
    assert '  }\n ],\n "metadata"' in written
