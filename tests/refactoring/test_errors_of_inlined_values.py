"""An expression that may stop with an error is inlined only where the error would come as it came."""

from __future__ import annotations

import pytest

from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.inlining import inline
from tests.builders import notebook, parsed, tagged

_D = "d = {'a': 1}\nx = d['b']"
_R = "a = 0\nb = 10\nx = b / a"

REFUSED = [
    (_D, "open('report.txt', 'w').write('done')\nprint('written')", "print(x)"),
    (_D, "print('first')\nprint(x)"),
    (_D, "import os\nos.environ['A'] = '1'", "print(x)"),
    (_D, "!touch done", "print(x)"),
    (_D, "print(print('first'), x)"),
    (_D, "class C:\n    print('first')", "print(x)"),
    ("xs = []\nx = xs[0]", "try:\n    print(x)\nexcept IndexError:\n    print('caught')"),
    ("import contextlib\nxs = []\nx = xs[0]", "with contextlib.suppress(IndexError), f(x): pass"),
    (_R, "print(a and x)"),
    (_R, "if a:\n    print(x)"),
    (_R, "print(x if a else 0)"),
    (_R, "assert b, x"),
    (_R, "print(0 > b > x)"),
    (_R, "print((i for i in x))"),
    (_R, tagged("raises-exception", "print(x)")),
    ("x = 1 / 0", "print(1)", "print(x)"),
    ("s = 'a'\nx = s + 1", "print(1)", "print(x)"),
    ("def f(): ...\nx = f'{f:d}'", "print(1)", "print(x)"),
    ("xs = [3, 'a']\nx = sorted(xs)", "print(1)", "print(x)"),
    ("import numpy as np\nx = np.nothing", "print(1)", "print(x)"),
]
ACCEPTED = [
    (_D, "print(x, print('then'))"),
    (_D, "c = 3", "def f():\n    print(1)", "y = x"),
    (_D, "%matplotlib inline", "print(x)"),
    (_D, "if x:\n    print('then')"),
    (_R, "y = x", "if a:\n    print(x)"),
    ("a = 2\nx = a * 3 - 1", "print(1)", "print(a and x)"),
    ("a = 2\nx = a / 4", "print(1)", "print(a and x)"),
    ("x = 60 * 60 / 2", "print(1)", "try:\n    print(x)\nexcept ValueError:\n    pass"),
    ("a = 'a'\nx = f'{a}.csv'", "print(1)", "print(a and x)"),
    ("a = 'a'\nx = a.upper() + 'b'", "print(1)", "print(x)"),
    ("a = object()\nx = (a, 1)", "print(1)", "print(x)"),
    ("xs = [1, 2]\nx = len(xs)", "print(1)", "print(x)"),
    ("import math\nx = 2 * math.pi", "print(1)", "print(x)"),
    ("x = 'a' if __name__ == '__main__' else 'b'", "print(1)", "print(x)"),
]


@pytest.mark.parametrize("cells", REFUSED)
def test_an_error_that_would_come_later_or_not_at_all_is_refused(cells: tuple[str, ...]) -> None:
    document = notebook(*cells)
    with pytest.raises(FindingsError) as stop:
        inline(document, parsed(document), "x")

    assert stop.value.code == "NB806"


@pytest.mark.parametrize("cells", ACCEPTED)
def test_a_value_without_errors_or_with_nothing_in_between_is_inlined(
    cells: tuple[str, ...],
) -> None:
    document = notebook(*cells)

    assert inline(document, parsed(document), "x").title == "Inline x"


def test_where_the_assignment_stays_its_error_does() -> None:
    document = notebook("a = 0\nx = 10 / 4 ** a", "print('first')", "print(x)", "print(x + 1)")

    assert inline(document, parsed(document), "x", cell=3).cells[-1].source == "print(x + 1)"


def test_what_python_would_newly_warn_of_is_refused() -> None:
    document = notebook("t = (1, 2)", "assert t")
    with pytest.raises(FindingsError) as stop:
        inline(document, parsed(document), "t")
    assert stop.value.code == "NB806"

    document = notebook("t = (1, 2)", "assert t[0]")
    assert inline(document, parsed(document), "t").cells[0].source == "assert (1, 2)[0]"
