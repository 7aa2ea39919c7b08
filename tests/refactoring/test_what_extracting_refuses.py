"""Which selections does no function do the work of, and which near them does one?"""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.problems import FindingsError
from nb2pkg.refactoring import Refactoring
from tests.builders import notebook, parsed
from tests.refactoring.same_outputs import shown_after, shown_before
from tests.refactoring.test_extracting_function import extracted

REFUSED = {
    "the last output, where a loop below binds its name": (
        ("a = 5\na + 1", "b = _ * 2\nprint(b)", "for _ in range(2):\n    print(b)"),
        (2,),
    ),
    "the last output, that another cell reads": (
        ("a = 5\na + 1", "b = _ * 2", "c = b + 1\nprint(c)", "for _ in range(2):\n    print(b)"),
        (3,),
    ),
    "a name that Python gives every module, asked for": (
        ("a = 1", "b = '__file__' in globals()\nprint(b, a)", "print(b)"),
        (2,),
    ),
    "a function that looks up what two imports below it bind": (
        (
            "n = 3\ndef bar(x):\n    return tq(x)",
            "from itertools import chain as tq\nprint(list(bar([n])))",
            "from builtins import list as tq\nprint(bar([n]))",
        ),
        (1,),
    ),
    "equal constants, compared as objects": (("a = 1000\nb = 1000", "print(a is b)"), (1, 2)),
    "equal tuples, compared as objects below": (
        ("a = (1, 2)\nb = (1, 2)", "print(id(a) == id(b))"),
        (1,),
    ),
    "the names of who called": (
        ("import inspect\na = 1", "b = inspect.stack()[0].function\nprint(b, a)", "print(b)"),
        (2,),
    ),
    "a function that tells who called it": (
        (
            "from sys import _getframe\ndef who():\n    return _getframe(1).f_code.co_name",
            "b = who()",
            "print(b)",
        ),
        (2,),
    ),
    "the full name of a lambda": (
        ("a = 1", "b = (lambda: a).__qualname__\nprint(b)", "print(b)"),
        (2,),
    ),
    "the module of a function that is made in the function": (
        ("a = [1]", "f = lambda: a\nb = a + a", "print(b, f.__module__)"),
        (2,),
    ),
}
ACCEPTED = {
    "equal constants, compared by their values": (
        ("a = 1000\nb = 1000", "print(a == b, a is None, b is not True, type(a) is int)"),
        (1, 2),
    ),
    "equal texts that nobody keeps, with objects compared": (
        (
            "d = {'a': 1}\nd['a b'] = 2\nprint('x y', d['a b'])\nprint('x y')\ne = d",
            "print(d is e)",
        ),
        (1,),
    ),
    "small numbers, compared as objects": (("a = 7\nb = 7\nc = 1000", "print(a is b)"), (1, 2)),
    "a method that is called stack": (
        ("import numpy as np\na = [1, 2]", "b = np.stack([a, a])\nprint(b)", "print(b)"),
        (2,),
    ),
    "the full name of a function that stays above": (
        ("def f(x):\n    return x", "b = f.__qualname__\nprint(b)", "print(b)"),
        (2,),
    ),
    "an underscore that is bound above": (
        ("_, a = 1, 2", "b = a * 2 + _\nprint(b)", "print(b)"),
        (2,),
    ),
    "an underscore of a loop": (
        ("a = 5", "b = 0\nfor _ in range(3):\n    b += _ * a\nprint(b)", "print(b)"),
        (2,),
    ),
    "an underscore that a function looks up, bound above its call": (
        ("def f(x):\n    return _(x)", "_ = str.upper\na = 'x'", "b = a + '!'\nprint(b)", "f(b)"),
        (3,),
    ),
    "a function that looks up what an import below it binds": (
        (
            "n = 3\ndef bar(x):\n    return tq(x)\nm = n + 1",
            "from itertools import chain as tq\nprint(list(bar([m])))",
        ),
        (1,),
    ),
}
_COUNT = "n = len(os.listdir('.'))\nprint('files', n)"
ELSEWHERE = [
    "os.chdir('data')",
    "%cd -q data",
    "%pushd data",
    "def go():\n    os.chdir('data')\ngo()",
    "def go():\n    from os import chdir\n    chdir('data')\ngo()",
    "import contextlib\ncontextlib.chdir('data').__enter__()",
    "sys.path = ['lib']",
    "sys.path[:] = ['lib']",
    "sys.path.pop(0)",
    "sys.path.clear()",
    "sys.path.remove('')",
    "del sys.path[0]",
    "from os import chdir as go_to\ngo_to('data')",
]
STILL_FOUND = [
    "os.makedirs('data', exist_ok=True)",
    "def go():\n    os.chdir('data')",
    "import contextlib\nwith contextlib.chdir('data'):\n    print(os.getcwd())",
    "sys.path.append('lib')",
    "sys.path.insert(1, 'lib')",
    "sys.path.insert(0, '..')",
    "sys.path = ['lib', *sys.path]",
    "print(sys.path[0])",
]


@pytest.mark.parametrize("above", ELSEWHERE)
def test_a_module_that_would_not_be_found_is_refused(above: str) -> None:
    with pytest.raises(FindingsError) as stop:
        _made(("import os\nimport sys", above, _COUNT, "print(n)"), (3,))
    assert stop.value.code == "NB801"


@pytest.mark.parametrize("above", STILL_FOUND)
def test_a_module_that_is_found_is_made(above: str) -> None:
    assert _made(("import os\nimport sys", above, _COUNT, "print(n)"), (3,)).files


def test_the_folder_may_be_another_one_below_or_in_the_function() -> None:
    go = "os.chdir('data')\nm = 1\nprint(m)"
    assert _made(("import os", _COUNT, go, "print(n, m)"), (2,)).files
    assert _made(("import os", go, _COUNT, "print(n, m)"), (2, 3)).files


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    with pytest.raises(FindingsError) as stop:
        _made(*REFUSED[case])
    assert stop.value.code == "NB801"


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(case: str) -> None:
    assert _made(*ACCEPTED[case]).files


def test_a_function_that_tells_its_module_stays_in_the_notebook(tmp_path: Path) -> None:
    places = [tmp_path / "before", tmp_path / "after"]
    for place in places:
        place.mkdir()
    where = "def where():\n    return __name__\ndef twice(x):\n    return x + x"
    document = notebook(where, "w = twice(where())\nprint(w)", "print(w)")

    made = extracted(document, parsed(document), (2,))

    assert "__name__" not in made.files[0].after
    assert "def twice" in made.files[0].after
    assert shown_after(made, places[1]) == shown_before(document, places[0])


def _made(cells: tuple[str, ...], selected: tuple[int, ...]) -> Refactoring:
    document = notebook(*cells)
    return extracted(document, parsed(document), selected)
