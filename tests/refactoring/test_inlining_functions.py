"""A function goes, its code comes where it was called, and no name of it is seen."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nb2pkg.problems import FindingsError, Severity
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.inlining import inline
from tests.builders import notebook, parsed


def _inlined(
    name: str, *cells: str, cell: int | None = None, modules: Mapping[str, str] | None = None
) -> Refactoring:
    document = notebook(*cells)
    return inline(document, parsed(document), name, cell=cell, modules=modules or {})


def _sources(
    name: str, *cells: str, cell: int | None = None, modules: Mapping[str, str] | None = None
) -> list[str]:
    return [c.source for c in _inlined(name, *cells, cell=cell, modules=modules).cells]


def _refusal(
    name: str, *cells: str, cell: int | None = None, modules: Mapping[str, str] | None = None
) -> str:
    with pytest.raises(FindingsError) as stop:
        _inlined(name, *cells, cell=cell, modules=modules)
    assert stop.value.code == "NB806"
    return stop.value.message


# -- functions: how they read ------------------------------------------------------------------------


def test_every_call_becomes_the_function_s_code_and_the_definition_goes() -> None:
    assert _sources(
        "clean",
        'def clean(df, low=0):\n    """Drop."""\n    # first\n    kept = [v for v in df if v > low]  # low\n\n'
        "    # then\n    return kept  # done",
        "raw = [1, 2]",
        "good = clean(raw)\ngood",
        "better = clean(raw, low=1)",
    ) == [
        "raw = [1, 2]",
        "df = raw\nlow = 0\n# first\nkept = [v for v in df if v > low]  # low\n\n# then\n"
        "good = kept  # done\ngood",
        "df = raw\nlow = 1\n# first\nkept = [v for v in df if v > low]  # low\n\n# then\n"
        "better = kept  # done",
    ]


@pytest.mark.parametrize(
    ("definition", "call", "result"),
    [
        ("def f(df):\n    df = df[1:]\n    return df", "df = f(df)", "df = df[1:]"),
        ("def f(a, b):\n    return a, b", "a, b = f(a, b)", ""),
        ("def f(a):\n    b = a\n    return b, a", "b, a = f(a)", "b = a"),
        ("def f(a, b):\n    return a - b", "c = f(b, a)", "a, b = b, a\nc = a - b"),
        ("def f(a, b):\n    return a - b", "c = f(b=1, a=2)", "b = 1\na = 2\nc = a - b"),
        ("def f(): return 1", "c = f()", "c = 1"),
        ("def f(a): t = a; return t", "c = f(2)", "a = 2\nt = a\nc = t"),
        ("def f(a):\n    a.sort()", "c = f(d)", "a = d\na.sort()\nc = None"),
        ("def f():\n    pass", "f()\nx = 1", "x = 1"),
        ("def f(a):\n    b = a\n    # tail", "f(1)", "a = 1\nb = a\n# tail"),
        ("def f(p):\n    return p", "c = f((1,\n  2))", "p = (1,\n  2)\nc = p"),
        ("def f():\n    t = '''a\n  b'''\n    return t", "c = f()", "t = '''a\n  b'''\nc = t"),
        ("async def f(a):\n    await a\n    return 1", "c = await f(d)", "a = d\nawait a\nc = 1"),
        ("def f(a):\n    import re\n    return re.escape(a)", "c = f('.')",
         "a = '.'\nimport re\nc = re.escape(a)"),
    ],
)  # fmt: skip
def test_a_function_s_code_fits_where_it_was_called(
    definition: str, call: str, result: str
) -> None:
    before = "a = b = c = d = [1]"

    assert _sources("f", before, definition, call) == [before, *([result] if result else [])]


def test_calls_in_branches_and_loops_are_indented_and_keep_their_comments() -> None:
    assert _sources(
        "f",
        "def f(v):\n    if v:\n        # big\n        print(v)\n",
        "for i in range(3):\n    # go\n    f(i)  # here\nelse:\n    f(0)",
    ) == [
        "for i in range(3):\n    # go\n    # here\n    v = i\n    if v:\n        # big\n        print(v)\n"
        "else:\n    v = 0\n    if v:\n        # big\n        print(v)"
    ]


@pytest.mark.parametrize(
    ("definition", "call", "result"),
    [
        ("def f(a):\n    return a * 2", "f(3)", "a = 3\na * 2"),
        ("def f(a):\n    return a * 2", "f(3);", "a = 3\na * 2;"),
        ("def f(a):\n    return a", "f(3);", "a = 3"),
        ("def f(a):\n    a.pop()", "f(xs)", "a = xs\na.pop();"),
        ("def f(a):\n    a.pop()  # last", "f(xs)", "a = xs\na.pop();  # last"),
        ("def f(a):\n    print(a)", "f(xs)", "a = xs\nprint(a)"),
        ("def f(a):\n    a.pop()\n    return a", "xs = f(xs)", "a = xs\na.pop()\nxs = a"),
        ("def f(xs):\n    xs.pop()\n    return xs", "xs = f(xs)", "xs.pop();"),
        ("def f(a):\n    return a.pop()", "f(xs)\nprint(1)", "a = xs\na.pop()\nprint(1)"),
    ],
)
def test_a_cell_shows_what_it_showed(definition: str, call: str, result: str) -> None:
    assert _sources("f", "xs = [1]", definition, call)[1:] == [result]


def test_only_the_calls_of_one_cell_are_replaced_where_one_is_named() -> None:
    assert _sources("f", "def f(v):\n    print(v)", "f(1)", "g = f", cell=2) == [
        "def f(v):\n    print(v)",
        "v = 1\nprint(v)",
        "g = f",
    ]


# -- functions: what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        ("@cache\ndef f(): ...", "has a decorator"),
        ("def f(*a): ...", "any number of arguments"),
        ("def f(**k): ...", "any number of arguments"),
        ("def f(a=[]): ...", "a default value that is no plain number or text"),
        ("def f(a=N): ...", "a default value that is no plain number or text"),
        ("def f(a: g()): ...", "annotations call something"),
        ("def f():\n    if N:\n        return 1\n    return 2", "more than one place"),
        ("def f():\n    while True:\n        return 1", "before its end"),
        ("def f():\n    yield 1", "generator"),
        ("def f():\n    f()", "calls itself"),
        ("def f():\n    global N\n    print(N)", "with `global`"),
        ("def f():\n    def g():\n        nonlocal t\n        t = 1\n    t = 0", "with `nonlocal`"),
        ("def f():\n    class C: ...", "defines a class, 'C'"),
        ("def f():\n    if N:\n        t = 1\n    return t", "'t' may have no value yet"),
        ("def f():\n    t: g() = 1", "annotation, which a function does not evaluate"),
        ("def f():\n    t = open('a')\n    return t.read()", "'t' is open until the function ends"),
        ("def f():\n    warnings.warn('x')", "it uses warn"),
        ("def f():\n    return locals()", "locals"),
    ],
)
def test_a_function_is_refused(definition: str, why: str) -> None:
    assert why in _refusal("f", "N = 1", definition, "f()")


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("print(f(1))", "part of a larger expression"),
        ("d['x'] = f(1)", "part of a larger expression"),
        ("y = f(1) + 1", "part of a larger expression"),
        ("[f(i) for i in d]", "part of a larger expression"),
        ("d.apply(f)", "used as a value"),
        ("g = f", "used as a value"),
        ("def g():\n    f(1)", "called inside 'g'"),
        ("try:\n    f(1)\nexcept ValueError:\n    pass", "may be caught halfway"),
        ("with suppress(ValueError):\n    f(1)", "may be caught halfway"),
        ("f(1); x = 2", "other code stands on its line"),
        ("if N: f(1)", "other code stands on its line"),
        ("f()", "without 'a'"),
        ("f(1, 2)", "too many arguments"),
        ("f(b=1)", "no parameter 'b' left"),
        ("f(*d)", "with * or **"),
        ("f(a := 1)", "binds a name"),
        ("await f(1)", "awaited"),
        ("%timeit f(1)", "not Python as it stands"),
        ("x = 1", "nothing calls f()"),
    ],
)
def test_a_call_is_refused(call: str, why: str) -> None:
    assert why in _refusal("f", "N = 1\nd = {}", "def f(a):\n    print(a)", call)


@pytest.mark.parametrize(
    ("before", "definition", "call", "after", "why"),
    [
        ("t = 1", "def f(a):\n    t = a\n    return t", "y = f(2)", "print(t)", "'t', which cell 4 reads"),
        ("a = 1", "def f(a):\n    return a", "y = f(2)", "print(a)", "'a', which cell 4 reads"),
        ("a = 1", "def f(a):\n    a += 1\n    return a", "y = f(a)", "a", "'a', which cell 4 reads"),
        ("t = 1", "def f():\n    for t in [1]:\n        print(t)", "f()", "t", "which cell 4 reads"),
        ("t = 1", "def f():\n    t = 2\n    del t", "f()", "t", "which cell 4 reads"),
        ("0", "def f():\n    sum = 2\n    return sum", "y = f()", "sum([1])", "which cell 4 reads"),
        ("def g():\n    return t\nt = 1", "def f():\n    t = 2\n    return t", "y = f()", "g()",
         "which a function in cell 1 looks up"),
        ("def g():\n    return t\nt = 1", "def f(a):\n    t = a\n    return g() + t", "t = f(5)", "t",
         "a function that it calls looks up the notebook's 't'"),
        ("t = 1", "def f():\n    t = 2\n    print(t)", "for i in [1]:\n    f()\n    print(t)", "0",
         "which the same statement reads"),
        ("0", "def f():\n    t = 2\n    print(t)", "f()", "%time t", "not Python as it stands"),
        ("0", "def f(k):\n    return lambda v: v + k", "g = f(1)\nh = f(2)", "g(1)", "looks up 'k' later"),
        ("0", "def f(k):\n    g = lambda v: v + k\n    return g", "a = f(1)", "b = f(2)",
         "looks up 'k' later"),
        ("0", "def f(k):\n    return [lambda v: v + k]", "a = f(1)", "k = 3", "looks up 'k' later"),
        ("a = 1\ndef bump():\n    global a\n    a += 1", "def f(a):\n    bump()\n    return a",
         "y = f(a)", "y", "binds the notebook's 'a' with `global`"),
        ("# __del__", "def f(k):\n    return k", "a = f(1)", "a", "values live longer"),
        ("import pandas as pd\ndf = pd.DataFrame()",
         "def f(df):\n    df = df[df.a > 1]\n    df['b'] = 1\n    return df", "df = f(df)", "df",
         "pandas may warn"),
    ],
)  # fmt: skip
def test_a_name_of_the_function_s_own_does_not_take_the_place_of_the_notebook_s(
    before: str, definition: str, call: str, after: str, why: str
) -> None:
    assert why in _refusal("f", before, definition, call, after)


def test_a_name_that_nobody_reads_any_more_may_be_used() -> None:
    assert _sources(
        "f", "t = 1\nprint(t)", "def f(a):\n    t = a\n    return t", "y = f(2)", "t = 3\nt"
    ) == [
        "t = 1\nprint(t)",
        "a = 2\nt = a\ny = t",
        "t = 3\nt",
    ]


# -- functions of modules ----------------------------------------------------------------------------

_STEPS = '''"""Steps."""
import json
from math import sqrt

import numpy as np

LIMIT = 3


def root(v):
    return sqrt(v)


def clean(values, low=0):
    """Keep some."""
    kept = [root(v) for v in values if low < v < LIMIT]
    return np.array(kept)
'''


def test_an_imported_function_brings_the_imports_that_its_code_needs() -> None:
    found = _inlined(
        "clean",
        "import numpy as np\nfrom steps import clean\nraw = [1, 2]",
        "good = clean(raw)",
        modules={"steps": _STEPS},
    )

    assert [c.source for c in found.cells] == [
        "import numpy as np\nfrom steps import LIMIT, root\nraw = [1, 2]",
        "values = raw\nlow = 0\nkept = [root(v) for v in values if low < v < LIMIT]\n"
        "good = np.array(kept)",
    ]
    assert found.files == ()
    assert [(f.code, f.severity, f.message) for f in found.findings] == [
        ("NB806", Severity.NOTE, "the module steps still has clean(): other code may use it")
    ]


def test_an_import_keeps_its_other_names_and_gets_what_is_missing() -> None:
    assert (
        _sources(
            "tidy",
            "from steps import clean as tidy, root as r\nraw = [1]",
            "good = tidy(raw)\nr(1)",
            modules={"steps": _STEPS},
        )[0]
        == "from steps import root as r\nimport numpy as np\nfrom steps import LIMIT, root\nraw = [1]"
    )


def test_the_import_stays_where_the_module_does_more_than_define() -> None:
    assert _sources(
        "f",
        "from steps import f",
        "y = f(1)",
        modules={"steps": "print('hi')\ndef f(a):\n    return a"},
    ) == ["from steps import f", "a = 1\ny = a"]


@pytest.mark.parametrize(
    ("module", "extra", "why"),
    [
        ("def f(a):\n    return a + LIMIT\n", "", "needs 'LIMIT', which is not to be had here"),
        ("N = 1\ndef f(a):\n    return a + N\n", "N = 5", "'N', which is something else"),
        ("import numpy as np\ndef f(a):\n    return np.abs(a)\n", "np = 5", "'np', which is something else"),
        ("def f(a):\n    return sum(a)\n", "sum = 5", "'sum', which is something else"),
        ("N = 1\nN = 2\ndef f(a):\n    return a + N\n", "", "'N', which the module binds more than once"),
        ("from . import x\ndef f(a):\n    return x\n", "", "imports from its own package"),
        ("def f(a):\n    return __file__\n", "", "needs '__file__'"),
        ("def f(a):\n    return 1\ndef f(a):\n    return 2\n", "", "no function that steps defines once"),
        ("f = print\n", "", "no function that steps defines once"),
        ("def f(:\n", "", "is not Python that can be read"),
        ("def f(a):\n    return a\n", "import importlib, steps\nimportlib.reload(steps)", "again"),
        ("def f(a):\n    return a\n", "import steps\nsteps.g = 1", "changes 'steps'"),
    ],
)  # fmt: skip
def test_an_imported_function_is_refused(module: str, extra: str, why: str) -> None:
    assert why in _refusal(
        "f", "from steps import f", extra, "y = f([1])", modules={"steps": module}
    )


def test_a_function_of_a_module_that_is_not_there_is_refused() -> None:
    assert "imported from a library" in _refusal("f", "from steps import f", "f()")
