"""What every formatter does: code keeps its meaning, other files their bytes."""

from __future__ import annotations

import ast

import pytest

from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.ports.extracting import Formatter
from nb2pkg.problems import InternalError
from tests.fakes.plain_formatter import PlainFormatter

_FILES = {"src/a.py": "x = {  'a':1 }\n", "README.md": "#  A\n", "n.ipynb": "{ }", "b.py": ""}


@pytest.fixture(params=[RuffFormatter, PlainFormatter])
def formatter(request: pytest.FixtureRequest) -> Formatter:
    made: Formatter = request.param()
    return made


def test_code_keeps_its_meaning_and_other_files_their_bytes(formatter: Formatter) -> None:
    formatted = formatter.format(_FILES, (3, 11))

    assert list(formatted) == list(_FILES)
    for path, text in _FILES.items():
        if path.endswith(".py"):
            assert ast.dump(ast.parse(formatted[path])) == ast.dump(ast.parse(text))
        else:
            assert formatted[path] == text


def test_formatting_twice_changes_nothing_more(formatter: Formatter) -> None:
    once = formatter.format(_FILES, (3, 10))

    assert formatter.format(once, (3, 10)) == once


def test_ruff_lays_code_out_whatever_is_configured_around(
    tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUFF_CONFIG", "/nowhere.toml")

    assert RuffFormatter().format(_FILES, (3, 11))["src/a.py"] == 'x = {"a": 1}\n'


def test_what_is_no_python_is_our_own_fault() -> None:
    with pytest.raises(InternalError, match=r"src/a\.py") as caught:
        RuffFormatter().format({"src/a.py": "def f(:\n"}, (3, 11))

    assert caught.value.code == "NB701"
