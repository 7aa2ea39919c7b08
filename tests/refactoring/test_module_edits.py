"""A function comes only into a module that does nothing when it is imported, and means the same there."""

from __future__ import annotations

import pytest

from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.module_edits import with_code

_CODE = "def made(n: int) -> int:\n    print(n)\n    return n + 1\n"
_MOVED = f"@dataclass\nclass Point:\n    x: int\n\n\n{_CODE}"
_DATACLASS = "from dataclasses import dataclass"
_FUTURE = "from __future__ import annotations"

REFUSED = {
    "a class body": "class A:\n    print('made')\n",
    "a decorator": "import atexit\n@atexit.register\ndef g(): pass\n",
    "a decorator of its own": "def deco(f):\n    print(f)\n    return f\n@deco\ndef g(): pass\n",
    "a default value": "def g(x=print('made')): pass\n",
    "an annotation": "def g(x: print('made')): pass\n",
    "an annotation of a value": "x: print('made') = 3\n",
    "a branch for modules": "if __name__ == '__main__':\n    pass\nelse:\n    print(1)\n",
    "a test for modules": "if __name__ != '__main__':\n    print(1)\n",
    "what comes last": "try:\n    pass\nfinally:\n    print(1)\n",
    "the environment": "import os\nos.environ['A'] = '1'\n",
    "a hook of classes": "class A:\n    def __init_subclass__(cls): print(1)\nclass B(A): pass\n",
    "a metaclass": "class M(type): pass\nclass A(metaclass=M): pass\n",
    "something shown": "from IPython.display import display\nx = display(3)\n",
    "a module that prints": "import this\n",
    "unknown names": "from others import *\n",
    "other builtins": "from builtins import *\n",
}
ACCEPTED = {
    "a dataclass": (
        "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass A:\n"
        "    x: int = 3\n    y: list = field(default_factory=list)\n"
    ),
    "a property": (
        "class A:\n    @property\n    def z(self): return 1\n    @z.setter\n    def z(self, v): print(v)\n"
    ),
    "a script": "if __name__ == '__main__':\n    print(1)\n",
    "types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n",
    "known names": "from math import *\n",
    "tests": "import pytest\n@pytest.mark.parametrize('x', [1])\ndef test_a(x): pass\n",
    "a cache": "import functools\n@functools.lru_cache(maxsize=None)\ndef g(x: int = 3): pass\n",
    "a table": "T = {}\nT['a'] = 1\n",
    "a choice": "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n",
    "an enum": "import enum\nclass E(enum.Enum):\n    A = 1\n    B = enum.auto()\n",
    "annotations as texts": f"{_FUTURE}\nX = 3\n",
}


def _with(before: str, imports: list[str], code: str) -> str:
    return with_code(before, "m.py", imports, code, "m", "made")


@pytest.mark.parametrize("before", REFUSED.values(), ids=REFUSED)
def test_a_module_that_does_something_is_refused(before: str) -> None:
    with pytest.raises(FindingsError) as stop:
        _with(before, [], _CODE)

    assert stop.value.code == "NB804"


@pytest.mark.parametrize("before", ACCEPTED.values(), ids=ACCEPTED)
def test_a_module_that_only_defines_is_taken(before: str) -> None:
    assert _with(before, [], _CODE) == f"{before}\n\n{_CODE}"


def test_a_module_with_equal_names_of_a_star_is_refused() -> None:
    with pytest.raises(FindingsError) as stop:
        _with("from math import *\n", [], "def made(x):\n    return pow(x, 2)\n")

    assert stop.value.code == "NB804"


@pytest.mark.parametrize(
    ("before", "imports"),
    [
        (f"{_FUTURE}\nX = 1\n", [_DATACLASS]),
        ("def g(x: int): pass\n", [_FUTURE, _DATACLASS]),
        ("import sys\nimport os\nX = 1\n", [_FUTURE, _DATACLASS]),
    ],
)
def test_annotations_that_would_mean_something_else_are_refused(
    before: str, imports: list[str]
) -> None:
    with pytest.raises(FindingsError) as stop:
        _with(before, imports, _MOVED)

    assert stop.value.code == "NB804"


@pytest.mark.parametrize(
    ("before", "imports"),
    [
        ("X = 1\n", [_DATACLASS]),
        (f"{_FUTURE}\n\nX = 1\n", [_FUTURE, _DATACLASS]),
        ("import os\n\nX = 1\n", [_FUTURE, _DATACLASS]),
    ],
)
def test_annotations_that_mean_the_same_are_taken(before: str, imports: list[str]) -> None:
    assert _MOVED in _with(before, imports, _MOVED)


_ADDED = "import math\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(): pass\n", f"{_ADDED}\n\ndef f(): pass\n"),
        ("\n\nclass A: pass\n", f"{_ADDED}\n\nclass A: pass\n"),
        ("X = 1\n", f"{_ADDED}\nX = 1\n"),
        ("# About f.\ndef f(): pass\n", f"{_ADDED}\n\n# About f.\ndef f(): pass\n"),
        (
            "# Copyright.\n# All rights.\n\ndef f(): pass\n",
            f"# Copyright.\n# All rights.\n\n{_ADDED}\n\ndef f(): pass\n",
        ),
        ("#!/usr/bin/env python\nX = 1\n", f"#!/usr/bin/env python\n\n{_ADDED}\nX = 1\n"),
        (
            "# Mine.\n# -*- coding: latin-1 -*-\nX = 1\n",
            f"# Mine.\n# -*- coding: latin-1 -*-\n\n{_ADDED}\nX = 1\n",
        ),
        ('"""What it is."""\nX = 1\n', f'"""What it is."""\n\n{_ADDED}\nX = 1\n'),
        ('"""What it is."""\n', f'"""What it is."""\n\n{_ADDED}'),
        ("# Nothing yet.\n", f"# Nothing yet.\n\n{_ADDED}"),
    ],
)
def test_imports_stand_where_people_look_for_them(before: str, after: str) -> None:
    assert with_code(before, "m.py", ["import math"], _CODE, "") == f"{after}\n\n{_CODE}"
