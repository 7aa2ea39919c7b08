"""Cases about imports: local modules, order, effects, stars and names that hide modules."""

from case_values import case

CASES = (
    case(
        "local_module",
        "import helpers_local\nfrom helpers_local import scale",
        "## Load",
        "values = helpers_local.load()",
        "## Scale",
        "scaled = scale(values, by=helpers_local.FACTOR)",
        "## Report",
        "print('DIGEST', scaled, helpers_local.FACTOR)",
        files={
            "helpers_local.py": '''
                """Helpers that lie beside the notebook."""

                FACTOR = 3


                def load():
                    return [1, 2, 3]


                def scale(values, by):
                    return [value * by for value in values]
                ''',
        },
    ),
    case(
        "local_package",
        """
        import toolbox
        from toolbox.shapes import Square
        """,
        "## Build",
        "squares = [Square(side) for side in (1, 2, 3)]",
        "## Measure",
        "areas = [square.area() for square in squares]\nlabel = toolbox.label('areas')",
        "## Report",
        "print('DIGEST', label, areas)",
        files={
            "toolbox/__init__.py": """
                from .words import label
                """,
            "toolbox/words.py": """
                def label(text):
                    return text.upper()
                """,
            "toolbox/shapes.py": """
                class Square:
                    def __init__(self, side):
                        self.side = side

                    def area(self):
                        return self.side**2
                """,
        },
    ),
    case(
        "local_module_state",
        "import counter_local",
        "## Count",
        "counter_local.add('a')\ncounter_local.add('b')",
        "## Change the module",
        "counter_local.STEP = 10\ncounter_local.add('c')",
        "## Report",
        "print('DIGEST', counter_local.total, counter_local.seen)",
        files={
            "counter_local.py": """
                STEP = 1
                total = 0
                seen = []


                def add(name):
                    global total
                    total += STEP
                    seen.append(name)
                """,
        },
    ),
    case(
        "environ_before_import",
        "## Configure",
        "import os\n\nos.environ['CASE_MODE'] = 'fast'",
        "import settings_local",
        "## Use",
        "rounds = settings_local.ROUNDS",
        "## Report",
        "print('DIGEST', settings_local.MODE, rounds)",
        files={
            "settings_local.py": """
                import os

                MODE = os.environ.get("CASE_MODE", "slow")
                ROUNDS = 1 if MODE == "fast" else 100
                """,
        },
    ),
    case(
        "sys_path_import",
        "## Set up",
        """
        import sys
        sys.path.insert(0, 'lib')
        from tricks_local import double
        """,
        "## Use",
        "values = [double(n) for n in range(4)]",
        "## Report",
        "import tricks_local\n\nprint('DIGEST', values, tricks_local.double(50))",
        files={
            "lib/tricks_local.py": """
                def double(number):
                    return 2 * number
                """,
        },
    ),
    case(
        "side_effect_import",
        """
        import warnings
        warnings.filterwarnings('ignore')
        import numpy as np
        from sklearn.experimental import enable_iterative_imputer
        from sklearn.impute import IterativeImputer
        """,
        "## Data",
        "X = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, np.nan], [4.0, 8.0]])",
        "## Impute",
        "filled = IterativeImputer(random_state=0, max_iter=5).fit_transform(X)",
        "## Report",
        "print('DIGEST', np.isnan(filled).sum(), bool(abs(filled[2, 1] - 6.0) < 0.1))",
    ),
    case(
        "warnings_as_errors",
        "import warnings\nwarnings.filterwarnings('error', message='careful.*')",
        "## Check",
        """
        def check(value):
            if value > 2:
                warnings.warn('careful: large')
            return value
        """,
        "## Use",
        """
        kept = []
        for value in range(5):
            try:
                kept.append(check(value))
            except UserWarning as problem:
                kept.append(str(problem))
        """,
        "## Report",
        "print('DIGEST', kept)",
    ),
    case(
        "several_names_one_import",
        "import os, sys, json as j",
        "## Look",
        "sep = os.sep in os.path.join('a', 'b'); minor = sys.version_info >= (3, 10)",
        "## Report",
        "print('DIGEST', sep, minor, j.dumps({'a': [1, 2]}))",
    ),
    case(
        "dotted_imports",
        "import os.path\nimport xml.etree.ElementTree as ET\nimport collections.abc",
        "## Parse",
        'tree = ET.fromstring(\'<a><b n="1"/><b n="2"/></a>\')',
        "## Read",
        "import xml.dom.minidom\nnumbers = [int(b.get('n')) for b in tree.iter('b')]",
        "pretty = xml.dom.minidom.parseString('<a/>').documentElement.tagName",
        "## Report",
        """
        is_sequence = isinstance(numbers, collections.abc.Sequence)
        print('DIGEST', numbers, pretty, is_sequence, os.path.basename('x/y.txt'))
        """,
    ),
    case(
        "star_import_and_own_names",
        "from math import *",
        "## Own names over the star's",
        """
        tau = 3          # not math's
        def floor(x):
            return ('mine', x)
        """,
        "## Use",
        "values = [floor(2.5), ceil(2.5), tau, round(pi, 3)]",
        "## Star again",
        "from math import *\nvalues.append(floor(2.5))\nvalues.append(tau > 6)",
        "print('DIGEST', values)",
    ),
    case(
        "module_name_reused",
        "import time\nt0 = time.time()",
        "## Work",
        "total = sum(range(1000))",
        "## Time it",
        "elapsed = time.time() - t0\ntime = 3",
        "## Report",
        "print('DIGEST', total, elapsed >= 0, time * 2)",
    ),
    case(
        "optional_import",
        """
        try:
            import surely_not_installed_json as fastjson
            HAVE_FAST = True
        except ImportError:
            import json as fastjson
            HAVE_FAST = False
        """,
        "## Dump",
        "text = fastjson.dumps([1, 2])",
        "## Report",
        "print('DIGEST', HAVE_FAST, text, fastjson.loads(text))",
    ),
    case(
        "future_annotations",
        "from __future__ import annotations\nimport json",
        "## Define",
        """
        def pick(rows: list[Row], n: int = 2) -> Rows | None:
            return rows[:n] or None
        """,
        "## Use",
        "picked = pick([3, 2, 1])",
        "## Report",
        "print('DIGEST', picked, json.dumps(pick.__annotations__))",
    ),
    case(
        "import_inside_function",
        "## Define",
        """
        def mean(values):
            import statistics
            return statistics.mean(values)
        """,
        "## Use",
        "value = mean([1, 2, 6])",
        "## Import later under the same name",
        "import statistics\nmiddle = statistics.median([1, 2, 6])",
        "print('DIGEST', value, middle)",
    ),
    case(
        "one_alias_two_modules",
        "import json as codec\nfirst = codec.dumps({'a': 1})",
        "## Another module, same name",
        "import base64 as codec\nsecond = codec.b64encode(first.encode())",
        "## Report",
        "print('DIGEST', first, second.decode(), codec.__name__)",
    ),
)
