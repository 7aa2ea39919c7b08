"""Which small notebooks could somebody write? Random ones, that run from top to bottom.

Statements come from templates. Each is tried at once in a live namespace and thrown away when it
fails, so what is left is a program that works, whatever it does to its names. All chance comes from
the `random.Random` that is given: hypothesis can control it, and shrink what it finds.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from nb2pkg.analysis import name_facts
from tests.builders import md

NUMBERS = ("a", "b", "n", "total")
LISTS = ("xs", "ys", "rows")
DICTS = ("table", "seen")
FUNCTIONS = ("f", "g", "h", "sum_up")  # a number in, a number out
GETTERS = ("get", "pick")  # nothing in, a list out
OBJECTS = ("box", "other")
ITERATORS = ("stream", "it")
MARK = re.compile(r"<(\w+)>")

SIMPLE = (
    "<num> = <int>",
    "<num> = <int> + <int>",
    "<num> += <int>",
    "<num> = <fn>(<int>)",
    "<num> = <fn>(<fn>(<int>))",
    "<num>, <num> = <int>, <int>",
    "<num> = <num> = <int>",
    "<num>: int = <int>",
    "<num> = len(<list>)",
    "<num> = sum(<list>)",
    "<num> = max(<list>)",
    "<num> = <list>[0]",
    "<num> = <list>.pop()",
    "<num> = <dict>['k']",
    "<num> = <dict>.get('m', <int>)",
    "<num> = <obj>.v",
    "<num> = <obj>.grow()",
    "<num> = next(<iter>)",
    "<num> = (<num> := <int>) + <int>",
    "<num> = <int> if <int> > <k> else <int>",
    "<num> = sum(<fn>(v) for v in <list>[:3])",
    "<num> = sorted(<list>, key=<fn>)[0]",
    "<num> = <ops>['f'](<int>)",
    "<num> = (lambda v: v + <int>)(<int>)",
    "<lst> = [<int>, <int>, <int>]",
    "<lst> = <list>",
    "<lst> = <list>[1:]",
    "<lst> = list(<list>)",
    "<lst> = <list>[:3] + [<int>]",
    "<lst> = [v + <int> for v in <list>[:3]]",
    "<lst> = [<num> for <num> in <list>[:3]]",
    "<lst> = [<num> := v for v in <list>[:3]]",
    "<lst> = [<fn>(v) for v in <list>[:3]]",
    "<lst> = list(map(<fn>, <list>[:3]))",
    "<lst> = list(itertools.islice(<iter>, 3))",
    "<lst> = <getter>()",
    "<lst> = <dict>.setdefault('l', [<int>])",
    "<lst> = <pairs>[0]",
    "<lst> = sorted(<list>)",
    "<lst>, <num> = [<int>], <int>",
    "<num>, *<lst> = [<int>, <int>, <int>]",
    "<list>.append(<int>)",
    "<list>.append(<int>)",
    "<list>.extend([<int>])",
    "<list>[0] = <int>",
    "<list>.sort()",
    "<list> += [<int>]",
    "<list>[:1] = [<int>, <int>]",
    "del <list>[0]",
    "<pairs> = [<list>, <list>]",
    "<pairs>[0].append(<int>)",
    "<pairs>.append(<list>)",
    "<dct> = {'k': <int>}",
    "<dct> = <dict>",
    "<dct> = {'l': <list>}",
    "<dct> = dict(<dict>)",
    "<dct> = {str(v): v for v in <list>[:3]}",
    "<dct> = vars(<obj>)",
    "<dict>['k'] = <int>",
    "<dict>['l'].append(<int>)",
    "<dict>.update(m=<int>)",
    "<dict>['k'] += <int>",
    "<ops> = {'f': <fn>}",
    "<ops> = {'f': lambda v: v + <int>}",
    "<ops>['f'] = <fn>",
    "<fun> = <fn>",
    "<fun> = lambda v: v + <int>",
    "<fun> = lambda v, w=<int>: v + w",
    "<fun> = <obj>.plus",
    "<fun> = functools.partial(<two>, <int>)",
    "<obj_new> = Box(<int>)",
    "<obj_new> = <obj>",
    "<obj>.v += <int>",
    "<obj>.v = <int>",
    "<obj>.kept = <list>",
    "<obj>.kept.append(<int>)",
    "<iter_new> = iter(<list>)",
    "<iter_new> = (v + <int> for v in <list>)",
    "<iter_new> = (<fn>(v) for v in <list>[:3])",
    "<iter_new> = count_up(<int>)",
    "<iter_new> = itertools.count(<int>)",
    "print(<int>)",
    "print(<any>)",
    "print('n', <int>, <list>)",
    "print(f'{<int>} and {<list>}')",
    "print(<fn>(<int>))",
    "print(<obj>.v, <getter>())",
    "print('a' in dir(), <int>)",
    "random.seed(<k>)",
    "<num> = random.randrange(9)",
    "random.shuffle(<list>)",
    "del <any>",
    "<fn>(<int>)",
    "<getter>().append(<int>)",
    "change(<list>)",
    "change(<pairs>[0])",
    "change(<dict>['l'])",
    "<lst> = changed(<list>)",
    "<num> = both(<list>, <int>)",
    "assert <int> is not None",
    "max = <fn>",
    "<num> = max(<int>)",
    "<obj_new>, <lst> = <obj>, <list>",
    "<lst> = (<list>, <int>)[0]",
    "<lst> = <list> or <list>",
    "<lst> = <list> if <int> > <k> else <list>",
    "<dct> = {**<dict>, 'k': <int>}",
    "for <num> in <list>: pass",
    "if <int> > <k>: <num> = <int>",
    "print(*<list>, sep='-')",
    "print(*(<fn>(v) for v in <list>[:2]))",
    "<num> = random.choice(<list>)",
    "<fun> = cached(<fn>)",
)

COMPOUND = (
    "def <fun>(p):\n    return p + <int>",
    "def <fun>(p):\n    return p + <num> + len(<lst>)",
    "def <fun>(p):\n    <list>.append(p)\n    return p",
    "def <fun>(p):\n    <lst>.append(p)\n    return len(<lst>)",
    "def <fun>(p):\n    <num> = p * 2\n    return <num> + <int>",
    "def <fun>(p):\n    global <num>\n    <num> = p\n    return p",
    "def <fun>(p):\n    global <num>\n    <num> += p\n    return <num>",
    "def <fun>(p):\n    return <fn>(p) + 1",
    "def <fun>(p):\n    return <fun>(p) + 1 if p < 0 else <int>",
    "def <fun>(p, q=<int>):\n    return p + q",
    "def <fun>(p, q=[]):\n    q.append(p)\n    return len(q)",
    "def <fun>(p):\n    def inner():\n        return p + <int>\n    return inner()",
    "def <fun>(p):\n    <num> = 0\n    def add(v):\n        nonlocal <num>\n        <num> += v\n    add(p)\n    add(<int>)\n    return <num>",
    "def <fun>(p):\n    print('in', p)\n    return p",
    "def <fun>(p):\n    print(<int>, <num>)\n    return p",
    "def <fun>(p):\n    for <num> in range(2):\n        p += <num>\n    return p",
    "def <fun>(p):\n    return sum([<num> for <num> in range(3)]) + p",
    "def <fun>(p):\n    <dict>['k'] = p\n    return p",
    "def <fun>(p):\n    <obj>.v += p\n    return <obj>.v",
    "def <fun>(p):\n    return next(<iter>) + p",
    "def <fun>(p):\n    return random.randrange(9) + p",
    "def <fun>(p):\n    if p > <int>:\n        return <num>\n    return p",
    "def <fun>(p):\n    global <fun>\n    <fun> = lambda v: v + p\n    return p",
    "def <fun>(p):\n    def make():\n        return lambda v: v + <num>\n    return make()(p)",
    "def <two>(p, q):\n    return p + q + <int>",
    "def make_adder(by):\n    def add(p):\n        return p + by + <int>\n    return add",
    "<fun> = make_adder(<int>)",
    "def cached(wrapped):\n    def call(p):\n        if p not in seen:\n            seen[p] = wrapped(p)\n        return seen[p]\n    return call",
    "def twice(wrapped):\n    def call(p):\n        return wrapped(wrapped(p))\n    return call",
    "@twice\ndef <fun>(p):\n    return p + <int>",
    "@functools.lru_cache(maxsize=None)\ndef <fun>(p):\n    return p + <int>",
    "def <get>():\n    return <list>",
    "def <get>():\n    return [<num>, <int>]",
    "def <get>():\n    return <dict>.setdefault('l', [])",
    "def change(items):\n    items.append(<int>)",
    "def change(items):\n    items = items + [1]\n    items.append(<int>)",
    "def change(items):\n    for row in [items]:\n        row.append(<int>)",
    "def change(items):\n    global <lst>\n    <lst> = items",
    "def changed(items):\n    items.append(<int>)\n    return items",
    "def changed(items):\n    return items",
    "def both(items, by):\n    change(items)\n    return by + len(items)",
    "def count_up(start):\n    while True:\n        yield start\n        start += <int> % 3 + 1",
    "def count_up(start):\n    yield start\n    yield <num>\n    yield <num>\n    yield <num>",
    "class Box:\n    def __init__(self, v):\n        self.v = v\n        self.kept = []\n    def grow(self):\n        self.v += <int>\n        return self.v\n    def plus(self, p):\n        return self.v + p",
    "class Box:\n    v = <int>\n    kept = <list>\n    def __init__(self, v):\n        self.kept.append(v)\n    def grow(self):\n        return self.v + <num>\n    def plus(self, p):\n        return p",
    "class Box:\n    def __init__(self, v):\n        global <num>\n        <num> = v\n        self.v = v\n    def grow(self):\n        <list>.append(self.v)\n        return self.v\n    def plus(self, p):\n        return p + <num>",
    "class Box(Box):\n    def grow(self):\n        return super().grow() + <int>",
    "if <int> > <k>:\n    <stmt>\nelse:\n    <stmt>",
    "if <int> > <k>:\n    <stmt>",
    "if <int> > <k>:\n    def <fun>(p):\n        return p + <int>\nelse:\n    def <fun>(p):\n        return p",
    "for <num> in <list>[:3]:\n    <stmt>",
    "for <num> in range(2):\n    <stmt>\n    <stmt>",
    "for i, <num> in enumerate(<list>[:3]):\n    <stmt>",
    "for <lst> in <pairs>[:2]:\n    <lst>.append(<int>)",
    "for <lst> in [<list>, <list>]:\n    <stmt>",
    "for <num> in <list>[:3]:\n    if <num> > <k>:\n        break\nelse:\n    <stmt>",
    "for <num> in range(3):\n    <ops> = {'f': lambda v: v + <num>}\n    <stmt>",
    "while <int> < <k>:\n    <stmt>\n    break",
    "try:\n    <stmt>\n    <num> = 1 // <k>\nexcept ZeroDivisionError as error:\n    <stmt>",
    "try:\n    <num> = <dict>['missing']\nexcept KeyError:\n    <num> = <int>",
    "try:\n    <stmt>\nfinally:\n    <stmt>",
    "try:\n    <num>\nexcept NameError:\n    <num> = <int>",
    "with contextlib.suppress(KeyError):\n    <stmt>\n    <dict>['missing']\n    <stmt>",
    "with contextlib.redirect_stdout(io.StringIO()) as caught:\n    <stmt>",
    "match <int>:\n    case 0 | 1:\n        <stmt>\n    case <num>:\n        <stmt>",
    "match <list>:\n    case [<num>, *<lst>]:\n        <stmt>\n    case _:\n        <stmt>",
    "if __name__ == '__main__':\n    <stmt>",
    "<lst> = []\nfor <num> in <list>[:3]:\n    <lst>.append(<fn>(<num>))",
    "<ops> = {}\nfor <num> in range(2):\n    <ops>['f'] = lambda v, w=<num>: v + w",
    "# a remark about <num>\n<stmt>  # and another",
)

FAILING = "raise ValueError"
START = "import contextlib\nimport functools\nimport io\nimport itertools\nimport random"
TITLES = ("Load", "Clean data", "Model", "Results", "More", "Plot", "Summary", "Sum up")


Cells = list[list[str] | str]  # statements of a code cell, or the text of a heading


@dataclass(slots=True)
class Program:
    """A notebook in the making: cells as lists of statements, headings in between, live names."""

    cells: Cells = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def sources(self) -> list[str]:
        """The cells for `tests.builders.notebook`."""
        return sources_of(self.cells)


def sources_of(cells: Cells) -> list[str]:
    """Cells as texts, headings as Markdown; empty ones are left out."""
    return [md(f"## {c}") if isinstance(c, str) else "\n".join(c) for c in cells if c]


def random_notebook(chance: Random, *, size: int = 14, digest: bool = True) -> Program:
    """A notebook of about `size` statements under a few headings."""
    program = Program(cells=[[START]])
    _run(START, program.names)
    sections = chance.randint(2, 5)
    for statement_number in range(size):
        if statement_number and chance.random() < sections / size:
            program.cells.append(chance.choice(TITLES))
            program.cells.append([])
        elif chance.random() < 0.3 or not isinstance(program.cells[-1], list):
            program.cells.append([])
        _add(program, chance)
    if digest:
        program.cells.append("Digest")
        program.cells.append([_digest(program, chance)])
    elif chance.random() < 0.7 and program.cells[-1]:
        program.cells[-1] = [*program.cells[-1], _mark("any", program, chance)]
    return program


def _add(program: Program, chance: Random) -> None:
    """Add one statement that works; after a few that do not, give up."""
    for _ in range(12):
        text = statement(program, chance)
        if _run(text, program.names):
            cell = program.cells[-1]
            assert isinstance(cell, list)
            cell.append(text)
            return


def statement(program: Program, chance: Random, depth: int = 0) -> str:
    """The text of a random statement; it need not work."""
    table = COMPOUND if chance.random() < (0.42, 0.12, 0.0)[depth] else SIMPLE
    return _filled(chance.choice(table), program, chance, depth)


def _filled(template: str, program: Program, chance: Random, depth: int) -> str:
    lines: list[str] = []
    # One name a mark of a kind, so that `def <fun>(p): … <fun>(p)` is recursive half of the time.
    chosen: dict[str, str] = {}

    def mark(found: re.Match[str]) -> str:
        kind = found[1]
        if kind in chosen and chance.random() < 0.8:
            return chosen[kind]
        text = _mark(kind, program, chance)
        if kind in ("num", "lst", "fun", "ops", "pairs", "two"):
            chosen[kind] = text
        return text

    for line in template.split("\n"):
        bare = line.lstrip()
        margin = line[: len(line) - len(bare)]
        if bare.startswith("<stmt>"):
            inner = statement(program, chance, depth + 1)
            rest = bare.removeprefix("<stmt>") if "\n" not in inner else ""
            lines.extend(margin + part for part in inner.split("\n"))
            lines[-1] += rest
        else:
            lines.append(margin + MARK.sub(mark, bare))
    if template.startswith(("def ", "class ", "@")) and chance.random() < 0.9:
        unbound = _needed(lines) - program.names.keys()
        if unbound:
            return FAILING  # a body that reads what nobody has bound: rare, as nobody runs it
    return "\n".join(lines)


def _needed(lines: list[str]) -> set[str]:
    """The notebook names in the body of a definition that it neither binds nor takes."""
    facts = name_facts(ast.parse("\n".join(lines)).body[0])
    return set(facts.captures | facts.reads) - set(dir(builtins)) - facts.may_bind


def _mark(kind: str, program: Program, chance: Random) -> str:
    names = program.names
    pools = {
        "num": NUMBERS, "lst": LISTS, "dct": DICTS, "fun": FUNCTIONS, "get": GETTERS,
        "obj_new": OBJECTS, "iter_new": ITERATORS, "ops": ("ops",), "pairs": ("pairs",), "two": ("two",),
    }  # fmt: skip
    if kind in pools:
        return chance.choice(pools[kind])
    if kind == "k":
        return str(chance.randint(0, 3))
    if kind == "int":
        known = [n for n in NUMBERS if isinstance(names.get(n), int)]
        return (
            chance.choice(known) if known and chance.random() < 0.75 else str(chance.randint(0, 9))
        )
    known = [n for n in _OF_KIND[kind] if n in names]
    return chance.choice(known or _OF_KIND[kind])


_OF_KIND = {
    "list": LISTS, "dict": DICTS, "fn": FUNCTIONS, "getter": GETTERS, "obj": OBJECTS, "iter": ITERATORS,
    "any": (*NUMBERS, *LISTS, *DICTS),
}  # fmt: skip


def _digest(program: Program, chance: Random) -> str:
    """A statement that prints some of the values, so that what is not printed can be dropped."""
    shown = [
        name
        for name in (*NUMBERS, *LISTS, *DICTS, "pairs")
        if name in program.names and chance.random() < 0.6
    ]
    calls = [f"{f}(1)" for f in FUNCTIONS if f in program.names and chance.random() < 0.5]
    parts = [f"{o}.v" for o in OBJECTS if o in program.names and chance.random() < 0.5]
    text = f"print('DIGEST', {', '.join([*shown, *calls, *parts]) or 0})"
    return text if _run(text, program.names) else f"print('DIGEST', {', '.join(shown) or 0})"


def _run(text: str, names: dict[str, Any]) -> bool:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            exec(compile(text, "<try>", "exec"), names)
        except (Exception, RecursionError):
            return False
    # Functions and objects print their addresses.
    return " at 0x" not in printed.getvalue() and len(printed.getvalue()) < 2_000
