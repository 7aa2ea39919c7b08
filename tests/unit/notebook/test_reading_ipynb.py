"""What does reading an .ipynb file give?"""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from nb2pkg.notebook import (
    CellKind,
    Notebook,
    read_notebook,
    require_python,
    write_notebook,
)


def read(document: dict[str, Any]) -> Notebook:
    return read_notebook(json.dumps(document).encode(), "analysis")


def test_cells_come_in_order_with_all_they_hold() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
    notebook = read(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}
            },
            "cells": [
                {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Title\n", "x"]},
                {
                    "cell_type": "code",
                    "id": "c",
                    "metadata": {"tags": ["step:clean"]},
                    "source": "x = 1",
                    "execution_count": 7,
                    "outputs": [output],
                },
                {"cell_type": "raw", "id": "r", "metadata": {}, "source": "raw"},
            ],
        }
    )

    markdown, code, raw = notebook.cells
    assert (markdown.kind, markdown.source) == (CellKind.MARKDOWN, "# Title\nx")
    assert (code.position, code.kind, code.cell_id) == (2, CellKind.CODE, "c")
    assert (code.tags, code.execution_count, code.outputs) == (("step:clean",), 7, (output,))
    assert (raw.kind, raw.source) == (CellKind.RAW, "raw")
    assert (notebook.name, notebook.kernel_name, notebook.language) == (
        "analysis",
        "python3",
        "python",
    )
    assert notebook.notes == ()


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"language": "Python"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": {"language": "python3"}},
        {"kernelspec": None, "language_info": 5},
    ],
)
def test_every_python_is_python(metadata: dict[str, Any]) -> None:
    notebook = read({"nbformat": 4, "metadata": metadata, "cells": []})

    assert notebook.language == "python"
    require_python(notebook)


def test_line_ends_become_newlines_and_form_feeds_stay() -> None:
    cell = {"cell_type": "code", "source": ["\ufeffa\r\n", "b\rc\x0c\n", "d\u2028"]}
    notebook = read({"nbformat": 4, "nbformat_minor": 0, "cells": [cell]})

    assert notebook.cells[0].source == "a\nb\nc\x0c\nd\u2028"


FORMAT_3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "Old"},
    "worksheets": [
        {
            "cells": [
                {"cell_type": "heading", "level": 3, "source": ["A\n", "title"], "metadata": {}},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": ["import os\n", "os"],
                    "language": "python",
                    "metadata": {},
                    "prompt_number": 4,
                    "outputs": [
                        {"output_type": "stream", "stream": "stderr", "text": ["oh"]},
                        {
                            "output_type": "pyout",
                            "prompt_number": 4,
                            "text": ["<module>"],
                            "html": "<b>",
                            "metadata": {},
                        },
                        {"output_type": "display_data", "png": "iVBO", "json": '{"a": 1}'},
                        {
                            "output_type": "pyerr",
                            "ename": "E",
                            "evalue": "e",
                            "traceback": ["t"],
                        },
                    ],
                },
            ]
        },
        {"cells": [{"cell_type": "markdown", "source": "end", "metadata": {}}]},
    ],
}


def test_format_3_is_read_as_format_4() -> None:
    notebook = read(FORMAT_3)

    title, code, end = notebook.cells
    assert (title.kind, title.source) == (CellKind.MARKDOWN, "### A title")
    assert (code.source, code.execution_count) == ("import os\nos", 4)
    assert [output["output_type"] for output in code.outputs] == [
        "stream",
        "execute_result",
        "display_data",
        "error",
    ]
    assert code.outputs[0]["name"] == "stderr"
    assert code.outputs[1]["data"] == {"text/plain": "<module>", "text/html": "<b>"}
    assert code.outputs[2]["data"] == {"image/png": "iVBO", "application/json": {"a": 1}}
    assert (end.position, end.source) == (3, "end")
    assert [note.code for note in notebook.notes] == ["NB195"]


def test_format_3_is_written_as_a_valid_format_4() -> None:
    notebook = read(FORMAT_3)

    assert write_notebook(notebook, notebook.cells) == notebook.text
    written = write_notebook(notebook, notebook.cells[1:])
    document = json.loads(written)
    nbformat.validate(document)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)


def test_format_3_says_its_language_in_cells() -> None:
    cell = {"cell_type": "code", "input": "x", "language": "Ruby"}
    notebook = read({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [cell]}]})

    assert notebook.language == "ruby"
