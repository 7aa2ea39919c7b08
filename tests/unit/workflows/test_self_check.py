"""The self-check finds what would not run, and has nothing against what would."""

from __future__ import annotations

import pytest

from nb2pkg.workflows.self_check import faults_of


def faults(text: str) -> tuple[str, ...]:
    return faults_of({"src/pkg/a.py": text}, "pkg")


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\nprint(x, __name__, __file__)\n",
        "def f(a, *b, c=1, **d):\n    return a, b, c, d\n",
        "def f():\n    global g\n    g = 1\n\ndef h():\n    return g\n",
        "def f():\n    return later\n\nlater = 1\n",
        "class C:\n    a = 1\n    b = [a for _ in range(3)]\n    def m(self):\n        return __class__\n\na = 2\n",
        "from math import *\nprint(cos(0))\n",
        "try:\n    display\nexcept NameError:\n    display = print\n",
        "def f():\n    try:\n        return get_ipython()\n    except NameError:\n        return None\n",
        "if (n := 10) > 5:\n    print(n)\n",
        "match 1:\n    case {'a': x, **rest}:\n        print(x, rest)\n    case [*y]:\n        print(y)\n",
        "for i in range(3):\n    pass\nprint(i)\n",
        "x: int\ny: int = 1\nprint(y)\n",
        "import a.b as c, d.e\nprint(c, d)\n",
        "async def f():\n    async with x() as y:\n        return [z async for z in y]\n\ndef x(): ...\n",
    ],
)
def test_what_runs_passes(text: str) -> None:
    assert faults(text) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("print(x)\n", "x"),
        ("def f():\n    return x\n", "x"),
        ("def f():\n    y = 1\n\nprint(y)\n", "y"),
        ("f = lambda: [q for _ in ()]\n", "q"),
        ("class C:\n    def m(self, a=b):\n        pass\n", "b"),
        (
            "def f():\n    class D:\n        x = 1\n        def m(self):\n            return x\n",
            "x",
        ),
        ("try:\n    oops\nexcept ValueError:\n    pass\n", "oops"),
    ],
)
def test_a_name_from_nowhere_is_found(text: str, name: str) -> None:
    assert faults(text) == (f"src/pkg/a.py: '{name}' is not defined",)


def test_what_does_not_compile_is_found() -> None:
    assert faults("def f(:\n") != ()
    assert faults("return 1\n") != ()


def test_an_import_of_what_is_not_there_is_found() -> None:
    files = {
        "src/pkg/__init__.py": "from pkg.a import x, y\nfrom pkg import a\n",
        "src/pkg/a.py": "x = 1\n",
        "tests/test_a.py": "from pkg.b import z\n",
    }

    assert faults_of(files, "pkg") == (
        "src/pkg/__init__.py:1: 'pkg.a' has no 'y'",
        "tests/test_a.py:1: there is no module 'pkg.b'",
    )
