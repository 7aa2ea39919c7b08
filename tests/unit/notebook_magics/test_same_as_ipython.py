"""That a translation does what IPython does: the same printed text, files, folder and names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.utils.text import DollarFormatter

from nb2pkg.notebook.magics import to_plain_python
from nb2pkg.notebook.magics.expansion import Bound, as_expression, expand

CELLS = {
    "a command": "print('a')\n!echo b\nprint('c')",
    "errors among the output": "!echo out; echo err >&2",
    "a command that fails": "!exit 3\nprint('on')",
    "text without a line end": "!printf abc",
    "ls in columns": "!touch b a 'c'; mkdir d\n!ls\n!ls d a",
    "ls in a pipe": "!touch b a\n!ls | cat",
    "names": "x = 'a b'\n!echo $x {x} '$x' '{x}' \"$x\" $$x {x!r} {len(x)}",
    "the shell's names": "x = 1\n!NAME=5; echo $NAME {x}",
    "awk": "!printf '1 2\\n3 4\\n' | awk '{print $2}'",
    "doubled braces": "x = 1\n!echo {{x}} {x}",
    "slices and quotes": "d = {'k': [1, 2, 3]}\n!echo {d['k'][1:]} {d[\"k\"]}",
    "braces of bash": "!echo {1..3} {a,b}",
    "escapes": "!echo 'a\\tb' \"c\\nd\"",
    "lines": "x = !printf 'a\\nb\\n'\nprint(x, len(x))",
    "lines with errors": "x = !echo a; echo b >&2\nprint(list(x))",
    "no lines": "x = !true\nprint(list(x))",
    "sx": "x = %sx echo a\nprint(list(x))",
    "a loop": "for i in range(3):\n    !echo $i\nprint(i)",
    "a function": "def f(n):\n    !echo {n}\n    y = !echo $n\n    return list(y)\nprint(f(4))",
    "over several lines": "!echo a \\\n  b \\\n  c\nprint(1)",
    "bash": "%%bash\nfor i in 1 2; do\n  echo \"$i\\t\" 'a'\ndone\n",
    "bash with arguments": '%%bash -s one "two three"\necho $2',
    "a script's text": '%%sh --out text\necho "a"',
    "python as a script": "%%python3\nprint('\"\"\"' + 'a\\n')\n",
    "a failing script that may": "%%bash --no-raise-error\necho a\nexit 3",
    "echo as a script": "%%script echo skipped\nnothing",
    "a file": "%%writefile a.py\nx = '''\\n'''\n\"\"\"q\"\"\"\n# é\n",
    "a file without a line end": "%%writefile 'a b.txt'\nx\"",
    "a file appended": "%%file -a a.txt\nx = 1\n",
    "a file by hand": "get_ipython().run_cell_magic('writefile', 'f.txt', 'no end\"')",
    "a folder": "!mkdir sub\n%cd -q sub\n!pwd | xargs basename\n%cd ..\n",
    "the folder's name": "import os\nx = %pwd\nprint(x == os.getcwd())\nx = 0",
    "environment": "%env NB_A=b c\n%set_env NB_B 'q'\nx = %env NB_A\nprint(x)\n!echo $NB_A $NB_B",
    "environment from a name": "v = 1\n%env NB_C={v + 1}",
    "aliases": "%mkdir -p a/b\n%cp -r a c\n!ls c",
    "capture": "%%capture\nprint('gone')\n!echo gone\nx = '''a\n  b'''\n",
    "capture one stream": "%%capture --no-stdout\nprint('kept')",
    "timed": "x = 5\n%timeit -q -n1 -r1 x = 6\nprint(x)",
    "calls": "def f(*a): print(a)\n,f a b\n;f a b\n/f 1 2",
    "prompts": ">>> for i in 'ab':\n...     print(i)\n",
}

RUN = """
import contextlib, io, json, os, sys, traceback

def outcome(run, folder):
    os.makedirs(folder)
    os.chdir(folder)
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        names = run()
    keep = {k: list(v) if isinstance(v, list) else v for k, v in names.items()
            if type(v) in (int, str) or isinstance(v, list) and not k.startswith("_")}
    keep = {k: v for k, v in keep.items() if not k.startswith("_") and k not in ("In", "Out")}
    here = os.path.relpath(os.getcwd(), folder)
    files = {}
    for top, _, found in os.walk(folder):
        for name in sorted(found):
            path = os.path.join(top, name)
            files[os.path.relpath(path, folder)] = open(path, "rb").read().decode("utf-8")
    shown = text.getvalue().replace("\\r\\n", "\\n").replace(folder, "FOLDER")
    return {"text": shown, "names": keep, "files": files, "folder": here}

cells, base = json.load(sys.stdin), sys.argv[2]
if sys.argv[1] == "ipython":
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    def runner(cell):
        def run():
            shell.reset(new_session=False)
            result = shell.run_cell(cell, store_history=False)
            result.raise_error()
            return dict(shell.user_ns)
        return run
else:
    def runner(cell):
        def run():
            names = {"__name__": "__main__"}
            exec(compile(cell, "<cell>", "exec"), names)
            return names
        return run
results = {}
for number, (name, cell) in enumerate(cells.items()):
    results[name] = outcome(runner(cell), os.path.join(base, str(number)))
print(json.dumps(results))
"""


def outcomes(how: str, cells: dict[str, str], base: Path) -> dict[str, object]:
    environment = {**os.environ, "SHELL": "/bin/bash", "IPYTHONDIR": str(base / "profile")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, how, str(base / "same")],
        input=json.dumps(cells),
        env=environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


def plain(cell: str) -> str:
    result = to_plain_python(cell, 1)
    assert result.findings == ()
    return "".join(f"import {module}\n" for module in result.imports) + result.source


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What IPython does with every cell, and what its translation does."""
    translated = {name: plain(cell) for name, cell in CELLS.items()}
    return (
        outcomes("ipython", CELLS, tmp_path_factory.mktemp("ipython")),
        outcomes("python", translated, tmp_path_factory.mktemp("python")),
    )


@pytest.mark.skipif(os.name != "posix", reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize("name", CELLS)
def test_the_translation_does_what_ipython_does(both, name):
    ipython, python = both

    assert python[name] == ipython[name]


class _Known:
    def look_up(self, name: str) -> Bound:
        return Bound.YES if name in VALUES or name == "len" else Bound.NO

    def is_empty(self) -> bool:
        return False


VALUES = {"x": "a'b", "y": [1, 2, 3], "z": {"k": 'v"'}}
PIECES = ["$x", "$y", "$$x", "$", "$$", "$1", "${x}", "$unbound", "{x}", "{y[1:]}", "{y[0]!r}"]
PIECES += ["{z['k']}", '{z["k"]}', "{{", "}}", "{{x}}", "{", "}", "{}", "{len(y)}", "{x:5}"]
PIECES += ["'", '"', "\\", " ", "a", "é", "$x.", "{lambda: 1}", "{ {1: 2}[1] }", "{x!s}", "#"]


@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_names_are_filled_in_as_ipython_fills_them_in(text):
    try:
        expected = DollarFormatter().vformat(text, [], VALUES)
    except Exception:  # whatever goes wrong, IPython takes the text as it is
        expected = text

    written = as_expression(expand(text, _Known()))
    try:
        filled = eval(written, dict(VALUES))
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        # Where filling in fails, IPython hands the text to the shell as it is; a program says so.
        assert expected == text
        return

    assert "<function" in expected or filled == expected
