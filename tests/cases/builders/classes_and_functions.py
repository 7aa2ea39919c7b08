"""Cases about definitions: classes, decorators, redefinition, context managers, coroutines."""

from case_values import case

CASES = (
    case(
        "class_reads_changing_global",
        "## Define",
        """
        level = 1
        class Gauge:
            def __init__(self, name):
                self.name = name
            def read(self):
                return f'{self.name}:{level}'
        """,
        "## Make",
        "gauge = Gauge('g')\nreadings = [gauge.read()]",
        "## Change",
        "for level in (2, 3):\n    readings.append(gauge.read())",
        "## Report",
        "print('DIGEST', readings, level)",
    ),
    case(
        "class_hierarchy_in_two_cells",
        "## Base",
        """
        class Shape:
            registry = []
            def __init_subclass__(cls, **kw):
                super().__init_subclass__(**kw)
                Shape.registry.append(cls.__name__)
            def area(self):
                raise NotImplementedError
            def describe(self):
                return f'{type(self).__name__} {self.area()}'
        """,
        "## Shapes",
        """
        class Square(Shape):
            def __init__(self, side):
                self.side = side
            def area(self):
                return self.side ** 2

        class Double(Square):
            def area(self):
                return 2 * super().area()
        """,
        "## Use",
        "shapes = [Square(2), Double(3)]\ntexts = [s.describe() for s in shapes]",
        "## Report",
        "print('DIGEST', texts, Shape.registry)",
    ),
    case(
        "dataclass_enum_namedtuple",
        """
        from collections import namedtuple
        from dataclasses import dataclass, field, replace
        from enum import Enum
        """,
        "## Types",
        """
        class Colour(Enum):
            RED = 'r'
            BLUE = 'b'

        @dataclass(order=True)
        class Item:
            weight: float
            colour: Colour = field(default=Colour.RED, compare=False)
            tags: list = field(default_factory=list, compare=False)

        Point = namedtuple('Point', 'x y')
        """,
        "## Values",
        "items = [Item(2.0), Item(1.0, Colour.BLUE)]\norigin = Point(0, 0)",
        "## Change",
        "items.sort()\nitems[0].tags.append('light')\nmoved = origin._replace(x=3)",
        "## Report",
        """
        copy = replace(items[1], weight=5.0)
        weights = [i.weight for i in items]
        print('DIGEST', weights, items[0].tags, moved.x, copy.colour is Colour.RED)
        """,
    ),
    case(
        "class_defined_twice",
        "## First",
        "class Model:\n    version = 1\nold = Model()",
        "## Second",
        "class Model(Model):\n    version = 2\nnew = Model()",
        "## Report",
        """
        related = isinstance(new, type(old)), isinstance(old, Model)
        print('DIGEST', old.version, new.version, related)
        """,
    ),
    case(
        "class_body_reads_globals",
        "## Constants",
        "n = 3\nnames = ['a', 'b']",
        "## Class",
        """
        class Table:
            size = n * 2
            columns = [name.upper() for name in names]
            n = n + 1
            def count(self):
                return n
        """,
        "## Rebind",
        "n = 100\ntable = Table()",
        "## Report",
        "print('DIGEST', Table.size, Table.columns, Table.n, table.count())",
    ),
    case(
        "function_defined_twice",
        "## First",
        "def clean(x):\n    return x.strip()\na = clean(' a ')",
        "## Second",
        "def clean(x):\n    return x.strip().upper()\nb = clean(' b ')",
        "## Report",
        "print('DIGEST', a, b, clean('c'))",
    ),
    case(
        "helper_redefined_under_caller",
        "## Define",
        """
        def unit(x):
            return x + 1

        def both(x):
            return unit(unit(x))

        first = both(0)
        """,
        "## Redefine the helper",
        "def unit(x):\n    return x + 10\n\nsecond = both(0)",
        "## Report",
        "print('DIGEST', first, second)",
    ),
    case(
        "decorators_with_arguments",
        "import functools",
        "## Registry",
        """
        registry = {}
        def register(name, *, times=1):
            def wrap(function):
                @functools.wraps(function)
                def inner(*args):
                    return function(*args) * times
                registry[name] = inner
                return inner
            return wrap
        """,
        "## Functions",
        """
        @register('inc')
        def increment(x):
            return x + 1

        @register('dec', times=3)
        def decrement(x):
            return x - 1
        """,
        "## Use",
        "values = {name: f(10) for name, f in sorted(registry.items())}",
        "print('DIGEST', values, increment.__name__, decrement(2))",
    ),
    case(
        "cached_function",
        "import functools",
        "## Define",
        """
        calls = []

        @functools.lru_cache(maxsize=None)
        def slow(n):
            calls.append(n)
            return n * n
        """,
        "## Use",
        "squares = [slow(n) for n in (2, 3, 2)]",
        "## Use again",
        "squares.append(slow(3))",
        "## Report",
        "print('DIGEST', squares, calls, slow.cache_info().hits)",
    ),
    case(
        "async_with_and_gather",
        "import asyncio",
        "## Define",
        """
        opened = []

        class Session:
            async def __aenter__(self):
                opened.append('in')
                return self
            async def __aexit__(self, *exc):
                opened.append('out')
                return False
            async def get(self, n):
                await asyncio.sleep(0)
                return n * n
        """,
        "## Fetch",
        """
        async with Session() as session:
            answers = await asyncio.gather(*(session.get(n) for n in range(4)))
        """,
        "## Again",
        """
        more = [await session.get(n) for n in (5, 6)]
        async with session as again:
            same = again is session
        """,
        "## Report",
        "print('DIGEST', answers, more, same, opened)",
    ),
    case(
        "context_manager_class",
        "## Define",
        """
        class Track:
            log = []
            def __init__(self, name):
                self.name = name
            def __enter__(self):
                Track.log.append('+' + self.name)
                return self
            def __exit__(self, kind, value, trace):
                Track.log.append('-' + self.name)
                return kind is KeyError
        """,
        "## Use",
        """
        with Track('a') as a, Track('b'):
            inside = a.name
        with Track('c'):
            raise KeyError('swallowed')
        """,
        "## Report",
        "print('DIGEST', inside, a.name, Track.log)",
    ),
    case(
        "nonlocal_counter",
        "## Define",
        """
        def make_counter(start=0):
            n = start
            def step():
                nonlocal n
                n += 1
                return n
            return step

        tick = make_counter(10)
        """,
        "## Use",
        "a = tick()",
        "## Use again",
        "b = tick()\nother = make_counter()\nprint('DIGEST', a, b, other())",
    ),
    case(
        "function_changes_its_argument",
        "## Data",
        "record = {'n': 1}\nrows = [record]",
        "## Define",
        """
        def normalise(r):
            r['n'] = r['n'] * 10
            r.setdefault('seen', []).append('normalise')

        def normalise_all(rs):
            for r in rs:
                normalise(r)
        """,
        "## Use",
        "normalise_all(rows)",
        "## Report",
        "print('DIGEST', record)",
    ),
    case(
        "function_changes_a_global_list",
        "## Define",
        """
        log = []
        totals = {}
        def note(name, value):
            log.append(name)
            totals[name] = totals.get(name, 0) + value
        """,
        "## Use",
        "note('a', 1)\nnote('b', 2)",
        "## Use again",
        "note('a', 5)",
        "## Report",
        "print('DIGEST', log, totals)",
    ),
    case(
        "partial_and_bound_method",
        "from functools import partial",
        "## Define",
        """
        base = [1]
        push = base.append
        def power(x, n, offset=0):
            return x ** n + offset
        cube = partial(power, n=3)
        """,
        "## Use",
        "push(2)\npush(cube(2))",
        "## Rebind",
        "base = ['new']\npush('old list')\nkept = push.__self__",
        "print('DIGEST', base, kept, cube(2, offset=1))",
    ),
    case(
        "property_and_slots",
        "## Define",
        """
        class Account:
            __slots__ = ('_balance', 'moves')
            fee = 1
            def __init__(self):
                self._balance = 0
                self.moves = []
            @property
            def balance(self):
                return self._balance
            @balance.setter
            def balance(self, value):
                self.moves.append(value - self._balance)
                self._balance = value - self.fee
            @classmethod
            def raise_fee(cls, by):
                cls.fee += by
            @staticmethod
            def twice(x):
                return 2 * x
        """,
        "## Use",
        "account = Account()\naccount.balance = 10",
        "## Change the class",
        "Account.raise_fee(4)\naccount.balance += Account.twice(5)",
        "## Report",
        "print('DIGEST', account.balance, account.moves, Account.fee)",
    ),
    case(
        "registered_functions_see_new_values",
        """
        import functools
        hooks = {}
        level = 1
        def hook(name):
            def decorate(function):
                hooks[name] = function
                return function
            return decorate
        @functools.singledispatch
        def show(value):
            return 'any'
        """,
        "## Register",
        """
        @hook('tell')
        def tell():
            return level
        @show.register
        def _(value: int):
            return level
        """,
        "## Level",
        "level = 2",
        "## Go",
        "print('DIGEST', hooks['tell'](), show(1), show('a'))",
    ),
    case(
        "functions_that_others_keep",
        """
        import pandas as pd
        import sqlite3
        con = sqlite3.connect(':memory:')
        rate = 2
        class Account:
            def __init__(self, base):
                self.base = base
        account = Account(10)
        """,
        "## Give",
        """
        def multiply(v):
            return v * rate
        def grow(self):
            return self.base * rate
        def share(self):
            return (self / self.sum() * rate).tolist()
        con.create_function('multiply', 1, multiply)
        Account.grow = grow
        pd.Series.share = share
        first = con.execute('select multiply(3)').fetchone(), account.grow()
        """,
        "## Rate",
        "rate = 10",
        "## Use",
        "second = con.execute('select multiply(3)').fetchone(), account.grow()",
        "print('DIGEST', first, second, pd.Series([1, 3]).share())",
    ),
    case(
        "folder_of_the_file_or_the_working_folder",
        """
        from pathlib import Path
        try:
            here = Path(__file__).parent
        except NameError:
            # in a notebook
            here = Path.cwd()
        """,
        "## Write",
        "(here / 'out.txt').write_text('x')\nprint('DIGEST', here == Path.cwd(), Path('out.txt').exists())",
    ),
)
