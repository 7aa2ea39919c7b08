"""Names that come from nowhere, and import aliases that can be relied on."""

from __future__ import annotations

from nb2pkg.dataflow import DataflowGraph, link
from tests.builders import notebook, parsed


def linked(*cells: str) -> DataflowGraph:
    return link(parsed(notebook(*cells)))


def missing(*cells: str) -> list[tuple[str, bool, int | None]]:
    return [(m.name, m.is_certain, m.bound_in) for m in linked(*cells).missing]


def test_a_name_that_is_bound_only_further_down_is_missing() -> None:
    assert missing("print(a)", "a = 1") == [("a", True, 2)]


def test_a_name_that_nobody_binds_is_missing() -> None:
    assert missing("if input():\n    print(a)") == [("a", False, None)]


def test_builtins_and_what_the_kernel_gives_are_not_missing() -> None:
    assert missing("print(__name__)\ndisplay(len([]))") == []


def test_what_a_function_looks_up_may_be_bound_later() -> None:
    assert missing("def f():\n    return a", "a = 1") == []
    assert missing("def f():\n    return a") == [("a", False, None)]


def test_what_a_function_binds_with_global_is_there() -> None:
    assert missing("def f():\n    global a\n    a = 1", "f()", "print(a)") == []


def test_a_name_that_is_bound_where_it_is_missed_is_not_missing() -> None:
    assert missing("try:\n    a\nexcept NameError:\n    a = 1") == []


def test_an_unknown_star_import_may_bring_anything() -> None:
    assert missing("from mylib import *", "print(a)") == []
    assert missing("print(a)", "from mylib import *") == [("a", True, None)]


def test_a_deleted_name_is_missing() -> None:
    assert missing("a = 1", "del a", "print(a)") == [("a", True, None)]


def test_an_import_is_static_when_nothing_else_binds_its_name() -> None:
    program = linked(
        "import numpy as np", "import numpy as np\nimport json", "json = 1", "import os", "del os"
    ).program

    assert program.aliases["np"] == "numpy"
    assert program.static_imports == {"np"}


def test_one_alias_of_two_modules_is_not_static() -> None:
    assert linked("import json as j", "import csv as j").program.static_imports == frozenset()
