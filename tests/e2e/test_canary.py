"""Nothing of a notebook, and nothing beside it, is run: each place that could be would tell."""

from __future__ import annotations

import json
import os
import pickle
import py_compile
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.shell import document

_SRC = Path(__file__).parents[2] / "src"

# As the installed command begins: the folder of this file, and not the notebook's, is on the path.
# Whatever is run afterwards, in this process or in a fork of it, is written down.
_COMMAND = """
import os, sys

log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND)
place = sys.argv.pop(1)

def heard(event, arguments):
    if event == "exec":
        if getattr(arguments[0], "co_filename", "").startswith(place):
            os.write(log, f"exec {arguments[0].co_filename}\\n".encode())
    elif event == "subprocess.Popen":
        os.write(log, f"start {arguments[0]}\\n".encode())
    elif event.startswith(("os.system", "os.exec", "os.posix_spawn", "pty.", "socket.connect",
                           "pickle.find_class", "marshal.load ", "ctypes.dlopen ")):
        os.write(log, f"{event} {arguments}\\n".encode())

sys.addaudithook(heard)
from nb2pkg.cli.main import main
main()
"""


def touch(mark: str) -> str:
    """An expression that leaves a mark; the folder of marks stands in for MARKS."""
    return f"open('MARKS/{mark}', 'w')"


# Every place where Python or IPython would run something.
CELLS: dict[str, str | tuple[str, str]] = {
    "parameter": (f"p = {touch('parameter')}\nq = 3  # {touch('comment')}", "parameters"),
    "import": "import json\nimport numpy as np\nimport mine\nfrom mine import value",
    "statement": f"rows = [1, 2, 3]\n{touch('statement')}",
    "default": f"def given(x={touch('default')}):\n    return [x]",
    "class-body": f"class Held:\n    y = {touch('class-body')}\n    z: {touch('field')} = 1",
    "base-class": f"class Based(type({touch('base-class')})):\n    pass",
    "decorator": f"@print({touch('decorator')})\ndef decorated():\n    return 1",
    "annotation": f"def typed(x: {touch('annotation')}) -> {touch('returned')}:\n    return [x]",
    "variable-annotation": f"v: {touch('variable-annotation')} = 1",
    "f-string": f'told = f"{{{touch("f-string")}}}"\nprint(told)',
    "comprehension": f"made = [{touch('comprehension')} for _ in rows]\nprint(made)",
    "lambda": f"called = (lambda: {touch('lambda')})()\nprint(called)",
    "walrus": f"if (w := {touch('walrus')}):\n    print(w)",
    "import-call": "__import__('os').system('touch MARKS/import-call')",
    "eval": f"eval({touch('eval')!r})\nexec({touch('exec')!r})",
    "literal": f"constant = {touch('literal')!r} + str({touch('argument')})\nprint(constant)",
    "shell": "!touch MARKS/shell",
    "shell-value": "listed = !touch MARKS/shell-value\nprint(listed)",
    "shell-expansion": f"!echo {{{touch('shell-expansion')}}} $({touch('substitution')})",
    "bash": "%%bash\ntouch MARKS/bash",
    "script": "%%script sh\ntouch MARKS/script",
    "python-cell": f"%%python\n{touch('python-cell')}",
    "run": "%run evil.py",
    "load-ext": "%load_ext mine",
    "pip": "%pip install ./evil",
    "pip-shell": "!pip install ./evil evil@file:///evil",
    "writefile": "%%writefile MARKS/writefile\nx",
    "sx": "%sx touch MARKS/sx",
    "cd": "%cd MARKS",
    "env": "%env PYTHONSTARTUP=evil.py",
    "timeit": f"%timeit {touch('timeit')}",
    "time-cell": f"%%time\n{touch('time-cell')}",
    "capture": f"%%capture\n{touch('capture')}",
    "get-ipython": "get_ipython().system('touch MARKS/get-ipython')",
    "config": "%config InlineBackend.figure_format = 'svg'",
    "help": "mine.value??",
    "html": "%%html\n<script>fetch('http://127.0.0.1:9/')</script>",
    "pickle": "import pickle\nheld = pickle.load(open('data.pkl', 'rb'))\nprint(held)",
    "last": "print(rows, value, np, json)",
}  # fmt: skip


class _Unpickled:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return (open, (str(self._mark), "w"))


@dataclass(frozen=True)
class Place:
    """A folder laid with traps, and what is watched around it."""

    work: Path
    marks: Path
    log: Path
    environment: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type a command in the folder; nothing of it may have run when it ends."""
        command = self.log.with_name("nb2pkg")
        command.write_text(_COMMAND)
        done = subprocess.run(
            [sys.executable, "-B", str(command), str(self.log), str(self.work), *words],
            cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert sorted(path.name for path in self.marks.iterdir()) == []
        assert "Traceback" not in done.stdout + done.stderr
        started = {line for line in self.log.read_text().splitlines() if not _is_ours(line)}
        assert started == set()
        return done

    def files(self) -> dict[str, bytes]:
        """What lies in the folder."""
        return {
            path.relative_to(self.work).as_posix(): path.read_bytes()
            for path in sorted(self.work.rglob("*"))
            if path.is_file()
        }


def _is_ours(line: str) -> bool:
    """Whether a program that was started is ruff or Python, of where nb2pkg itself is installed."""
    kind, _, program = line.partition(" ")
    known = {os.path.dirname(sys.executable), os.path.dirname(os.path.realpath(sys.executable))}
    name = os.path.basename(program).removesuffix(".exe")
    is_known = name == "ruff" or name.startswith("python")
    return kind == "start" and is_known and os.path.dirname(program) in known


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = bare_place(tmp_path)
    lay_traps(made)
    return made


def bare_place(folder: Path) -> Place:
    """A folder with the notebook and with what it imports, and nothing else."""
    work, marks, home = (folder / name for name in ("work", "marks", "home"))
    for path in (work, marks, home):
        path.mkdir(parents=True)
    log = folder / "log"
    log.write_text("")
    cells = [cell if isinstance(cell, tuple) else (cell, "") for cell in CELLS.values()]
    text = json.dumps(_harmful(cells)).replace("MARKS", "../marks")
    (work / "harmful.ipynb").write_text(text)
    # It comes along into the package, so it says nothing of where it stands.
    (work / "mine.py").write_text("open('../marks/mine', 'w').close()\nvalue = 1\n")
    environment = {
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.defpath}", "HOME": str(home),
        "PYTHONPATH": str(_SRC), "JUPYTER_PATH": str(folder / "jupyter"),
        "IPYTHONDIR": str(folder / "ipython"), "PYTHONSTARTUP": str(folder / "startup.py"),
    }  # fmt: skip
    return Place(work=work, marks=marks, log=log, environment=environment)


def _harmful(cells: list[tuple[str, str]]) -> dict[str, Any]:
    notebook = document(cells)
    notebook["metadata"] = {
        "kernelspec": {
            "name": "evil", "display_name": "evil", "language": "python",
            "argv": ["sh", "-c", "touch MARKS/kernelspec"], "env": {"PYTHONSTARTUP": "evil.py"},
        },
        "language_info": {"name": "python", "nbconvert_exporter": "mine.Exporter"},
        "widgets": {"application/x-python": touch("widgets")},
        "papermill": {"parameters": {"x": touch("papermill")}},
    }  # fmt: skip
    shown = {"application/javascript": "alert(1)", "text/x-python": touch("output")}
    output = {"output_type": "display_data", "metadata": {}, "data": shown}
    notebook["cells"][-1]["outputs"] = [output]
    return notebook


def _touch(marks: Path, mark: str) -> str:
    return f"open({str(marks / mark)!r}, 'w').close()"


def lay_traps(place: Place) -> None:
    """Put beside the notebook, and where Jupyter looks, what must not be run or obeyed."""
    work, marks, around = place.work, place.marks, place.work.parent
    modules = (
        "json", "ast", "tokenize", "re", "numpy", "ruff", "IPython", "yaml", "click", "nb2pkg",
        "sitecustomize", "usercustomize", "conftest", "setup", "evil", "__main__", "__init__",
        "pickle",
    )  # fmt: skip
    for name in modules:
        (work / f"{name}.py").write_text(_touch(marks, f"module-{name}") + "\n")
    for name in ("json", "mine"):
        py_compile.compile(str(work / f"{name}.py"), doraise=True)
    (work / "evil.pth").write_text(f"import os; {_touch(marks, 'pth')}\n")
    (work / "data.pkl").write_bytes(pickle.dumps(_Unpickled(marks / "unpickled")))
    (work / "evil").mkdir()
    (work / "evil" / "setup.py").write_text(_touch(marks, "setup-of-a-package") + "\n")
    (work / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n'
        '[tool.ruff]\nline-length = 20\nexclude = ["*"]\nformat.quote-style = "single"\n'
    )
    for name in ("ruff.toml", ".ruff.toml"):
        (work / name).write_text('line-length = 20\n[format]\nquote-style = "single"\n')
    programs = [work / name for name in ("ruff", "python", "python3", "git", "sh", "touch")]
    programs += [work / ".venv" / "bin" / "python", around / "jupyter" / "evil-program"]
    for program in programs:
        executable(program, marks / f"program-{program.name}")
    (work / ".venv" / "pyvenv.cfg").write_text("include-system-site-packages = true\n")
    for folder in (around / "jupyter", work):
        spec = folder / "kernels" / "evil" / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [str(around / "jupyter" / "evil-program"), "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": "evil", "language": "python"}))
    (around / "startup.py").write_text(_touch(marks, "startup") + "\n")
    profile = around / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00.py").write_text(_touch(marks, "ipython-startup") + "\n")
    (profile / "ipython_config.py").write_text(_touch(marks, "ipython-config") + "\n")


def executable(path: Path, mark: Path) -> None:
    """Make a program that leaves a mark."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n: > '{mark}'\n")
    path.chmod(0o755)


# -- the commands ----------------------------------------------------------------------------------

_LOOKS = (
    "extract harmful.ipynb --dry-run -v",
    "extract harmful.ipynb --json --dry-run",
    "check harmful.ipynb",
    "graph harmful.ipynb",
    "graph harmful.ipynb --cells --format html",
    "tag harmful.ipynb",
)


@pytest.mark.parametrize("line", _LOOKS)
def test_looking_runs_and_writes_nothing(place: Place, line: str) -> None:
    before = place.files()
    done = place.run(*line.split())

    assert done.returncode in (0, 1), done.stderr
    assert done.stdout or done.stderr
    assert place.files() == before


def test_diff_and_check_say_no_and_run_nothing(place: Place) -> None:
    before = place.files()

    assert place.run("extract", "harmful.ipynb", "--diff").returncode == 1
    assert place.run("extract", "harmful.ipynb", "--check").returncode == 1
    assert place.files() == before


def test_extract_runs_nothing_and_is_swayed_by_nothing_beside_it(
    place: Place, tmp_path: Path
) -> None:
    before = place.files()
    done = place.run("extract", "harmful.ipynb")
    assert done.returncode == 0, done.stderr
    after = place.files()
    bare = bare_place(tmp_path / "bare")
    assert bare.run("extract", "harmful.ipynb").returncode == 0
    expected = {p: data for p, data in bare.files().items() if p.startswith("harmful/")}

    assert len(expected) > 20
    assert after == {**before, **expected}


_NAMED = ("./tools/py", "py", "./python3", "python3", ".venv/bin/python", "own/bin/python", "ruff")


@pytest.mark.parametrize("named", _NAMED)
@pytest.mark.parametrize("command", ["extract", "check", "graph", "tag"])
def test_a_python_that_the_project_names_is_not_run(
    place: Place, tmp_path: Path, command: str, named: str
) -> None:
    _name_python(place, named)

    done = place.run(command, "harmful.ipynb")

    assert done.returncode in (0, 1), done.stderr
    # What is known without it, or is the user's own, is no reason to warn.
    is_used = named in ("python3", "own/bin/python")
    assert ("NB019" in done.stderr) == (command == "extract" and not is_used), done.stderr


def test_a_python_that_the_user_names_is_run_whatever_the_project_says(place: Place) -> None:
    _name_python(place, "./tools/py")

    done = place.run("extract", "harmful.ipynb", "--python", sys.executable)
    assert (done.returncode, "NB019" in done.stderr) == (0, False)
    place.environment["NB2PKG_PYTHON"] = sys.executable
    done = place.run("extract", "harmful.ipynb")
    assert (done.returncode, "NB019" in done.stderr) == (0, False)


def _name_python(place: Place, named: str) -> None:
    """Have the project name a Python; each that lies in its folder leaves a mark."""
    for path in ("tools/py", "py", "own/bin/python"):
        executable(place.work / path, place.marks / "named-python")
    (place.work / "own" / "lib" / "python3.8" / "site-packages").mkdir(parents=True)
    (place.work / "own" / "pyvenv.cfg").write_text("home = tools\n")
    (place.work / "nb2pkg.toml").write_text(f'python = "{named}"\n')


def test_extracting_again_runs_nothing(place: Place) -> None:
    place.run("extract", "harmful.ipynb")
    once = place.files()
    # What was extracted is code beside the notebook now, too.
    shutil.copytree(place.work / "harmful" / "src" / "harmful", place.work / "steps")
    between = place.files()

    assert place.run("extract", "harmful.ipynb").returncode == 0
    assert place.files() == between
    assert once.items() <= between.items()


def test_tag_writes_tags_and_runs_nothing(place: Place) -> None:
    before = place.files()
    done = place.run("tag", "harmful.ipynb", "--write")

    assert done.returncode == 0, done.stderr
    after = place.files()
    assert after.keys() == before.keys()
    assert {path for path in after if after[path] != before[path]} <= {"harmful.ipynb"}


def test_a_script_with_cells_runs_no_more_than_a_notebook(place: Place) -> None:
    text = "\n".join(
        f"# %%\n{source}\n"
        for cell in CELLS.values()
        if not (source := cell if isinstance(cell, str) else cell[0]).startswith(("%", "!"))
        and " = !" not in source
        and not source.endswith("?")
    )
    (place.work / "script.py").write_text(text.replace("MARKS", "../marks"))

    assert place.run("extract", "script.py").returncode == 0


def test_the_traps_work(place: Place) -> None:
    """Each of these marks is what the other tests would see."""
    subprocess.run(
        [sys.executable, "-B", "-c", "import mine, yaml, pickle"], cwd=place.work,
        env={"PATH": os.defpath}, check=True, timeout=60,
    )  # fmt: skip
    subprocess.run([str(place.work / "ruff")], cwd=place.work, check=True, timeout=60)
    with open(place.work / "data.pkl", "rb") as file:
        pickle.load(file).close()

    marks = {path.name for path in place.marks.iterdir()}
    assert {"mine", "module-yaml", "program-ruff", "unpickled"} <= marks
