"""nb2pkg extract --run: run the notebook once, for types in signatures and tests on recorded values."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.shell import Ended, Shell

SHOP = (
    "# Shop", "import pandas as pd\nfrom dataclasses import dataclass",
    "@dataclass\nclass Total:\n    what: str\n    euros: float\n    def told(self):\n"
    "        return f'{self.what}: {self.euros:.2f}'",
    "def with_vat(amount, rate=0.21):\n    return round(amount * (1 + rate), 2)",
    "## Load", "orders = pd.read_csv('data/orders.csv', parse_dates=['day'])\nprint(len(orders), 'orders')",
    "## Add up", "orders['gross'] = orders['net'].map(with_vat)\n"
    "per_day = orders.groupby('day')['gross'].sum()\n"
    "total = Total('all', float(per_day.sum()))\nbest = {'day': per_day.idxmax(), 'gross': per_day.max()}",
    "## Report", "text = total.told()\nprint(text)\nopen('report.txt', 'w').write(text + '\\n')\nbest",
)  # fmt: skip
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ORDERS = "day,net\n2024-05-01,10.5\n2024-05-01,2.25\n2024-05-02,8.0\n2024-05-03,1.0\n"


def run(shell: Shell, *arguments: str) -> Ended:
    """Extract with the Python of the tests: it has a kernel."""
    return shell("extract", *arguments, "--run", "--python", sys.executable)


def shop(shell: Shell) -> Path:
    """A shop's notebook, extracted; gives the package's folder."""
    shell.write("shop.ipynb", *SHOP)
    (shell.folder / "data").mkdir()
    (shell.folder / "data/orders.csv").write_text(ORDERS)
    ended = run(shell, "shop.ipynb")
    assert ended.code == 0, ended.err
    return shell.folder / "shop"


def outcome(package: Path) -> str:
    """Run the package's own tests as its user would; give what pytest says in the end."""
    command = [sys.executable, "-m", "pytest", "-q", "-rsf", "-p", "no:cacheprovider", str(package)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=package, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout


def text(package: Path, name: str) -> str:
    return (package / name).read_text(encoding="utf-8")


def edit(path: Path, before: str, after: str) -> None:
    found = path.read_text(encoding="utf-8")
    assert before in found, found
    path.write_text(found.replace(before, after), encoding="utf-8")


def test_types_that_were_seen_are_in_the_signatures(shell: Shell) -> None:
    package = shop(shell)

    add_up = text(package, "src/shop/steps/add_up.py")
    assert (
        'def add_up(orders: pd.DataFrame) -> tuple["Total", dict[str, float | pd.Timestamp]]:'
        in add_up
    )
    assert "orders: a table of day and net (4 rows in the notebook)." in add_up
    assert "def with_vat(amount: float, rate: float = 0.21) -> float:" in add_up
    assert "def told(self) -> str:" in add_up
    pipeline = text(package, "src/shop/pipeline.py")
    assert "best: dict[str, float | pd.Timestamp]" in pipeline


def test_recorded_tests_pass_and_say_what_the_notebook_gave(shell: Shell) -> None:
    package = shop(shell)

    ended = outcome(package)

    assert "passed" in ended, ended
    assert "failed" not in ended and "skipped" not in ended, ended
    add_up = text(package, "tests/test_add_up.py")
    assert 'assert_same(result[0], Total(what="all", euros=26.319999999999997))' in add_up or (
        'Total(what="all", euros=26.3' in add_up
    )
    assert "assert with_vat(10.5) == pytest.approx(12.7)" in add_up or "with_vat(10.5" in add_up
    assert '.told() == "all: 26.3' in add_up
    report = text(package, "tests/test_report.py")
    assert 'assert_written("report/written")' in report
    assert text(package, "tests/data/report/written/report.txt").startswith("all: 26.3")
    names = sorted(path.suffix for path in (package / "tests/data").rglob("*") if path.is_file())
    assert set(names) <= {".csv", ".json", ".txt", ""}, "all of it can be read"


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [
        ("add_up", "1 + rate", "1 - rate"),
        ("add_up", "per_day.idxmax()", "per_day.idxmin()"),
        ("load", ', "orders"', ', "order"'),
        ("report", 'text + "\\n"', 'text'),
    ],
)  # fmt: skip
def test_a_package_that_is_broken_fails_them(
    shell: Shell, module: str, before: str, after: str
) -> None:
    package = shop(shell)
    edit(package / f"src/shop/steps/{module}.py", before, after)

    assert " failed" in outcome(package)


def test_an_extract_without_a_run_keeps_what_was_recorded(shell: Shell) -> None:
    package = shop(shell)
    before = shell.files("shop")

    again = shell("extract", "shop.ipynb", "--check", "--python", sys.executable)
    assert again.code == 0, again.out
    shell("extract", "shop.ipynb", "--python", sys.executable)

    assert shell.files("shop") == before
    assert outcome(package).strip().endswith("s") and "failed" not in outcome(package)


def test_what_was_recorded_of_other_cells_is_forgotten(shell: Shell) -> None:
    package = shop(shell)
    cells = [c.replace("'orders')", "'orders!')") if isinstance(c, str) else c for c in SHOP]
    shell.write("shop.ipynb", *cells)

    ended = shell("extract", "shop.ipynb")

    assert "note[NB533]: the notebook has changed since it was run" in ended.err
    assert not list((package / "tests").rglob("*.csv"))
    assert "with_vat(amount, rate=0.21)" in text(package, "src/shop/steps/add_up.py")
    assert "needs recorded inputs: nb2pkg extract --run" in text(package, "tests/test_load.py")
    assert not (package / ".nb2pkg/observed.json").exists()


def test_edits_are_refused_before_anything_is_run(shell: Shell) -> None:
    package = shop(shell)
    edit(package / "src/shop/steps/load.py", '"orders"', '"my orders"')

    ended = run(shell, "shop.ipynb")

    assert ended.code == 4
    assert "error[NB401]" in ended.err
    assert "running shop.ipynb" not in ended.err


def test_a_run_is_announced_and_nothing_is_written_beside_the_notebook(shell: Shell) -> None:
    shell.write("count.ipynb", "## Write", "open('n.txt', 'w').write('1')\nn = 1", "n + 1\nn")

    ended = run(shell, "count.ipynb")

    assert ended.err.startswith("running count.ipynb …\nrunning its package …\n"), ended.err
    assert sorted(path.name for path in shell.folder.iterdir()) == ["count", "count.ipynb"]
    assert (
        "recorded  tests on recorded values for 1 of 1 steps; package and notebook do the same"
        in ended.out.replace("1 kB in tests/data; ", "")
    )


def test_random_draws_models_and_pictures(shell: Shell) -> None:
    shell.write(
        "fit.ipynb", "import numpy as np\nimport matplotlib.pyplot as plt\n"
        "from sklearn.ensemble import RandomForestRegressor",
        "## Draw data", "X = np.random.rand(40, 2)\ny = X[:, 0] * 3 + np.random.randn(40)",
        "## Train", "model = RandomForestRegressor(n_estimators=3, max_depth=3).fit(X, y)",
        "## Look", "guess = model.predict(X)\nplt.scatter(y, guess, c='red')\nplt.title('fit')\nplt.show()\n"
        "print(round(float(guess.mean()), 3) == round(float(guess.mean()), 3))\nguess[:3]",
    )  # fmt: skip
    ended = run(shell, "fit.ipynb")
    assert ended.code == 0, ended.err
    package = shell.folder / "fit"

    done = outcome(package)

    assert "failed" not in done and "skipped" not in done, done
    assert 'restore_random_state("draw_data/numpy_random_state.npy")' in text(
        package, "tests/test_draw_data.py"
    )
    look = text(package, "tests/test_look.py")
    assert "made_by_train = train(**inputs_of_train())" in look
    assert not list(package.rglob("*.pickle")) and not list(package.rglob("*.pkl"))
    edit(package / "src/fit/steps/look.py", 'c="red"', 'c="blue"')
    assert "1 failed" in outcome(package)
    edit(package / "src/fit/steps/train.py", "max_depth=3", "max_depth=2")
    assert "test_train_gives_what_it_gave_in_the_notebook" in outcome(package)


def test_secrets_are_never_written(shell: Shell) -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    shell.write(
        "keys.ipynb", "## Read", "api_key = ''.join(['hunter', '2', 'hunter'])\n"
        "rows = [''.join(['AKIA', 'ABCDEFGHIJKL', 'MNOP']), 'b']\nplain = ['a', 'b']",
        "## Use", "n = len(api_key) + len(rows) + len(plain)\nprint(n)\nn",
    )  # fmt: skip

    ended = run(shell, "keys.ipynb")

    assert ended.code == 0
    for path in (shell.folder / "keys").rglob("*"):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            assert key not in content and "hunter2hunter" not in content, path
    assert "failed" not in outcome(shell.folder / "keys")


def test_large_tables_are_kept_in_part(shell: Shell) -> None:
    shell.write(
        "big.ipynb", "import numpy as np\nimport pandas as pd",
        "## Make", "t = pd.DataFrame({'a': np.arange(50_000), 'b': np.arange(50_000) % 7})",
        "## Add", "t['c'] = t['a'] * t['b']\ntop = t.nlargest(5, 'c')", "## Show", "print(top)\ntop",
    )  # fmt: skip

    assert run(shell, "big.ipynb").code == 0

    package = shell.folder / "big"
    assert "in part: 200 of 50000 rows." in text(package, "tests/test_add.py")
    assert len(text(package, "tests/data/add/given_t.csv").splitlines()) == 201
    assert "failed" not in outcome(package)


def test_what_is_another_each_time_is_not_held_against_it(shell: Shell) -> None:
    shell.write(
        "clock.ipynb", "import time, random",
        "## Stamp", "now = time.time()\nrows = [1, 2, 3]\nprint('at', now)",
        "## Pick", "one = random.choice(rows)\nsure = sum(rows)\n(one, sure)",
        "## End", "print(sure)\n[one, sure, now]",
    )  # fmt: skip

    ended = run(shell, "clock.ipynb")

    assert "error" not in ended.err, ended.err
    package = shell.folder / "clock"
    done = outcome(package)
    assert "failed" not in done, done
    assert "it asks for the time" in text(package, "tests/test_stamp.py")


def test_a_notebook_that_stops_is_recorded_up_to_there(shell: Shell) -> None:
    shell.write(
        "stops.ipynb", "## One", "a = [1, 2]\nb = a[0] + 4\nprint(b)",
        "## Two", "c = a[7]", "## Three", "print(b + c)",
    )  # fmt: skip

    ended = run(shell, "stops.ipynb")

    assert ended.code == 0
    assert "warning[NB530]: the notebook stops: cell 4 ends with IndexError" in ended.err
    done = outcome(shell.folder / "stops")
    assert "test_one_gives" in text(shell.folder / "stops", "tests/test_one.py")
    assert "the run did not come to its end" in done


def test_a_notebook_that_hangs_is_ended(shell: Shell) -> None:
    shell.write(
        "hangs.ipynb", "## One", "a = [1]\na.append(2)\nprint(a)", "## Two", "while a: pass"
    )

    ended = run(shell, "hangs.ipynb", "--timeout", "6")

    assert "warning[NB530]: the notebook stops: cell 4 ends with it took longer" in ended.err
    assert (shell.folder / "hangs/nb2pkg.lock").exists()


def test_the_notebooks_own_test_cells_get_the_values_of_the_run(shell: Shell) -> None:
    shell.write(
        "own.ipynb", "## Clean", "rows = [3, 1, 2]\nranked = sorted(rows)", ("assert ranked[0] == 1 and len(rows) == 3", " test:clean "),
        "## Report", "best = ranked[-1]\nprint(best, rows)", ("assert best == max(ranked)", " test:report "),
    )  # fmt: skip

    assert run(shell, "own.ipynb").code == 0

    package = shell.folder / "own"
    assert "skipped" not in outcome(package)
    edit(package / "src/own/steps/report.py", "ranked[-1]", "ranked[0]")
    assert "test_report_as_the_notebook_tests_it" in outcome(package)


# -- contracts


def test_contracts_let_the_notebooks_data_pass_and_nothing_else(shell: Shell) -> None:
    package = shop(shell)
    ended = shell("extract", "shop.ipynb", "--contracts", "pandera", "--python", sys.executable)
    assert ended.code == 0, ended.err
    contracts = text(package, "src/shop/contracts.py")
    assert '"day": time(),  # 2024-05-01 00:00:00 to 2024-05-03 00:00:00' in contracts
    assert '"net": number(),  # float64, 1 to 10.5' in contracts
    assert "    LOAD_ORDERS.validate(orders)\n" in text(package, "src/shop/pipeline.py")
    assert "failed" not in outcome(package)

    (shell.folder / "data/orders.csv").write_text(ORDERS.replace("8.0", "eight"))
    done = subprocess.run(
        [sys.executable, "-B", "-m", "shop"], cwd=shell.folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(package / "src")}, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert "not a number" in done.stderr


def test_contracts_stay_until_they_are_taken_back(shell: Shell) -> None:
    package = shop(shell)
    python = ("--python", sys.executable)
    shell("extract", "shop.ipynb", "--contracts", "pandera", *python)

    assert shell("extract", "shop.ipynb", "--check", *python).code == 0
    assert "pandera[pandas]>=0.24" in text(package, "pyproject.toml")
    shell("extract", "shop.ipynb", "--contracts", "none", *python)

    assert not (package / "src/shop/contracts.py").exists()
    assert "validate" not in text(package, "src/shop/pipeline.py")


def test_contracts_need_a_run(shell: Shell) -> None:
    shell.write("shop.ipynb", *SHOP)

    ended = shell("extract", "shop.ipynb", "--contracts", "pandera")

    assert ended.code == 2
    assert "error[NB016]: contracts are inferred from a run" in ended.err
    assert not (shell.folder / "shop").exists()


def test_a_python_without_pandera_is_told(shell: Shell) -> None:
    package = shop(shell)
    bare = shell.folder / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)

    ended = shell(
        "extract", "shop.ipynb", "--contracts", "pandera", "--python", str(bare / "bin/python")
    )

    assert "warning[NB534]: the package checks its tables with pandera" in ended.err
    assert (package / "src/shop/contracts.py").exists()


# -- types


def test_a_strict_type_checker_takes_the_annotations(shell: Shell) -> None:
    """With the stubs of pandas installed; scikit-learn has no types of its own."""
    for notebook in EXAMPLES.glob("0*/*.ipynb"):
        folder = shell.folder / notebook.parent.name
        own = shutil.ignore_patterns(notebook.stem)
        shutil.copytree(notebook.parent, folder, ignore=own)
        assert run(shell, str(folder / notebook.name)).code == 0

        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(shell.folder / "mypy")],
            cwd=folder / notebook.stem, capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.stdout.startswith("Success"), done.stdout
        assert "failed" not in outcome(folder / notebook.stem)


# -- what would be wrong without a word


def test_classes_that_know_one_another_do_not_tie_the_package_into_a_knot(shell: Shell) -> None:
    shell.write(
        "knot.ipynb", "## One", "class P:\n    def other(self, q):\n        return type(q).__name__\np = P()",
        "## Two", "class Q:\n    def back(self, p):\n        return p.other(self)\nq = Q()\nprint(q.back(p))",
        "## Three", "print(p.other(q))",
    )  # fmt: skip

    assert run(shell, "knot.ipynb").code == 0

    done = subprocess.run(
        [sys.executable, "-B", "-m", "knot"], cwd=shell.folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(shell.folder / "knot/src")}, check=False,
    )  # fmt: skip
    assert done.stdout == "Q\nQ\n", done.stderr


def test_what_only_this_run_or_this_day_has_is_in_no_test(shell: Shell) -> None:
    shell.write(
        "now.ipynb", "import os, datetime, pathlib",
        "## Place", "base = pathlib.Path.cwd()\nname = 'x'", "## Find the day", "day = datetime.date.today()\nage = 3",
        "## Find words", "words = list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})", "## Show", "print(len(words), age, name, base.exists(), day.year > 2000)",
    )  # fmt: skip

    assert run(shell, "now.ipynb").code == 0

    package = shell.folder / "now"
    made = "\n".join(
        path.read_text() for path in sorted(package.rglob("*")) if path.suffix in (".py", ".json")
    )
    assert "nb2pkg-verify" not in made
    assert str(datetime.date.today().year) not in text(package, "tests/test_find_day.py")
    assert "words" not in text(package, "tests/test_find_words.py").partition("gives_what")[2][:200]
    assert "failed" not in outcome(package)


def test_secrets_within_values_are_never_written(shell: Shell, monkeypatch: Any) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "open-sesame-77")
    shell.write(
        "deep.ipynb", "import os\nimport numpy as np",
        "class Client:\n    def __init__(self, password):\n        self.password = password",
        "## Read", "config = {'user': 'ann', 'password': os.environ['SHOP_PASSWORD']}\n"
        "client = Client(config['password'])\nwords = np.array([os.environ['SHOP_PASSWORD']] * 30)\ntoken = 'abc' + 'defgh'",
        "## Use", "n = len(config) + len(words) + len(client.password) + len(token)\nprint('n', n, config['password'])\nn",
    )  # fmt: skip

    assert run(shell, "deep.ipynb").code == 0

    for path in (shell.folder / "deep").rglob("*"):
        if path.is_file():
            for written in ("open-sesame-77", "abcdefgh"):
                assert written.encode() not in path.read_bytes(), path
                assert written.encode("utf-32-le") not in path.read_bytes(), path


def test_tests_leave_nothing_where_they_are_started(shell: Shell) -> None:
    shell.write(
        "files.ipynb", "import os",
        "## Make", "os.makedirs('cache/deep', exist_ok=True)\nn = [1]\nfor i in range(2):\n    open(f'out_{i}_{os.getpid()}.txt', 'w').write('x')",
        "## Try", "try:\n    n.append(len(open('absent.txt').read()))\nexcept FileNotFoundError:\n    n.append(0)\nprint(n)",
    )  # fmt: skip
    assert run(shell, "files.ipynb").code == 0
    package = shell.folder / "files"
    before = sorted(path.name for path in package.iterdir())

    done = outcome(package)

    assert "failed" not in done, done
    left = sorted(path.name for path in package.iterdir() if path.name != "__pycache__")
    assert left == before


def test_programs_are_not_run_again_and_looking_is(shell: Shell) -> None:
    shell.write(
        "shell.ipynb", "import subprocess",
        "## Count", "subprocess.run('echo x >> count.txt', shell=True)\nn = [1]", "## Look", "!ls\nm = [n[0] + 1]", "## Show", "print(m)",
    )  # fmt: skip

    assert run(shell, "shell.ipynb").code == 0

    package = shell.folder / "shell_"
    package = package if package.exists() else shell.folder / "shell"
    done = outcome(package)
    assert "it runs another program" in done


def test_odd_names_and_values_lose_nothing(shell: Shell) -> None:
    shell.write(
        "odd.ipynb", "import numpy as np\nimport pandas as pd",
        "def scale(v, by=-1.5):\n    return v * by",
        "## Größe", "größe = pd.DataFrame({'a': range(40)})\ngleich = größe.copy()\nparts = {'a-b': größe, 'a_b': größe + 1}\nX = np.arange(99)\nx = X * 2",
        "## Summe", "s = [scale(np.float64(3)), float(größe['a'].sum()), sum(f['a'].sum() for f in parts.values()), X.sum(), x.sum(), len(gleich)]\nm = np.matrix([[1, 2], [3, 4]])",
        "## Ende", "print(s, m.sum())",
    )  # fmt: skip

    assert run(shell, "odd.ipynb").code == 0

    package = shell.folder / "odd"
    done = outcome(package)
    assert "failed" not in done and "skipped" not in done, done
    assert "def scale(v: float, by: float = -1.5) -> float:" in "".join(
        path.read_text() for path in (package / "src/odd/steps").glob("*.py")
    )


def test_a_damaged_record_of_a_run_is_forgotten(shell: Shell) -> None:
    package = shop(shell)
    (package / ".nb2pkg/observed.json").write_text('{"format": 1, "observed": {}}')

    ended = shell("extract", "shop.ipynb", "--python", sys.executable)

    assert ended.code == 0
    assert "needs recorded inputs" in text(package, "tests/test_load.py")


def test_a_script_and_its_package_may_have_one_name(shell: Shell) -> None:
    (shell.folder / "words.py").write_text(
        "# %% [markdown]\n# ## Count\n# %%\nn = [len('abc')]\n# %% [markdown]\n# ## Show\n# %%\nprint(n)\n"
    )
    ended = run(shell, "words.py")

    assert ended.code == 0, ended.err
    assert "recorded  tests on recorded values for 2 of 2 steps" in ended.out


def test_who_runs_the_notebook_runs_the_python_that_its_project_names(shell: Shell) -> None:
    shell.write("sums.ipynb", "a = 1", "print(a + 1)")
    program = shell.folder / "tools" / "py"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n: > '{shell.folder}/was-run'\nexec {sys.executable} \"$@\"\n")
    program.chmod(0o755)
    (shell.folder / "nb2pkg.toml").write_text('python = "./tools/py"\n')

    looked = shell("extract", "sums.ipynb", "--dry-run")
    assert (looked.code, "NB019" in looked.err) == (0, True), looked.err
    assert not (shell.folder / "was-run").exists()

    ended = shell("extract", "sums.ipynb", "--run")
    assert (ended.code, "NB019" in ended.err) == (0, False), ended.err
    assert (shell.folder / "was-run").exists()
