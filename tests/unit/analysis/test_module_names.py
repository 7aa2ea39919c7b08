"""What a module reads and binds at its top, as CPython's symbol tables tell it."""

from __future__ import annotations

import pytest

from nb2pkg.analysis import module_names


@pytest.mark.parametrize(
    ("text", "reads", "binds"),
    [
        ("x = y\n", "y", "x"),
        ("import a.b, c as d\nfrom e import f\n", "", "a d f"),
        ("def f(a, b=c):\n    d = a\n    return d + e\n", "c e", "f"),
        ("def f():\n    global g\n    g = h\n", "h", "f g"),
        ("class C(B):\n    x = 1\n\n    def m(self):\n        return x, y\n", "B x y", "C"),
        ("v = [i + k for i in j]\n", "j k", "v"),
        ("def f(a: T) -> list[U]:\n    pass\n", "T U list", "f"),
        ("x: int = 1\n", "int", "x"),
        ("del q\n", "", "q"),
    ],
)
def test_reads_and_binds(text: str, reads: str, binds: str) -> None:
    names = module_names(text)

    assert set(reads.split()) == names.reads
    assert set(binds.split()) == names.binds
    assert not names.unsure


def test_a_class_that_binds_what_it_reads_may_read_the_modules() -> None:
    assert module_names("class C:\n    path = path\n").unsure == {"path"}
