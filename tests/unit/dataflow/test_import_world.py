"""What may run before the imports, and what has to wait."""

from __future__ import annotations

import pytest

from nb2pkg.dataflow import link
from tests.builders import notebook, parsed

SET = "os.environ['MODE'] = 'fast'"


def worlds(*cells: str) -> tuple[list[str], list[str], frozenset[str]]:
    """The statements that run early, those that stay, and the imports that may stand anywhere."""
    program = link(parsed(notebook("import os, sys, subprocess", *cells))).program
    texts = [s.text for s in program.statements]
    world = program.import_world
    return (
        [texts[i] for i in sorted(world.early)],
        [texts[i] for i in sorted(world.late)],
        program.static_imports,
    )


def test_a_variable_is_set_before_the_imports_that_read_it() -> None:
    early, late, static = worlds("print('hello')", SET, "import numpy as np")

    assert (early, late) == ([SET], [])
    assert "np" in static


@pytest.mark.parametrize(
    "look",
    [
        "print(os.environ.get('MODE'))",
        "print(os.getenv('MODE'))",
        "subprocess.run(['env'])",
        "os.system('echo $MODE')",
        "subprocess.run('python train.py', shell=True)",
        "def mode():\n    return os.environ['MODE']\nprint(mode())",
    ],
)
def test_what_something_has_looked_at_stays_and_so_does_the_import(look: str) -> None:
    early, late, static = worlds(look, SET, "import numpy as np")

    assert (early, late) == ([], [SET])
    assert "np" not in static


@pytest.mark.parametrize("look", ["print(sys.argv)", "subprocess.run(['ls'])", "mode = 'fast'"])
def test_what_cannot_notice_holds_nothing_back(look: str) -> None:
    early, _, static = worlds(look, SET, "import numpy as np")

    assert early == [SET]
    assert "np" in static


def test_the_second_value_of_a_variable_waits() -> None:
    again = "os.environ['MODE'] = 'slow'"

    early, late, _ = worlds(SET, again, "os.environ['OTHER'] = '1'")

    assert early == [SET]
    assert again in late


def test_modules_that_are_there_already_and_standard_ones_do_not_wait() -> None:
    look = "print(os.environ.get('MODE'))"

    _, _, static = worlds("import numpy", look, SET, "import numpy.linalg as la", "import json")

    assert {"la", "json"} <= static
