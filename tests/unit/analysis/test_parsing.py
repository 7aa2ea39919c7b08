"""A cell is read as Python, with its statements where they stand; what is not Python says why."""

from __future__ import annotations

import pytest

from nb2pkg.analysis import Kind, ParsedCell, UnparsableCell, parse_cell, parse_cells
from nb2pkg.notebook import Cell, CellKind
from nb2pkg.problems import Diagnostic


def cell(source: str, position: int = 1) -> Cell:
    return Cell(position=position, kind=CellKind.CODE, source=source)


def read(source: str) -> ParsedCell:
    result = parse_cell(cell(source))
    assert isinstance(result, ParsedCell), result.findings
    return result


def fault(source: str) -> Diagnostic:
    result = parse_cell(cell(source, 3))
    assert isinstance(result, UnparsableCell)
    assert result.position == 3
    (finding,) = result.findings
    return finding


def test_statements_know_their_kind_text_and_place() -> None:
    statements = read("import os\ndef f():\n    pass\nclass A: pass\nx = 1; y = 2").statements

    assert [s.kind for s in statements] == [
        Kind.IMPORT,
        Kind.FUNCTION,
        Kind.CLASS,
        Kind.CODE,
        Kind.CODE,
    ]
    assert [s.text for s in statements][3:] == ["x = 1", "y = 2"]
    assert [s.line for s in statements] == [1, 2, 4, 5, 5]
    assert [s.is_last for s in statements] == [False, False, False, False, True]


def test_comments_above_behind_and_below() -> None:
    found = read("# above\nx = 1  # behind\n\n# below")
    (statement,) = found.statements

    assert found.source.text[statement.lead : statement.start] == "# above\n"
    assert found.source.text[statement.end : statement.tail] == "  # behind"
    assert found.closing_comment == "# below"


def test_a_cell_of_comments_has_no_statements() -> None:
    found = read("# only\n# this")

    assert found.statements == ()
    assert found.closing_comment == "# only\n# this"


def test_decorators_and_characters_of_several_bytes_do_not_shift_the_text() -> None:
    statements = read("é = 'ü'; ñ = 2\n@decorator\ndef f(): return é").statements

    assert [s.text for s in statements] == ["é = 'ü'", "ñ = 2", "@decorator\ndef f(): return é"]


def test_a_syntax_error_is_a_finding_with_line_and_column() -> None:
    finding = fault("x = 1\ny = (")

    assert finding.code == "NB104"
    assert finding.location.cell == 3
    assert finding.location.line == 2
    assert finding.location.source_line == "y = ("
    assert "cell 3 is not valid Python" in finding.message


@pytest.mark.parametrize("source", ["return 1", "break", "x = yield", "def f():\n    nonlocal a"])
def test_what_only_the_compiler_finds_is_found(source: str) -> None:
    assert fault(source).code == "NB104"


@pytest.mark.parametrize("source", ['print "a"', "raise E, 'a'", "n = 0777", "exec code"])
def test_python_2_is_recognised(source: str) -> None:
    finding = fault(source)

    assert "looks like Python 2" in finding.message
    assert finding.hint is not None and "2to3" in finding.hint


@pytest.mark.parametrize(
    "source",
    ["x = " + "(" * 300 + ")" * 300, "\n".join(" " * i + "if a:" for i in range(110)) + " pass"],
    ids=["parentheses", "blocks"],
)
def test_code_that_is_nested_too_deep_is_a_finding_of_its_own(source: str) -> None:
    assert fault(source).code in ("NB109", "NB104")


def test_awaiting_at_the_top_is_fine() -> None:
    assert len(read("await f()\nasync with a as b: pass").statements) == 2


def test_a_magic_brings_the_imports_of_its_translation() -> None:
    found = read("%env MODE=fast\nx = 1")

    assert found.statements[0].kind is Kind.IMPORT
    assert found.statements[0].text == "import os"
    assert found.statements[-1].text == "x = 1"


def test_annotations_are_not_evaluated_once_the_future_is_imported() -> None:
    first, second = parse_cells(
        [cell("from __future__ import annotations"), cell("def f(a: Table): pass", 2)]
    )
    assert isinstance(second, ParsedCell)

    assert isinstance(first, ParsedCell)
    assert second.statements[0].facts.reads == frozenset()
    assert second.statements[0].facts.mentions == {"Table"}
    assert read("def f(a: Table): pass").statements[0].facts.reads == {"Table"}


def test_a_cell_that_is_not_python_does_not_stop_the_others() -> None:
    outcomes = list(parse_cells([cell("x ="), cell("y = 1", 2)]))

    assert [type(o) for o in outcomes] == [UnparsableCell, ParsedCell]
