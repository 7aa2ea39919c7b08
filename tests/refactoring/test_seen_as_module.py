"""Names that code looks up in the notebook's own module stay there."""

from __future__ import annotations

import pytest

from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.inlining import inline
from tests.builders import notebook, parsed
from tests.refactoring.test_extracting_function import extracted

_TESTS = "class T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(1, 1)\n"
_PATCHED = "with mock.patch('__main__.f', return_value=5):\n    print(g())"

REFUSED = [
    ("import sys\na = 1", "b = a + 1\nprint(b)", "print(getattr(sys.modules['__main__'], 'b'))"),
    ("import sys\nme = sys.modules[__name__]\na = 1", "b = a + 1\nprint(b)", "setattr(me, 'b', 2)"),
    ("a = 1", "b = a + 1\nprint(b)", "import __main__\nprint(__main__.b)"),
    (
        "from unittest import mock\na = 1",
        "def f(): return 1\ndef g(): return f()\nb = g() + a\nprint(b)",
        _PATCHED,
    ),
    ("import unittest\na = 1", f"{_TESTS}b = a\nprint(b)", "unittest.main(argv=[''], exit=False)"),
    (
        "import doctest\na = 1",
        "def f():\n    '''>>> f()'''\nb = a\nprint(b)",
        "print(doctest.testmod())",
    ),
]
ACCEPTED = [
    ("import sys\na = 1", "b = a + 1\nprint(b)", "print('sys' in sys.modules, b)"),
    ("a = 1", "b = a + 1\nprint(b)", "if __name__ == '__main__':\n    print(b)"),
    ("a = 1", "b = a + 1\nprint(b)", "print(__name__)"),
    (
        "import unittest\na = 1",
        "b = a + 1\nprint(b)",
        f"{_TESTS}unittest.main(argv=[''], exit=False)",
    ),
]


@pytest.mark.parametrize("cells", REFUSED)
def test_what_is_looked_up_in_the_notebook_is_not_extracted(cells: tuple[str, ...]) -> None:
    document = notebook(*cells)
    with pytest.raises(FindingsError) as stop:
        extracted(document, parsed(document), (2,))

    assert stop.value.code == "NB801"


@pytest.mark.parametrize("cells", ACCEPTED)
def test_a_name_or_a_module_that_is_only_told_hinders_nothing(cells: tuple[str, ...]) -> None:
    document = notebook(*cells)

    assert extracted(document, parsed(document), (2,)).name == "the_function"
    assert inline(document, parsed(document), "a").title == "Inline a"


@pytest.mark.parametrize("cells", REFUSED[:4])
def test_what_is_looked_up_in_the_notebook_is_not_inlined(cells: tuple[str, ...]) -> None:
    document = notebook(*cells)
    with pytest.raises(FindingsError) as stop:
        inline(document, parsed(document), "a")

    assert stop.value.code == "NB806"
