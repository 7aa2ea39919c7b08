"""A literal becomes a parameter, and the notebook does the same; or it stays where it is."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nb2pkg.analysis import ParsedCell
from nb2pkg.problems import FindingsError, Nb2pkgError, Severity
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.cell_code import code_of
from nb2pkg.refactoring.literals import literals_of
from nb2pkg.refactoring.promoting import promote_literal
from tests.builders import md, notebook, parsed, plan, tagged
from tests.properties.random_notebooks import random_notebook, sources_of
from tests.refactoring.changed_notebooks import after, shown_by_both
from tests.refactoring.same_outputs import read

_CASES = Path(__file__).parents[1] / "cases"


def _promote(name: str, *cells: str) -> Refactoring:
    """What becomes of the place that a § stands before, which is taken out."""
    for position, source in enumerate(cells, 1):
        if "§" in source:
            above = source.partition("§")[0]
            line, column = above.count("\n") + 1, len(above.rpartition("\n")[2])
            document = notebook(
                *(type(c)(c.replace("§", "")) if not hasattr(c, "tags") else c for c in cells)
            )
            return promote_literal(document, parsed(document), position, line, column, name)
    raise AssertionError("no place is marked")


def _promoted(name: str, *cells: str) -> list[str]:
    return [cell.source for cell in _promote(name, *cells).cells]


def _refused(name: str, *cells: str) -> FindingsError:
    with pytest.raises(FindingsError) as error:
        _promote(name, *cells)
    return error.value


# -- what stands where -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "line", "then"),
    [
        ("x = f(§5)", "n = 5", "x = f(n)"),
        ("x = f(1, §-2.5e3)", "n = -2.5e3", "x = f(1, n)"),
        ("x = f(1, -§2)", "n = -2", "x = f(1, n)"),
        ("x = f(12§3)", "n = 123", "x = f(n)"),
        ("x = f(123§)", "n = 123", "x = f(n)"),
        ("x = 3-§5", "n = 5", "x = 3-n"),
        ("x = -§5**2", "n = 5", "x = -n**2"),
        ("x = y if a else§-5", "n = -5", "x = y if a else n"),
        ("x = §1if a else 2", "n = 1", "x = n if a else 2"),
        ("x = §True", "n = True", "x = n"),
        ("f(k=§None)", "n = None", "f(k=n)"),
        ("f(§'a.csv')  # 'a.csv'", "n = 'a.csv'", "f(n)  # 'a.csv'"),
        ("f('ü', §'ä')", "n = 'ä'", "f('ü', n)"),
        ("f(r'a' §\"b\")", "n = r'a' \"b\"", "f(n)"),
        ("f('a'\n  §'b')", "n = ('a'\n  'b')", "f(n)"),
        ("f('a'  # a\n  §'b')", "n = ('a'  # a\n  'b')", "f(n)"),
        ("f('''a\n§b''')", "n = '''a\nb'''", "f(n)"),
        ("df[§'a']", "n = 'a'", "df[n]"),
        ("df.query(§'a > @b')", "n = 'a > @b'", "df.query(n)"),
        ("a[1,§ 2]", "n = 1, 2", "a[n]"),
        ("for i in §(1, 2): f(i)", "n = (1, 2)", "for i in n: f(i)"),
        ("x = y, (1,§ 'a', None)", "n = (1, 'a', None)", "x = y, n"),
        ("if a in §['x', 'y']: f()", "n = ['x', 'y']", "if a in n: f()"),
        ("def f(): return a in §{1, 2}", "n = {1, 2}", "def f(): return a in n"),
        ("def f():\n    for i in §[1, 2]: pass", "n = [1, 2]", "def f():\n    for i in n: pass"),
        ("def f():\n    return [\n        §3,\n    ]", "n = 3", "def f():\n    return [\n        n,\n    ]"),
        ("with a:\n    xs = (\n        1,§\n    )", "n = (\n    1,\n)", "with a:\n    xs = n"),
        ("def f(k=§5): return k", "n = 5", "def f(k=n): return k"),
        ("@cache(§5)\ndef f(): pass", "n = 5", "@cache(n)\ndef f(): pass"),
        ("f = lambda: §5", "n = 5", "f = lambda: n"),
        ("class A:\n    k = §5", "n = 5", "class A:\n    k = n"),
        ("x = [v for v in a if v > §5]", "n = 5", "x = [v for v in a if v > n]"),
        ("print(f'{x + §5:.2f}')", "n = 5", "print(f'{x + n:.2f}')"),
        ("while §True: break", "n = True", "while n: break"),
        ("assert a is §None", "n = None", "assert a is n"),
        ("%%time\nf(§5)", "n = 5", "%%time\nf(n)"),
    ],
)  # fmt: skip
def test_the_literal_is_given_a_name_above_and_read_where_it_was(
    before: str, line: str, then: str
) -> None:
    assert _promoted("n", before) == [line, then]


def test_the_line_comes_last_in_the_cell_of_the_parameters() -> None:
    found = _promote("n", tagged("parameters", "a = 1  # first\n# end"), "print(a, §5)")

    assert [c.source for c in found.cells] == ["a = 1  # first\n# end\nn = 5", "print(a, n)"]
    assert found.cells[0].tags == ("parameters",)
    assert found.title == "Promote 5 to the parameter n"


def test_a_value_that_the_parameters_show_stays_their_last() -> None:
    assert _promoted("n", tagged("parameters", "a = 1\n# all\na"), "print(§5)")[0] == (
        "a = 1\n# all\nn = 5\na"
    )


def test_papermills_own_cell_comes_before_others_that_count_as_parameters() -> None:
    found = _promoted(
        "n", tagged("pipeline-parameters", "a = 1"), tagged("parameters", "b = 2"), "print(§5)"
    )

    assert found == ["a = 1", "b = 2\nn = 5", "print(n)"]


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (("print(§5)",), 0),
        ((md("# Sales\nWhat they were."), "print(§5)"), 1),
        ((md("## Load"), "print(§5)"), 0),
        ((md("# Sales"), md("## Load"), "print(§5)"), 1),
        ((md("# Sales"), "import os\nimport sys", md("## Load"), "print(§5)"), 2),
        (("import os", md("more"), "import seaborn as sns\nsns.set()", "print(§5)"), 3),
        (("%matplotlib inline", "try: import a\nexcept ImportError: pass", "print(§5)"), 2),
        (("import os", "x = 1\nprint(§5)", "import sys"), 1),
        (("import pandas as pd\npd.set_option('a', §5)",), 0),
    ],
)
def test_a_new_cell_of_parameters_stands_below_the_title_and_the_imports(
    cells: tuple[str, ...], place: int
) -> None:
    found = _promote("n", *cells)

    new = [(number, c) for number, c in enumerate(found.cells) if c.of == 0]
    assert [(number, c.source, c.tags) for number, c in new] == [(place, "n = 5", ("parameters",))]
    assert [c.of for c in found.cells if c.of] == list(range(1, len(cells) + 1))


def test_it_is_a_parameter_of_the_package() -> None:
    found = _promote("rate", "def tax(x):\n    return x * §0.2", "print(tax(10))")

    parameters = plan(*(tagged(" ".join(c.tags), c.source) for c in found.cells)).parameters

    assert [(p.name, p.annotation, p.default) for p in parameters] == [("rate", "float", "0.2")]


def test_equal_literals_are_counted_and_stay() -> None:
    found = _promote("n", "a = f(§5)", "b = 5 + 5.0 + 55\nc = '5'", "d = [5, -5]")

    (note,) = found.findings
    assert (note.code, note.severity) == ("NB807", Severity.NOTE)
    assert note.message == "2 other places have the same value, 5, and keep it"


# -- assignments that move ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "n"])
def test_an_assignment_moves_with_the_comment_behind_it(name: str) -> None:
    found = _promote(name, "import os", "# setup\nn = §5  # trees\n\nprint(n)", "print(n)")

    assert [c.source for c in found.cells] == [
        "import os", "n = 5  # trees", "# setup\n\nprint(n)", "print(n)"
    ]  # fmt: skip
    assert found.title == "Move n to the parameters"


def test_with_another_name_it_stays_and_reads_that() -> None:
    assert _promoted("trees", "n = §5", "n += 1") == ["trees = 5", "n = trees", "n += 1"]


def test_a_cell_that_is_empty_then_goes_with_it_unless_it_has_tags() -> None:
    assert _promoted("", tagged("parameters", "a = 1"), "n = §5", "print(n)") == [
        "a = 1\nn = 5", "print(n)"
    ]  # fmt: skip
    document = notebook("n = 5", "print(n)", tags={1: "step:load"})
    kept = promote_literal(document, parsed(document), 1, 1, 4, "")
    assert [(c.source, c.tags) for c in kept.cells][1] == ("", ("step:load",))


def test_what_was_not_shown_is_not_shown_when_it_comes_last() -> None:
    assert _promoted("", "x = 1", "f(x)  # look\n\nn = §5") == ["n = 5", "x = 1", "f(x);  # look"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("n = §5\nn += 1",), "in more than one place"),
        (("n = §5", "def f():\n    global n\n    n = 1"), "in more than one place"),
        (("n = §5", "del n"), "in more than one place"),
        (("def f(): return n", "n = §5"), "used above"),
        (("print(n)", "n = §5"), "used above"),
        (("a = 1; n = §5",), "shares its line"),
        (("import typing", "x = 1", "n: typing.Any = §5"), "its annotation needs 'typing'"),
        (("x = 1", "from lib import *", "n = §5"), "'from lib import *'"),
        (("n = §[5]", "n.append(1)"), "changed in place"),
    ],
)
def test_an_assignment_that_cannot_move_stays(cells: tuple[str, ...], told: str) -> None:
    error = _refused("", *cells)

    assert error.code == "NB807"
    assert told in error.message


# -- what stays --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("x = §a", "no literal stands here"),
        ("x = 1 §+ a", "no literal stands here"),
        ("# §5", "no literal stands here"),
        ("!ls §5", "no Python"),
        ("%timeit f(§5)", "no Python"),
        ("def f():\n    §'doc'", "stands alone"),
        ("§5", "stands alone"),
        ("§'text'", "stands alone"),
        ("...§", "stands alone|mark"),
        ("x = §b'a'", "bytes"),
        ("x = §2j", "complex"),
        ("match a:\n    case §5: pass", "a pattern"),
        ("match a:\n    case {§'k': v}: pass", "a pattern"),
        ("match a:\n    case §None: pass", "a pattern"),
        ("f'a§b {x}'", "a part of an f-string"),
        ("f'{x:§5}'", "a part of an f-string"),
        ("f'{x:{§5}}'", "a part of a format"),
        ("f'{§5=}'", "shows it as it is written"),
        ("x: Literal[§5] = y", "a part of"),
        ("T = Literal[§'a', 'b']", "part of a type"),
        ("def f(a: §'str'): pass", "annotation"),
        ("def f() -> §None: pass", "annotation"),
        ("class A:\n    __slots__ = (§'a',)", "in their own way"),
        ("__version__ = §'1'", "in their own way"),
        ("x is §500", "which object"),
        ("'a b' is not §x", "no literal"),
        ("del d[§'a']", "deleted"),
        ("x = §'a\u2028b'", "a line end"),
        ("if __name__ == §'__main__': pass", "a notebook from a module"),
        ("def f(): return §[1]", "made here each time"),
        ("def f(a=§[]): pass", "made here each time"),
        ("for i in a: xs = §[1]", "made here each time"),
        ("while a: xs = §{}", "made here each time"),
        ("f = lambda: §{1}", "made here each time"),
        ("ys = [§[1] for y in a]", "made here each time"),
        ("class A:\n    k = §[1]", "made here each time"),
        ("def f():\n    for i in §{1, 2}: pass", "made here each time"),
        ("xs = §[1]\nxs.append(2)", "changed in place"),
        ("xs = §[[1], [2]]\nfor x in xs: x.append(2)", "changed in place"),
        ("for x in §[[1], [2]]: x.append(2)", "changed in place"),
        ("xs = §[1]\nys = xs\nys[0] = 3", "changed in place"),
        ("xs = §{}\ndef f(): xs[1] = 2\nf()", "changed in place"),
        ("a = §1.5\nb = 1.5\nprint(a is b)", "which object a value is"),
        ("print(§5, len(globals()))", "globals()"),
        ("print(§5, dir())", "dir()"),
        ("%who\nprint(§5)", "%who"),
        ("print(§5, Out[1])", "counts the cells"),
        ("print(§5, _3)", "counts the cells"),
        ("import warnings\nwarnings.warn(§'large')", "a warning shows"),
    ],
)  # fmt: skip
def test_where_no_name_can_stand_the_literal_stays(cell: str, told: str) -> None:
    error = _refused("n", "x = 1", cell)

    assert error.code == "NB807"
    assert any(part in error.message for part in told.split("|")), error.message


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ((tagged("parameters", "a = §5"),), "is in the parameters"),
        (("print(§5)", tagged("parameters", "a = 5")), "stands above the parameters"),
        ((tagged("parameters", "a = 5"), tagged("injected-parameters", "a = §6")), "papermill"),
        ((tagged("parameters", "%%timeit\na = 5"), "print(§5)"), "read"),
    ],
)
def test_the_cell_of_the_parameters_must_stand_above(cells: tuple[str, ...], told: str) -> None:
    document = notebook(*(c.replace("§", "") for c in cells), tags=_tags(cells))
    position = next(n for n, c in enumerate(cells, 1) if "§" in c)
    column = cells[position - 1].index("§")

    with pytest.raises(Nb2pkgError) as error:
        promote_literal(document, parsed(document), position, 1, column, "n")

    assert told in error.value.message


def _tags(cells: tuple[str, ...]) -> dict[int, str]:
    return {n: " ".join(getattr(c, "tags", ())) for n, c in enumerate(cells, 1)}


@pytest.mark.parametrize(
    ("cell", "line", "column"), [(9, 1, 0), (1, 1, 0), (2, 9, 0), (2, 1, 99), (2, 0, 0), (2, 1, -1)]
)
def test_a_place_that_is_not_there_is_refused(cell: int, line: int, column: int) -> None:
    document = notebook(md("# Text"), "x = 5")

    with pytest.raises(FindingsError) as error:
        promote_literal(document, parsed(document), cell, line, column, "n")

    assert error.value.code == "NB807"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("2x", "print(§5)"),
        ("class", "print(§5)"),
        ("max", "print(§5)"),
        ("_", "print(§5)"),
        ("", "print(§5)"),
        ("x", "print(§5)"),
        ("n", "def f(n): return n + §5"),
        ("n", "lambda n: §5"),
        ("n", "[n for n in a if n > §5]"),
        ("n", "class A:\n    n = 1\n    k = §5"),
        ("n", "df.query('a > @n').head(§5)"),
        ("pi", "from math import *\nprint(pi, §5)"),
        ("n", "from lib import *\nprint(§5)"),
        ("n", "%timeit n\nprint(§5)"),
    ],
)
def test_a_name_that_is_taken_is_refused(name: str, cell: str) -> None:
    assert _refused(name, "x = 1", cell).code == "NB803"


@pytest.mark.parametrize(
    "cell",
    ["def f(n): return n\nprint(§5)", "class A:\n    n = 1\n    def f(self): return §5",
     "[n for n in [1, §5]]", "f(n=§5)", "eval(a) + §5", "x is y, §5", "id([]), §[1]"],
)  # fmt: skip
def test_what_is_in_nobodys_way_is_no_reason_to_refuse(cell: str) -> None:
    assert _promoted("n", "x = 1", cell)[0].startswith("n = ")


# -- laws --------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_with_the_value_for_the_name_the_notebook_is_the_same(seed: int) -> None:
    document = notebook(*sources_of(random_notebook(Random(seed), size=8).cells))
    cells = parsed(document)
    for cell, line, column in _literals(cells)[::4]:
        try:
            found = promote_literal(document, cells, cell, line, column, "zz")
        except Nb2pkgError as refused:
            assert refused.code == "NB807", refused
            continue
        (given_line,) = [c.source for c in found.cells if c.of == 0]
        value = ast.parse(given_line).body[0].value  # type: ignore[attr-defined]
        again = [_with_value(c.source, value) for c in found.cells if c.of]

        assert again == [ast.dump(ast.parse(c.source)) for c in document.cells]


def _with_value(source: str, value: ast.expr) -> str:
    class Back(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return value if node.id == "zz" else node

    return ast.dump(Back().visit(ast.parse(source)))


def _literals(cells: list[ParsedCell]) -> list[tuple[int, int, int]]:
    found = [code.place(x.span[0]) for code in code_of(cells) for x in literals_of(code)]
    return [(p.cell, p.line, p.column) for p in found if p.cell and p.line and p.column is not None]


# -- real runs ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(_CASES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_shows_the_same_with_its_literals_as_parameters(
    path: Path, tmp_path: Path
) -> None:
    document, _ = read(path)
    changed, number = document, 0
    while number < len(places := _literals(parsed(changed))):
        try:
            found = promote_literal(changed, parsed(changed), *places[number], f"given_{number}")
            changed = after(changed, found)
        except Nb2pkgError as refused:
            assert refused.code == "NB807", refused
        number += 1

    then, now = shown_by_both(document, changed, tmp_path)

    assert changed != document
    assert now == then


# -- where the name, or the object, is asked for ------------------------------------------------------


def test_an_assignment_stays_where_the_notebook_asks_whether_it_has_the_name() -> None:
    error = _refused("", "print('flag' in globals())", "flag = §5")

    assert error.code == "NB807"
    assert "asks whether it has a 'flag'" in error.message
    assert _promoted("", "print('other' in globals())", "flag = §5")[0] == "flag = 5"


def test_a_part_of_a_constant_stays_where_objects_are_compared() -> None:
    assert _refused("n", "def f(): return (§10, 20)\nprint(f() is f())").code == "NB807"
    assert _refused("n", "def f(): return §10 * 500\nprint(f() is f())").code == "NB807"
    assert _promoted("n", "def f(): return (§10, 20)\nprint(f() == f())")[0] == "n = 10"
    assert _promoted("n", "def f(x): return (§10, x)\nprint(f(1) is f(1))")[0] == "n = 10"
