"""The reference of `pipeline.yaml` says what is true: its examples are read, its tables hold."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2pkg.pipeline import reading
from nb2pkg.pipeline.durations import seconds_of
from nb2pkg.pipeline.fingerprints import canonical
from nb2pkg.pipeline.parameter_types import NotOfType, type_from_annotation, value_from_text
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.pipeline.reading_schedules import SCHEDULE_KEYS
from nb2pkg.pipeline.yaml_text import plain, read_yaml
from nb2pkg.scheduling import read_expression

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "pipeline.md"
_TEXT = _PAGE.read_text(encoding="utf-8")
_FENCE = re.compile(r"^```yaml *([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")


def examples() -> list[tuple[str, str]]:
    """Each fenced example with what its fence says of it."""
    return [(match[1], match[2]) for match in _FENCE.finditer(_TEXT)]


def whole(mark: str, text: str) -> str:
    """A pipeline with the fragment in it, or the example as it is."""
    if not mark:
        return text
    section = mark.removeprefix("fragment=")
    indented = f"{section}:\n{textwrap.indent(text, '  ')}"
    return indented if section == "steps" else f"{indented}steps: {{}}\n"


def rows(*head: str) -> Iterator[list[str]]:
    """The rows of all tables with these heads, without the marks of code."""
    for table in _TEXT.split("| " + " | ".join(head) + " |\n")[1:]:
        for line in table.splitlines()[1:]:
            if not line.startswith("|"):
                break
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            yield [cell.replace("\\|", "|").strip() for cell in cells]


def code(cell: str) -> str:
    """What a cell of a table shows as code."""
    match = _CODE.fullmatch(cell)
    assert match is not None, cell
    return match[1]


@pytest.mark.parametrize(("mark", "text"), examples())
def test_an_example_is_a_pipeline(mark: str, text: str) -> None:
    assert mark in ("", "fragment=steps", "fragment=parameters")
    assert read_pipeline(whole(mark, text).encode())


def test_every_key_has_its_row_in_the_order_in_which_it_is_read() -> None:
    keys = [code(row[0]) for row in rows("key", "type", "default", "meaning")]

    known = (reading._TOP, reading._PARAMETER, reading._STEP, SCHEDULE_KEYS)
    assert keys == [key for table in known for key in table]


@pytest.mark.parametrize("row", [*rows("type", "text", "value")], ids=" ".join)
def test_a_text_becomes_the_value_that_the_table_says(row: list[str]) -> None:
    kind, text, value = type_from_annotation(code(row[0])), code(row[1]), row[2]

    if value == "refused":
        with pytest.raises(NotOfType):
            value_from_text(text, kind)
    else:
        assert canonical(value_from_text(text, kind)) == canonical(json.loads(code(value)))


@pytest.mark.parametrize("row", [*rows("written", "value")], ids=" ".join)
def test_yaml_is_read_as_the_tables_say(row: list[str]) -> None:
    value = plain(read_yaml(code(row[0]).encode()))

    assert canonical(value) == canonical(json.loads(code(row[1])))


def test_the_times_that_it_names_are_times() -> None:
    section = _TEXT.split("## Times\n")[1].split("\n## ")[0]
    named = _CODE.findall(section.split("several:")[1])

    assert [text for text in named if seconds_of(text) is None] == ["1h 30"]
    assert len(named) == 5


@pytest.mark.parametrize("row", [*rows("words", "fields")], ids=" ".join)
def test_words_stand_for_the_fields_that_the_table_says(row: list[str]) -> None:
    for words in row[0].split(", "):
        assert read_expression(code(words)) == read_expression(code(row[1]))


def test_every_code_that_reading_gives_is_in_it() -> None:
    folder = _PAGE.parents[2] / "src/nb2pkg/pipeline"
    sources = [*folder.glob("reading*.py"), folder / "yaml_text.py"]
    given = {c for s in sources for c in re.findall(r'"(NB\d{3})"', s.read_text(encoding="utf-8"))}

    assert given == {row[0][1:6] for row in rows("code", "what")}
