"""Code that acts by being looked at, defined or configured."""

from __future__ import annotations

from case_values import Case, case

CASES: tuple[Case, ...] = (
    case(
        "environment_set_twice_before_an_import",
        "import os\nos.environ['CASE_MODE'] = 'fast'",
        "## First",
        "first = os.environ['CASE_MODE']",
        "## Second",
        "os.environ['CASE_MODE'] = 'slow'\nsecond = os.environ['CASE_MODE']",
        "## Compute",
        "import numpy as np\nprint('DIGEST', first, second, round(np.pi, 2))",
    ),
    case(
        "environment_read_before_it_is_set",
        "import os\nbefore = os.environ.get('CASE_UNSET')",
        "## Set",
        "os.environ['CASE_UNSET'] = '1'",
        "## Compute",
        "import numpy as np\nprint('DIGEST', before, os.environ['CASE_UNSET'], np.sum([1, 2]))",
    ),
    case(
        "option_reset",
        "import pandas as pd\ndf = pd.DataFrame({'a': [1.23456]})\npd.set_option('display.precision', 2)",
        "## Short",
        "short = str(df)",
        "## Long",
        "pd.reset_option('display.precision')\nlong = str(df)\nprint('DIGEST', short.split(), long.split())",
    ),
    case(
        "decimal_context_set",
        "import decimal",
        "## Third",
        "decimal.setcontext(decimal.Context(prec=2))\nprint('DIGEST', decimal.Decimal(1) / 3)",
    ),
    case(
        "subclasses_that_are_listed",
        "## Base",
        """
        subs = []
        class Plugin:
            def __init_subclass__(cls):
                subs.append(cls.__name__)
        """,
        "## Plugins",
        "class Csv(Plugin):\n    pass",
        "class Json(Plugin):\n    pass",
        "## Report",
        "print('DIGEST', subs)",
    ),
    case(
        "descriptor_that_learns_its_name",
        "## Fields",
        """
        named = []
        class Field:
            def __set_name__(self, owner, name):
                named.append(name)
        """,
        "class Row:\n    size = Field()",
        "## Report",
        "print('DIGEST', named)",
    ),
    case(
        "key_made_by_looking",
        "from collections import defaultdict\ngroups = defaultdict(list)",
        "## Look",
        "groups['z']",
        "## Report",
        "print('DIGEST', dict(groups))",
    ),
    case(
        "builtin_shadowed_and_given_back",
        "## Shadow",
        "max = 3\nbig = max\ndel max\ntop = max([1, 2])",
        "## Report",
        "print('DIGEST', big, top, max([4, 5]))",
    ),
    case(
        "optional_import_with_a_flag",
        """
        try:
            import no_such_module
            HAS_IT = True
        except ImportError:
            HAS_IT = False
        """,
        "## First",
        "x = no_such_module.f() if HAS_IT else 1",
        "## Second",
        "if HAS_IT:\n    x = no_such_module.g()\nprint('DIGEST', HAS_IT, x)",
    ),
    case(
        "results_of_its_own",
        "Results = {'a': len('abc')}",
        "## Show",
        "print(Results)",
        "## Out",
        "out = [1]\nout",
        "## Report",
        "print('DIGEST', Results, out)",
    ),
    case(
        "data_class_over_a_notebook_value",
        "from dataclasses import dataclass\nimport os\nk = len(os.sep)",
        "## Class",
        """
        @dataclass
        class Point:
            x: int
            def scaled(self):
                return self.x * k
        points = [Point(1)]
        """,
        "k = 7",
        "## Report",
        "print('DIGEST', points, points[0].scaled())",
    ),
    case(
        "figures_by_number",
        "import matplotlib.pyplot as plt",
        "## One",
        "plt.figure()\nplt.plot([1, 2])",
        "## Two",
        "axes = len(plt.gcf().axes)",
        "## Three",
        "plt.figure(5)\nplt.plot([1])\nprint('DIGEST', axes, plt.get_fignums())",
    ),
    case(
        "property_that_counts",
        """
        class Meter:
            def __init__(self):
                self.looks = 0
            @property
            def level(self):
                self.looks += 1
                return 3
        """,
        "m = Meter()",
        "## Look",
        "m.level",
        "## Report",
        "print('DIGEST', m.looks)",
    ),
)
