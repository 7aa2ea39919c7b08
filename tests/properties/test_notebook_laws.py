"""Which laws hold for every notebook that is read and written back?"""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.notebook import (
    Cell,
    CellKind,
    Notebook,
    new_notebook,
    read_notebook,
    write_notebook,
)
from nb2pkg.problems import BadNotebook

# Any character, with quotes, brackets and line ends made likely. Not `st.text`, whose table of
# Unicode takes so long to build on a fresh machine that hypothesis itself objects.
CHAR = st.sampled_from('x=1"\\{}[]\n\r\t\x0c%!# é😀\u2028') | st.integers(1, 0xD7FF).map(chr)
TEXT = st.lists(CHAR, max_size=15).map("".join)
JSON_LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
JSON_VALUE = st.recursive(
    JSON_LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SOURCE = TEXT | st.lists(TEXT, max_size=3)
STREAM = st.fixed_dictionaries(
    {"output_type": st.just("stream"), "name": st.just("stdout"), "text": SOURCE}
)


@st.composite
def raw_cell(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["code", "markdown", "raw"]))
    members: list[tuple[str, Any]] = [
        ("cell_type", kind),
        ("id", draw(st.uuids()).hex),
        ("metadata", {"extra": draw(JSON_VALUE)}),
        ("source", draw(SOURCE)),
    ]
    if kind == "code":
        members.append(("outputs", draw(st.lists(STREAM, max_size=2))))
        members.append(("execution_count", draw(st.none() | st.integers(0, 99))))
    return dict(draw(st.permutations(members)))


@st.composite
def ipynb_text(draw: st.DrawFn) -> str:
    document = {
        "cells": draw(st.lists(raw_cell(), max_size=4)),
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    indent = draw(st.sampled_from([None, 0, 1, 2, "\t"]))
    separators = draw(st.sampled_from([None, (",", ":")]))
    ascii_only = draw(st.booleans())
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=ascii_only)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text + draw(st.sampled_from(["", "\n"]))


MARKERS = ["# %%", "# %% a title", "# %% [markdown]", '# %% tags=["a"]', "#%% [raw]", "# %%%"]
SCRIPT_LINE = st.one_of(
    st.sampled_from([*MARKERS, '"""', "'''", "# text", "# %time x", "!ls", "x = 1", "", "# ---"]),
    TEXT.filter(lambda text: "\n" not in text and "\r" not in text),
)


@st.composite
def script_text(draw: st.DrawFn) -> str:
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = newline.join(draw(st.lists(SCRIPT_LINE, max_size=12)))
    return text + draw(st.sampled_from(["", newline]))


def read_ipynb(text: str) -> Notebook:
    return read_notebook(text.encode(), "law")


def span_texts(text: str) -> list[str]:
    """The cells' own text, found by another way than ours: each is decoded where it begins."""
    decoder = json.JSONDecoder()
    place = text.index("[", text.index('"cells"')) + 1
    found: list[str] = []
    while True:
        while text[place] in " \t\r\n,":
            place += 1
        if text[place] == "]":
            return found
        _, end = decoder.raw_decode(text, place)
        found.append(text[place:end])
        place = end


@given(ipynb_text())
def test_writing_without_change_gives_the_same_text(text: str) -> None:
    notebook = read_ipynb(text)

    assert write_notebook(notebook, notebook.cells) == text
    assert write_notebook(notebook, [replace(cell) for cell in notebook.cells]) == text


@given(ipynb_text(), st.data())
def test_changing_one_cell_leaves_the_text_of_every_other(text: str, data: st.DataObject) -> None:
    notebook = read_ipynb(text)
    if not notebook.cells:
        return
    at = data.draw(st.integers(0, len(notebook.cells) - 1))
    cells = list(notebook.cells)
    cells[at] = data.draw(changed(cells[at]))

    written = write_notebook(notebook, cells)

    before, after = span_texts(text), span_texts(written)
    assert before[:at] + before[at + 1 :] == after[:at] + after[at + 1 :]
    start = sum(map(len, before[:at]))
    assert written[:start] == text[:start]
    assert written.removesuffix("\n")[-1] == text.removesuffix("\n")[-1]
    nbformat.validate(json.loads(written))
    assert what_it_says(read_ipynb(written).cells) == what_it_says(cells)


@given(ipynb_text(), st.data())
def test_cells_can_be_removed_moved_and_inserted(text: str, data: st.DataObject) -> None:
    notebook = read_ipynb(text)
    kept = (
        data.draw(st.lists(st.sampled_from(notebook.cells), unique_by=id))
        if (notebook.cells)
        else []
    )
    new = Cell(position=0, kind=CellKind.CODE, source=data.draw(TEXT).replace("\r", ""))
    at = data.draw(st.integers(0, len(kept)))
    cells = [*kept[:at], new, *kept[at:]]

    written = write_notebook(notebook, cells)

    nbformat.validate(json.loads(written))
    assert what_it_says(read_ipynb(written).cells) == what_it_says(cells)
    before = span_texts(text)
    after = span_texts(written)
    assert [before[cell.position - 1] for cell in kept] == after[:at] + after[at + 1 :]


@given(st.lists(raw_cell(), max_size=4))
def test_a_new_notebook_is_valid_and_reads_back(raw_cells: list[dict[str, Any]]) -> None:
    document = {"cells": raw_cells, "nbformat": 4, "nbformat_minor": 5}
    cells = [replace(cell, cell_id=None) for cell in read_ipynb(json.dumps(document)).cells]

    text = new_notebook(cells, {})

    assert text == new_notebook(cells, {})
    nbformat.validate(json.loads(text))
    assert what_it_says(read_ipynb(text).cells) == what_it_says(cells)


@given(script_text())
def test_writing_a_script_without_change_gives_the_same_text(text: str) -> None:
    if not text.strip():
        return
    notebook = read_script(text)

    assert write_notebook(notebook, [replace(cell) for cell in notebook.cells]) == text


@given(script_text(), st.data())
def test_changing_one_cell_of_a_script_leaves_the_others(text: str, data: st.DataObject) -> None:
    if not text.strip():
        return
    notebook = read_script(text)
    code = [at for at, cell in enumerate(notebook.cells) if cell.kind is CellKind.CODE]
    # A quote that is open in one cell may be closed by text in another.
    if not code or '"""' in text or "'''" in text:
        return
    at = data.draw(st.sampled_from(code))
    lines = st.sampled_from(["x = 1", "%matplotlib inline", "!ls", "# %time x", "# note", "if x:"])
    source = "\n".join(data.draw(st.lists(lines, min_size=1, max_size=4)))
    cells = list(notebook.cells)
    cells[at] = replace(cells[at], source=source)

    written = read_script(write_notebook(notebook, cells))

    assert what_it_says(written.cells) == what_it_says(cells)


@given(script_text(), st.data())
def test_cells_of_a_script_can_be_removed_moved_and_inserted(
    text: str, data: st.DataObject
) -> None:
    if not text.strip() or '"""' in text or "'''" in text:
        return
    notebook = read_script(text)
    kept = (
        st.lists(st.sampled_from(notebook.cells), unique_by=id) if notebook.cells else st.just([])
    )
    cells = list(data.draw(kept))
    new = Cell(position=0, kind=CellKind.CODE, source="%time x\n# new", tags=("step:new",))
    cells.insert(data.draw(st.integers(0, len(cells))), new)

    written = write_notebook(notebook, cells)

    assert what_it_says(read_script(written).cells) == what_it_says(cells)


@given(ipynb_text(), st.data())
def test_any_damage_is_refused_in_our_own_words(text: str, data: st.DataObject) -> None:
    damaged = data.draw(damage(text))
    format = data.draw(st.sampled_from(["ipynb", "ipynb", "percent"]))

    try:
        notebook = read_notebook(damaged, "damaged", format=format)  # type: ignore[arg-type]
    except BadNotebook as stop:
        assert stop.code.startswith("NB1")
    else:
        edited = [replace(cell, source=cell.source + "#", tags=("a",)) for cell in notebook.cells]
        write_notebook(notebook, edited).encode()


def read_script(text: str) -> Notebook:
    return read_notebook(text.encode(), "law", format="percent")


def what_it_says(cells: Any) -> list[tuple[Any, ...]]:
    return [(cell.kind, cell.source, cell.tags, cell.outputs) for cell in cells]


def changed(cell: Cell) -> st.SearchStrategy[Cell]:
    source = TEXT.map(lambda text: text.replace("\r", "").removeprefix("\ufeff"))
    return st.one_of(
        source.map(lambda text: replace(cell, source=text)),
        st.just(replace(cell, tags=("step:clean",))),
        st.just(replace(cell, outputs=(), execution_count=None)),
        st.just(replace(cell, kind=CellKind.MARKDOWN, outputs=(), source=cell.source + "x")),
    )


ANYTHING = JSON_VALUE | st.sampled_from([[], {}, 0, -1, 10**30, "\ud800", "\0", [[]], [{}], True])


@st.composite
def damage(draw: st.DrawFn, text: str) -> bytes:
    kind = draw(st.sampled_from(["delete", "replace", "truncate", "splice", "flip"]))
    if kind in ("delete", "replace"):
        document = json.loads(text)
        if draw(st.booleans()):
            document = as_format_3(document)
        owner, key = draw(st.sampled_from(places(document)))
        if kind == "delete":
            del owner[key]
        else:
            owner[key] = copy.deepcopy(draw(ANYTHING))
        return json.dumps(document).encode()
    data = text.encode()
    start = draw(st.integers(0, len(data)))
    if kind == "truncate":
        return data[:start]
    if kind == "splice":
        end = draw(st.integers(0, len(data)))
        return data[:start] + data[end:]
    at = start % len(data)
    return data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]


def as_format_3(document: dict[str, Any]) -> dict[str, Any]:
    cells = []
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
            cell["outputs"] += [
                {"output_type": "pyout", "prompt_number": 1, "text": "1", "json": "{}"},
                {"output_type": "pyerr", "ename": "E", "evalue": "e", "traceback": ["t"]},
            ]
        cells.append(cell)
    cells.append({"cell_type": "heading", "level": 2, "source": "a"})
    return {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value, as its owner and its key."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = []
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            found += places(value[key])
    return found
