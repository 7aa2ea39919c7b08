"""What holds for whole cells: lines stay, blocks stay whole, and nothing is guessed."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.notebook.magics import RunsFile, shadowed_names, to_plain_python
from nb2pkg.notebook.magics.automagic import LINE_MAGICS

PYTHON = [
    "",
    "\n\n",
    "x = 5 \\\n % 3",
    "x = (5\n  % b)",
    "s = '''\n%matplotlib inline\n!important\n'''",
    "s = f'{a!r}'",
    "await f()",
    "ls = 1",
    "ls\npwd",
    "ls(1)",
    "time.sleep(1)",
    "get_ipython().run_line_magic(name, 'x')",
    "shell = get_ipython()",
    "# %matplotlib inline",
    "x  # ?",
]


@pytest.mark.parametrize("cell", PYTHON)
def test_plain_python_comes_back_as_it_is(cell):
    assert to_plain_python(cell, 1).source == cell


def test_a_bound_name_is_no_magic():
    assert to_plain_python("ls", 1, bound=("ls",)).source == "ls"


def test_after_a_star_import_a_word_that_is_python_stays_python():
    assert to_plain_python("who", 1, bound=("*",)).source == "who"


def test_plain_cells_never_import_ipython():
    code = (
        "import sys; from nb2pkg.notebook.magics import to_plain_python;"
        "to_plain_python('x = 1', 1); sys.exit('IPython' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_line_stays_where_it_is():
    cell = (
        "\n# first\n!foo \\\n   --bar\nx = 1  # five\n%matplotlib inline\n"
        "if x:\n    y = !ls\nz?\nw = 2"
    )

    result = to_plain_python(cell, 1)

    lines = result.source.split("\n")
    assert len(lines) == 10
    assert (lines[1], lines[4], lines[9]) == ("# first", "x = 1  # five", "w = 2")
    assert [d.line for d in result.dropped] == [6, 9]


def test_code_under_a_cell_magic_stays_on_its_line():
    result = to_plain_python("\n%%time\nx = 1\n%nope\n", 4)

    assert result.source.split("\n")[2] == "x = 1"
    (finding,) = result.findings
    assert (finding.location.line, finding.location.source_line) == (4, "%nope")


def test_a_finding_points_at_the_magic():
    (finding,) = to_plain_python("é = 1\nif é:\n    ü = %nope a\n", 2).findings

    where = finding.location
    assert (where.cell, where.line, where.column, where.end_column) == (2, 3, 8, 15)
    assert where.source_line == "    ü = %nope a"
    assert finding.message == "'%nope' has no known equal in plain Python; it is left out"


def test_a_block_that_would_be_empty_keeps_a_pass():
    cell = "try:\n    import x\nexcept ImportError:\n    !pip install x\n    %nope\n"

    source = to_plain_python(cell, 1).source

    assert source.splitlines() == ["try:", "    import x", "except ImportError:", "    pass", ""]
    ast.parse(source)


def test_a_statement_beside_others_becomes_pass():
    cell = "x = 1; get_ipython().magic('matplotlib inline'); y = 2  # why"

    assert to_plain_python(cell, 1).source == "x = 1; pass; y = 2  # why"


def test_the_backend_is_told():
    assert to_plain_python("%matplotlib inline", 1).displays_inline == "inline"
    assert to_plain_python("%matplotlib", 1).displays_inline == "auto"
    assert to_plain_python("%pylab notebook", 1).displays_inline == "notebook"
    assert to_plain_python("x = 1", 1).displays_inline is None


def test_modules_to_import_are_told():
    result = to_plain_python("%cd x\n!ls\n%env A=1", 1)

    assert result.imports == ("os", "subprocess")


@pytest.mark.parametrize("how", ["earlier", "here"])
def test_a_module_name_with_another_meaning_is_not_used(how):
    taken = "from skimage import io"
    cell = "%%capture\nf()"
    if how == "here":
        taken, cell = "subprocess = 1", "subprocess = 1\n!ls"

    result = to_plain_python(cell, 1, shadowed=shadowed_names(taken) if how == "earlier" else ())

    assert "which is something else in this notebook" in result.findings[0].message


def test_importing_a_module_by_its_name_does_not_shadow_it():
    assert shadowed_names("import os\nimport os.path\nfrom pathlib import Path") == frozenset()
    assert shadowed_names("import skimage.io as io\nos = 1\n") == {"io", "os"}
    assert shadowed_names("print 'x'") == frozenset()


def test_a_run_is_told_and_warned_of():
    result = to_plain_python("x = 1\n%run -i 'my other.ipynb' --fast", 1)

    assert result.runs == (
        RunsFile(line=2, path="my other.ipynb", arguments=("--fast",), options=("-i",)),
    )
    assert len(result.findings) == 1


def test_the_name_of_a_capture_is_warned_of_and_the_code_kept():
    result = to_plain_python("%%capture out\nf()", 1)

    assert result.source.endswith("    f()")
    assert "'out' will not hold" in result.findings[0].message


def test_a_functions_own_names_fill_its_commands():
    cell = "def f(name):\n    !wc $name\n!wc $name"

    source = to_plain_python(cell, 1).source

    assert 'f"wc {name}"' in source.splitlines()[1]
    assert '"wc $name"' in source.splitlines()[2]


def test_messages_do_not_repeat_a_command():
    (finding,) = to_plain_python("!curl -u me:secret https://x &", 1).findings

    assert "secret" not in finding.message


BROKEN = [
    "print 'x'",
    "print 'x'\n!ls",
    "%%time\nprint 'x'\n",
    "%time print 'x'",
    "def f(:\n    !ls",
    "x = !",
    "!",
    "%",
    "%%",
    "%% time\nx",
    "?",
    "??",
    "/",
    "/ x",
    ",",
    "x = %",
    "'''\n!ls",
    "!ls \\",
    "x = !ls \\",
    "\\",
    "!echo '",
    "!pip install '",
    "%run '",
    "%%bash '\nx",
    "%%bash\n",
    "%%capture '\n(",
    "\x0c!ls",
    "a\x00b",
    "!echo \ud800",
    "%%writefile a\n\ud800\r",
    "(" * 500,
    "%%time\n" * 60 + "x = 1",
    "!ls\n" * 600,
    "\t!ls\n  x",
    "!echo {",
    "!echo {name!x} {await x}",
]


@pytest.mark.parametrize("cell", BROKEN)
def test_broken_cells_come_back_without_a_crash(cell):
    result = to_plain_python(cell, 1, bound=("name",))

    assert isinstance(result.source, str)


def test_a_cell_that_does_not_parse_keeps_its_lines_and_has_no_finding():
    result = to_plain_python("!a \\\n b\nprint 'x'", 1)

    assert result.source.split("\n")[2] == "print 'x'"
    assert result.findings == ()


PIECES = ["!ls", "%time x", "%%time", "x = !ls", "if x:", "    !a \\", "  b", "x = '''", "'''"]
PIECES += ["y = 1", "?x", "%nope", "%%capture", "{", "}", "", "    pass", "%cd", "!{x}$y"]


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_any_mixture_is_translated_once_and_for_all(lines):
    cell = "\n".join(lines)

    once = to_plain_python(cell, 1, bound=("x",)).source

    try:
        ast.parse(once)
    except SyntaxError:
        return
    assert to_plain_python(once, 1, bound=("x",)).source == once


@given(st.text())
def test_text_that_parses_is_unchanged_when_its_names_are_bound(text):
    cell = to_plain_python(text, 1, bound=LINE_MAGICS)

    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return
    assert cell.source == text
