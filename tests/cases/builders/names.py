"""Cases about names: what binds them, when, and who reads which of them."""

from case_values import case

CASES = (
    case(
        "main_guard_function",
        "## Define",
        """
        results = []

        def main(n=3):
            results.append(n * 2)
            return results

        if __name__ == "__main__":
            main()
        """,
        "## Again",
        "if __name__ == '__main__':\n    main(5)",
        "## Report",
        "print('DIGEST', results)",
    ),
    case(
        "main_guard_loose_code",
        "## Work",
        """
        if __name__ == "__main__":
            rows = [1, 2, 3]
            total = sum(rows)
        else:
            rows, total = [], -1
        """,
        "## Use",
        "mean = total / len(rows)",
        "## Report",
        "print('DIGEST', rows, total, mean)",
    ),
    case(
        "main_name_as_value",
        "## Ask",
        "is_main = __name__ == '__main__'\nmode = 'script' if is_main else 'library'",
        "## Inside a function",
        "def who():\n    return __name__\n\nname = who()",
        "## Report",
        "print('DIGEST', is_main, mode, name)",
    ),
    case(
        "global_write",
        "## State",
        """
        best = None
        history = []
        def record(score):
            global best, calls
            calls = len(history) + 1
            history.append(score)
            if best is None or score > best:
                best = score
        """,
        "## Score",
        "for s in [3, 9, 4]:\n    record(s)",
        "## Reset by hand",
        "best = 5\nrecord(4)",
        "## Report",
        "print('DIGEST', best, history, calls)",
    ),
    case(
        "global_created_by_function",
        "## Define",
        """
        def connect():
            global connection
            connection = {'open': True}

        def close():
            global connection
            del connection
        """,
        "## Use",
        "connect()\nconnection['rows'] = 3\nseen = dict(connection)\nclose()",
        "## Report",
        """
        try:
            connection
            left = True
        except NameError:
            left = False
        print('DIGEST', seen, left)
        """,
        may_refuse="functions make and delete a global",
    ),
    case(
        "closures_over_loop_variable",
        "## Make",
        "callbacks = []\nfor k in range(3):\n    callbacks.append(lambda: k * 10)",
        "## Call",
        "late = [f() for f in callbacks]",
        "## Rebind and call",
        "k = 7\nlater = [f() for f in callbacks]",
        "print('DIGEST', late, later)",
    ),
    case(
        "function_in_dict_then_rebound",
        "## Define",
        """
        rate = 2
        def price(x):
            return x * rate

        table = {'price': price}
        """,
        "## First",
        "first = table['price'](10)",
        "## Rebind the global",
        "rate = 5",
        "## Later",
        "second = table['price'](10)\nprint('DIGEST', first, second)",
    ),
    case(
        "function_reads_rebound_global",
        "## Define",
        """
        threshold = 3
        def keep(values):
            return [v for v in values if v > threshold]
        """,
        "## Strict",
        "strict = keep(range(6))",
        "## Loose",
        "threshold = 1\nloose = keep(range(6))",
        "## Report",
        "print('DIGEST', strict, loose, threshold)",
    ),
    case(
        "function_reads_name_bound_later",
        "## Define",
        """
        def area(r):
            return PI_ISH * r * r
        """,
        "## Constant",
        "PI_ISH = 3",
        "## Use",
        "print('DIGEST', area(2))",
    ),
    case(
        "mutable_default_argument",
        "## Define",
        """
        def collect(item, into=[]):
            into.append(item)
            return into
        """,
        "## Once",
        "first = collect('a')",
        "## Twice",
        "second = collect('b')\nfresh = collect('z', [])",
        "## Report",
        "print('DIGEST', first, second, first is second, fresh)",
    ),
    case(
        "default_argument_from_global",
        "## Define",
        """
        width = 3
        def pad(text, n=width):
            return text.rjust(n, '.') + str(width)
        """,
        "## Rebind",
        "width = 6",
        "## Use",
        "print('DIGEST', pad('a'), pad('a', width))",
    ),
    case(
        "recursion",
        "## Define",
        """
        BASE = 2
        def depth(tree):
            if not isinstance(tree, list):
                return 0
            return 1 + max((depth(t) for t in tree), default=0) * 1

        def power(n):
            return 1 if n == 0 else BASE * power(n - 1)
        """,
        "## Use",
        "d = depth([1, [2, [3]], []])\np = power(10)",
        "## Report",
        "print('DIGEST', d, p)",
    ),
    case(
        "mutual_recursion",
        "## Constant",
        "STOP = 0",
        "## One",
        """
        def is_even(n):
            return True if n == STOP else is_odd(n - 1)
        """,
        "## Other",
        """
        def is_odd(n):
            return False if n == STOP else is_even(n - 1)
        """,
        "## Use",
        "print('DIGEST', is_even(10), is_odd(7), is_even(3))",
    ),
    case(
        "del_then_rebind",
        "## Make",
        "tmp = [1, 2]\nkept = list(tmp)\ndel tmp",
        "## Gone",
        """
        try:
            tmp
        except NameError as error:
            gone = type(error).__name__
        """,
        "## Again",
        "tmp = {'a': 1}\nprint('DIGEST', kept, gone, tmp)",
    ),
    case(
        "bound_in_one_branch",
        "## Choose",
        """
        use_offset = True
        verbose = False
        if use_offset:
            offset = 10
        if verbose:
            label = 'loud'
        """,
        "## Compute",
        "total = sum(range(5))\nif use_offset:\n    total += offset",
        "## Report",
        "if verbose:\n    print(label)",
        "print('DIGEST', total)",
    ),
    case(
        "rebound_in_one_branch",
        "## Start",
        "mode = 'a'\nvalue = 1",
        "## Maybe",
        "if mode == 'b':\n    value = 2\nelif mode == 'c':\n    value = 3",
        "## Loop that may not run",
        "for value2 in []:\n    value = 99",
        "## Report",
        "print('DIGEST', value)",
    ),
    case(
        "try_defines_two_ways",
        "## Parse",
        """
        raw = '12x'
        try:
            number = int(raw)
        except ValueError as problem:
            number = -1
            message = str(problem)[:15]
        else:
            message = 'fine'
        finally:
            done = True
        """,
        "## Use",
        "answer = number * 2",
        "## The error's name is gone",
        """
        try:
            problem
        except NameError as gone:
            left = type(gone).__name__
        """,
        "## Report",
        "print('DIGEST', answer, message, done, left)",
    ),
    case(
        "builtin_shadowed_list",
        "## Shadow",
        "list = [1]\nlist.append(2)",
        "## Use",
        "length = len(list)\nstr = 'text'",
        "## Give back",
        "del list\nback = list('ab')",
        "print('DIGEST', length, str, back)",
    ),
    case(
        "builtin_shadowed_max",
        "## Before",
        "xs = [3, 8, 5]\nlow = min(xs)\nhigh = max(xs)",
        "## Shadow",
        "sum = 0\nfor x in xs:\n    sum += x",
        "## Shadow by its own value",
        "max = max(xs)",
        "## Report",
        "print('DIGEST', low, high, sum, max)",
    ),
    case(
        "comprehensions_read_globals",
        "## Data",
        "rows = [[1, 2], [3, 4]]\nfactor = 10\nx = 'outer'",
        "## Nest",
        """
        flat = [x * factor for row in rows for x in row if x != len(rows)]
        grid = {i: [factor + j for j in range(i)] for i in range(len(rows) + 1)}
        pairs = {(a, b) for a in flat for b in (factor,) if a > b}
        """,
        "## Report",
        "print('DIGEST', x, flat, grid, sorted(pairs))",
    ),
    case(
        "walrus_in_comprehension",
        "## Data",
        "lines = ['a=1', 'bad', 'b=2']",
        "## Parse",
        "pairs = [parts for line in lines if len(parts := line.split('=')) == 2]",
        "## After",
        "total = sum(int(p) for _, p in pairs)\nif (n := len(parts)) > 1:\n    last = parts[-1]",
        "print('DIGEST', pairs, parts, n, last, total)",
    ),
    case(
        "lambda_default_capture",
        "## Make",
        "fs = [lambda v, k=k: v + k for k in range(3)]\nscale = 2\ng = lambda v: v * scale",
        "## Use",
        "first = [f(10) for f in fs]\nmade = g(4)",
        "## Rebind",
        "scale = 3\nprint('DIGEST', first, made, g(4))",
    ),
    case(
        "for_else",
        "## Search",
        """
        for n in range(2, 20):
            if n * n > 50:
                found = n
                break
        else:
            found = None
        """,
        "## Search in vain",
        """
        for m in range(3):
            if m > 5:
                break
        else:
            note = 'nothing above 5'
        while m:
            m -= 1
        else:
            m = 'done'
        """,
        "## Report",
        "print('DIGEST', n, found, m, note)",
    ),
    case(
        "underscore_thrown_away",
        "## Unpack",
        "a, _, b = (1, 'middle', 3)\nfor _ in range(4):\n    a += 1",
        "## Again",
        "_, rest = 'x', [b]\nfirst, *_ = 'hello'",
        "## Report",
        "print('DIGEST', a, b, rest, first)",
    ),
    case(
        "underscore_as_last_output",
        "## Compute",
        "21 * 2",
        "## Keep",
        "answer = _ + 1",
        "## Report",
        "print('DIGEST', answer)",
        may_refuse="_ is the last output of the kernel",
    ),
    case(
        "output_history",
        "## Compute",
        "6 * 7",
        "'text'",
        "## Keep",
        "values = [Out[1], len(Out), In[1]]",
        "## Report",
        "print('DIGEST', values)",
        may_refuse="In and Out exist in the kernel only",
    ),
    case(
        "annotated_names",
        "from typing import Optional",
        "## Annotate",
        "x: int = 3\ny: Optional[str]\nz: 'list[int]' = [1]",
        "## Use",
        "y = 'now'\nx += 1\nz.append(x)",
        "## Report",
        "print('DIGEST', x, y, z)",
    ),
    case(
        "semicolons_and_crowded_code",
        "## Crowd",
        "a=1;b=2;c=a+b;",
        "if a<b:d=a;e=b\nelse:d=b;e=a\nwhile a<10:a+=3;b-=1",
        "## Crowd more",
        "class P:x=1;y=2\ndef f(q,*r,s=3,**t):return (q,r,s,t)\nl=[f(1,2,s=4,u=5) ,P.x+P.y] ;l",
        "## Report",
        "print('DIGEST',a,b,c,d,e,l);",
    ),
    case(
        "tab_indented_code",
        "## Loop",
        "total = 0\nfor n in range(4):\n\tif n % 2:\n\t\ttotal += n\n\telse:\n\t\ttotal -= 1",
        "## Define",
        "def f(x):\n\t'''Doc\n\twith tab.'''\n\ttext = '''a\n\tb'''\n\treturn text * x",
        "## Report",
        "print('DIGEST', total, repr(f(2)))",
    ),
    case(
        "unicode_names",
        "## Données",
        "données = [1, 2]\nﬁle = 'ligature'\nσ = 0.5",
        "## Größe",
        "größe = len(données)\nﬁle = file + '!'\nσ2 = σ**2",
        "## Bericht",
        "print('DIGEST', données, file, größe, σ2, ﬁle)",
    ),
    case(
        "exec_binds_name",
        "## Make",
        "exec('x = 5')",
        "## Use",
        "y = x + 1",
        "## Report",
        "print('DIGEST', x, y)",
        may_refuse="exec binds a name that the text does not show",
    ),
    case(
        "globals_write",
        "## Make",
        "globals()['y'] = 2",
        "## Use",
        "z = y * 3",
        "## Report",
        "print('DIGEST', z)",
        may_refuse="globals() binds a name that the text does not show",
    ),
    case(
        "name_asked_in_dir",
        "## Maybe",
        "cache = {'a': 1}",
        "## Ask",
        """
        if 'cache' in dir():
            state = 'warm'
        else:
            state = 'cold'
        other = 'never_defined' in dir()
        """,
        "## Report",
        "print('DIGEST', state, other)",
        may_refuse="dir() sees every name of the kernel",
    ),
    case(
        "eval_reads_names",
        "## Data",
        "a = 2\nb = 40",
        "## Evaluate",
        "total = eval('a + b')",
        "## Report",
        "print('DIGEST', total)",
        may_refuse="eval reads names that the text does not show",
    ),
    case(
        "frame_query_reads_names",
        "import pandas as pd",
        "## Data",
        "limit = 2\nframe = pd.DataFrame({'a': [1, 2, 3], 'b': [4, 5, 6]})",
        "## Query",
        "chosen = frame.query('a >= @limit')\nframe.eval('c = a * @limit', inplace=True)",
        "## Report",
        "print('DIGEST', chosen['b'].tolist(), frame['c'].tolist())",
        may_refuse="the query's text reads a name",
    ),
    case(
        "match_captures",
        "## Data",
        "events = [('move', 3), {'kind': 'stop', 'at': 7}, [1, 2, 3]]",
        "## Match",
        """
        seen = []
        for event in events:
            match event:
                case ('move', distance):
                    seen.append(distance)
                case {'kind': str() as kind, **rest}:
                    seen.append((kind, rest))
                case [head, *tail] if head:
                    seen.append(tail)
        """,
        "## Report",
        "print('DIGEST', seen, distance, kind, rest, head, tail)",
    ),
    case(
        "augmented_everywhere",
        "## Start",
        "n = 1\nitems = [0]\nalias = items\nd = {'a': 1}",
        "## Add",
        "n += 4\nitems += [1, 2]\nd['a'] += 9\nd |= {'b': 2}",
        "## Rebind instead",
        "items = items + [3]",
        "## Report",
        "print('DIGEST', n, items, alias, d)",
    ),
    case(
        "imports_repeated_in_loops_and_branches",
        "import os\nimport sys",
        "## First",
        "seps = [os.sep]\nfor _ in range(2):\n    import os\n    seps.append(os.sep)",
        "with open(os.devnull) as nothing:\n    import sys",
        "## Second",
        "if seps:\n    import math as m\nprint('DIGEST', seps, round(m.pi, 2), sys.maxsize > 1)",
    ),
    case(
        "branches_that_never_run",
        "limit = 5",
        "## First",
        "if False:\n    rows = download()\nrows = [1, 7]",
        "if True:\n    kept = [r for r in rows if r < limit]\nelse:\n    limit = 0",
        "## Second",
        "if 0:\n    kept = []\nprint('DIGEST', kept, limit)",
    ),
    case(
        "builtin_named_after_a_function_used_it",
        "## Define",
        "def total(xs):\n    return sum(xs)",
        "first = total([1, 2])",
        "## Shadow",
        "sum = 5\nprint(sum)",
        "## Report",
        "print('DIGEST', first, sum)",
    ),
    case(
        "deleted_on_one_path",
        "## Parse",
        """
        try:
            number = int('7')
        except ValueError:
            del number
        """,
        "## Use",
        "if len('ab') > 1:\n    number = number + 1",
        "## Report",
        "print('DIGEST', number)",
    ),
)
