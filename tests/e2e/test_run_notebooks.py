"""nb2pkg run with notebooks: what papermill does wrong alone, done right.

Each test of the first part is one of the failures that were measured of papermill 2.7 by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.shell import Ended, Shell

PARAMETERS = (
    'name: str = "nobody"\nn: int = 1\nrate = 0.5\ntags = ["a"]\nday: str = "2024-01-01"\n'
    "maybe: int | None = None\nis_loud: bool = False",
    "parameters",
)
SHOW = "print(repr((name, n, rate, tags, day, maybe, is_loud)))"


def run(shell: Shell, *arguments: str) -> Ended:
    return shell("run", *arguments, "--python", sys.executable)


def document(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text())
    return read


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in document(path)["cells"] if cell["cell_type"] == "code"]


def statuses(path: Path) -> list[str]:
    return [cell["metadata"]["papermill"]["status"] for cell in code_cells(path)]


def printed(path: Path) -> str:
    return "".join(
        "".join(output.get("text", ()))
        for cell in code_cells(path)
        for output in cell["outputs"]
        if output["output_type"] == "stream" and output["name"] == "stdout"
    )


def record(shell: Shell) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(shell("runs", "show", "last", "--json").out)
    return shown


# -- papermill alone says `completed` of cells that never ran


def test_a_kernel_that_dies_is_told_with_its_cell_and_later_cells_never_ran(shell: Shell) -> None:
    shell.write("dies.ipynb", "print('one')", "import os\nos._exit(3)", "print('never')")

    ended = run(shell, "dies.ipynb", "-o", "out.ipynb")

    assert ended.code == 1
    assert (
        "error[NB542]: step dies, cell 2 of 3: the kernel died in cell 2 (exit code 3)" in ended.err
    )
    out = shell.folder / "out.ipynb"
    assert statuses(out) == ["completed", "failed", "pending"]
    assert document(out)["metadata"]["papermill"]["exception"] is True
    assert code_cells(out)[1]["outputs"][-1]["ename"] == "KernelDied"
    assert code_cells(out)[2]["outputs"] == []


def test_a_kernel_that_is_killed_is_told_so(shell: Shell) -> None:
    shell.write("dies.ipynb", "print('begun')\nimport os, signal\nos.kill(os.getpid(), 9)")

    ended = run(shell, "dies.ipynb", "-o", "out.ipynb")

    assert "ended by SIGKILL: it may have run out of memory); it had used" in ended.err
    assert statuses(shell.folder / "out.ipynb") == ["failed"]


def test_a_cell_that_takes_too_long_is_told_and_later_cells_never_ran(shell: Shell) -> None:
    shell.write("slow.ipynb", "print('one')", "import time\ntime.sleep(600)", "print('never')")

    ended = run(shell, "slow.ipynb", "-o", "out.ipynb", "--execution-timeout", "1")

    assert ended.code == 1
    assert "error[NB541]: step slow, cell 2 of 3: cell 2 took longer than 1 s" in ended.err
    assert statuses(shell.folder / "out.ipynb") == ["completed", "failed", "pending"]
    assert record(shell)["steps"][0]["status"] == "timed_out"


def test_a_cell_error_keeps_what_came_before_it(shell: Shell) -> None:
    shell.write("fails.ipynb", "print('one')", "print('two')\n1 / 0", "print('never')")

    ended = run(shell, "fails.ipynb", "-o", "out.ipynb")

    assert ended.code == 1
    assert "error[NB540]: step fails, cell 2 of 3: ZeroDivisionError: division by zero" in ended.err
    assert printed(shell.folder / "out.ipynb") == "one\ntwo\n"
    assert statuses(shell.folder / "out.ipynb") == ["completed", "failed", "pending"]


@pytest.mark.parametrize(
    "how", ["exit()", "quit()", "import sys\nsys.exit()", "import sys\nsys.exit(0)"]
)
def test_exit_means_stop_here(shell: Shell, how: str) -> None:
    shell.write("stops.ipynb", "print('one')", how, "print('never')")

    ended = run(shell, "stops.ipynb", "-o", "out.ipynb")

    assert ended.code == 0, ended.err
    assert "the cells after it were not run" in ended.out
    assert printed(shell.folder / "out.ipynb").startswith("one\n")
    assert "never" not in printed(shell.folder / "out.ipynb")
    assert statuses(shell.folder / "out.ipynb")[2] == "pending"


def test_exit_with_a_code_is_a_failure(shell: Shell) -> None:
    shell.write("stops.ipynb", "import sys\nsys.exit(3)", "print('never')")

    ended = run(shell, "stops.ipynb")

    assert (ended.code, "SystemExit: 3" in ended.err) == (1, True)


# -- papermill alone leaves half-written files, and follows links


def test_an_output_is_never_half_there(shell: Shell) -> None:
    shell.write("fine.ipynb", "print('x' * 1000)")
    out = shell.folder / "out.ipynb"
    out.write_text("what was there before")

    with pytest.MonkeyPatch.context() as patched:

        def full(source: object, target: object, length: int = 0) -> None:
            raise OSError(28, "No space left on device", str(out))

        patched.setattr("shutil.copyfileobj", full)
        ended = run(shell, "fine.ipynb", "-o", "out.ipynb")

    assert ended.code == 5
    assert "error[NB502]" in ended.err
    assert "No space left on device" in ended.err
    assert "bytes are free" in ended.err
    assert out.read_text() == "what was there before"
    assert [p.name for p in shell.folder.iterdir() if p.name.endswith(".part")] == []
    assert run(shell, "fine.ipynb", "-o", "out.ipynb").code == 0
    assert printed(out) == "x" * 1000 + "\n"


def test_an_output_through_a_link_is_refused_before_anything_runs(shell: Shell) -> None:
    shell.write("fine.ipynb", "open('ran.txt', 'w').write('x')")
    (shell.folder / "victim.ipynb").write_text("precious")
    (shell.folder / "out.ipynb").symlink_to("victim.ipynb")

    ended = run(shell, "fine.ipynb", "-o", "out.ipynb")

    assert (ended.code, "error[NB402]" in ended.err) == (4, True)
    assert (shell.folder / "victim.ipynb").read_text() == "precious"
    assert not (shell.folder / "ran.txt").exists()


def test_an_output_s_path_may_have_parameters(shell: Shell) -> None:
    shell.write("report.ipynb", PARAMETERS, ("api_token = 'hidden'", "parameters"), SHOW)

    ended = run(shell, "report.ipynb", "out-{name}-{n}.ipynb", "-p", "name", "EU", "-p", "n", "3")
    unknown = run(shell, "report.ipynb", "-o", "out-{nobody}.ipynb")

    assert ended.code == 0, ended.err
    assert "'EU', 3" in printed(shell.folder / "out-EU-3.ipynb")
    assert unknown.code == 2
    assert "error[NB304]: output out-{nobody}.ipynb: there is no parameter 'nobody'" in unknown.err


def test_a_value_leads_an_output_out_of_no_folder_but_a_path_may_lead_anywhere(
    shell: Shell,
) -> None:
    shell.write("report.ipynb", PARAMETERS, SHOW)
    (shell.folder / "a").mkdir()

    climbing = run(shell, "report.ipynb", "-o", "{name}./x.ipynb", "-p", "name", ".")
    typed = run(shell, "report.ipynb", "-o", "a/../{name}.ipynb", "-p", "name", "EU")

    assert climbing.code == 2
    assert (
        "error[NB304]: output {name}./x.ipynb: what is filled in makes '..' of a part"
        in climbing.err
    )
    assert not (shell.folder.parent / "x.ipynb").exists()
    assert typed.code == 0, typed.err
    assert (shell.folder / "EU.ipynb").exists()


def test_two_runs_never_write_one_output(shell: Shell) -> None:
    shell.write(
        "slow.ipynb", "import time\nopen('begun', 'w').close()\ntime.sleep(3)\nprint('first')"
    )
    shell.write("fast.ipynb", "print('second')")
    first = background("run", "slow.ipynb", "-o", "out.ipynb", folder=shell.folder)
    until(lambda: (shell.folder / "begun").exists())

    ended = run(shell, "fast.ipynb", "-o", "out.ipynb")

    assert ended.code == 6
    assert "error[NB311]: out.ipynb is being written by run 2" in ended.err
    assert run(shell, "fast.ipynb", "-o", "out.ipynb", "--wait").code == 0
    assert first.wait(60) == 0
    assert printed(shell.folder / "out.ipynb") == "second\n"


# -- papermill alone runs notebooks in each other's folders


def test_notebooks_that_run_at_once_stay_in_their_own_folders(shell: Shell) -> None:
    for name in "abcd":
        shell.write(f"{name}/where.ipynb", "import os, time\ntime.sleep(0.5)\nprint(os.getcwd())")

    with ThreadPoolExecutor(4) as pool:
        codes = list(
            pool.map(
                lambda name: background(
                    "run", f"{name}/where.ipynb", "-o", f"{name}/out.ipynb", folder=shell.folder
                ).wait(120),
                "abcd",
            )
        )

    assert codes == [0, 0, 0, 0]
    for name in "abcd":
        folder = (shell.folder / name).resolve()
        assert printed(shell.folder / name / "out.ipynb") == f"{folder}\n"


# -- papermill alone takes any parameter


def test_parameters_are_of_the_type_that_was_declared(shell: Shell) -> None:
    shell.write("show.ipynb", PARAMETERS, SHOW)

    ended = run(
        shell, "show.ipynb", "-p", "name=007", "-p", "n=5", "-p", "rate=1", "-p", "tags=[x, y]",
        "-p", "day=2024-03-01", "-p", "maybe=7", "-p", "is_loud=yes", "-o", "out.ipynb",
    )  # fmt: skip

    assert ended.code == 0, ended.err
    shown = "('007', 5, 1.0, ['x', 'y'], '2024-03-01', 7, True)\n"
    assert printed(shell.folder / "out.ipynb") == shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "n=notanint"], "n=notanint (-p n) is no int; n is declared as int"),
        (["-p", "n=1.5"], "n=1.5 (-p n) is no int"),
        (["-p", "rate=fast"], "rate=fast (-p rate) is no float; rate is declared as float"),
        (["-p", "is_loud=maybe"], "is_loud=maybe (-p is_loud) is no bool"),
        (["-p", "nmae=x"], "show.ipynb has no parameter 'nmae'; did you mean 'name'?"),
        (["-p", 'a=1;open("PWNED","w").write("x");b', "5"], "no parameter 'a'"),
        (["-p", 'a;open("PWNED","w")=5'], "no parameter 'a;open("),
        (["-p", "n"], "-p n has no value"),
        (["-p", "n=1", "-p", "n=2"], "parameter 'n' is given twice"),
        (["-p", "class=1"], "no parameter 'class'"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused_before_anything_runs(
    shell: Shell, words: list[str], said: str
) -> None:
    shell.write("show.ipynb", PARAMETERS, "open('ran.txt', 'w').write('x')")

    ended = run(shell, "show.ipynb", *words)

    assert (ended.code, "error[NB304]" in ended.err) == (2, True), ended.err
    assert said in ended.err
    assert sorted(p.name for p in shell.folder.iterdir()) == ["show.ipynb"]


def test_a_value_is_never_code(shell: Shell) -> None:
    shell.write("show.ipynb", PARAMETERS, "print(name)")
    hostile = '"; open("PWNED", "w").write("x"); "\n\\{}\'\'\'"""'

    ended = run(shell, "show.ipynb", "-p", f"name={hostile}", "-o", "out.ipynb")

    assert ended.code == 0, ended.err
    assert printed(shell.folder / "out.ipynb") == hostile + "\n"
    assert not (shell.folder / "PWNED").exists()


def test_a_notebook_without_parameters_takes_none(shell: Shell) -> None:
    shell.write("none.ipynb", "x = 1")

    ended = run(shell, "none.ipynb", "-p", "x=2")

    assert (ended.code, "none.ipynb declares no parameters" in ended.err) == (2, True)


def test_papermill_s_own_way_to_write_a_command_line(shell: Shell) -> None:
    shell.write("show.ipynb", PARAMETERS, SHOW)
    (shell.folder / "given.yaml").write_text("n: 3\ntags: [no, on]\n")

    ended = run(
        shell, "show.ipynb", "out.ipynb", "-p", "name", "x", "-r", "day", "007", "-f", "given.yaml",
        "-y", "rate: 1e-3", "--no-progress-bar", "--log-output",
    )  # fmt: skip

    assert ended.code == 0, ended.err
    shown = "('x', 3, 0.001, ['no', 'on'], '007', None, False)\n"
    assert printed(shell.folder / "out.ipynb") == shown
    assert f"show | {shown}" in ended.err
    injected = code_cells(shell.folder / "out.ipynb")[1]
    assert injected["metadata"]["tags"] == ["injected-parameters"]
    metadata = document(shell.folder / "out.ipynb")["metadata"]["papermill"]
    assert metadata["parameters"]["n"] == 3
    assert metadata["input_path"].endswith("show.ipynb")


def test_only_preparing_runs_nothing(shell: Shell) -> None:
    shell.write("show.ipynb", PARAMETERS, "open('ran.txt', 'w').write('x')")

    ended = run(shell, "show.ipynb", "out.ipynb", "-p", "n=9", "--prepare-only")

    assert ended.code == 0, ended.err
    assert "n = 9" in "".join(code_cells(shell.folder / "out.ipynb")[1]["source"])
    assert not (shell.folder / "ran.txt").exists()


# -- what cells do


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("import os, sys\nos.chdir('/')\nprint('moved')", "moved\n"),
        ("x = 1\n%reset -f\nprint('x' in globals())", "False\n"),
        ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
         "print('thread')", "thread\n"),
        ("import subprocess\np = subprocess.Popen(['sleep', '600'])\nprint('child')", "child\n"),
        ("import os\nif os.fork() == 0:\n    import time\n    os.setsid()\n    time.sleep(600)\n"
         "print('parent')", "parent\n"),
        ("import signal\nsignal.signal(signal.SIGALRM, lambda *a: print('alarm'))\nsignal.alarm(1)\n"
         "import time\ntime.sleep(1.5)", "alarm\n"),
        ("print('caf\\udce9 \\ud800')", "caf\\udce9 \\ud800\n"),
        ("from IPython.display import display\ndisplay({'application/json': {'x': float('nan')}}, raw=True)\n"
         "print('odd')", "odd\n"),
    ],
    ids=["cwd", "reset", "thread", "child", "fork", "alarm", "surrogates", "nan"],
)  # fmt: skip
def test_odd_cells_are_contained(shell: Shell, source: str, shown: str) -> None:
    shell.write("odd.ipynb", source)
    before = sleepers()

    ended = run(shell, "odd.ipynb", "-o", "out.ipynb")

    assert ended.code == 0, ended.err
    out = (shell.folder / "out.ipynb").read_bytes().decode("utf-8")
    assert json.loads(out, parse_constant=pytest.fail)
    assert printed(shell.folder / "out.ipynb").encode("utf-8", "backslashreplace").decode() == shown
    assert sleepers() == before, "nothing that a cell has started outlives the run"


def test_input_is_refused_with_a_reason(shell: Shell) -> None:
    shell.write("asks.ipynb", "input('name? ')")

    ended = run(shell, "asks.ipynb")

    assert (ended.code, "StdinNotImplementedError" in ended.err) == (1, True)


def test_what_a_cell_prints_has_a_limit(shell: Shell) -> None:
    shell.write(
        "floods.ipynb",
        "for _ in range(60):\n    print('x' * 999_999)",
        "print('y' * 30_000_000)",
        "print('and on')",
    )

    ended = run(shell, "floods.ipynb", "-o", "out.ipynb")

    assert ended.code == 0, ended.err
    first, second, third = code_cells(shell.folder / "out.ipynb")
    for cell in (first, second):
        text = "".join("".join(output["text"]) for output in cell["outputs"])
        assert 9_000_000 < len(text) < 11_000_000
        assert "more than 10,000,000 characters were printed; the rest is not kept" in text
    assert third["outputs"][0]["text"] == ["and on\n"]


def test_the_notebook_that_runs_is_the_one_that_was_there_at_the_start(shell: Shell) -> None:
    shell.write(
        "edited.ipynb",
        "from pathlib import Path\nPath('edited.ipynb').write_text('{}')",
        "print('as it was')",
    )

    ended = run(shell, "edited.ipynb", "-o", "out.ipynb")

    assert ended.code == 0, ended.err
    assert printed(shell.folder / "out.ipynb") == "as it was\n"


def test_a_script_with_cells_runs_too(shell: Shell) -> None:
    (shell.folder / "cells.py").write_text(
        '# %% tags=["parameters"]\nn = 1\n\n# %%\nprint(n + 1)\n'
    )

    ended = run(shell, "cells.py", "out.ipynb", "-p", "n=41")

    assert ended.code == 0, ended.err
    assert printed(shell.folder / "out.ipynb") == "42\n"


def test_a_kernel_that_is_not_there_is_told_before_a_cell_runs(shell: Shell) -> None:
    path = shell.write("r.ipynb", "print(1)")
    metadata = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    path.write_text(json.dumps({**document(path), "metadata": metadata}))

    ended = run(shell, "r.ipynb")

    assert ended.code == 1
    assert "kernel 'ir' is not there" in ended.err


def test_step_notebooks_pass_values_and_are_kept(shell: Shell) -> None:
    shell.write(
        "sums.ipynb",
        ("rows = 3", "parameters"),
        "## Make", "xs = list(range(rows))",
        "## Square", "squares = [x * x for x in xs]\nprint(squares)",
        "## Total", "total = sum(squares)\ntotal",
    )  # fmt: skip
    shell("extract", "sums.ipynb", "--python", sys.executable)

    first = json.loads(run(shell, "sums", "-p", "rows=4", "--json").out)
    second = run(shell, "sums", "-p", "rows=4")

    assert first["status"] == "succeeded", first
    assert first["steps"][-1]["metrics"] == {"total": 14.0}
    assert "3 kept" in second.out
    assert "1 kept" not in second.out


def test_step_notebooks_run_in_papermill_as_they_are(shell: Shell) -> None:
    shell.write(
        "sums.ipynb",
        "## Make", "xs = [1, 2, 3]",
        "## Total", "total = sum(xs)\nprint('total', total)",
    )  # fmt: skip
    shell("extract", "sums.ipynb", "--python", sys.executable)
    steps = shell.folder / "sums" / "notebooks" / "steps"
    environment = {**os.environ, "PYTHONPATH": str(shell.folder / "sums" / "src")}
    quiet = {"capture_output": True, "text": True, "env": environment, "cwd": shell.folder}

    for words in (
        [steps / "make.ipynb", "make.out.ipynb", "-p", "artifacts_out", "handed/make"],
        [steps / "total_step.ipynb", "total.out.ipynb", "-p", "xs_in", "handed/make/xs"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "papermill", *map(str, words), "--no-progress-bar"],
            check=False, **quiet,  # type: ignore[call-overload]
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    assert printed(shell.folder / "total.out.ipynb") == "total 6\n"


def test_the_engine_can_be_used_by_papermill_itself(shell: Shell) -> None:
    shell.write("dies.ipynb", "print('one')", "import os\nos._exit(3)", "print('never')")

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            "--engine",
            "nb2pkg",
            "-k",
            "python3",
            "dies.ipynb",
            "out.ipynb",
        ],
        capture_output=True,
        text=True,
        cwd=shell.folder,
        check=False,
    )

    assert done.returncode != 0
    # papermill puts two markers into a notebook that failed.
    assert statuses(shell.folder / "out.ipynb") == ["completed", "failed", "pending"]


# -- helpers


def background(*words: str, folder: Path) -> subprocess.Popen[bytes]:
    """A command of its own process, as a terminal would start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "nb2pkg", *words, "--python", sys.executable],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def until(is_so: Any, seconds: float = 30.0) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def sleepers() -> int:
    """How many processes sleep for ten minutes, as cells of these tests start them."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return sum("sleep 600" in line for line in found.stdout.splitlines())


# -- kernels that begin where their imports are done


def test_warm_kernels_are_as_fresh_as_others(shell: Shell) -> None:
    look = (
        "import os, sys, random\nimport numpy as np\nimport pandas as pd\n"
        "import matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\nplt.show()",
        "kept = open(os.environ['NB2PKG_STEP'] + '.txt', 'w')\nkept.write('never closed')",
        "print(np.random.rand(), random.random())",
        "print(sorted(n for n in globals() if not n.startswith('_')), os.path.basename(os.getcwd()),"
        " sys.path[0] == '', plt.get_backend())",
        "shell = get_ipython()\nprint({n: sorted(one) for n, one in sorted(shell.config.items())}, sorted(shell.extension_manager.loaded), sys.excepthook.__qualname__,"
        " shell.kernel.session.session == shell.kernel.parent.session.session, sorted(shell.magics_manager.magics['line']))",
        "import ipykernel, json\nprint(sorted(json.load(open(ipykernel.get_connection_file()))))",
    )
    for name in "abc":
        shell.write(f"{name}.ipynb", *look)
    (shell.folder / "pipeline.yaml").write_text(
        "steps:\n" + "".join(f"  {n}: {{notebook: {n}.ipynb, cache: false}}\n" for n in "abc")
    )

    warm = run(shell, ".", "--warm", "-o", "warm")
    cold = run(shell, ".", "--no-warm", "-o", "cold")

    assert (warm.code, cold.code) == (0, 0), warm.err + cold.err
    for name in "abc":
        assert (shell.folder / f"{name}.txt").read_text() == "never closed"
        one, other = (shell.folder / kind / f"{name}.ipynb" for kind in ("warm", "cold"))
        assert printed(one).splitlines()[1:] == printed(other).splitlines()[1:]
        shown = [
            [sorted(output.get("data", {})) for output in cell["outputs"]]
            for cell in (code_cells(one)[0], code_cells(other)[0])
        ]
        assert shown[0] == shown[1] == [["image/png", "text/plain"]]
    draws = {printed(shell.folder / "warm" / f"{n}.ipynb").splitlines()[0] for n in "abc"}
    assert len(draws) == 3, "kernels that were forked alike have drawn alike"


def test_a_module_that_says_something_when_imported_says_it_in_each_notebook(shell: Shell) -> None:
    # Named like one that may be imported beforehand, and found first.
    (shell.folder / "scipy.py").write_text(
        "import warnings\nwarnings.warn('heard')\nprint('imported')\n"
    )
    for name in "ab":
        shell.write(f"{name}.ipynb", "import scipy")
    (shell.folder / "pipeline.yaml").write_text(
        "steps:\n  a: {notebook: a.ipynb}\n  b: {notebook: b.ipynb}\n"
    )

    ended = run(shell, ".", "--warm", "-o", "out")

    assert ended.code == 0, ended.err
    for name in "ab":
        assert printed(shell.folder / "out" / f"{name}.ipynb") == "imported\n"
        assert "heard" in (shell.folder / "out" / f"{name}.ipynb").read_text()


def test_a_step_that_sets_the_environment_for_an_import_is_heard(shell: Shell) -> None:
    source = (
        "import os\nos.environ['PANDAS_COPY_ON_WRITE'] = '1'\nimport pandas as pd\n"
        "print(pd.get_option('mode.copy_on_write'))"
    )
    for name in "ab":
        shell.write(f"{name}.ipynb", source)
    (shell.folder / "pipeline.yaml").write_text(
        "steps:\n  a: {notebook: a.ipynb}\n  b: {notebook: b.ipynb}\n"
    )

    ended = run(shell, ".", "--warm", "-o", "out")

    assert ended.code == 0, ended.err
    assert [printed(shell.folder / "out" / f"{n}.ipynb") for n in "ab"] == ["True\n", "True\n"]


LEAVES_THINGS = """\
import atexit, io, os, threading, time, weakref
import json as shared
import numpy
import holder

class Last:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        with open(self.name, "w") as file:
            file.write("deleted")

class Linked(Last):
    def __init__(self, name):
        super().__init__(name)
        self.itself = self

def later():
    time.sleep(0.3)
    open("thread.txt", "w").write("done")

holder.kept = open("of_own_module.txt", "w")
holder.kept.write("own")
holder.last = Last("last_of_own_module.txt")
shared.kept = open("of_library.txt", "w")
shared.kept.write("library")
numpy.kept = io.BufferedWriter(io.FileIO("raw.txt", "w"))
numpy.kept.write(b"raw")
last, linked = Last("last.txt"), Linked("linked.txt")
atexit.register(lambda: open("at_exit.txt", "w").write("bye"))
watched = Last.__new__(Last)
watched.name = "watched.txt"
weakref.finalize(watched, lambda: open("finalized.txt", "w").write("gone"))
threading.Thread(target=later).start()
"""


def test_processes_that_were_forked_end_as_others_do(shell: Shell) -> None:
    (shell.folder / "holder.py").write_text("")
    (shell.folder / "work.py").write_text(
        f"def leave():\n    global last, linked, watched\n{indented(LEAVES_THINGS)}"
    )
    shell.write("leave.ipynb", LEAVES_THINGS)
    left: dict[str, dict[str, str]] = {}
    for kind in ("notebook: leave.ipynb", "function: work:leave"):
        for how in ("--warm", "--no-warm"):
            (shell.folder / "pipeline.yaml").write_text(
                f"steps:\n  one: {{{kind}, cache: false}}\n"
            )

            ended = run(shell, ".", how)

            assert ended.code == 0, ended.err
            files = {path.name: path for path in shell.folder.glob("*.txt")}
            left[f"{kind} {how}"] = {name: path.read_text() for name, path in files.items()}
            for path in files.values():
                path.unlink()
    for kind in ("notebook: leave.ipynb", "function: work:leave"):
        assert left[f"{kind} --warm"] == left[f"{kind} --no-warm"]
        assert {"of_own_module.txt", "of_library.txt", "raw.txt", "at_exit.txt", "thread.txt",
                "finalized.txt"} <= set(left[f"{kind} --warm"])  # fmt: skip


def indented(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(True))
