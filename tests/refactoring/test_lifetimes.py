"""A value lives as long after an extraction as it did before it, or the extraction is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pkg.problems import FindingsError
from nb2pkg.refactoring import Refactoring
from tests.builders import notebook, parsed
from tests.refactoring.same_outputs import shown_after, shown_before
from tests.refactoring.test_extracting_function import extracted

_ROWS = (
    "def rows():\n    try:\n        yield 1\n        yield 2\n    finally:\n        print('closed')"
)
_TIMER = (
    "from contextlib import contextmanager\n\n@contextmanager\ndef timer():\n    print('start')\n"
    "    try:\n        yield\n    finally:\n        print('stop')"
)
_CLOSING = "class R:\n    def __init__(self, a):\n        self.a = a\n\n    def __del__(self):\n        print(self.a)"


def _extracted(*cells: str, selected: tuple[int, ...] = (2,)) -> Refactoring:
    document = notebook(*cells)
    return extracted(document, parsed(document), selected)


def _is_refused(*cells: str, selected: tuple[int, ...] = (2,)) -> bool:
    try:
        _extracted(*cells, selected=selected)
    except FindingsError as stop:
        assert stop.code == "NB801"
        return True
    return False


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (("import json", "out = open('o.txt', 'w')\nk = out.write('hello')", "print(k)"), {"out"}),
        (("import zipfile", "z = zipfile.ZipFile('o.zip', 'w')\nk = 1", "print(k)"), {"z"}),
        (("n = 2", "hs = [open(f'{i}', 'w') for i in range(n)]\nk = 1", "print(k)"), {"hs"}),
        (("n = 'w'", "a, b = open('a', n), open('b', n)\nk = 1", "print(k)"), {"a", "b"}),
        (("from pathlib import Path", "o = Path('a').open('w')\nk = o.write('a')", "print(k)"), {"o"}),
        (("import shelve", "s = shelve.open('o')\ns['a'] = 1\nk = 1", "print(k)"), {"s"}),
        (("n = 2", "hs = []\nfor i in range(n):\n    hs.append(open(f'{i}', 'w'))\nk = 1", "print(k)"), {"hs"}),
        (("import csv", "w = csv.writer(open('o.csv', 'w'))\nk = w.writerow([1])", "print(k)"), {"w"}),
        (
            (
                "import tempfile",
                "tmps = [tempfile.TemporaryDirectory() for _ in range(2)]\nnames = [t.name for t in tmps]",
                "print(len(names))",
            ),
            {"tmps"},
        ),
        (
            (
                "import tempfile\n\ndef make():\n    return tempfile.TemporaryDirectory()",
                "tmp = make()\npath = tmp.name",
                "print(len(path))",
            ),
            {"tmp"},
        ),
        (
            (
                "class Log:\n    def __init__(self, path):\n        self.out = open(path, 'w')",
                "log = Log('o.txt')\nk = log.out.write('a')",
                "print(k)",
            ),
            {"log"},
        ),
        ((_ROWS, "both = zip(rows(), [1])\nfirst = next(both)", "print(first)"), {"both"}),
        ((_ROWS, "g = rows()\nfirst = next(g)", "print('later', first)"), {"g"}),
        ((_TIMER, "t = timer()\nt.__enter__()\nn = 1", "print('work', n)"), {"t"}),
    ],
)  # fmt: skip
def test_what_ends_with_its_name_is_given_back(cells: tuple[str, ...], names: set[str]) -> None:
    assert names <= set(_extracted(*cells).outputs)


@pytest.mark.parametrize(
    "cells",
    [
        (
            "import json",
            "out = open('o.txt', 'w')\nk = out.write('hello')",
            "print(repr(open('o.txt').read()), k)",
        ),
        (_ROWS, "g = rows()\nfirst = next(g)", "print('later', first)"),
    ],
)
def test_given_back_it_lives_on(cells: tuple[str, ...], tmp_path: Path) -> None:
    document = notebook(*cells)
    made = extracted(document, parsed(document), (2,))
    places = [tmp_path / "before", tmp_path / "after"]
    for place in places:
        place.mkdir()
    assert shown_after(made, places[1]) == shown_before(document, places[0])


@pytest.mark.parametrize(
    "cells",
    [
        ("n = 1", "with open('o.txt', 'w') as out:\n    k = out.write('hello')", "print(k)"),
        ("n = 1", "out = open('o.txt', 'w')\nk = out.write('hello')\nout.close()", "print(k)"),
        ("n = 1", "out = open('o.txt')\nk = out.read()", "print(k)"),
        ("n = 1", "out = open('a')\nk = out.read()", "print(k)"),
        ("import json", "k = json.load(open('o.txt'))", "print(k)"),
        (_ROWS, "xs = list(rows())\nk = len(xs)", "print(k)"),
        (_ROWS, "xs = [x for x in rows()]\nk = next(rows())", "print(k)"),
        (
            "def load(path):\n    f = open(path, 'r+')\n    return f.read()",
            "k = load('o.txt')",
            "print(k)",
        ),
    ],
)
def test_what_is_closed_or_only_read_is_not_given(cells: tuple[str, ...]) -> None:
    assert _extracted(*cells).outputs == ("k",)


@pytest.mark.parametrize(
    "cells",
    [
        ("f = open('o.txt', 'w')\nf.write('a')", "f = None\nn = 1", "print(n)"),
        ("f = open('o.txt', 'w')\nf.write('a')", "del f\nn = 1", "print(n)"),
        (_CLOSING, "a = R('a')\nx = 1", "print('work', x)"),
        (
            "import weakref\n\nclass Node: pass\n\ncache = weakref.WeakValueDictionary()",
            "node = Node()\ncache['a'] = node",
            "print(list(cache))",
        ),
    ],
)
def test_another_lifetime_is_refused(cells: tuple[str, ...]) -> None:
    assert _is_refused(*cells)


@pytest.mark.parametrize(
    "cells",
    [
        ("f = open('o.txt', 'w')\nf.write('a')\nf.close()", "f = None\nn = 1", "print(n)"),
        ("f = open('o.txt', 'w')", "n = f.write('a')", "print(n)"),
        (_ROWS, "g = rows()\nfor x in g:\n    print(x)\nn = 1", "print(n)"),
        (
            "k = 2",
            "hs = [open(f'{i}', 'w') for i in range(k)]\nfor h in hs:\n    h.write('a')\nn = 1",
            "print(n)",
        ),
        ("import gc\ndf = [1]", "n = len(df)\ndel df\ngc.collect()", "print(n)"),
        ("import xarray as xr\nds = xr.Dataset({'a': 1})", "ds = ds.mean()", "print(ds)"),
    ],
)
def test_a_lifetime_that_nobody_sees_is_no_matter(cells: tuple[str, ...]) -> None:
    assert not _is_refused(*cells)


@pytest.mark.parametrize(
    "setup",
    [
        "logging.basicConfig(format='%(funcName)s %(message)s', force=True)",
        "logging.basicConfig(format='%(module)s:%(lineno)d %(message)s')",
        "logging.basicConfig(format='{funcName} {message}', style='{')",
    ],
)
def test_a_log_that_tells_places_stays(setup: str) -> None:
    assert _is_refused(f"import logging\n{setup}", "n = 1\nlogging.info('x')", "print(n)")
    assert not _is_refused(f"import logging\n{setup}", "n = 1\nm = n + 1", "print(m)")


def test_a_log_of_messages_alone_may_move() -> None:
    setup = "import logging\nlogging.basicConfig(format='%(levelname)s %(message)s')"
    assert not _is_refused(setup, "n = 1\nlogging.info('x')", "print(n)")


_TOLD = [
    ("class S: pass", "items = [S() for _ in range(2)]\nprint(items)", "n = len(items)"),
    ("class S: pass", "s = S()\nn = 1", "s"),
    ("class S: pass\n\ndef show(x):\n    print(f'a {x}')", "s = S()\nshow(s)\nn = 1", "print(n)"),
    (
        "class S:\n    def tell(self):\n        return str(self)",
        "s = S()\nn = s.tell()",
        "print(n)",
    ),
    ("class B: pass\n\nclass K(B): pass", "k = K()\nprint(B.__subclasses__())", "n = k"),
    ("import pandas as pd\n\nclass K: pass", "s = pd.Series([K, int])\nk = K()\nprint(s)", "n = s"),
    ("def f(): return 1", "n = f()\nprint(f.__module__)", "print(n)"),
    (
        "import pickle\n\ndef f(): return 1",
        "n = f()\nb = b'__main__' in pickle.dumps(f)",
        "print(b)",
    ),
    (
        "import traceback\n\nclass MyErr(Exception): pass",
        "n = traceback.format_exception_only(MyErr('a'))",
        "print(n)",
    ),
]


@pytest.mark.parametrize("cells", _TOLD)
def test_a_definition_whose_module_is_told_stays(cells: tuple[str, ...]) -> None:
    made = _extracted(*cells)
    assert "class " not in made.files[0].after
    assert "def f" not in made.files[0].after
    # In the function, it would be one of another module.
    assert (
        _is_refused("k = 1\nm = k", cells[0] + "\n" + cells[1], cells[2]) or "class" not in cells[0]
    )


@pytest.mark.parametrize(
    "cells",
    [
        ("class S:\n    def __repr__(self):\n        return 'S'", "s = S()\nprint(s)", "n = s"),
        (
            "from dataclasses import dataclass\n\n@dataclass\nclass S:\n    a: int",
            "s = S(1)\nprint(s)",
            "n = s",
        ),
        (
            "from enum import Enum\n\nclass S(Enum):\n    A = 1",
            "s = S.A\nprint(s, list(S))",
            "n = s",
        ),
        ("class S:\n    a = 1", "s = S()\nprint(s.a, len([s]), max(x.a for x in [s]))", "n = s"),
        (
            "class S(Exception): pass",
            "try:\n    raise S('a')\nexcept S as e:\n    n = 1\n    print(e)",
            "print(n)",
        ),
    ],
)
def test_a_definition_that_tells_no_module_moves(cells: tuple[str, ...]) -> None:
    assert "class S" in _extracted(*cells).files[0].after
