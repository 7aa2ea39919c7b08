"""Which methods of the notebook's classes do more than look."""

from __future__ import annotations

import ast

import pytest

from nb2pkg.analysis import noisy_members, walk


def noisy(body: str, extra: str = "") -> frozenset[str]:
    text = "class Thing:\n" + "\n".join(f"    {line}" for line in body.split("\n")) + "\n" + extra
    return noisy_members(walk(ast.parse(text)), {"np": "numpy"})


@pytest.mark.parametrize(
    "body",
    [
        "def m(self):\n    return self.n + 1",
        "def m(self):\n    return len(self.rows), np.sum(self.rows)",
        "def m(self):\n    out = []\n    for r in self.rows:\n        out.append(r)\n    return out",
        "def m(self):\n    found = {}\n    found['a'] = self.n\n    return found",
        "def m(self):\n    return self.other()\ndef other(self):\n    return 1",
        "def __init__(self, n=0):\n    self.n = n\ndef m(self):\n    return Thing(self.n + 1)",
        "@property\ndef m(self):\n    return self._m\n@m.setter\ndef m(self, v):\n    self._m = v",
        "def m(self):\n    if not self.n:\n        raise ValueError(self.n)\n    return self.n",
    ],
)
def test_what_only_reads_is_quiet(body: str) -> None:
    assert "m" not in noisy(body)


@pytest.mark.parametrize(
    "body",
    [
        "def m(self):\n    self.n += 1",
        "def m(self):\n    self.rows[0] = 1",
        "def m(self):\n    del self.n",
        "def m(self):\n    self.rows.append(1)",
        "def m(self):\n    rows = self.rows\n    rows.append(1)",
        "def m(self):\n    print(self.n)",
        "def m(self):\n    global n\n    n = 1",
        "def m(self):\n    return unknown(self)",
        "def m(self):\n    return self.other()\ndef other(self):\n    self.n = 1",
        "def __init__(self):\n    print('made')\ndef m(self):\n    return Thing()",
        "@cached_property\ndef m(self):\n    return 1",
        "def m(self):\n    with self.lock:\n        return 1",
        "def m(self, items):\n    items += [1]",
    ],
)
def test_what_changes_prints_or_remembers_is_not(body: str) -> None:
    assert "m" in noisy(body)
