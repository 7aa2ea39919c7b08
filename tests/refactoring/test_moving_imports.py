"""Imports move to the top of a notebook, and only where nobody notices."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.analysis import ParsedCell, parse_cells
from nb2pkg.notebook import Notebook, read_notebook
from nb2pkg.problems import Severity
from nb2pkg.refactoring import Refactoring
from nb2pkg.refactoring.moving_imports import move_imports
from tests.builders import md, notebook, parsed, raw, tagged
from tests.refactoring.same_outputs import read, shown_after, shown_before

_CASES = Path(__file__).parents[1] / "cases"


def _moved(*cells: str) -> Refactoring:
    document = notebook(*cells)
    return move_imports(document, parsed(document))


def _sources(*cells: str) -> list[str]:
    return [cell.source for cell in _moved(*cells).cells]


def _why_it_stays(*cells: str) -> str:
    """The reason for the import of the last cell, which must still be there."""
    found = _moved(*cells)
    assert found.cells[-1].source == cells[-1]
    told = [f for f in found.findings if f.location.cell == len(cells)]
    assert [(f.code, f.severity) for f in told] == [("NB808", Severity.NOTE)]
    return told[0].message.partition(": ")[2]


# -- where they go -----------------------------------------------------------------------------------


def test_later_imports_go_below_the_imports_of_the_first_import_cell() -> None:
    found = _moved(
        "# mine\nimport sys\n\nimport os  # paths\n\nN = 3",
        "import numpy as np\nx = np.zeros(N)",
        "from collections import OrderedDict, Counter\nimport json",
    )

    assert [c.source for c in found.cells] == [
        "# mine\nimport sys\n\nimport os  # paths\nimport json\n"
        "from collections import Counter, OrderedDict\nimport numpy as np\n\nN = 3",
        "x = np.zeros(N)",
    ]
    assert found.title == "Move 3 imports to cell 1"
    assert found.findings == ()


def test_a_repeated_import_goes_and_one_of_several_names_brings_only_the_others() -> None:
    assert _sources(
        "import os\nfrom re import sub", "import os\nx = 1", "from re import sub, split"
    ) == [
        "import os\nfrom re import sub\nfrom re import split",
        "x = 1",
    ]


def test_the_comment_behind_an_import_goes_with_it_and_comments_above_stay() -> None:
    assert _sources(
        "import os", "# reading\nimport json  # of the API\nx = 1", "# only this\nimport re"
    ) == [
        "import os\nimport json  # of the API\nimport re",
        "# reading\nx = 1",
        "# only this",
    ]


def test_the_comment_behind_a_repeated_import_stays_where_it_is() -> None:
    assert _sources("import os", "x = 1\nimport os  # for paths") == [
        "import os",
        "x = 1\n# for paths",
    ]


def test_an_import_over_several_lines_with_comments_stays_as_it_is_written() -> None:
    assert _sources("import os", "from math import (\n    pi,  # 3.14\n    e,\n)\nx = pi") == [
        "import os\nfrom math import (\n    pi,  # 3.14\n    e,\n)",
        "x = pi",
    ]


def test_imports_leave_a_line_that_they_share() -> None:
    assert _sources(
        "import os", "x = 1; import re; y = 2", "import csv; z = 3", "w = 4; import abc"
    ) == [
        "import os\nimport abc\nimport csv\nimport re",
        "x = 1; y = 2",
        "z = 3",
        "w = 4",
    ]


def test_without_an_import_cell_one_is_made_below_the_title_and_the_magics() -> None:
    found = _moved(
        md("# Title"),
        "%matplotlib inline",
        md("## Load"),
        "x = 1\nimport json\ny = json.dumps(x)",
        raw("as it is"),
        "import re\nre.escape(y)",
    )

    assert [(c.of, c.source) for c in found.cells] == [
        (1, "# Title"),
        (2, "%matplotlib inline"),
        (0, "import json\nimport re"),
        (3, "## Load"),
        (4, "x = 1\ny = json.dumps(x)"),
        (5, "as it is"),
        (6, "re.escape(y)"),
    ]


def test_future_imports_come_first() -> None:
    assert _sources(
        "# imports\nimport os", "x = 1", "from __future__ import annotations\nimport re"
    ) == ["# imports\nfrom __future__ import annotations\nimport os\nimport re", "x = 1"]


def test_imports_go_below_what_the_same_cell_sets_up_for_them() -> None:
    assert _sources(
        "import os\nimport warnings\nwarnings.filterwarnings('ignore')\n%matplotlib inline",
        "import seaborn as sns\nimport json",
    ) == [
        "import os\nimport warnings\nimport json\nwarnings.filterwarnings('ignore')\n"
        "%matplotlib inline\nimport seaborn as sns"
    ]


def test_a_tagged_cell_stays_though_nothing_is_left_of_it() -> None:
    found = _moved(
        "import os", tagged("step:load", "import re"), tagged("parameters", "import abc")
    )

    assert [(c.source, c.tags) for c in found.cells] == [
        ("import os\nimport abc\nimport re", ()),
        ("", ("step:load",)),
        ("", ("parameters",)),
    ]


def test_outputs_of_a_cell_that_goes_are_shown_by_the_import_cell() -> None:
    document = notebook("import os", "import re")
    said = {"output_type": "stream", "name": "stdout", "text": "hello\n"}
    cells = (document.cells[0], replace(document.cells[1], outputs=(said,)))
    document = replace(document, cells=cells)

    (cell,) = move_imports(document, parsed(document)).cells

    assert cell.shows == (1, 2)


def test_a_notebook_whose_imports_stand_at_the_top_stays_as_it_is() -> None:
    document = notebook(md("# T"), "import os\nimport re\n", "x = os.sep\n")
    found = move_imports(document, parsed(document))

    assert [c.source for c in found.cells] == [c.source for c in document.cells]
    assert [f.message for f in found.findings] == ["all imports stand in cell 2 already"]


def test_a_notebook_without_imports_stays_as_it_is() -> None:
    found = _moved("x = 1", "x")

    assert [c.source for c in found.cells] == ["x = 1", "x"]
    assert [f.message for f in found.findings] == ["the notebook has no import that can move"]


# -- what a cell shows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("df\nimport re", "df;"),
        ("df  # look\nimport re", "df;  # look"),
        ("df; import re", "df;"),
        ("df;\nimport re", "df;"),
        ("print(df)\nimport re", "print(df)"),
        ("x = 1\nimport re", "x = 1"),
        ("df\nimport re\n%matplotlib inline", "df\n%matplotlib inline"),
    ],
)
def test_what_comes_to_stand_last_shows_nothing_new(before: str, after: str) -> None:
    assert _sources("import os", before) == ["import os\nimport re", after]


def test_the_import_cell_goes_on_showing_its_last_value() -> None:
    assert _sources("import math; x", "import re") == ["import re\nimport math; x"]


def test_a_notebook_that_sets_what_is_shown_keeps_the_last_lines_of_its_cells() -> None:
    setting = "InteractiveShell.ast_node_interactivity = 'last_expr_or_assign'"

    assert "which of a cell's values" in _why_it_stays(
        f"from IPython.core.interactiveshell import InteractiveShell\n{setting}", "x = 1\nimport re"
    )


def test_cells_that_are_looked_up_by_number_stay() -> None:
    assert "by their numbers" in _why_it_stays("import os", "3", "print(Out[2])", "import re")


# -- what stays --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("between", "statement", "why"),
    [
        ("os.environ['A'] = 'b'", "import torch", "sets os.environ"),
        ("sys.path.insert(0, 'lib')", "import numpy", "calls path.insert()"),
        ("if True:\n    sys.path += ['lib']", "import numpy", "sets sys.path"),
        ("warnings.simplefilter('ignore')", "import seaborn", "calls warnings.simplefilter()"),
        ("matplotlib.use('Agg')", "import seaborn", "calls matplotlib.use()"),
        ("%matplotlib inline", "import seaborn", "uses %matplotlib"),
        ("%pip install torch", "import torch", "may install libraries"),
        ("!pip install -q torch", "import torch", "may install libraries"),
        ("os.system('pip install torch')", "import torch", "may install libraries"),
        ("%load_ext cudf.pandas", "import pandas", "uses %load_ext"),
        ("%run other.ipynb", "import re", "uses %run"),
        ("patch_sklearn()", "import sklearn", "calls patch_sklearn()"),
        ("print('re' in sys.modules)", "import re", "what stands above it decides what 're' is"),
        ("print(dir())", "import re", "looks at every name there is"),
        ("%who", "import re", "uses %who"),
        ("import strange", "import numpy", "imports 'strange'"),
        ("from strange import *", "import re", "imports everything from a module"),
        ("import numpy\nnumpy.float = float", "from numpy import float", "changes 'numpy'"),
        ("import numpy as np\nprint(hasattr(np, 'linalg'))", "import numpy.linalg", "calls hasattr()"),
        ("def prepare():\n    os.environ['A'] = 'b'\nprepare()", "import torch", "calls prepare()"),
        ("print(sum([1]))", "from numpy import sum", "'sum' in cell 2 means Python's own"),
        ("def f():\n    return sum([1])\nf()", "from numpy import sum", "calls f(), where 'sum'"),
        ("f'{max(1, 2)}'", "from numpy import max", "'max' in cell 2 means Python's own"),
        ("try:\n    re\nexcept NameError:\n    pass", "import re", "comes before it is imported"),
        ("re = 5", "import re", "'re' is bound in cell 2, too"),
        ("import regex as re", "import re", "'re' is bound in cell 2, too"),
        ("print('re' in globals())", "import re", "whether it has a 're'"),
        ("sys.exit()", "import re", "ends the notebook"),
        ("x = 1", "import strange", "importing 'strange' may do something"),
        ("x = 1", "from . import near", "relative"),
        ("x = 1", "from near import *", "imports everything"),
        ("x = 1", "import imp", "importing 'imp' may show something"),
        ("x = 1", "from sklearn.experimental import enable_iterative_imputer", "part of sklearn"),
        ("x = 1", "try:\n    import re\nexcept ImportError:\n    pass", "it stands inside 'try'"),
        ("x = 1", "if x:\n    import re", "it stands inside 'if'"),
        ("x = 1", "%%time\nimport re", "what only IPython understands: %%time"),
        ("x = 1", "import re\ndel re", "'re' is deleted again"),
        ("def f(x: int): ...", "from __future__ import annotations", "cell 2 has annotations"),
    ],
)  # fmt: skip
def test_an_import_stays_where_it_would_be_noticed(between: str, statement: str, why: str) -> None:
    assert why in _why_it_stays("import os, sys, warnings, matplotlib", between, statement)


@pytest.mark.parametrize("tag", ["raises-exception", "skip"])
def test_an_import_stays_in_a_cell_that_is_tagged_so(tag: str) -> None:
    assert f"tagged '{tag}'" in _why_it_stays("import os", tagged(tag, "import re"))


@pytest.mark.parametrize(
    "between",
    [
        "x = os.environ['HOME']",
        "os.getenv('A')",
        "print(sys.path)",
        "import warnings\nwarnings.warn('x')",
        "%timeit 1 + 1",
        "!ls",
        "%load_ext autoreload",
        "ax.add_patch(1)",
        "def f():\n    return np.zeros(3)",
        "import pandas as pd\npd.options.display.max_rows = 3",
        "print('np')",
    ],
)
def test_what_no_library_notices_stops_no_import(between: str) -> None:
    found = _moved("import os, sys", between, "import numpy as np")

    assert "import numpy as np" in found.cells[0].source


def test_python_s_own_modules_pass_set_up_that_only_libraries_notice() -> None:
    assert (
        _sources("import os", "os.environ['A'] = 'b'\nimport json")[0] == "import os\nimport json"
    )


def test_an_import_that_failed_or_warned_when_it_was_last_run_stays() -> None:
    document = notebook("import os", "import re", "import json")
    error = {"output_type": "error", "ename": "ImportError", "evalue": "", "traceback": []}
    warning = {
        "output_type": "stream",
        "name": "stderr",
        "text": ["x: UserWarning\n", "  import json\n"],
    }
    first, second, third = document.cells
    cells = (first, replace(second, outputs=(error,)), replace(third, outputs=(warning,)))
    document = replace(document, cells=cells)

    found = move_imports(document, parsed(document))

    assert [c.source for c in found.cells] == ["import os", "import re", "import json"]
    assert [f.message for f in found.findings] == [
        "no import can move",
        "`import re` stays in cell 2: its cell ended with an error when it was last run",
        "`import json` stays in cell 3: it showed a warning when it was last run",
    ]


def test_a_cell_that_ended_with_an_error_above_what_moves_is_told() -> None:
    document = notebook("import os", "1 / 0", "import json")
    error = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "", "traceback": []}
    first, second, third = document.cells
    document = replace(document, cells=(first, replace(second, outputs=(error,)), third))

    (told,) = move_imports(document, parsed(document)).findings

    assert (told.code, told.location.cell) == ("NB808", 2)
    assert "ended with an error" in told.message


def test_imports_do_not_pass_a_cell_that_cannot_be_read() -> None:
    document = notebook("import os", "this is not Python", "import json")
    cells = parsed(notebook("import os"))
    third = parsed(notebook("0", "0", "import json"))[2]

    found = move_imports(document, [*cells, third])

    assert [f.message for f in found.findings] == [
        "no import can move",
        "`import json` stays in cell 3: cell 2 could not be read",
    ]


# -- real runs ---------------------------------------------------------------------------------------

_EVERYTHING = (
    "import os  # first\nimport warnings\nwarnings.filterwarnings('ignore')\n%matplotlib inline",
    "print(sum([1, 2]), 'json' in globals())\nos.path.basename('a/b')\nimport json",
    "import matplotlib.pyplot as plt\nimport numpy as np\nfrom numpy import sum\n"
    "plt.plot(np.arange(3))\nprint(sum([3]))",
    "def names():\n    return Counter('aab')\nfrom collections import Counter\nnames()",
    "from decimal import Decimal; Decimal('1.5')",
    "import json  # again\njson.dumps([1])\nimport re",
    "from __future__ import annotations\nre.escape('a.b')",
)


def test_a_notebook_shows_the_same_with_its_imports_at_the_top(tmp_path: Path) -> None:
    document = notebook(*_EVERYTHING)
    found = move_imports(document, parsed(document))

    assert found.cells[0].source.count("import") >= 8
    assert shown_after(found, tmp_path) == shown_before(document, tmp_path)


@pytest.mark.parametrize(
    "case", ["17_late_import", "untidy/import_inside_function", "untidy/dotted_imports"]
)
def test_a_case_shows_the_same_with_its_imports_at_the_top(case: str, tmp_path: Path) -> None:
    shutil.copy(_CASES / f"{case}.ipynb", tmp_path)
    document, cells = read(_CASES / f"{case}.ipynb")

    found = move_imports(document, cells)

    if found.title != "Move imports to the top":
        assert shown_after(found, tmp_path) == shown_before(document, tmp_path)


@pytest.mark.parametrize("path", sorted(_CASES.rglob("*.ipynb")), ids=lambda p: p.stem)
def test_every_case_is_python_afterwards_and_moves_no_more_the_second_time(path: Path) -> None:
    document = read_notebook(path.read_bytes(), path.stem)
    cells = [c for c in parse_cells(document.code_cells) if isinstance(c, ParsedCell)]
    if len(cells) < len(document.code_cells):
        return
    once = _as_notebook(document, move_imports(document, cells))

    twice = move_imports(once, parsed(once))

    assert [c.source for c in twice.cells] == [c.source for c in once.cells]


def _as_notebook(document: Notebook, found: Refactoring) -> Notebook:
    made = notebook(*(str(n) for n in range(len(found.cells))))
    cells = tuple(
        replace(cell, kind=new.kind, source=new.source, tags=new.tags)
        for cell, new in zip(made.cells, found.cells, strict=True)
    )
    return replace(document, cells=cells)
