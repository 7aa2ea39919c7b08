"""Bad input ends with the right code and a message that helps; it changes nothing (bad_inputs.toml)."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.cli.main import main

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TABLE = Path(__file__).parents[1] / "bad_inputs.toml"
_CASES: list[dict[str, Any]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["case"]
_SECONDS = 5.0
# Rows that need another Python, a scheduler or a long computation have tests of their own.
_ELSEWHERE = {43, 45}


def ipynb(cells: list[str], headings: list[str] | None = None) -> str:
    written: list[dict[str, Any]] = []
    for number, source in enumerate(cells):
        if headings and number < len(headings):
            written.append(
                {"cell_type": "markdown", "metadata": {}, "source": f"## {headings[number]}"}
            )
        written.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": source,
            }
        )
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


# -- what cannot be written into the table -----------------------------------------------------------


def unreadable(file: Path) -> None:
    file.write_text(ipynb(["print(1)"]))
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("root may read every file")


def with_bom(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + ipynb(["print(1)"]).encode())


def utf16(file: Path) -> None:
    file.write_bytes(ipynb(["print(1)"]).encode("utf-16"))


def latin1(file: Path) -> None:
    file.write_bytes(ipynb(["x = 'CAFE'"]).replace("CAFE", "caf\xe9").encode("latin-1"))


def gzipped(file: Path) -> None:
    file.write_bytes(gzip.compress(ipynb(["print(1)"]).encode()))


def huge_number(file: Path) -> None:
    file.write_text(
        f'{{"cells": [], "metadata": {{"n": {"9" * 5000}}}, "nbformat": 4, "nbformat_minor": 4}}'
    )


def deep_json(file: Path) -> None:
    file.write_text("[" * 100_000 + "]" * 100_000)


def many_cells(file: Path) -> None:
    cell = '{"cell_type": "code", "metadata": {}, "source": "", "outputs": []}'
    cells = ",".join([cell] * 20_001)
    file.write_text(f'{{"cells": [{cells}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}')


def huge_cell(file: Path) -> None:
    file.write_text(ipynb(["x = '" + "a" * 1_100_000 + "'"]))


def fifo(file: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no FIFOs here")
    os.mkfifo(file)


def nested_parentheses(file: Path) -> None:
    file.write_text(ipynb(["x = " + "(" * 3000 + ")" * 3000]))


def edited(file: Path) -> None:
    file.write_text(ipynb(["x = 1\nprint(x)"]))
    assert run(["extract", "-q", str(file)]) == 0
    module = file.parent / "sample" / "src" / "sample" / "pipeline.py"
    module.write_text(module.read_text() + "# mine\n")


def linked_output(file: Path) -> None:
    file.write_text(ipynb(["print(1)"]))
    (file.parent / "elsewhere").mkdir()
    (file.parent / "sample").symlink_to(file.parent / "elsewhere")


def link_inside(file: Path) -> None:
    file.write_text(ipynb(["print(1)"]))
    assert run(["extract", "-q", str(file)]) == 0
    module = file.parent / "sample" / "src" / "sample" / "pipeline.py"
    module.unlink()
    (file.parent / "victim").write_text("untouched")
    module.symlink_to(file.parent / "victim")


def foreign_folder(file: Path) -> None:
    file.write_text(ipynb(["print(1)"]))
    (file.parent / "foreign").mkdir()
    (file.parent / "foreign" / "mine.txt").write_text("mine")


def empty_stdin(file: Path) -> None:
    sys.stdin = io.TextIOWrapper(io.BytesIO(b""))


# -- the table ---------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def prepare(case: dict[str, Any], folder: Path) -> list[str]:
    file = folder / case.get("file", "sample.ipynb")
    if "make" in case:
        make: Callable[[Path], None] = globals()[case["make"]]
        make(file)
    elif "text" in case:
        file.write_bytes(case["text"].encode())
    else:
        file.write_text(ipynb(case["cells"], case.get("headings")))
    if "config" in case:
        (folder / "pyproject.toml").write_text(case["config"])
    return [arg.replace("{file}", file.name) for arg in case.get("args", ["extract", "{file}"])]


def state_of(folder: Path) -> dict[str, str]:
    """Every file below a folder with its digest; links with their goal."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file() and os.access(path, os.R_OK):
            found[name] = sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture(params=_CASES, ids=[f"{c['row']}-{c['name'].replace(' ', '-')}" for c in _CASES])
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "stdin", sys.stdin)
    return place


def test_bad_input_ends_as_the_table_says(
    case: dict[str, Any], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = prepare(case, folder)
    before = state_of(folder)
    above = state_of_siblings(folder)
    capfd.readouterr()
    started = time.monotonic()
    code = run(arguments)
    took = time.monotonic() - started
    out, err = capfd.readouterr()

    assert code == case["exit"], err
    assert re.search(case["says"], err), err
    assert "Traceback" not in out + err
    assert "\x1b" not in out + err
    assert took < _SECONDS
    assert state_of_siblings(folder) == above
    if not case.get("writes"):
        assert state_of(folder) == before


def test_json_gives_the_same_code(
    case: dict[str, Any], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = prepare(case, folder)
    capfd.readouterr()
    code = run([*arguments, "--json"])
    out, _ = capfd.readouterr()

    assert code == case["exit"]
    if out:  # a command line that is not understood has nothing to say in JSON
        assert json.loads(out)["exit_code"] == code


def state_of_siblings(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir())


def test_the_table_has_every_row() -> None:
    assert {case["row"] for case in _CASES} | _ELSEWHERE == set(range(1, 68))
