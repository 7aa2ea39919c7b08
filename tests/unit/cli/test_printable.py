"""Nothing that a notebook says can steer the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.cli.messages import message_text
from nb2pkg.cli.printable import block, one_line, width
from nb2pkg.cli.terminal import Style
from nb2pkg.problems import Diagnostic, Location, Severity


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]0;owned\x07",
        "\x1b[2J",
        "a\rb",
        "\x9b31m",
        "\u202eabc",
        "\u2066x",
        "\u200b",
        "\ud800",
        "\x00",
    ],
)
def test_what_steers_is_written_out(text: str) -> None:
    shown = one_line(text)

    assert shown.isprintable()
    assert "\\" in shown


@pytest.mark.parametrize("text", ["größe", "данные", "表", "👩\u200d💻", "a → b", "x = 'ok'"])
def test_what_people_write_stays(text: str) -> None:
    assert one_line(text) == text


@given(st.text())
def test_no_control_character_gets_through(text: str) -> None:
    for character in one_line(text) + block(text).replace("\n", ""):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in (
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        )  # fmt: skip


def test_wide_characters_take_two_columns() -> None:
    assert width("表a") == 3
    assert width("e\u0301") == 1


def _shown(source: str, column: int, end: int) -> list[str]:
    where = Location(cell=1, line=1, column=column, end_line=1, end_column=end, source_line=source)
    finding = Diagnostic(code="NB000", severity=Severity.ERROR, message="m", location=where)
    return message_text(finding, "n.ipynb", Style(on=False)).split("\n")


def test_the_caret_stands_below_what_it_means() -> None:
    lines = _shown("表 = df.plot(x)", 4, 11)

    assert lines[3] == " 1 | 表 = df.plot(x)"
    assert lines[4] == "   |      ^^^^^^^"


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = "x" * 5000 + "BAD" + "y" * 5000
    lines = _shown(source, 5000, 5003)

    assert len(lines[3]) < 130
    start = lines[4].index("^")
    assert lines[3][start : start + 3] == "BAD"
    assert lines[4].count("^") == 3
