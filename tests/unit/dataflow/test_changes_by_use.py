"""What changes although no statement seems to change it."""

from __future__ import annotations

import pytest

from nb2pkg.dataflow import link
from nb2pkg.dataflow.aliasing import trace_aliases
from tests.builders import notebook, parsed


def changed_last(*cells: str) -> frozenset[str]:
    """The names that the last statement may change."""
    program = link(parsed(notebook(*cells))).program
    return trace_aliases(program).changed[-1].possibly


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (("def make():\n    pass", "tick = make()", "a = tick()"), {"tick"}),
        (("rows = []", "push = rows.append", "push(1)"), {"push", "rows"}),
        (("import math", "x = math.sqrt(2)"), set()),
        (("def f():\n    pass", "f()"), set()),
        (("from collections import defaultdict", "d = defaultdict(list)", "d['x']"), {"d"}),
        (("d = {}", "d['x']"), set()),
        (
            ("class M:\n    @property\n    def level(self):\n        self.n += 1\n        return 3", "m = M()", "m.level"),
            {"m"},
        ),
        (
            (
                "seen = []",
                "class S:\n    def __enter__(self):\n        seen.append(1)\n    def __exit__(self, *e):\n        pass",
                "with S() as s:\n    pass",
            ),
            {"seen"},
        ),
    ],
)  # fmt: skip
def test_what_is_called_looked_up_or_entered_may_change(
    cells: tuple[str, ...], names: set[str]
) -> None:
    assert names <= changed_last(*cells)
    assert bool(names) == bool(changed_last(*cells))


def together_last(*cells: str) -> frozenset[str]:
    program = link(parsed(notebook(*cells))).program
    return trace_aliases(program).changed[-1].together


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (("items = [0]", "alias = items", "items += [1]"), {"items", "alias"}),
        (("n = 0", "m = n", "n += 1"), set()),
        (("import matplotlib.pyplot as plt", "fig, ax = plt.subplots()", "ax.plot([1])"), {"fig", "ax"}),
        (
            ("def build():\n    net = Net()\n    return net, Opt(net.weights)", "net, opt = build()", "opt.step()"),
            {"net", "opt"},
        ),
        (("def build():\n    return 1, [2]", "a, b = build()", "b.append(1)"), {"b"}),
    ],
)  # fmt: skip
def test_what_shows_a_change_in_another_value(cells: tuple[str, ...], names: set[str]) -> None:
    assert together_last(*cells) == names
