"""Steps that would notice that they run in processes of their own run in one."""

from __future__ import annotations

import pytest

from tests.builders import md, plan

A, B, C = md("## First"), md("## Second"), md("## Third")


def processes(*cells: str) -> list[tuple[str, ...]]:
    return [process.steps for process in plan(*cells).processes]


@pytest.mark.parametrize(
    "definition",
    [
        "class Item:\n    made = 0\n    def __init__(self):\n        Item.made += 1",
        "class Item:\n    made = 0\n    def __init__(self):\n        type(self).made += 1",
        "class Item:\n    @classmethod\n    def __init__(cls):\n        cls.made = 1",
        "class Item:\n    all = []\n    def __init__(self):\n        self.all.append(self)",
        "class Item:\n    all = {}\n    def __init__(self):\n        self.all[id(self)] = self",
        "import itertools\nclass Item:\n    ids = itertools.count()\n    def __init__(self):\n"
        "        self.id = next(self.ids)",
        "def Item(rows=[]):\n    rows.append(1)\n    return len(rows)",
        "def Item(seen={}):\n    seen[len(seen)] = 1\n    return len(seen)",
        "def Item(*, rows=[]):\n    rows.append(1)\n    return len(rows)",
        "def Item():\n    Item.made += 1\nItem.made = 0",
    ],
)
def test_what_a_definition_keeps_stays_in_one_process(definition: str) -> None:
    cells = (definition, A, "a = Item()\nprint(a)", B, "b = Item()\nprint(b)")

    assert ("first", "second") in processes(*cells) or len(processes(*cells)) == 1


@pytest.mark.parametrize(
    "definition",
    [
        "class Item:\n    def __init__(self):\n        self.rows = []\n        self.rows.append(1)",
        "class Item:\n    size = 3\n    def __len__(self):\n        return self.size",
        "from dataclasses import dataclass, field\n@dataclass\nclass Item:\n"
        "    rows: list = field(default_factory=list)\n    def add(self):\n        self.rows.append(1)",
        "def Item(rows=()):\n    found = list(rows)\n    found.append(1)\n    return found",
    ],
)
def test_what_each_object_keeps_for_itself_ties_nothing(definition: str) -> None:
    assert ("first",) in processes(definition, A, "a = Item()\nprint(a)", B, "b = Item()\nprint(b)")


@pytest.mark.parametrize(
    "change",
    [
        "os.chdir('work')",
        "pd.DataFrame.total = len",
        "setattr(pd.DataFrame, 'total', len)",
        "decimal.setcontext(decimal.Context(prec=2))",
        "sys.stdout = open('log.txt', 'w')",
    ],
)
def test_what_a_step_does_to_its_process_holds_for_the_steps_below(change: str) -> None:
    imports = "import os, sys, decimal\nimport pandas as pd"
    cells = (imports, A, "print(1)", B, f"{change}\nprint(2)", C, "print(3)")

    assert processes(*cells) == [("first",), ("second", "third")]


def test_a_registry_that_a_decorator_fills_is_stored_again() -> None:
    register = "found = {}\ndef register(name):\n    def add(f):\n        found[name] = f\n        return f\n    return add"
    made = plan(
        A, register, B, "@register('b')\ndef two():\n    return 2\nprint(two())", C, "print(found)"
    )

    (process,) = [p for p in made.processes if "second" in p.steps]
    assert "found" in process.saves or "third" in process.steps
