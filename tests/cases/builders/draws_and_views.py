"""Values that change by being handed over: generators that are drawn from, arrays that share numbers."""

from __future__ import annotations

from case_values import Case, case

CASES: tuple[Case, ...] = (
    case(
        "look_that_draws_from_a_generator",
        """
        import numpy as np
        import pandas as pd
        rs = np.random.RandomState(0)
        df = pd.DataFrame({'a': range(9)})
        """,
        "## Look",
        "df.sample(3, random_state=rs)",
        "## Sample",
        "picked = df['a'].sample(frac=.5, random_state=rs)",
        "## Draw",
        "print('DIGEST', round(rs.rand(), 6))",
    ),
    case(
        "generator_handed_to_a_splitter",
        """
        import numpy as np
        from sklearn.model_selection import train_test_split
        rs = np.random.RandomState(0)
        """,
        "## Split",
        "train, test = train_test_split(list(range(9)), random_state=rs)",
        "## Draw",
        "print('DIGEST', test, round(rs.rand(), 6))",
    ),
    case(
        "generators_in_a_list",
        """
        import numpy as np
        rngs = [np.random.default_rng(k) for k in np.random.SeedSequence(1).spawn(2)]
        """,
        "## Walk",
        """
        def walk(rng, n):
            return rng.integers(9, size=n)
        walks = [walk(r, 3) for r in rngs]
        """,
        "## Go on",
        "print('DIGEST', [w.tolist() for w in walks], rngs[0].integers(999))",
    ),
    case(
        "functions_that_a_frame_calls",
        """
        import pandas as pd
        seen = []
        def note(v):
            seen.append(len(str(v)) > 0)
            return v
        df = pd.DataFrame({'a': [2, 1]})
        """,
        "## Aggregate",
        "df.agg({'a': note})",
        "## Sort",
        "df.sort_values('a', key=note)",
        "## Pick",
        "df.loc[lambda d: note(d.a) > 1]",
        "## Group",
        "df.groupby(note).size()",
        "## Report",
        "print('DIGEST', len(seen))",
    ),
    case(
        "views_of_an_array",
        """
        import numpy as np
        grid = np.zeros((3, 3))
        inner = grid[1:, 1:]
        left = grid[:, 0]
        """,
        "## Inner",
        "inner += 1\nfirst = grid.sum()",
        "## Left",
        "left[:] = 5\nprint('DIGEST', first, grid.sum(), grid[0, 0])",
    ),
    case(
        "view_changed_by_a_function",
        """
        import numpy as np
        def centre(m):
            m -= m.mean()
        def relax(grid, *, out=None):
            out = grid if out is None else out
            out[...] += 1
            return 1.0
        """,
        "## Make",
        "base = np.arange(4.0)\nsquare = base.reshape(2, 2)",
        "## Centre",
        "centre(square)\nfirst = base.tolist()",
        "## Relax",
        "peak = relax(base)\nprint('DIGEST', first, square.tolist())",
    ),
    case(
        "mapping_that_fills_itself",
        """
        tree = lambda: __import__('collections').defaultdict(tree)
        root = tree()
        root['a']['b'] = 1
        node = root['a']
        """,
        "## Look",
        "node['x']['y']",
        "## Report",
        "print('DIGEST', sorted(node), len(root))",
    ),
    case(
        "underscores_that_are_used",
        "## Read",
        "a, _, __c = 1, 2, 3\n_class = [4]\nd = 5",
        "a, _, __c, d, _class",
        "## Report",
        "print('DIGEST', a, _, __c, d, _class)",
    ),
    case(
        "display_of_what_is_made_there",
        """
        from IPython.display import HTML, Markdown, display
        import pandas as pd
        df = pd.DataFrame({'a': [1]})
        """,
        "## Show",
        "display(HTML(df.to_html()), Markdown('x'))",
        "print('DIGEST', len(df))",
    ),
    case(
        "log_handler_kept_for_later",
        """
        import logging
        import sys
        log = logging.getLogger('case')
        log.setLevel('INFO')
        handler = logging.StreamHandler(sys.stdout)
        log.addHandler(handler)
        """,
        "## Work",
        "log.info('working')",
        "## Close",
        "log.removeHandler(handler)\nprint('DIGEST', len(log.handlers))",
    ),
    case(
        "class_that_pickle_finds",
        "import pickle",
        "## Model",
        """
        FITS = []
        class Model:
            def fit(self, rows):
                FITS.append(len(rows))
                self.mean = sum(rows) / len(rows)
                return self
        models = {'plain': Model()}
        """,
        "## Fit",
        "models['plain'].fit([1, 2, 6])\nbest = models['plain']",
        "## Save",
        """
        with open('model.pkl', 'wb') as file:
            pickle.dump(best, file)
        with open('model.pkl', 'rb') as file:
            again = pickle.load(file)
        print('DIGEST', again.mean, FITS, isinstance(again, Model))
        """,
    ),
    case(
        "transformer_that_calls_back",
        """
        import numpy as np
        from sklearn.preprocessing import FunctionTransformer
        seen = []
        def note(x):
            seen.append(x.shape)
            return x
        transformer = FunctionTransformer(note)
        """,
        "## Look",
        "transformer.transform(np.ones((2, 1)))",
        "## Report",
        "print('DIGEST', len(seen))",
    ),
    case(
        "frame_cleaned_beside_the_raw_one",
        "import pandas as pd",
        "## Load",
        "raw = pd.DataFrame({'v': [1.0, 2, 3]})\ndf = raw",
        "## Clean",
        "df = df[df.v > 1].reset_index(drop=True)\nkept = len(df)",
        "## Report",
        "print('DIGEST', kept, len(raw), len(df))",
    ),
    case(
        "keys_that_are_no_texts",
        "## Count",
        "counts = {('a', 'b'): 1, 3: 2}\nprint(len(counts))",
        "## Report",
        "print('DIGEST', counts['a', 'b'], counts[3])",
    ),
    case(
        "seeds_and_settings_in_functions",
        """
        import logging
        import sys
        import numpy as np
        def init(seed):
            np.random.seed(seed)
        def set_up_logging():
            logging.basicConfig(stream=sys.stdout, level='INFO', format='%(message)s', force=True)
        init(0)
        set_up_logging()
        """,
        "## First",
        "first = np.random.rand()\nlogging.info('drawn')",
        "## Second",
        "logging.info('again')\nprint('DIGEST', round(first, 4), round(np.random.rand(), 4))",
    ),
    case(
        "temporary_folder_in_a_later_step",
        "import tempfile\nfrom pathlib import Path",
        "## Make",
        "holder = tempfile.TemporaryDirectory()\nwork = Path(holder.name)\n(work / 'a.txt').write_text('hi')",
        "## Read",
        "print('DIGEST', work.exists(), (work / 'a.txt').read_text())",
    ),
    case(
        "results_that_hold_one_another",
        """
        class Net:
            def __init__(self):
                self.weights = [1.0, 2.0]
        class Optimizer:
            def __init__(self, weights):
                self.weights = weights
            def step(self):
                for place in range(len(self.weights)):
                    self.weights[place] /= 2
        def build():
            net = Net()
            return net, Optimizer(net.weights)
        """,
        "## Make",
        "net, optimizer = build()",
        "## Train",
        "for _ in range(3):\n    optimizer.step()",
        "## Report",
        "print('DIGEST', net.weights, optimizer.weights)",
    ),
    case(
        "axes_of_a_figure",
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt",
        "## Make",
        "fig, (left, right) = plt.subplots(1, 2)",
        "## Draw",
        "left.plot([1, 2])\nright.set_title('right')",
        "## Report",
        "print('DIGEST', [len(a.lines) for a in fig.axes], fig.axes[1].get_title())",
    ),
)
