"""Text is cut, edited and indented without touching what stands inside strings."""

from __future__ import annotations

import ast

from nb2pkg.analysis import Edit, SourceText, apply_edits, dedent_block, indent


def test_offsets_count_characters_where_trees_count_bytes() -> None:
    source = SourceText("ä = 'ö'; b = 2")
    second = ast.parse(source.text).body[1]

    assert source.slice(second) == "b = 2"
    assert source.start(second) == 9


def test_edits_are_made_at_once_and_insertions_keep_their_order() -> None:
    edits = [Edit(4, 5, "2"), Edit(0, 0, "a"), Edit(0, 0, "b"), Edit(6, 6, "!")]

    assert apply_edits("x = 1", [e for e in edits if e.start < 6]) == "abx = 2"
    assert apply_edits("= 1", [Edit(12, 13, "3")], origin=10) == "= 3"


def test_indenting_leaves_strings_and_blank_lines_alone() -> None:
    text = 'a = """one\n  two\n"""\n\nb = 1'

    assert indent(text, "    ") == '    a = """one\n  two\n"""\n\n    b = 1'


def test_indenting_leaves_continued_strings_alone() -> None:
    assert indent("a = 'one\\\n  two'\nb = 1", "  ") == "  a = 'one\\\n  two'\n  b = 1"


def test_indenting_looks_into_formatted_strings() -> None:
    text = 'a = f"""one\n{n}\n  two"""\nb = 1'

    assert indent(text, "  ") == '  a = f"""one\n{n}\n  two"""\n  b = 1'


def test_indenting_a_slice_that_ends_early_for_the_tokenizer() -> None:
    assert indent('f("""a\nb""",', "  ") == '  f("""a\nb""",'


def test_dedenting_takes_the_margin_of_the_first_line() -> None:
    assert dedent_block("    if a:\n        b\n    c") == "if a:\n    b\nc"
    assert dedent_block("a\n  b") == "a\n  b"
    assert dedent_block('  a = """\n  b"""\n  c') == 'a = """\n  b"""\nc'
