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
        "a parameter that is only added to is renamed, and so unbound: `_ys += [3]`",
    ),
    Counterexample(
        "a number that is only added to is still the one that came in",
        (
            "import random\na = random.randrange(9)\nb = a",
            NEXT,
            "try:\n    a += b\nfinally:\n    print(b)",
        ),
        "a parameter that is only added to is renamed, and so unbound: `_a += b`",
    ),
    Counterexample(
        "a value that a lambda reads where its name is bound again",
        ("a = [7]", NEXT, "a = (lambda v: a)(8)\nprint(a)"),
        "what a lambda reads is forgotten when the same statement binds that name",
    ),
    Counterexample(
        "a name that only a loop that may not run binds, in two steps",
        ("if len('a') > 2:\n    a = 7\nrows = [4]", NEXT, "for a in rows[:3]:\n    pass\nprint(a)"),
        "a read below a loop that may bind the name counts as certain",
    ),
    Counterexample(
        "a function that reads a name that is not bound yet, on another path",
        (
            "def h(p):\n    if p > 5:\n        return total\n    return p",
            NEXT,
            "print(h(1))\ntotal = [4]\ntotal.append(h(7))\nprint(total)",
        ),
        "a call passes a name that is not bound yet: `h(1, total=total)`",
    ),
    Counterexample(
        "a function that reads a name that was deleted, on another path",
        (
            "total = [0]\ndef make(by):\n    def add(p):\n        return total\n    return add",
            NEXT,
            "del total\nh = make(6)\nprint(callable(h))",
        ),
        "a call passes a name that was deleted",
    ),
    Counterexample(
        "a generator that reads a name that is bound after it was made",
        (
            "def count_up(start):\n    yield start\n    yield a",
            NEXT,
            "stream = count_up(5)\na = len('abc')\nprint(list(stream))",
        ),
        "a call passes a name that is not bound yet: `count_up(5, a=a)`",
    ),
    Counterexample(
        "a function that nobody calls and that reads what only a later step binds",
        (
            "import random\ndef h(p):\n    global n\n    n += p\n    return b",
            NEXT,
            "b = random.randrange(9)\nprint(b)",
        ),
        "an inner function may read a name that its step does not have (NB700)",
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
        "an inner function may read a name that its step does not have (NB700)",
    ),
    Counterexample(
        "a global that is declared and only read",
        ("def g(p):\n    global n\n    return n + p\nn = [1][0]", NEXT, "n = n + 1\nprint(g(1))"),
        "`global n` stays inside a step that has n as its own (NB700)",
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
        "`nonlocal a` where the step has no a (NB700)",
    ),
    Counterexample(
        "a global statement at the top, where it does nothing",
        ("total = len('abc')", NEXT, "global total\ntotal = total + 1\nprint(total)"),
        "a top-level `global` is moved into the step (NB700)",
    ),
    Counterexample(
        "a builtin's name for an own function with an effect",
        (
            "def g(p):\n    print('in')\n    return p\nrows = [7]\nmax = g",
            NEXT,
            "a = max(rows)\nprint(rows)",
        ),
        "a call of `max` is thought to be of the builtin, and dropped as a dead store",
    ),
    Counterexample(
        "a builtin's name that is bound in one branch",
        (
            "def g(p):\n    return p\nb = [2]",
            NEXT,
            "if len(b) == 1:\n    max = g\nn = max(b)\nprint(n)",
        ),
        "a builtin's name that some path binds is taken for the builtin on all of them",
    ),
    Counterexample(
        "an iterator that is used up for a value that nobody reads",
        ("it = iter([1, 2])\nfirst = list(it)", NEXT, "print(list(it))"),
        "`list(it)` is dropped as a dead store, though it uses the iterator up",
    ),
    Counterexample(
        "an iterator that `in` uses up",
        ("it = iter([1, 2])\nfound = 2 in it", NEXT, "print(list(it))"),
        "`2 in it` is dropped as a dead store, though it uses the iterator up",
    ),
    Counterexample(
        "a generator with an effect that is run for a value that nobody reads",
        (
            "import itertools\ndef g(p):\n    print('in')\n    return p\nstream = (g(v) for v in [1, 2])",
            NEXT,
            "ys = list(itertools.islice(stream, 3))\nprint('out')",
        ),
        "`list(islice(stream))` is dropped as a dead store, though it runs the generator",
    ),
    Counterexample(
        "a cached function that does not see a new value",
        (
            "import functools\nn = len('abc')\n@functools.lru_cache(maxsize=None)\ndef f(p):\n    return p + n\nprint(f(1))",
            NEXT,
            "n = n + 1\nprint(f(1))",
        ),
        "a cached function gets the value as an argument, which the cache then tells apart",
    ),
    Counterexample(
        "a value that a call takes along is not dead",
        (
            "def changed(items):\n    items.append(total)\n    return items",
            "ys = [1]\ntotal = len('abc')\nys = changed(ys)\ntotal = ys.pop()\nprint(ys)",
        ),
        "an assignment is dropped although the next one's call takes its value as a keyword",
    ),
    Counterexample(
        "a name that is deleted and then bound by a loop that may not run",
        ("n, *rows = [9, 8]\ndel n\nfor n in rows[:3]:\n    print(rows)", NEXT, "print('n', n)"),
        "a name that is deleted and bound again on some path is not given on (NB700)",
    ),
    Counterexample(
        "a name asked for in dir that is a constant of a module",
        ("a = 5\nprint('a' in dir())", NEXT, "print(a)"),
        "`dir()` is asked inside a step, where the name is not",
    ),
)
