"""One safe-name rule for steps, modules and packages."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.planning.naming import hides_something, safe_name, slug, step_slug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Load the data", "load_data"),
        ("1. Load", "load"),
        ("2.3) Load", "load"),
        ("Step 4: Load", "load"),
        ("IV. Load", "load"),
        ("Load (again)", "load"),
        ("(again)", "again"),
        ("Ünïcödé ﬁt", "unicode_fit"),
        ("the", "the"),
        ("Import", "import_"),
        ("List", "list_"),
        ("match", "match_"),
        ("CON", "con_"),
        ("Results", "results_"),
        ("2024", "step_2024"),
        ("数据", "step"),
        ("", "step"),
        ("../../etc/passwd", "etc_passwd"),
        ("a; import os", "import_os"),
        ("x" * 500, "x" * 60),
    ],
)
def test_the_name_that_a_heading_gives(title: str, name: str) -> None:
    assert safe_name(title, (), fallback="step") == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert safe_name("Load", {"load"}, fallback="step") == "load_2"
    assert safe_name("Load", {"load", "load_2"}, fallback="step") == "load_3"
    assert safe_name("Import", {"import_"}, fallback="step") == "import_2"


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=80))
def test_every_name_is_safe(title: str) -> None:
    name = safe_name(title, (), fallback="step")

    assert name.isidentifier() and name.isascii() and name == name.lower()
    assert not keyword.iskeyword(name) and not hides_something(name)
    assert len(name) <= 61


def test_slugs_are_words() -> None:
    assert slug("  A -- b! ") == "a_b"
    assert step_slug("The data") == "data"
