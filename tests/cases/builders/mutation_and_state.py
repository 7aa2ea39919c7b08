"""Cases about mutation, aliases and hidden state: views, random numbers, figures, streams."""

from case_values import case

CASES = (
    case(
        "alias_across_cells",
        "## Make",
        "x = y = []",
        "## Fill one",
        "x.append(1)",
        "## Fill the other",
        "y += [2]\nz = y\nz.extend([3])",
        "## Report",
        "print('DIGEST', x, y, x is y is z)",
    ),
    case(
        "alias_in_containers",
        "## Make",
        "inner = {'n': 0}\nouter = {'first': inner, 'all': [inner]}",
        "## Change through the container",
        "outer['all'][0]['n'] += 5\nouter['first']['m'] = 1",
        "## Change through a loop",
        "for item in outer['all']:\n    item['k'] = 'loop'",
        "## Report",
        "print('DIGEST', inner, len(outer))",
    ),
    case(
        "inplace_sort",
        "## Make",
        "names = ['c', 'a', 'b']\nsame = names\nbackup = names[:]",
        "## Sort",
        "names.sort()\nresult = names.reverse()",
        "## Report",
        "print('DIGEST', names, same, backup, result)",
    ),
    case(
        "swap_and_chained_assignment",
        "## Make",
        "a, b = [1], [2]\nc = d = a",
        "## Swap",
        "a, b = b, a\na[0], b[0] = b[0] + 10, a[0] + 20",
        "## Report",
        "print('DIGEST', a, b, c, d)",
    ),
    case(
        "numpy_view_changed",
        "import numpy as np",
        "## Make",
        "arr = np.zeros((2, 3))\nrow = arr[0]",
        "## Change the view",
        "row[:] = 1\narr.T[2] += 5",
        "## Copy, then change",
        "copy = arr.copy()\ncopy *= 100\nflat = arr.ravel()\nflat[-1] = -1",
        "## Report",
        "print('DIGEST', arr.tolist(), row.tolist(), copy.sum())",
    ),
    case(
        "numpy_out_argument",
        "import numpy as np",
        "## Make",
        "a = np.arange(4.0)\nbuffer = np.empty(4)",
        "## Compute into it",
        """
        np.multiply(a, 3, out=buffer)
        np.fill_diagonal(grid := np.zeros((2, 2)), 7)
        np.put(a, [0], 9)
        """,
        "## Report",
        "print('DIGEST', buffer.tolist(), grid.tolist(), a.tolist())",
    ),
    case(
        "dict_of_frames_in_loop",
        "import pandas as pd",
        "## Load",
        """
        frames = {
            'north': pd.DataFrame({'sales': [1, 2]}),
            'south': pd.DataFrame({'sales': [3, 4]}),
        }
        south = frames['south']
        """,
        "## Change each",
        """
        for name, frame in frames.items():
            frame['region'] = name
            frame['double'] = frame['sales'] * 2
        """,
        "## Combine",
        "everything = pd.concat(frames.values(), ignore_index=True)",
        "print('DIGEST', list(south.columns), everything['double'].tolist(), name, len(frame))",
    ),
    case(
        "pandas_inplace",
        "import pandas as pd",
        "## Load",
        "df = pd.DataFrame({'b': [2.0, None, 1.0], 'a': ['x', 'y', 'x'], 'junk': 0})\nview = df",
        "## Clean",
        """
        df.drop(columns='junk', inplace=True)
        df.dropna(inplace=True)
        df.rename(columns={'b': 'value'}, inplace=True)
        """,
        "## Sort",
        "df.sort_values('value', inplace=True)\ndf.reset_index(drop=True, inplace=True)",
        "## Report",
        "print('DIGEST', df['value'].tolist(), list(view.columns), view is df)",
    ),
    case(
        "frame_assigned_through_loc",
        "import pandas as pd",
        "## Load",
        "df = pd.DataFrame({'a': [1, 2, 3], 'b': [0, 0, 0]})\nold = df.copy()",
        "## Change",
        "mask = df.a > 1\ndf.loc[mask, 'b'] = 7\ndf.at[0, 'a'] = 100\ndf.columns = ['x', 'y']",
        "## Pop",
        "popped = df.pop('y')\ndf.insert(0, 'new', popped + 1)",
        "## Report",
        "print('DIGEST', df.values.tolist(), list(df), old.b.sum(), mask.tolist())",
    ),
    case(
        "estimator_fitted_in_place",
        "import numpy as np\nfrom sklearn.linear_model import LinearRegression\n"
        "from sklearn.preprocessing import StandardScaler",
        "## Data",
        "X = np.array([[0.0], [1.0], [2.0], [3.0]])\ny = X[:, 0] * 2 + 1",
        "## Scale",
        "scaler = StandardScaler()\nscaler.fit(X)\nXs = scaler.transform(X)",
        "## Fit",
        "model = LinearRegression()\nmodel.fit(Xs, y)",
        "## Report",
        "print('DIGEST', round(float(model.predict(scaler.transform([[10.0]]))[0]), 6))",
    ),
    case(
        "numpy_seed_in_three_cells",
        "import numpy as np\nnp.random.seed(7)",
        "## First",
        "a = np.random.randint(0, 100, 3)",
        "## Second",
        "b = np.random.randint(0, 100, 3)",
        "## Third",
        "np.random.seed(7)\nc = np.random.randint(0, 100, 3)",
        "print('DIGEST', a.tolist(), b.tolist(), c.tolist())",
    ),
    case(
        "random_seed",
        "import random\nrandom.seed(3)",
        "## Draw",
        "first = [random.randrange(50) for _ in range(3)]",
        "## Draw inside a function",
        "def draw():\n    return random.randrange(50)\n\nsecond = draw()",
        "## Shuffle",
        "deck = list(range(6))\nrandom.shuffle(deck)",
        "print('DIGEST', first, second, deck)",
    ),
    case(
        "generator_of_random_numbers",
        "import numpy as np\nrng = np.random.default_rng(0)",
        "## First",
        "a = rng.integers(0, 1000, 2)",
        "## Second",
        "b = rng.integers(0, 1000, 2)\nsame = rng",
        "## Third",
        "c = same.permutation(5)",
        "print('DIGEST', a.tolist(), b.tolist(), c.tolist())",
    ),
    case(
        "generator_crosses_cells",
        "## Make",
        """
        def numbers():
            n = 0
            while True:
                n += 1
                yield n

        stream = numbers()
        pairs = zip('abc', stream)
        """,
        "## Take",
        "first = [next(stream), next(stream)]",
        "## Take through the other",
        "second = list(pairs)",
        "## Rest",
        "print('DIGEST', first, second, next(stream))",
    ),
    case(
        "iterator_used_up",
        "## Make",
        "values = map(int, ['1', '2', '3'])\nsource = iter([1, 2, 3])",
        "## Once",
        "total = sum(values)\nnext(source)",
        "## Twice",
        "print('DIGEST', total, sum(values), list(source))",
    ),
    case(
        "sqlite_connection_crosses_cells",
        "import sqlite3\ncon = sqlite3.connect(':memory:')",
        "## Create",
        """
        con.execute('create table t (name text, n integer)')
        con.executemany('insert into t values (?, ?)', [('a', 1), ('b', 2)])
        con.commit()
        """,
        "## Query",
        "cursor = con.execute('select name from t where n > ?', (1,))",
        "## Read",
        "rows = cursor.fetchall()\ncon.close()",
        "print('DIGEST', rows)",
    ),
    case(
        "pyplot_cell_ends",
        "import matplotlib.pyplot as plt",
        "## First picture",
        "plt.plot([1, 2, 3])\nfirst = (len(plt.gca().lines), plt.gcf().number)",
        "## Second picture",
        """
        plt.plot([3, 2, 1])
        plt.plot([2, 2, 2])
        plt.savefig('second.png')
        second = (len(plt.gca().lines), plt.gcf().number)
        """,
        "## Third",
        "left_open = plt.get_fignums()\nthird = len(plt.gcf().axes)",
        """
        import os
        saved = os.path.getsize('second.png') > 500
        print('DIGEST', first, second, left_open, third, saved)
        """,
    ),
    case(
        "pyplot_show_inside_cell",
        "import matplotlib.pyplot as plt",
        "## Draw twice",
        """
        counts = []
        plt.plot([1, 2])
        counts.append(len(plt.gca().lines))
        plt.show()
        plt.plot([2, 1])
        counts.append(len(plt.gca().lines))
        """,
        "## Titles",
        "plt.title('late')\ncounts.append(len(plt.gca().lines))\nname = plt.gca().get_title()",
        "## Report",
        "print('DIGEST', counts, name)",
    ),
    case(
        "figure_object_outlives_cell",
        "import matplotlib.pyplot as plt",
        "## Make",
        "fig, axes = plt.subplots(1, 2)\naxes[0].plot([1, 2, 3])",
        "## Add",
        "axes[1].bar(['a', 'b'], [1, 2])\naxes[0].set_title('left')\nnumbers = plt.get_fignums()",
        "## Save",
        "fig.suptitle('both')\nfig.savefig('both.png')",
        "## Report",
        """
        print('DIGEST', len(fig.axes), len(axes[1].patches), fig.axes[0].get_title(), numbers)
        """,
    ),
    case(
        "pyplot_savefig_next_cell",
        "import matplotlib.pyplot as plt\nimport matplotlib.image as mpimg",
        "## Draw",
        """
        plt.figure(figsize=(2, 2))
        plt.axis('off')
        plt.fill_between([0, 1], [1, 1], color='black')
        """,
        "## Save what is left",
        "plt.savefig('empty.png', dpi=50)",
        "## Report",
        "pixels = mpimg.imread('empty.png')[..., :3]\nprint('DIGEST', bool((pixels > 0.99).all()))",
    ),
    case(
        "pyplot_settings",
        "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (8, 3)",
        "## Draw",
        "fig = plt.figure()\nsize = fig.get_size_inches().tolist()",
        "## Change",
        "plt.rcParams.update({'lines.linewidth': 4})\n(line,) = plt.plot([1, 2])",
        "## For a moment",
        "with plt.rc_context({'lines.linewidth': 1}):\n    (thin,) = plt.plot([1, 2])",
        "print('DIGEST', size, line.get_linewidth(), thin.get_linewidth(), "
        "plt.rcParams['lines.linewidth'])",
    ),
    case(
        "pandas_options",
        "import pandas as pd\npd.set_option('display.precision', 2)",
        "## Frame",
        "df = pd.DataFrame({'a': [1.23456, 2.0]})",
        "## Show",
        "text = df.to_string(index=False)",
        "## Change",
        "pd.set_option('display.precision', 4)\nwith pd.option_context('display.precision', 1):\n"
        "    short = df.to_string(index=False)",
        "print('DIGEST', text.split(), short.split(), df.to_string(index=False).split())",
    ),
    case(
        "logging_to_stdout",
        """
        import logging
        import sys

        layout = '%(name)s %(message)s'
        logging.basicConfig(stream=sys.stdout, level=logging.INFO, format=layout, force=True)
        log = logging.getLogger('case')
        """,
        "## Count",
        """
        records = []
        class Keep(logging.Handler):
            def emit(self, record):
                records.append(record.getMessage())
        log.addHandler(Keep())
        log.debug('not shown')
        log.info('loaded %d rows', 3)
        """,
        "## Louder",
        "log.setLevel(logging.DEBUG)\nlog.debug('shown')",
        "## Report",
        "print('DIGEST', records)",
    ),
    case(
        "stdout_write_and_loops",
        "import sys",
        "## Write",
        "n = sys.stdout.write('no newline')\nsys.stdout.write(' here\\n')",
        "## Loop",
        """
        for i in range(3):
            print(i, end=' ')
            print('-' * i, sep='', flush=True)
        print('to stderr', file=sys.stderr)
        """,
        "## Report",
        "print('multi\\nline', 1, sep='|')\nprint('DIGEST', n, i)",
    ),
    case(
        "print_redirected",
        "import contextlib\nimport io",
        "## Redirect",
        """
        buffer = io.StringIO()
        with contextlib.redirect_stdout(buffer):
            print('inside')
            print([1, 2])
        """,
        "## Redirect again",
        "with contextlib.redirect_stdout(buffer):\n    print('more', end='')",
        "## Report",
        "print('DIGEST', buffer.getvalue().split('\\n'))",
    ),
    case(
        "stdout_swapped_across_cells",
        "import io\nimport sys",
        "## Swap",
        "real, buffer = sys.stdout, io.StringIO()\nsys.stdout = buffer",
        "## Print",
        "print('hidden', 1)",
        "## Swap back",
        "sys.stdout = real",
        "## Report",
        "print('DIGEST', repr(buffer.getvalue()))",
    ),
    case(
        "warnings_shown",
        "import warnings",
        "## Define",
        """
        def old(x):
            warnings.warn('old() is old', stacklevel=2)
            return x
        """,
        "## Show",
        "a = old(1)",
        "## Catch",
        """
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            old(2)
            old(3)
        """,
        "## Report",
        "print('DIGEST', a, [str(w.message) for w in caught])",
    ),
    case(
        "environ_read_later",
        "import os",
        "## Set",
        "os.environ['CASE_REGION'] = 'north'\nos.environ.setdefault('CASE_LIMIT', '3')",
        "## Read",
        "limit = int(os.getenv('CASE_LIMIT', '9'))",
        "## Remove",
        "region = os.environ.pop('CASE_REGION')",
        "## Report",
        "print('DIGEST', region, limit, 'CASE_REGION' in os.environ)",
    ),
    case(
        "decimal_context",
        "import decimal\nfrom decimal import Decimal, getcontext",
        "## Precision is hidden state",
        "getcontext().prec = 4",
        "## Divide",
        "third = Decimal(1) / Decimal(3)",
        "## For a moment",
        "with decimal.localcontext() as context:\n    context.prec = 10\n    long = Decimal(1) / 3",
        "## Report",
        "print('DIGEST', third, long, Decimal(2) / 3)",
    ),
)
