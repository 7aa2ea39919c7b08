"""Which files are refused, and is each told apart by its code and message?"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from nb2pkg.notebook import (
    Limits,
    Notebook,
    read_notebook,
    refuse_oversize,
    require_python,
)
from nb2pkg.problems import BadNotebook


def document(**members: Any) -> dict[str, Any]:
    return {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **members}


def code(source: Any = "x = 1", **members: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **members,
    }


def file(*cells: Any, **members: Any) -> bytes:
    return json.dumps(document(cells=list(cells), **members)).encode()


GOOD = file(code())
SMALL = Limits(file_bytes=700_000, cell_source_bytes=1000, cells=50)
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
CONFLICT = b'{\n "cells": [\n<<<<<<< HEAD\n 1\n=======\n 2\n>>>>>>> other\n]}'

BAD_FILES = {
    "4-empty": (b"", "NB101", "empty"),
    "4-blank": (b" \n\n", "NB101", "empty"),
    "4-only-a-mark": (b"\xef\xbb\xbf\n", "NB101", "empty"),
    "5-text": (b"hello", "NB102", "not JSON, line 1 col 1"),
    "5-second-line": (b'{\n "cells" 1}', "NB102", "not JSON, line 2 col 10"),
    "5-extra": (GOOD + b"x", "NB102", "not JSON"),
    "6-truncated": (b'{\n "cells": [', "NB102", "ends early at line 2 col 12"),
    "6-truncated-string": (b'{"cells": [{"source": "x =', "NB102", "ends early at line 1 col 27"),
    "6-truncated-word": (b'{"cells": nul', "NB102", "ends early at line 1 col 14"),
    "6-truncated-escape": (b'{"cells": "\\u00', "NB102", "ends early"),
    "7-array": (b"[]", "NB103", "must be an object, found array"),
    "7-null": (b"null", "NB103", "must be an object, found null"),
    "7-string": (b'"x"', "NB103", "must be an object, found string"),
    "7-number": (b"1.5", "NB103", "must be an object, found number"),
    "7-boolean": (b"true", "NB103", "must be an object, found boolean"),
    "9-utf16": ("{}".encode("utf-16"), "NB102", "encoded as UTF-16; re-save as UTF-8"),
    "9-utf16-no-mark": ("{}".encode("utf-16-le"), "NB102", "encoded as UTF-16"),
    "9-utf16-be": ("{}".encode("utf-16-be"), "NB102", "encoded as UTF-16"),
    "9-utf32": ("{}".encode("utf-32"), "NB102", "encoded as UTF-32"),
    "10-latin-1": (b'{"a": "caf\xe9"}', "NB102", "byte 0xE9 at offset 10 isn't UTF-8"),
    "11-gzip": (gzip.compress(GOOD), "NB102", "looks like gzip data"),
    "11-zip": (b"PK\x03\x04rest", "NB102", "looks like zip data"),
    "12-html": (b"\n<!DOCTYPE html><p>", "NB102", "looks like HTML (download the raw file)"),
    "13-conflict": (CONFLICT, "NB102", "unresolved merge conflict at line 3"),
    "13-crlf": (CONFLICT.replace(b"\n", b"\r\n"), "NB102", "merge conflict at line 3"),
    "14-lfs": (LFS, "NB102", "Git LFS pointer; run git lfs pull"),
    "15-no-nbformat": (b'{"cells": []}', "NB103", "missing 'nbformat'"),
    "16-newer": (file(nbformat=99), "NB105", "newer format 99 (supported 3–4)"),
    "17-text": (file(nbformat="4"), "NB103", "'nbformat' must be an integer"),
    "17-true": (file(nbformat=True), "NB103", "'nbformat' must be an integer"),
    "17-float": (file(nbformat=4.0), "NB103", "'nbformat' must be an integer"),
    "17-zero": (file(nbformat=0), "NB103", "'nbformat' must be an integer"),
    "18-format-2": (file(nbformat=2), "NB105", "convert first"),
    "18-format-1": (file(nbformat=1), "NB105", "convert first"),
    "19-huge-number": (b'{"a": ' + b"9" * 5000 + b"}", "NB103", "number too large"),
    "20-minor": (file(nbformat_minor=-1), "NB103", "'nbformat_minor'"),
    "20-minor-text": (file(nbformat_minor="5"), "NB103", "'nbformat_minor'"),
    "21-missing": (b'{"nbformat": 4}', "NB103", "missing 'cells'"),
    "21-null": (json.dumps(document(cells=None)).encode(), "NB103", "'cells' must be an array"),
    "21-object": (json.dumps(document(cells={})).encode(), "NB103", "'cells' must be an array"),
    "21-metadata": (file(metadata=[]), "NB103", "'metadata' must be an object"),
    "22-number": (file(1), "NB103", "cells[0] must be an object"),
    "22-second": (file(code(), None), "NB103", "cells[1] must be an object, found null"),
    "23-no-type": (file({"source": ""}), "NB103", "cells[0].cell_type is missing"),
    "23-type-is-list": (file({"cell_type": []}), "NB103", "cells[0].cell_type must be a string"),
    "24-number": (file(code(5)), "NB103", "cells[0].source must be a string"),
    "24-mixed": (file(code(), code(["a", 1])), "NB103", "cells[1].source[1] must be a string"),
    "24-missing": (file({"cell_type": "raw"}), "NB103", "cells[0].source is missing"),
    "24-outputs": (file(code(outputs=5)), "NB103", "cells[0].outputs must be an array"),
    "24-output": (file(code(outputs=[5])), "NB103", "cells[0].outputs[0] must be an object"),
    "24-cell-metadata": (file(code(metadata=[])), "NB103", "cells[0].metadata must be an object"),
    "25-twice": (b'{"cells": [], "cells": []}', "NB106", "duplicate key 'cells'"),
    "25-in-cell": (
        b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "", "source": ""}]}',
        "NB106",
        "duplicate key 'source' in cells[0]",
    ),
    "25-in-metadata": (
        b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "",'
        b' "metadata": {"tags": [], "tags": []}}]}',
        "NB106",
        "duplicate key 'tags' in cells[0].metadata",
    ),
    "31-nul": (file(code(), code("x = 1\n'a\0'")), "NB104", "cell 2: NUL byte"),
    "32-surrogate": (file(code("'\ud800'")), "NB104", "cell 1: invalid Unicode U+D800"),
    "34-deep": (b"[" * 100_000 + b"]" * 100_000, "NB107", "nested too deeply (limit 200)"),
    "34-unclosed": (b'{"a":' * 100_000, "NB107", "nested too deeply (limit 200)"),
    "34-just": (b"[" * 201 + b"]" * 201, "NB107", "nested too deeply (limit 200)"),
    "35-big-file": (GOOD + b" " * 800_000, "NB108", "> limit 0.7 MB (--max-size)"),
    "36-many-cells": (file(*[code()] * 51), "NB108", "51 cells > limit 50"),
    "37-big-cell": (file(code(), code("x" * 1001)), "NB108", "cell 2"),
}


@pytest.mark.parametrize(("data", "code", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_refused_with_its_own_words(data: bytes, code: str, message: str) -> None:
    with pytest.raises(BadNotebook) as stop:
        read_notebook(data, "analysis", limits=SMALL)

    assert stop.value.code == code
    assert message in stop.value.message
    assert stop.value.notebook == "analysis"


def test_sizes_are_refused_by_default_where_the_manual_says() -> None:
    refuse_oversize(200_000_000, Limits())
    with pytest.raises(BadNotebook, match=r"500 MB > limit 200 MB \(--max-size\)"):
        refuse_oversize(500_000_000, Limits())
    with pytest.raises(BadNotebook, match="100000 cells > limit 20000"):
        read_notebook(file(*[code()] * 100_000), "many")
    with pytest.raises(BadNotebook, match="cell 1 holds 50 MB"):
        read_notebook(file(code("x" * 50_000_000)), "long")


def test_two_hundred_levels_are_still_read() -> None:
    # The notebook, its cells, the cell, its metadata, and the list itself.
    deep: Any = []
    for _ in range(195):
        deep = [deep]

    assert read_notebook(file(code(metadata={"deep": deep})), "deep").cells[0].source == "x = 1"


def test_brackets_in_strings_are_no_depth() -> None:
    source = '"' + "[{" * 300 + '\\"' + "[" * 300

    assert read_notebook(file(code(source)), "brackets").cells[0].source == source


def test_a_nul_is_located_by_line_and_column() -> None:
    with pytest.raises(BadNotebook) as stop:
        read_notebook(file(code(["x = 1\n", "y = '\0'"])), "nul")

    location = stop.value.location
    assert (location.cell, location.line, location.column) == (1, 2, 5)


def test_messages_carry_nothing_that_a_terminal_obeys() -> None:
    notebook = read_notebook(file({"cell_type": "\x1b]0;pwn\x07\u202e", "source": ""}), "n")

    assert notebook.notes[0].message.isprintable()


@pytest.mark.parametrize(
    ("metadata", "spelled"),
    [
        ({"kernelspec": {"name": "ir", "language": "R"}}, "R"),
        ({"language_info": {"name": "julia"}}, "julia"),
    ],
)
def test_another_language_is_refused_as_the_file_spells_it(
    metadata: dict[str, Any], spelled: str
) -> None:
    notebook = read_notebook(file(code(), metadata=metadata), "other")

    assert notebook.language == spelled.lower()
    with pytest.raises(BadNotebook) as stop:
        require_python(notebook)
    assert stop.value.code == "NB111"
    assert f"language '{spelled}' isn't supported by extract (run works)" in stop.value.message


def read(*cells: Any, **members: Any) -> Notebook:
    return read_notebook(file(*cells, **members), "analysis")


ODD_FILES = {
    "8-mark": (b"\xef\xbb\xbf" + GOOD, "NB190", "byte-order mark"),
    "18-format-3": (
        b'{"nbformat": 3, "metadata": {}, "worksheets": [{"cells":'
        b' [{"cell_type": "code", "input": "x = 1"}]}]}',
        "NB195",
        "format 3",
    ),
    "23-unknown": (
        file(code(), {"cell_type": "weird", "source": ""}),
        "NB191",
        "skipped unknown cell type 'weird'",
    ),
    "26-same-ids": (file(code(), code()), "NB192", "cell 2"),
    "27-path-as-id": (file(code(id="../../x")), "NB192", "cell 1"),
    "27-number-as-id": (file(code(id=5)), "NB192", "cell 1"),
    "28-tags-text": (file(code(metadata={"tags": "a"})), "NB193", "ignored"),
    "28-tags-numbers": (file(code(metadata={"tags": [1]})), "NB193", "ignored"),
    "30-nan": (file(code(), metadata={"a": float("nan")}), "NB194", "NaN"),
    "30-infinity": (file(code(), metadata={"a": float("inf")}), "NB194", "Infinity"),
}


@pytest.mark.parametrize(("data", "code", "message"), ODD_FILES.values(), ids=ODD_FILES.keys())
def test_an_odd_file_is_read_with_a_note(data: bytes, code: str, message: str) -> None:
    notebook = read_notebook(data, "analysis")

    assert [cell.source for cell in notebook.cells][:1] == ["x = 1"]
    assert [note.code for note in notebook.notes] == [code]
    assert message in notebook.notes[0].message


def test_ids_are_valid_and_unlike_each_other() -> None:
    notebook = read(code(), code(), code(id="../x"))

    ids = [cell.cell_id or "" for cell in notebook.cells]
    assert len(set(ids)) == 3
    assert all(cell_id.isalnum() for cell_id in ids)


def test_an_unknown_cell_keeps_its_position() -> None:
    notebook = read({"cell_type": "weird", "source": ""}, code())

    assert [cell.position for cell in notebook.cells] == [2]


def test_outputs_may_be_missing_or_hold_lone_surrogates() -> None:
    bare = {"cell_type": "code", "source": "x"}
    output = {"output_type": "stream", "name": "stdout", "text": "\ud800"}
    notebook = read(bare, code(outputs=[output]))

    assert [cell.outputs for cell in notebook.cells] == [(), (output,)]
