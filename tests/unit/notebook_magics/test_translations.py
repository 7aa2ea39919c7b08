"""What each piece of IPython syntax becomes, as a table that reads like the documentation."""

from __future__ import annotations

import pytest

from nb2pkg.notebook.magics import to_plain_python

PIPE = "stdout=subprocess.PIPE"
MERGED = f"shell=True, check=False, text=True, {PIPE}, stderr=subprocess.STDOUT"


def printed(command: str) -> str:
    return f'print(subprocess.run({command}, {MERGED}).stdout, end="")'


def lines_of(command: str) -> str:
    return f"subprocess.run({command}, {MERGED}).stdout.splitlines()"


TRANSLATED = {
    "a command": ("!make", printed('"make"')),
    "a lone ls lists in columns": ("!ls -a", printed('"ls -C -a"')),
    "a piped ls does not": ("!ls | wc -l", printed('"ls | wc -l"')),
    "lines of a command": ("x = !ls *.py", f"x = {lines_of(chr(34) + 'ls *.py' + chr(34))}"),
    "lines by sx": ("x = %sx ls", f"x = {lines_of(chr(34) + 'ls' + chr(34))}"),
    "lines by !!": ("!!ls", lines_of('"ls"')),
    "a name in a command": ("!wc $name", printed('f"wc {name}"')),
    "an expression in a command": ("!wc {path + '.csv'}", printed("f\"wc {path + '.csv'}\"")),
    "a shell variable": ("!echo $HOME", printed('"echo $HOME"')),
    "one unknown name keeps the whole text": (
        "!echo $HOME {name}",
        printed('"echo $HOME {name}"'),
    ),
    "a doubled dollar": ("!echo $$name {path}", printed('f"echo $name {path}"')),
    "a name in the shell's quotes": ("!echo '$name' {path}", printed("f\"echo '$name' {path}\"")),
    "awk's fields": ("!awk '{print $1}' f", printed("\"awk '{print $1}' f\"")),
    "a slice": ("!wc {path[1:]}", printed('f"wc {path[1:]}"')),
    "quotes of every kind": (
        """!x '{d["a"]}' {d['b']}""",
        printed("""\"x '\" + format(d["a"]) + "' " + format(d['b'])"""),
    ),
    "a brace list is bash": (
        "!touch {1..3}.txt",
        printed('"touch {1..3}.txt"').replace("shell=True", 'shell=True, executable="/bin/bash"'),
    ),
    "a command in a loop": (
        "for f in x:\n    !wc $f",
        f"for f in x:\n    {printed('f' + '{q}wc {{f}}{q}'.format(q=chr(34)))}",
    ),
    "an alias": ("%cat a.txt", printed('"cat a.txt"')),
    "cd": ("%cd data", 'os.chdir("data"); print(os.getcwd())'),
    "a quiet cd": ("%cd -q data", 'os.chdir("data")'),
    "cd to home": ("%cd", 'os.chdir(os.path.expanduser("~")); print(os.getcwd())'),
    "cd to a name": ("%cd {path}/raw", 'os.chdir(f"{path}/raw"); print(os.getcwd())'),
    "pwd": ("here = %pwd", "here = os.getcwd()"),
    "env set": ("%env A=b c", 'os.environ["A"] = "b c"; print("env: A=b c")'),
    "env set by a space": ("%env A b", 'os.environ["A"] = "b"; print("env: A=b")'),
    "env set by a name": (
        "%set_env A=$name",
        'os.environ["A"] = f"{name}"; print(f"env: A={name}")',
    ),
    "env read": ("x = %env HOME", 'x = os.environ["HOME"]'),
    "time": ("%time f()", "f()"),
    "time an assignment": ("%time x = f(); g()", "x = f(); g()"),
    "assign what is timed": ("x = %time f()", "x = f()"),
    "time a command": ("%time x = !ls", f"x = {lines_of(chr(34) + 'ls' + chr(34))}"),
    "profile": ("%prun -l 5 -s time f(x)", "f(x);"),
    "profile lines": ("%lprun -f g f(x)", "f(x);"),
    "time a cell": ("%%time\nx = 1\nx", "\nx = 1\nx"),
    "time a captured cell": (
        "%%time\n%%capture\nf()",
        "\nwith contextlib.redirect_stdout(io.StringIO()), "
        "contextlib.redirect_stderr(io.StringIO()):\n    f()",
    ),
    "capture keeps the text of strings": (
        "%%capture --no-stderr\nif a:\n    s = '''x\n y'''\n",
        "with contextlib.redirect_stdout(io.StringIO()):\n    if a:\n        s = '''x\n y'''\n",
    ),
    "capture nothing": ("%%capture --no-stdout --no-stderr\nf()", "\nf()"),
    "a bash cell": (
        '%%bash\necho "a\\tb"\n',
        f'print(subprocess.run(["bash"], input="""\\\necho "a\\\\tb"\n""", text=True, {PIPE}, '
        'check=True).stdout, end="")\n',
    ),
    "a script's text": (
        "%%sh --out text --no-raise-error\nls",
        f'text = subprocess.run(["sh"], input="""\\\nls\n""", text=True, {PIPE}).stdout',
    ),
    "a script's arguments": (
        '%%bash -s "$name"\nls',
        f'print(subprocess.run(shlex.split(f\'bash -s "{{name}}"\'), input="""\\\nls\n""", '
        f'text=True, {PIPE}, check=True).stdout, end="")',
    ),
    "write a file": (
        '%%writefile a.py\nx = """\\n"""\n',
        'print("Overwriting a.py" if pathlib.Path("a.py").exists() else "Writing a.py"); '
        'pathlib.Path("a.py").write_text("""\\\nx = \\"\\"\\"\\\\n\\"\\"\\"\n""", '
        'encoding="utf-8");\n',
    ),
    "append to a file": (
        "%%file -a {name}.txt\nx",
        'print(f"Appending to {name}.txt" if pathlib.Path(f"{name}.txt").exists()'
        ' else f"Writing {name}.txt")\n'
        'with pathlib.Path(f"{name}.txt").open("a", encoding="utf-8") as file:\n'
        '    file.write("""\\\nx\n""")',
    ),
    "pylab": (
        "%pylab --no-import-all",
        "import numpy; import matplotlib; from matplotlib import mlab, pylab, pyplot; "
        "import numpy as np; import matplotlib.pyplot as plt",
    ),
    "precision": ("%precision 3", "np.set_printoptions(precision=3)"),
    "auto-quoted call": (",f a b", 'f("a", "b")'),
    "auto-called": ("/f a b", "f(a, b)"),
    "prompts": (">>> x = 1\n>>> %time x", "x = 1\nx"),
    "indented": ("    x = 1\n    %time x", "x = 1\nx"),
    "automagic": ("ls -l", printed('"ls -F -l"')),
    "automagic pwd": ("pwd", "os.getcwd()"),
    "automagic time": ("time f()", "f()"),
    "a call by hand": ("get_ipython().system('make')", printed('"make"')),
    "a call by hand, inside": (
        "n = len(get_ipython().getoutput('ls'))",
        f"n = len({lines_of(chr(34) + 'ls' + chr(34))})",
    ),
    "the old magic()": ("get_ipython().magic('time f()')", "f()"),
    "a cell magic by hand": (
        "if x:\n    get_ipython().run_cell_magic('time', '', 'a = 1\\nb = 2\\n')",
        "if x:\n    a = 1\n    b = 2\n",
    ),
}


@pytest.mark.parametrize(("cell", "plain"), TRANSLATED.values(), ids=TRANSLATED.keys())
def test_becomes_plain_python(cell, plain):
    result = to_plain_python(cell, 1, bound=("name", "path", "x", "d", "np"))

    assert result.source == plain
    assert (result.findings, result.dropped) == ((), ())


LEFT_OUT = {
    "%matplotlib inline": "chooses how plots are shown",
    "matplotlib inline": "chooses how plots are shown",
    "%config InlineBackend.figure_format = 'retina'": "sets how the notebook shows things",
    "%load_ext autoreload": "adds magics; those that are used are looked at where they stand",
    "%autoreload 2": "reloads modules while they are edited",
    "%timeit f()": "times code",
    "%%timeit\nf()": "times code",
    "f?": "shows help",
    "?f": "shows help",
    "f.g??": "shows help",
    "f*?": "shows help",
    "%whos": "lists the session's names",
    "who": "lists the session's names",
    "%env": "shows the environment",
    "%%html\n<b>x</b>": "only shows what the cell holds",
    "%load other.py": "puts text into a new cell, runs nothing",
    "%reset -f": "clears the session, which is empty here",
    "%%script false\nrm -rf x": "skips the cell",
    "!pip list": "looks at the environment",
}


@pytest.mark.parametrize(("cell", "reason"), LEFT_OUT.items(), ids=LEFT_OUT.keys())
def test_is_left_out_with_its_reason(cell, reason):
    result = to_plain_python(cell, 1)

    assert [(d.line, d.text, d.reason) for d in result.dropped] == [
        (1, cell.split("\n")[0], reason)
    ]
    assert result.source.strip() == ""
    assert result.findings == ()


WITHOUT_EQUAL = [
    "%sql select 1",
    "x = %sql select 1",
    "%%sql\nselect 1",
    "%%cython\ndef f(): pass",
    "%%R\nx <- 1",
    "%%unheard of\nx",
    "%store -r x",
    "x = %timeit -o f()",
    "x = %ls",
    "%prun -D out.prof f()",
    "%cd -",
    "%cd -b mark",
    "%env a b=c",
    "%%bash --bg\nsleep 1",
    "%%writefile\nx",
    "%config InlineBackend.close_figures = False",
    "!sleep 10 &",
    "!apt-get install -y graphviz",
    "!pip install x && python setup.py build",
    "!pip uninstall -y x; ls",
    "x = !pip freeze",
    "%pip uninstall -y x",
    "!echo $_",
    "!echo $later\nlater = 1",
    "from m import *\n!echo $maybe",
    "%%time f()\ng()",
]


@pytest.mark.parametrize("cell", WITHOUT_EQUAL)
def test_what_has_no_equal_is_a_warning_and_left_out(cell):
    result = to_plain_python(cell, 7)

    (finding,) = result.findings
    assert (finding.code, finding.severity.value, finding.location.cell) == ("NB120", "warning", 7)
    assert finding.hint
    assert "%" not in result.source and "!" not in result.source
