"""A variable has another name wherever it is meant, and nowhere else; or nothing is renamed."""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nb2pkg.analysis import ParsedCell
from nb2pkg.dataflow import BUILTINS
from nb2pkg.notebook import Notebook
from nb2pkg.problems import FindingsError, Nb2pkgError, Severity
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.name_places import Means, places_of
from nb2pkg.refactoring.renaming import rename_variable
from tests.builders import md, notebook, parsed, tagged
from tests.properties.random_notebooks import random_notebook, sources_of
from tests.refactoring.changed_notebooks import after, shown_by_both
from tests.refactoring.same_outputs import read

_CASES = Path(__file__).parents[1] / "cases"


def _rename(old: str, new: str, *cells: str) -> Refactoring:
    document = notebook(*cells)
    return rename_variable(document, parsed(document), old, new)


def _renamed(old: str, new: str, *cells: str) -> list[str]:
    return [cell.source for cell in _rename(old, new, *cells).cells]


def _refused(old: str, new: str, *cells: str) -> FindingsError:
    with pytest.raises(FindingsError) as error:
        _rename(old, new, *cells)
    return error.value


# -- where the name stands ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("x = 1\nprint(x)", "y = 1\nprint(y)"),
        ("x += 1", "y += 1"),
        ("x: int = 1", "y: int = 1"),
        ("a, *x = [1, 2]", "a, *y = [1, 2]"),
        ("for x in range(3): pass", "for y in range(3): pass"),
        ("with open(p) as x: pass", "with open(p) as y: pass"),
        ("print(x := 5)", "print(y := 5)"),
        ("[x := v for v in a]", "[y := v for v in a]"),
        ("del x", "del y"),
        ("try: pass\nexcept ValueError as x: print(x)", "try: pass\nexcept ValueError as y: print(y)"),
        ("try: pass\nexcept (A, B) as x: pass", "try: pass\nexcept (A, B) as y: pass"),
        ("import os as x", "import os as y"),
        ("import os.path as x", "import os.path as y"),
        ("import x", "import x as y"),
        ("from os import (path,\n    x)  # x", "from os import (path,\n    x as y)  # x"),
        ("from os import path as \\\n  x", "from os import path as \\\n  y"),
        ("match a:\n    case x: pass", "match a:\n    case y: pass"),
        ("match a:\n    case [1, *x]: pass", "match a:\n    case [1, *y]: pass"),
        ("match a:\n    case {'k': {**b}, **x}: pass", "match a:\n    case {'k': {**b}, **y}: pass"),
        ("match a:\n    case P(x=1) as x: pass", "match a:\n    case P(x=1) as y: pass"),
        ("match a:\n    case x.v | x.w: pass", "match a:\n    case y.v | y.w: pass"),
        ("def f():\n    global a, x\n    x = 1", "def f():\n    global a, y\n    y = 1"),
        ("@x.register\ndef f(): pass", "@y.register\ndef f(): pass"),
        ("def f(a: x = x) -> x: pass", "def f(a: y = y) -> y: pass"),
        ("class A(x.B, k=x):\n    c = x", "class A(y.B, k=y):\n    c = y"),
        ("class A:\n    x = x", "class A:\n    x = y"),
        ("class A:\n    x = 1\n    b = x\n    def f(self): return x",
         "class A:\n    x = 1\n    b = x\n    def f(self): return y"),
        ("f = lambda a=x: a + x", "f = lambda a=y: a + y"),
        ("def f():\n    def g(): return x\n    return g", "def f():\n    def g(): return y\n    return g"),
        ("[v for v in x if v > x]", "[v for v in y if v > y]"),
        ("x[x.x] = f(x=x)", "y[y.x] = f(x=y)"),
        ("print('x', x)  # x", "print('x', y)  # x"),
        ("ä = 'ö'; print('üü', ä, x)", "ä = 'ö'; print('üü', ä, y)"),
        ("await x", "await y"),
        ("if x:\n\tprint( x ) ;x\n\n", "if y:\n\tprint( y ) ;y\n\n"),
    ],
)  # fmt: skip
def test_the_name_is_replaced_where_the_variable_is_meant(before: str, then: str) -> None:
    assert _renamed("x", "y", "x = 1", before) == ["y = 1", then]


@pytest.mark.parametrize(
    "kept",
    [
        "def f(x): return x",
        "def f():\n    x = 1\n    return lambda: x",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2",
        "lambda x, *a, k=1: x",
        "[x for x in a]",
        "{x: 1 for x, _ in a}",
        "class A:\n    x = 1",
        "class A:\n    x = 1\n    b = x",
        "f(x=1).x.y['x']",
        "a.x = 1",
        "def f():\n    for x in a: pass\n    return x",
        "def f():\n    import x\n    return x",
        "def f():\n    print(x := 1)\n    return x",
        "'x'; f'x {a}'  # x",
    ],
)
def test_other_things_of_that_name_keep_it(kept: str) -> None:
    assert _renamed("x", "z", "x = 1", kept) == ["z = 1", kept]


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ('f"{x}"', 'f"{y}"'),
        ('f"{{x}} {x!r:>{x}} {a}{ x }"', 'f"{{x}} {y!r:>{y}} {a}{ y }"'),
        ("f'''\n{x}\n  {f(\n x, 'x')}'''", "f'''\n{y}\n  {f(\n y, 'x')}'''"),
        ("f'a' f'{x}' 'x' rf'\\{x}'", "f'a' f'{y}' 'x' rf'\\{y}'"),
        ("f'{d[\"x\"]} {x[\"x\"]:%Y-%m} \\N{EM DASH} {x}'", "f'{d[\"x\"]} {y[\"x\"]:%Y-%m} \\N{EM DASH} {y}'"),
        ("print(f'ä {x} {x == 1} {x != 2}', x)", "print(f'ä {y} {y == 1} {y != 2}', y)"),
        ("f'{[x for x in x]} {(lambda x: x)(x)}'", "f'{[x for x in y]} {(lambda x: x)(y)}'"),
        ('f"{f\'{x}\'} {x}"', 'f"{f\'{y}\'} {y}"'),
        ("(f'{x}'\n   f'{x}'  # x\n)", "(f'{y}'\n   f'{y}'  # x\n)"),
    ],
)  # fmt: skip
def test_fields_of_f_strings_have_the_new_name(before: str, then: str) -> None:
    assert _renamed("x", "y", "x = 1", before) == ["y = 1", then]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no Python before 3.12")
@pytest.mark.parametrize(
    ("before", "then"),
    [
        ('f"{x["x"]} {f"{x!r:{x}}"} {"x"}"', 'f"{y["x"]} {f"{y!r:{y}}"} {"x"}"'),
        ('f"{\n  x  # x\n}{"\\n".join(x)}"', 'f"{\n  y  # x\n}{"\\n".join(y)}"'),
        ("def f[T: x](a: x, b: T = x): return x", "def f[T: y](a: y, b: T = y): return y"),
        ("class A[x]:\n    def f(self, a: x): return x", None),
        ("def f[x](a: x) -> x: return x", None),
        ("type B[T] = dict[T, x]", "type B[T] = dict[T, y]"),
        ("type B[x] = dict[x, x]", None),
    ],
)
def test_newer_syntax_is_followed(before: str, then: str | None) -> None:
    assert _renamed("x", "y", "x = 1", before) == ["y = 1", then or before]


def test_a_function_has_a_new_name_where_it_is_only_called() -> None:
    assert _renamed(
        "load", "read", "def load(n, *, k=1):\n    return load(n - 1) if n else k", "load(3, k=2)"
    ) == ["def read(n, *, k=1):\n    return read(n - 1) if n else k", "read(3, k=2)"]


def test_markdown_and_the_lines_of_magics_that_do_not_name_it_stay() -> None:
    assert _renamed(
        "x", "y", md("# x"), "%matplotlib inline\nx = 1\n!ls x", "%%time\nprint(x)\n"
    ) == ["# x", "%matplotlib inline\ny = 1\n!ls x", "%%time\nprint(y)\n"]


def test_what_a_cell_magic_indents_is_renamed_where_it_stands() -> None:
    assert _renamed("x", "y", "x = 1", "%%capture\nif x:\n    print(x)") == [
        "y = 1",
        "%%capture\nif y:\n    print(y)",
    ]


def test_names_are_compared_as_python_reads_them() -> None:
    assert _renamed("file", "path", "ﬁle = 1", "print(file)") == ["path = 1", "print(path)"]


def test_a_builtin_gets_its_meaning_back_where_every_use_means_the_variable() -> None:
    assert _renamed("list", "items", "list = [1]", "print(list)") == ["items = [1]", "print(items)"]


def test_it_says_what_it_does() -> None:
    found = _rename("x", "y", "x = 1", "print(2)")

    assert found.title == "Rename x to y"
    assert [(c.of, c.shows) for c in found.cells] == [(1, (1,)), (2, (2,))]
    assert found.findings == ()


def test_who_gives_a_parameter_is_told_to_give_it_by_its_new_name() -> None:
    found = _rename("n", "trees", tagged("parameters", "n = 1"), "print(n)")

    assert found.cells[0].tags == ("parameters",)
    (warning,) = found.findings
    assert (warning.code, warning.severity) == ("NB805", Severity.WARNING)
    assert "'trees'" in warning.message


# -- names that cannot be given ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "new",
    ["", "2x", "a b", "class", "match", "list", "print", "_", "_3", "In", "display", "get_ipython",
     "__x", "__name__", "ﬁle", "x"],
)  # fmt: skip
def test_what_is_no_name_for_a_variable_is_refused(new: str) -> None:
    assert _refused("x", new, "x = 1").code == "NB803"


@pytest.mark.parametrize(
    "taking",
    [
        "y = 2",
        "print(y)",
        "import y",
        "def y(): pass",
        "def f():\n    global y\n    y = 1",
        "def f(): return y",
        "def f(y): return x",
        "def f():\n    y = 1\n    return lambda: x",
        "lambda y: x",
        "[y for y in a if x]",
        "[x := y for y in a]",
        "class A:\n    y = 1\n    b = x",
        "'y' in globals()",
        "df.query('a > @y')",
        "%timeit y",
        "!ls {y}",
        "%%R\ny <- 1",
        "from math import *",
    ],
)
def test_a_name_that_is_in_use_is_refused(taking: str) -> None:
    new = "pi" if "*" in taking else "y"
    assert (
        _refused("x", new, "x = 1", taking, "print(x, pi)" if new == "pi" else "x").code == "NB803"
    )


@pytest.mark.parametrize(
    "beside",
    ["def f(y): return y", "def f():\n    y = 1", "class A:\n    y = 1\n    def f(self): return x",
     "f(y=1).y", "'y'  # y", "!ls y", "[y for y in x]"],
)  # fmt: skip
def test_a_name_that_is_in_nobodys_way_is_given(beside: str) -> None:
    assert "y = 1" in _renamed("x", "y", "x = 1", beside)


# -- uses that cannot be followed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("%timeit x + 1", "IPython's own syntax in cell 2"),
        ("!ls {x}", "IPython's own syntax"),
        ("!ls $x", "IPython's own syntax"),
        ("y = !ls $x", "IPython's own syntax"),
        ("x?", "IPython's own syntax"),
        ("%%R -i x\n1", "IPython's own syntax"),
        ("%pip install {x}", "IPython's own syntax"),
        ("%%html\n{{x}}", "IPython's own syntax"),
        ("%%sx\nls $x", "IPython's own syntax"),
        ('%%bash -s "$x"\necho $1', "IPython's own syntax"),
        ("%%sql\nselect * from x", "IPython's own syntax"),
        ("df.query('a > @x')", "a text that cell 2 has looked up"),
        ("ols('y ~ x + b', df)", "a text that cell 2 has looked up"),
        ("ols('y ~ ' + 'x', df)", "looked up"),
        ("cols = ['x']\nols('y ~ ' + '+'.join(cols), df)", "may be looked up"),
        ("import pandas as pd\npd.eval('x + 1')", "looked up"),
        ("import numexpr as ne\ne = 'x + 1'\nne.evaluate(e)", "may be looked up"),
        ("import duckdb\nduckdb.sql('SELECT * FROM x')", "looked up"),
        ("eval('x + 1')", "looked up"),
        ("exec('print(x)')", "looked up"),
        ("'x' in globals()", "looked up"),
        ("def f():\n    '''\n    >>> x\n    1\n    '''", "looked up"),
        ("def f(a: 'x'): pass", "looked up"),
        ("from __future__ import annotations\ndef f(a: x): pass", "looked up"),
        ("globals()['x']", "globals()"),
        ("g = globals", "globals"),
        ("locals()", "locals()"),
        ("print(sorted(dir()))", "dir()"),
        ("vars()['x']", "vars()"),
        ("eval(text)", "eval()"),
        ("exec(open('a.py').read())", "exec()"),
        ("get_ipython().user_ns['x']", "get_ipython()"),
        ("%who", "%who"),
        ("%store x", "%store"),
        ("%run -n -i a.py", "%run -i"),
        ("names = %who_ls", "%who_ls"),
        ("whos", "%whos"),
        ("get_ipython().run_line_magic('reset', '-f')", "%reset"),
        ("import __main__", "__main__"),
        ("import sys\nsys.modules['__main__']", "__main__"),
        ("import sys\ngetattr(sys.modules[__name__], 'x')", "as a module"),
        ("import inspect\ninspect.currentframe().f_globals", "f_globals"),
        ("from inspect import getsource", "getsource"),
        ("from icecream import ic\nic(x)", "icecream"),
        ("In[1]", "In"),
        ("f'{x=}'", "is shown by its name"),
        ("f'''{\n x + 1 = !s}'''", "is shown by its name"),
        ("class A:\n    if a: x = 2\n    b = x", "the class's own value or the notebook's"),
        ("class A:\n    x += 1", "the class's own value or the notebook's"),
        ("from lib import *", "'from lib import *' may bring"),
        ("%run a.py", "'%run a.py' may bring"),
        ("%pylab inline", "'%pylab inline' may bring"),
        ("import x.y", "only by that name"),
        ("class x: pass", "is a class"),
        ("from collections import namedtuple\nx = namedtuple('x', 'a')", "is a class"),
        ("def x(): pass\nmap(x, [1])", "hands it on"),
        ("@cache\ndef x(): pass", "a decorator"),
        ("def x(): pass\nprint(x.__name__)", "hands it on"),
        ("def x(a): pass\ntry: x()\nexcept TypeError as e: print(e)", "the error of this call"),
        ("def x(): pass\nimport traceback", "tells who called"),
        ("def x():\n    class C: pass\n    return C()", "a class inside"),
        ("del x\ntry: x\nexcept NameError as e: print(e)", "which tells its name"),
        ("del x\nprint(x)", "before it has a value|has no value"),
        ("import warnings\nwarnings.warn(f'{x} is large')", "a warning shows"),
    ],
)  # fmt: skip
def test_where_a_use_cannot_be_followed_nothing_is_renamed(cell: str, told: str) -> None:
    error = _refused("x", "z", "x = 1", cell)

    assert error.code == "NB805"
    assert any(part in error.message for part in told.split("|")), error.message


@pytest.mark.parametrize(
    ("old", "cell", "told"),
    [
        ("dff", "df = 1", "no cell binds 'dff'"),
        ("local", "def f():\n    local = 1", "only used inside functions"),
        ("len", "len([])", "it is only read"),
        ("pi", "from math import *\nprint(pi)", "'from math import *' may bring it"),
        ("_", "for _ in range(3): pass", "a meaning of its own"),
        ("__all__", "__all__ = []", "a meaning of its own"),
        ("max", "max = max([1, 2])", "before it has a value|builtin"),
        ("print", "print(1)\nif 1 > 2: print = 3", "builtin"),
        ("_C__x", "class C:\n    def f(self): return __x\n_C__x = 1", "'__x' in a class"),
        ("annotations", "from __future__ import annotations", "an instruction to Python"),
    ],
)
def test_what_is_no_variable_of_the_notebook_is_not_renamed(old: str, cell: str, told: str) -> None:
    error = _refused(old, "z", cell)

    assert error.code == "NB805"
    assert any(part in error.message for part in told.split("|")), error.message


def test_a_name_that_is_spelled_alike_is_suggested() -> None:
    assert _refused("datfa", "z", "data = 1").hint == "did you mean 'data'?"


def test_a_refusal_says_where() -> None:
    place = _refused("x", "z", "x = 1", md("text"), "a = 1\nb = f'{x=}'").location

    assert (place.cell, place.line, place.column, place.source_line) == (3, 2, 7, "b = f'{x=}'")


@pytest.mark.parametrize(
    "harmless",
    [
        "def f():\n    a = 1\n    return locals()",
        "print(vars(a), dir(a))",
        "eval('1 + 1')",
        "if __name__ == '__main__': pass",
        "import sys\n'google.colab' in sys.modules",
        "df.query('x > 1')",
        "df['x']",
        "a.eval_x, b.x.where(1)",
        "import logging\nlogging.getLogger(__name__)",
        "try: a\nexcept NameError as e: print(e)",
        "%pip install x",
        "!pip install x",
        "%load_ext x",
        "%%html\n<b>x</b>",
        "%%bash\nx=1; echo $x",
        "%%writefile x.py\nx = 1",
        "import warnings\nwarnings.warn('large')",
    ],
)
def test_what_only_looks_like_such_a_use_is_in_nobodys_way(harmless: str) -> None:
    assert _renamed("x", "z", "x = 1", harmless) == ["z = 1", harmless]


def test_a_cell_that_cannot_be_read_is_in_the_way_only_if_it_has_the_name() -> None:
    document = notebook("x = 1", "print 'x'", "print 'a'")
    cells = parsed(notebook("x = 1"))

    with pytest.raises(FindingsError) as error:
        rename_variable(document, cells, "x", "y")

    assert (error.value.code, error.value.location.cell) == ("NB805", 2)


# -- laws --------------------------------------------------------------------------------------------


def _names(cells: Sequence[ParsedCell]) -> list[str]:
    trees = [ast.parse(c.cell.source) for c in cells if not c.dropped and "%" not in c.cell.source]
    found = {p.name for t in trees for p in places_of(t) if p.means is not Means.OWN}
    return sorted(found)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.sampled_from(["zz", "v", "k", "p", "total"]))
def test_there_and_back_again_gives_the_same_text(seed: int, new: str) -> None:
    document = notebook(*sources_of(random_notebook(Random(seed), size=8).cells))
    cells = parsed(document)
    for old in _names(cells)[::3]:
        try:
            found = rename_variable(document, cells, old, new)
        except Nb2pkgError as refused:
            assert refused.code in ("NB803", "NB805"), refused
            continue
        if old in BUILTINS:
            continue  # that name can be taken away, and not given
        there = after(document, found)
        assert _scopes(there) == _scopes(document, {old: new})

        back = rename_variable(there, parsed(there), new, old)

        assert [c.source for c in back.cells] == [c.source for c in document.cells]


def _scopes(document: Notebook, renamed: dict[str, str] | None = None) -> list[object]:
    """What CPython says of every name in every scope."""
    names = renamed or {}

    def told(table: symtable.SymbolTable) -> Iterator[object]:
        for symbol in table.get_symbols():
            name = symbol.get_name()
            is_global = symbol.is_global() or table.get_type() == "module"
            yield (names.get(name, name) if is_global else name), is_global, symbol.is_assigned()

    def walk(table: symtable.SymbolTable) -> Iterator[object]:
        yield table.get_type(), frozenset(told(table))
        for child in table.get_children():
            yield from walk(child)

    return [
        scope
        for cell in document.code_cells
        for scope in walk(symtable.symtable(cell.source, "cell", "exec"))
    ]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="comprehensions have no scope of their own")
@pytest.mark.parametrize("module", [ast, symtable, sys.modules["random"], sys.modules["pytest"]])
def test_names_mean_what_cpython_says_they_mean(module: object) -> None:
    source = Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")
    theirs = {
        (table.get_name(), table.get_lineno(), symbol.get_name())
        for table in _tables(symtable.symtable(source, "module", "exec"))
        if table.get_type() == "function"
        for symbol in table.get_symbols()
        if symbol.is_global()
    }

    ours = {
        (_SHORT.get(type(p.scopes[0]), getattr(p.scopes[0], "name", "")), p.scopes[0].lineno, p.name)  # type: ignore[attr-defined]
        for p in places_of(ast.parse(source))
        if p.scopes and not isinstance(p.scopes[0], ast.ClassDef) and p.means is Means.NOTEBOOK
    }  # fmt: skip

    assert ours == theirs


_SHORT = {
    ast.Lambda: "lambda", ast.ListComp: "listcomp", ast.SetComp: "setcomp", ast.DictComp: "dictcomp",
    ast.GeneratorExp: "genexpr",
}  # fmt: skip


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


# -- real runs ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(_CASES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_shows_the_same_with_all_its_names_changed(path: Path, tmp_path: Path) -> None:
    document, _ = read(path)
    changed = document
    for name in _names(parsed(document)):
        try:
            changed = after(
                changed, rename_variable(changed, parsed(changed), name, f"renamed_{name}")
            )
        except Nb2pkgError as refused:
            assert refused.code == "NB805", refused

    then, now = shown_by_both(document, changed, tmp_path)

    assert changed != document
    assert now == then
