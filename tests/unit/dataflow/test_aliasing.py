"""Who shares a value with whom, and whose value a statement changes."""

from __future__ import annotations

import pytest

from nb2pkg.dataflow import link
from nb2pkg.dataflow.aliasing import Changed, trace_aliases
from tests.builders import notebook, parsed


def last_change(*cells: str) -> Changed:
    """What the last statement changes."""
    return trace_aliases(link(parsed(notebook(*cells))).program).changed[-1]


@pytest.mark.parametrize(
    ("cells", "changed"),
    [
        (["a = [1]", "b = a", "b.append(2)"], {"a", "b"}),
        (["a = [1]", "b = a", "b = [2]", "b.append(2)"], {"b"}),
        (["a = [1]", "b = list(a)", "b.append(2)"], {"b"}),
        (["a = [[1]]", "b = list(a)", "b[0].append(2)"], {"a", "b"}),
        (["a = [1]", "b = [a]", "b.append(2)"], {"b"}),
        (["a = [1]", "b = [a]", "b[0].append(2)"], {"a", "b"}),
        (["a = {'k': []}", "b = a['k']", "b.append(2)"], {"a", "b"}),
        (["a = [1]", "b, c = a, [2]", "b.sort()"], {"a", "b"}),
        (["a = [1]", "b, *c = [a, a]", "c[0].append(1)"], {"a", "b", "c"}),
        (["a = [[1]]", "for b in a:\n    b.append(1)"], {"a", "b"}),
        (["a = [1]", "b = a if input() else [2]", "b.append(1)"], {"a", "b"}),
        (["a = [1]", "if (b := a):\n    b.append(1)\n    b = []"], {"a", "b"}),
        (["a = [1]", "try:\n    b = a\nexcept ValueError:\n    a.append(1)"], {"a", "b"}),
        (["a = [[1]]", "match a:\n    case [b]:\n        b.append(1)"], {"a", "b"}),
        (["a = [1]", "b = []\nb.append(a)", "b[0].append(1)"], {"a", "b"}),
        (["a = [1]", "b = {'k': a}", "b['k'].append(1)"], {"a", "b"}),
        (["a = [[1]]", "b = [r for r in a]", "b[0].append(1)"], {"a", "b"}),
        (["a = [[1]]", "b = {1: r for r in a}", "b[1].append(1)"], {"a", "b"}),
        (["a = [1]", "match a:\n    case b:\n        pass", "b.append(1)"], {"a", "b"}),
        (["a = [1]", "with a as b:\n    pass", "b.append(1)"], {"a", "b"}),
        (["a = [1]", "b = a", "del a[0]"], {"a", "b"}),
        (["a = [1]", "b = a", "del a", "b.append(1)"], {"b"}),
        (["a = [1]", "b = a\nif input():\n    b = [2]", "b.append(1)"], {"a", "b"}),
        (["import numpy as np", "a = np.ones(3)", "b = a[1:]", "b[0] = 1"], {"a", "b"}),
        (["a = f()", "b = a.set_params(x=1)", "b.fit(1)"], {"a", "b"}),
        (["a = f()", "a.b.c = 1"], {"a"}),
    ],
    ids=lambda value: "; ".join(value).replace("\n", " ") if isinstance(value, list) else "",
)
def test_a_change_reaches_every_name_of_the_value(cells: list[str], changed: set[str]) -> None:
    assert last_change(*cells).surely == changed


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        ("def f(p):\n    p.append(1)", {"a"}),
        ("def f(p):\n    q = p\n    q.append(1)", {"a"}),
        ("def f(p):\n    for q in p:\n        q.append(1)", {"a"}),
        ("def f(p):\n    q = list(p)\n    q.append(1)", set()),
        ("def f(p):\n    p = list(p)\n    p.append(1)", set()),
        ("def f(p):\n    p = p + [1]\n    p.append(1)", set()),
        ("def f(p):\n    p = list(p)\n    p[0].append(1)", {"a"}),
        ("def f(p):\n    return len(p)", set()),
        ("def f(p):\n    kept.append(p)", {"kept"}),
        ("def g(q):\n    q.append(1)\n\ndef f(p):\n    g(p)", {"a"}),
        ("def f(p, n=3):\n    p.append(1)\n    return f(p, n - 1) if n else p", {"a"}),
    ],
    ids=lambda value: value.replace("\n", " ") if isinstance(value, str) else "",
)
def test_a_call_changes_what_the_function_changes(function: str, changed: set[str]) -> None:
    assert last_change("a = [[1]]\nkept = []", function, "f(a)").surely == changed


def test_a_call_by_keyword_changes_the_right_argument() -> None:
    found = last_change("def f(p, q):\n    q.append(p)", "a = [1]\nb = [2]", "f(q=a, p=b)")

    assert found.surely == {"a"}


def test_an_unknown_call_is_a_possible_change_and_no_sure_one() -> None:
    found = last_change("from lib import work", "a = [1]\nb = a", "work(a)")

    assert found.surely == set()
    assert found.possibly == {"a", "b"}


def test_a_value_that_shares_with_too_much_still_shares_with_the_latest() -> None:
    many = "\n".join(f"x{n} = [{n}]\nall_.append(x{n})" for n in range(80))

    found = last_change("all_ = []", many, "all_[0].append(1)")

    assert {"all_", "x79"} <= found.surely
