"""Which notebooks once became packages that did something else? Found by random search, cut down."""

from __future__ import annotations

from dataclasses import dataclass

from tests.builders import md


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A small notebook; `not_yet` says what is still wrong, `error` what ends the notebook itself."""

    id: str
    cells: tuple[str, ...]
    not_yet: str | None = None
    error: str | None = None


NEXT = md("## Next")
LAST = md("## Last")

COUNTEREXAMPLES = (
    Counterexample(
        "a list that is only extended is still the one that came in",
        ("ys = [1]", NEXT, "ys += [3]"),
    ),
    Counterexample(
        "a number that is only added to is still the one that came in",
        (
            "import random\na = random.randrange(9)\nb = a",
            NEXT,
            "try:\n    a += b\nfinally:\n    print(b)",
        ),
    ),
    Counterexample(
        "a value that a lambda reads where its name is bound again",
        ("a = [7]", NEXT, "a = (lambda v: a)(8)\nprint(a)"),
    ),
    Counterexample(
        "a name that only a loop that may not run binds, in two steps",
        ("if len('a') > 2:\n    a = 7\nrows = [4]", NEXT, "for a in rows[:3]:\n    pass\nprint(a)"),
    ),
    Counterexample(
        "a function that reads a name that is not bound yet, on another path",
        (
            "def h(p):\n    if p > 5:\n        return total\n    return p",
            NEXT,
            "print(h(1))\ntotal = [4]\ntotal.append(h(7))\nprint(total)",
        ),
    ),
    Counterexample(
        "a function that reads a name that was deleted, on another path",
        (
            "total = [0]\ndef make(by):\n    def add(p):\n        return total\n    return add",
            NEXT,
            "del total\nh = make(6)\nprint(callable(h))",
        ),
    ),
    Counterexample(
        "a generator that reads a name that is bound after it was made",
        (
            "def count_up(start):\n    yield start\n    yield a",
            NEXT,
            "stream = count_up(5)\na = len('abc')\nprint(list(stream))",
        ),
    ),
    Counterexample(
        "a function that nobody calls and that reads what only a later step binds",
        (
            "import random\ndef h(p):\n    global n\n    n += p\n    return b",
            NEXT,
            "b = random.randrange(9)\nprint(b)",
        ),
    ),
    Counterexample(
        "a function defined twice, the first time over a later name",
        (
            "def g(p):\n    return len(ys)\ndef g(p):\n    return p\nxs = [g(1)]",
            NEXT,
            "ys = xs[1:]\nprint(ys, xs)",
        ),
    ),
    Counterexample(
        "a class redefined, the first time over a later name",
        (
            "class Box:\n    def grow(self):\n        return a\nclass Box:\n    v = 1",
            NEXT,
            "a = [Box.v]\nprint(a)",
        ),
    ),
    Counterexample(
        "a function that reads a name that only another's `global` would bind",
        (
            "def change(items):\n    global xs\n    xs = items",
            NEXT,
            "def h(p):\n    return len(xs)\nprint(1)",
        ),
    ),
    Counterexample(
        "a global that is declared and only read",
        ("def g(p):\n    global n\n    return n + p\nn = [1][0]", NEXT, "n = n + 1\nprint(g(1))"),
    ),
    Counterexample(
        "two functions that declare the same global, one of them for nothing",
        (
            "def f(p):\n    global a\n    a = p\n",
            NEXT,
            "def h(p):\n    global a\n    return p\nprint(h(1))",
            LAST,
            "f(2)\nprint(a)",
        ),
    ),
    Counterexample(
        "a global statement at the top, where it does nothing",
        ("total = len('abc')", NEXT, "global total\ntotal = total + 1\nprint(total)"),
    ),
    Counterexample(
        "a builtin's name for an own function with an effect",
        (
            "def g(p):\n    print('in')\n    return p\nrows = [7]\nmax = g",
            NEXT,
            "a = max(rows)\nprint(rows)",
        ),
    ),
    Counterexample(
        "a builtin's name that is bound in one branch",
        (
            "def g(p):\n    return p\nb = [2]",
            NEXT,
            "if len(b) == 1:\n    max = g\nn = max(b)\nprint(n)",
        ),
    ),
    Counterexample(
        "an iterator that is used up for a value that nobody reads",
        ("it = iter([1, 2])\nfirst = list(it)", NEXT, "print(list(it))"),
    ),
    Counterexample(
        "an iterator that `in` uses up",
        ("it = iter([1, 2])\nfound = 2 in it", NEXT, "print(list(it))"),
    ),
    Counterexample(
        "a generator with an effect that is run for a value that nobody reads",
        (
            "import itertools\ndef g(p):\n    print('in')\n    return p\nstream = (g(v) for v in [1, 2])",
            NEXT,
            "ys = list(itertools.islice(stream, 3))\nprint('out')",
        ),
    ),
    Counterexample(
        "a cached function that does not see a new value",
        (
            "import functools\nn = len('abc')\n@functools.lru_cache(maxsize=None)\ndef f(p):\n    return p + n\nprint(f(1))",
            NEXT,
            "n = n + 1\nprint(f(1))",
        ),
    ),
    Counterexample(
        "a value that a call takes along is not dead",
        (
            "def changed(items):\n    items.append(total)\n    return items",
            "ys = [1]\ntotal = len('abc')\nys = changed(ys)\ntotal = ys.pop()\nprint(ys)",
        ),
    ),
    Counterexample(
        "a name that is deleted and then bound by a loop that may not run",
        ("n, *rows = [9, 8]\ndel n\nfor n in rows[:3]:\n    print(rows)", NEXT, "print('n', n)"),
    ),
    Counterexample(
        "a name asked for in dir that is a constant of a module",
        ("a = 5\nprint('a' in dir())", NEXT, "print(a)"),
    ),
    Counterexample(
        "a loop whose lambda reads what the loop binds",
        (
            "n = len('abcd')",
            NEXT,
            "for total in range(3):\n    f = lambda v: n\n    n = f(2) + 1\nprint(n)",
        ),
    ),
    Counterexample(
        "a lambda that calls a function over a value that is rebound later",
        (
            "total = len('abc')\ndef g(p):\n    return total + p\nh = lambda v: g(v)",
            NEXT,
            "total = total + 1\nprint(h(1))",
        ),
    ),
    Counterexample(
        "a generator that calls a function over a value that is rebound later",
        (
            "total = len('abc')\ndef g(p):\n    return total + p\nstream = (g(v) for v in [1])",
            NEXT,
            "total = total + 1\nprint(list(stream))",
        ),
    ),
    Counterexample(
        "a function that rebinds itself when it is used as a key",
        (
            "xs = [(0, 1)]\nfor b in xs[:1]:\n    def g(p):\n        global g\n        g = lambda v: p\n        return 0",
            NEXT,
            "b = sorted(xs, key=g)[0]",
            LAST,
            "print(g(1))",
        ),
    ),
    Counterexample(
        "a property that counts how often it is looked at",
        (
            "class Meter:\n    def __init__(self):\n        self.looks = 0\n"
            "    @property\n    def level(self):\n        self.looks += 1\n        return 3",
            "m = Meter()",
            NEXT,
            "m.level",
            LAST,
            "unread = m.level\nprint(m.looks)",
        ),
    ),
    Counterexample(
        "a method that changes its object and is called as a method of a frame that does not",
        (
            "class Bag:\n    def __init__(self):\n        self.n = 0\n"
            "    def count(self):\n        self.n += 1\n        return self.n",
            "bag = Bag()",
            NEXT,
            "bag.count()",
            LAST,
            "print(bag.n)",
        ),
    ),
    Counterexample(
        "operators of an own class that write down that they ran",
        (
            "class Log:\n    def __init__(self):\n        self.lines = []\n"
            "    def __getitem__(self, key):\n        self.lines.append(key)\n"
            "    def __eq__(self, other):\n        print('compared')\n        return True\n"
            "    def __len__(self):\n        self.lines.append('len')\n        return 1",
            "log = Log()\nlogs = [log]",
            NEXT,
            "log[2]",
            "len(logs[0])",
            "log == 3",
            LAST,
            "print(log.lines)",
        ),
    ),
    Counterexample(
        "a cached property that is looked at before its object changes",
        (
            "from functools import cached_property\nclass Data:\n    rows = [1]\n"
            "    @cached_property\n    def total(self):\n        return sum(self.rows)",
            "d = Data()",
            NEXT,
            "d.total",
            LAST,
            "d.rows = [1, 2]\nprint(d.total)",
        ),
    ),
    Counterexample(
        "an attribute that a proxy makes when it is looked up",
        (
            "class Proxy:\n    def __getattr__(self, name):\n"
            "        print('made', name)\n        self.__dict__[name] = 1\n        return 1",
            "p = Proxy()",
            NEXT,
            "p.a",
            LAST,
            "print(p.a)",
        ),
    ),
    Counterexample(
        "a function from a loop that writes a global, as a key in another step",
        (
            "xs = [(0, 1)]\nn = 0\nfor b in xs[:1]:\n    def g(p):\n        global n\n        n += 1\n"
            "        return 0",
            NEXT,
            "b = sorted(xs, key=g)[0]",
            LAST,
            "print(n)",
        ),
    ),
    Counterexample(
        "a function that writes a global, under another name and in a list",
        (
            "n = 0\ndef g(p):\n    global n\n    n += p\nh = g\nfs = [h]",
            NEXT,
            "h(2)",
            md("## Then"),
            "for f in fs:\n    f(3)",
            LAST,
            "print(n)",
        ),
    ),
    Counterexample(
        "a function that writes a global, put into a dictionary that was there",
        (
            "n = 0\nactions = {}\ndef g(p):\n    global n\n    n += p",
            NEXT,
            "actions['g'] = g",
            md("## Then"),
            "actions['g'](3)",
            LAST,
            "print(n)",
        ),
    ),
    Counterexample(
        "a value that code asks for before it is bound, and a literal",
        (
            "try:\n    n\nexcept NameError:\n    b = 6\ntotal = [0], b\nprint(total)",
            NEXT,
            "n = 6",
        ),
    ),
    Counterexample(
        "a name that nobody reads, added to under the main guard",
        ("a, *rows = [2]\nif __name__ == '__main__':\n    a += 5\nprint(rows)",),
    ),
    Counterexample(
        "a closure over a name that another function writes",
        (
            "total = len('ab')\ndef make_adder(by):\n    def add(p):\n        return total\n    return add",
            "h = make_adder(1)\ndef g(p):\n    global total\n    total += p",
            "print(g(1), h(1))",
        ),
    ),
    Counterexample(
        "a function under a name that was another's, over a list that is rebound, through a third",
        (
            "ys = [6]\nh = lambda w=9: w\nrows = list(ys)\ndef h(p):\n    return len(rows)",
            NEXT,
            "rows = [n for n in ys]\ndef sum_up(p):\n    return h(p)\nrows.append(8)",
            LAST,
            "print(sum_up(1))",
        ),
    ),
    Counterexample(
        "a function that rebinds itself, called by another in a later step",
        (
            "def g(p):\n    global g\n    g = lambda v: p\ndef sum_up(p):\n    return g(p)",
            NEXT,
            "xs = [4, 5]",
            LAST,
            "print(*(sum_up(v) for v in xs))",
        ),
    ),
)
