"""A name goes, what it stands for comes in its places, and the notebook shows what it showed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.analysis import Kind, ParsedCell, parse_cells
from nb2pkg.dataflow import assemble
from nb2pkg.notebook import Notebook, read_notebook
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.inlining import inline
from tests.builders import md, notebook, parsed, tagged
from tests.refactoring.same_outputs import read, shown_after, shown_before

_CASES = Path(__file__).parents[1] / "cases"


def _inlined(name: str, *cells: str, cell: int | None = None) -> Refactoring:
    document = notebook(*cells)
    return inline(document, parsed(document), name, cell=cell)


def _sources(name: str, *cells: str, cell: int | None = None) -> list[str]:
    return [c.source for c in _inlined(name, *cells, cell=cell).cells]


def _refusal(name: str, *cells: str) -> str:
    with pytest.raises(FindingsError) as stop:
        _inlined(name, *cells)
    assert stop.value.code == "NB806"
    return stop.value.message


# -- variables: how they read ------------------------------------------------------------------------


def test_every_use_becomes_the_expression_and_the_assignment_goes() -> None:
    found = _inlined(
        "n", md("# T"), "n = 3", "y = [n, n + 1]\nfor i in range(n):\n    print(i)", "n"
    )

    assert [(c.of, c.source) for c in found.cells] == [
        (1, "# T"),
        (3, "y = [3, 3 + 1]\nfor i in range(3):\n    print(i)"),
        (4, "3"),
    ]
    assert found.title == "Inline n"


@pytest.mark.parametrize(
    ("value", "use", "result"),
    [
        ("a + b", "y = x", "y = a + b"),
        ("a + b", "y = x * 2", "y = (a + b) * 2"),
        ("a + b", "y = x + 2", "y = a + b + 2"),
        ("a + b", "y = 2 - x", "y = 2 - (a + b)"),
        ("a + b", "y = f(x)", "y = f(a + b)"),
        ("a + b", "y = x.real", "y = (a + b).real"),
        ("1, 2", "y = x", "y = 1, 2"),
        ("1, 2", "f(x)", "f((1, 2))"),
        ("1, 2", "y = x[0]", "y = (1, 2)[0]"),
        ("1", "x.real", "(1).real"),
        ("-1", "y = x ** 2", "y = (-1) ** 2"),
        ("a or b", "y = not x", "y = not (a or b)"),
        ("a if b else c", "y = [x, 1]", "y = [a if b else c, 1]"),
        ("lambda v: v", "y = x(1)", "y = (lambda v: v)(1)"),
        ("(a +\n     b)", "y = x", "y = (a +\n     b)"),
        ("None", "y = x is None", "y = None is None"),
    ],
)
def test_parentheses_come_only_where_they_are_needed(value: str, use: str, result: str) -> None:
    given = "a, b, c = 1, 2, 3\ndef f(v): ...\n"

    assert _sources("x", f"{given}x = {value}\n{use}") == [given + result]


@pytest.mark.parametrize(
    ("value", "use", "result"),
    [
        ("5", 'print(f"{x} {x:>4} {1:{x}}")', 'print(f"{5} {5:>4} {1:{5}}")'),
        ("'it'", "f'{x}'", "f'{\"it\"}'"),
        ("'it'", 'f"{x!r}"', "f\"{'it'!r}\""),
        ("d['k']", 'f"{x}"', "f\"{d['k']}\""),
        ("(1 +\n    2)", 'f"{x}"', 'f"{1 + 2}"'),
    ],
)
def test_f_strings_are_written_as_every_python_reads_them(
    value: str, use: str, result: str
) -> None:
    assert _sources("x", "d = {'k': 1}", f"x = {value}\n{use}")[1:] == [result]


@pytest.mark.parametrize(
    ("value", "use"),
    [
        ("5", "f'{x=}'"),
        ("d['k']", "f'{x}'"),
        ("'it'", "f'''{x} \"quoted\"'''"),
        ("'a\\n'", "f'{x}'"),
        ("{1: 2}", "f'{x}'"),
    ],
)
def test_an_f_string_that_would_not_surely_be_the_same_is_refused(value: str, use: str) -> None:
    assert "cannot be written" in _refusal("x", "d = {'k': 1}", f"x = {value}\n{use}")


def test_comments_stay_and_a_cell_with_nothing_left_goes() -> None:
    assert _sources("n", "# how many\nn = 3  # by hand", "m = 4", "print(n)", "n2 = m") == [
        "# how many\n# by hand",
        "m = 4",
        "print(3)",
        "n2 = m",
    ]
    assert _sources("m", "a = 1", "m = 4", "print(m)") == ["a = 1", "print(4)"]


def test_what_stood_above_the_assignment_shows_nothing_new() -> None:
    assert _sources("x", "xs = [1]\nxs.pop()\nx = 1", "x") == ["xs = [1]\nxs.pop();", "1"]


def test_only_the_uses_of_one_cell_are_replaced_where_one_is_named() -> None:
    assert _sources("n", "n = 3", "print(n)", "print(n + 1)", cell=2) == [
        "n = 3",
        "print(3)",
        "print(n + 1)",
    ]
    assert _sources("n", "n = 3", "print(n)", "print(n + 1)", cell=1) == [
        "print(3)",
        "print(3 + 1)",
    ]


def test_lines_of_ipython_s_and_other_scripts_stay_as_they_are() -> None:
    assert _sources("é", "%matplotlib inline\né = 1  # ü\nprint(é, 'ä', é)") == [
        "%matplotlib inline\n# ü\nprint(1, 'ä', 1)"
    ]


def test_an_alias_of_a_name_may_be_used_and_changed_anywhere() -> None:
    assert _sources("y", "x = []\ny = x", "y.append(1)\nx.append(2)\nprint(y)") == [
        "x = []",
        "x.append(1)\nx.append(2)\nprint(x)",
    ]


def test_a_mutable_value_may_be_used_once() -> None:
    assert _sources("xs", "xs = [1, 2]", "total = sum(xs)") == ["total = sum([1, 2])"]


def test_literals_may_stand_in_functions_and_loops() -> None:
    assert _sources(
        "k", "k = 'a', -1", "def f():\n    return k\nclass C:\n    k2 = k\ng = lambda: k"
    ) == ["def f():\n    return 'a', -1\nclass C:\n    k2 = 'a', -1\ng = lambda: ('a', -1)"]


# -- variables: what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("y = 1",), "binds no 'x'"),
        (("x = 1",), "nothing uses 'x'"),
        (("x = 1", "x = 2", "x"), "bound more than once (cell 1, 2)"),
        (("x = 1", "x += 2", "x"), "bound more than once"),
        (("x, y = 1, 2", "x"), "not bound by a plain assignment"),
        (("for x in range(3): pass", "x"), "not bound by a plain assignment"),
        (("x: int = 1", "x"), "not bound by a plain assignment"),
        (("class x: pass", "x()"), "is a class"),
        (("import re as x", "x"), "imported from a library"),
        (("x = 1", "x", "del x"), "'x' is deleted here"),
        (("x = 1", "def f():\n    global x\n    x = 2", "x"), "with `global`"),
        (("x = 1", "def f():\n    global x\n    return x"), "declares 'x' as global"),
        (("x = 1", "%time x"), "not Python as it stands"),
        (("x = 1", "%%time\nprint(x)"), "what only IPython understands"),
        (("x = 1", "eval('x + 1')"), "a text names 'x'"),
        (("x = 1", "exec(text)\nx"), "sees every name there is"),
        (("x = 1", "print(x, globals())"), "sees every name there is"),
        (("x = 1", "'x' in globals() and x"), "whether it has a 'x'"),
        (("x = 1", "df.query('a > @x')"), "a text names 'x'"),
        (("x = 1", "duckdb.sql('select * from x')"), "a text names 'x'"),
        (("print(x)", "x = 1", "x"), "named above its assignment"),
        (("x = 1", "def f(a: x): ..."), "part of an annotation"),
        (("x = 1000", "y = x is z"), "which object 'x' is"),
        (("x = f()", "x"), "may do more than look"),
        (("x = print(1)", "x"), "may do more than look"),
        (("x = input()", "x"), "may do more than look"),
        (("import random\nx = random.random()", "x"), "may do more than look"),
        (("import pandas as pd\nx = pd.read_csv('a.csv')", "x"), "may be something else later"),
        (("import datetime\nx = datetime.datetime.now()", "x"), "may be something else later"),
        (("import pandas as pd\nx = pd.Timestamp('now')", "x"), "may be something else later"),
        (("import os\nx = os.environ['A']", "x"), "may be something else later"),
        (("it = iter([1])\nx = list(it)", "x"), "may do more than look"),
        (("x = [1]", "print(x, x)"), "used more than once"),
        (("a = [1]\nx = a[:]", "print(x)\nprint(x)"), "used more than once"),
        (("x = []", "x.append(1)"), "changed in place here"),
        (("x = {}", "x['a'] = 1"), "changed in place here"),
        (("x = [1]", "for i in range(2):\n    f(x)"), "at another time, or more than once"),
        (("a = 1\nx = a", "def f():\n    return x"), "at another time, or more than once"),
        (("a = 1\nx = a + 1", "[x for i in range(3)]"), "at another time, or more than once"),
        (("a = 1\nx = a", "a = 2", "x"), "cell 2 gives 'a' another value"),
        (("a = 1\nx = a + 1", "for a in range(3): pass", "x"), "gives 'a' another value"),
        (("a = [1]\nx = len(a)", "a.append(2)", "x"), "cell 2 may change 'a'"),
        (("a = [1]\nb = a\nx = len(a)", "b.append(2)", "x"), "cell 2 may change 'a'"),
        (("a = [1]\nx = sum(a)", "def f(v): v.append(2)\nf(a)", "x"), "cell 2 may change 'a'"),
        (("a = [1]\nx = len(a)", "if a:\n    a.append(2)\n    print(x)"), "may change 'a'"),
        (("class C: k = 1\nc = C()\nx = c.k", "C.k = 2", "x"), "may change 'c'"),
        (
            ("import numpy as np\na = np.zeros(3)\nx = a.sum()", "np.add(a, 1, out=a)", "x"),
            "may change 'a'",
        ),
        (("a = []\nadd = lambda: a.append(1)\nx = len(a)", "add()", "x"), "may change 'a'"),
        (("a = []\nd = {1: lambda: a.append(1)}\nx = len(a)", "d[1]()", "x"), "may change 'a'"),
        (
            (
                "def f():\n    kept = []\n    return kept.append, lambda: kept\nadd, get = f()\na = get()\nx = len(a)",
                "add(1)",
                "x",
            ),
            "may change 'a'",
        ),
        (
            ("c = []\ndef get(): return c\na = get()\nx = len(a)", "c.append(1)", "x"),
            "may change 'a'",
        ),
        (("class C: xs = []\na = C().xs\nx = len(a)", "C().xs.append(1)", "x"), "may change 'a'"),
        (("a = []\ng = (a.append(i) for i in 'ab')\nx = len(a)", "list(g)", "x"), "may change 'a'"),
        (
            (
                "a = []\nasync def f(): a.append(1)\nt = asyncio.create_task(f())\nx = len(a)",
                "await asyncio.sleep(0)",
                "x",
            ),
            "may change 'a'",
        ),
        (
            ("import pandas as pd\na = pd.Series([1])\nx = str(a)", "pd.set_option('a', 1)", "x"),
            "sets an option",
        ),
        (
            ("from decimal import *\na = Decimal(1)\nx = a / 3", "getcontext().prec = 3", "x"),
            "getcontext()",
        ),
        (("a = 1\nx = a + 1", "%run other.py", "x"), "uses %run"),
        (("x = lambda n: n and x(n - 1)", "x(3)"), "part of its own value"),
        (("3", "x = _", "x"), "what was shown last"),
        (("import pandas as pd\nx = pd.DataFrame()", "y = x.dropna()\ny['a'] = 1"), "pandas warns"),
    ],
)
def test_a_variable_is_refused(cells: tuple[str, ...], why: str) -> None:
    assert why in _refusal("x", *cells)


@pytest.mark.parametrize("tag", ["parameters", "injected-parameters"])
def test_a_parameter_of_the_notebook_is_refused(tag: str) -> None:
    assert "parameter" in _refusal("x", tagged(tag, "x = 1"), "x")


def test_a_cell_that_is_looked_up_by_its_number_does_not_go() -> None:
    assert "by their numbers" in _refusal("x", "x = 1", "x", "print(Out[2])")


def test_a_notebook_that_sets_what_is_shown_is_refused() -> None:
    assert "ast_node_interactivity" in _refusal(
        "x", "x = 1", "get.ast_node_interactivity = 'all'", "x"
    )


def test_a_refusal_points_to_the_line() -> None:
    with pytest.raises(FindingsError) as stop:
        _inlined("x", "x = 1", "y = 2\nprint(x)\ndel x")

    (found,) = stop.value.findings
    assert (found.location.cell, found.location.line) == (2, 3)
    assert found.location.source_line == "del x"


# -- real runs ---------------------------------------------------------------------------------------

_SAMPLE = (
    "07_class_global",
    "16_star_import",
    "33_fstring",
    "44_e2e",
    "untidy/function_changes_a_global_list",
    "untidy/main_guard_function",
    "untidy/regression_study",
    "untidy/strings_of_every_kind",
)
_SHOWN = (
    "import asyncio\nrate = 0.5\nxs = [3, 1]\nxs.pop()\nk = 2",
    "def double(v, by=2):\n    # twice\n    out = v * by\n    out",
    "def show(v):\n    print('in', v)\n    return v + rate",
    "async def later(v):\n    await asyncio.sleep(0)\n    return v",
    "double(4)",
    "show(k)",
    "show(k + 1);",
    "for i in range(2):\n    r = show(i)\n    print(r)",
    "z = await later(f'{k}')\nz",
    "[rate] * k",
)


@pytest.mark.parametrize("case", _SAMPLE)
def test_a_case_shows_the_same_once_all_that_can_be_inlined_is(case: str, tmp_path: Path) -> None:
    path = _CASES / f"{case}.ipynb"
    shutil.copy(path, tmp_path)
    document, cells = read(path)

    found, count = _all_inlined(document, list(cells))

    assert count
    assert shown_after(found, tmp_path) == shown_before(document, tmp_path)


def test_all_that_is_shown_is_still_shown_and_no_more(tmp_path: Path) -> None:
    document = notebook(*_SHOWN)

    found, count = _all_inlined(document, parsed(document))

    assert count == 6
    assert shown_after(found, tmp_path) == shown_before(document, tmp_path)


@pytest.mark.parametrize("path", sorted(_CASES.rglob("*.ipynb")), ids=lambda p: p.stem)
def test_every_name_of_every_case_is_inlined_or_refused_with_a_code(path: Path) -> None:
    document = read_notebook(path.read_bytes(), path.stem)
    cells = [c for c in parse_cells(document.code_cells) if isinstance(c, ParsedCell)]
    for name in assemble(cells).binders:
        try:
            inline(document, cells, name)
        except FindingsError as stop:
            assert stop.code == "NB806"


def _all_inlined(document: Notebook, cells: list[ParsedCell]) -> tuple[Refactoring, int]:
    """The notebook with one name after the other inlined, and how many were."""
    found: Refactoring | None = None
    count = 0
    program = assemble(cells)
    for name, binders in program.binders.items():
        if len(binders) > 1 or program.statements[binders[0]].kind is Kind.IMPORT:
            continue
        try:
            found = inline(document, cells, name)
        except FindingsError as stop:
            assert stop.code == "NB806"
            continue
        count += 1
        document = _as_notebook(document, found)
        cells = parsed(document)
    assert found is not None
    return found, count


def _as_notebook(document: Notebook, found: Refactoring) -> Notebook:
    made = notebook(*(str(n) for n in range(len(found.cells))))
    cells = tuple(
        replace(cell, kind=new.kind, source=new.source, tags=new.tags)
        for cell, new in zip(made.cells, found.cells, strict=True)
    )
    return replace(document, cells=cells)
