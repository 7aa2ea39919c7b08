"""The promises about the code itself: who imports whom, what starts fast, what is documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pkg.api import extracting
from nb2pkg.cli.main import COMMANDS, group

_ROOT = Path(__file__).parents[2]
_SOURCES = sorted((_ROOT / "src" / "nb2pkg").rglob("*.py"))
_PAGES = {"pages.py", "catalogue.py"}
_SLOW = {
    "libcst", "nbformat", "jsonschema", "nbclient", "papermill", "nbconvert", "sqlalchemy", "pydantic",
    "apscheduler", "fsspec", "rich", "asyncio", "IPython", "traitlets", "tomllib", "tomli",
    "jupyter_client", "jupyter_core", "jupyter_server",
}  # fmt: skip


def test_imports_keep_the_contracts() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--config", "pyproject.toml"],
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)]
)
def test_help_imports_nothing_slow(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from nb2pkg.cli.main import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        "print('\\n' + ' '.join(sorted({m.partition('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & _SLOW
    # The machinery behind the commands is imported when one of them runs.
    assert "symtable" not in loaded


def test_every_code_is_in_the_catalogue_and_every_page_is_about_a_code() -> None:
    raised: dict[str, str] = {}
    for path in _SOURCES:
        if path.name in _PAGES and path.parent.name == "checks":
            continue
        for code in re.findall(r'"(NB\d{3})"', path.read_text(encoding="utf-8")):
            raised.setdefault(code, path.name)

    missing = {code: where for code, where in raised.items() if code not in extracting.codes()}
    assert missing == {}
    assert set(extracting.codes()) - set(raised) == set()


def test_every_page_says_why_and_what_to_do() -> None:
    for code in extracting.codes():
        page = extracting.explain(code)
        assert page is not None
        assert (
            page.title
            and page.why.endswith((".", ")"))
            and page.remedy.endswith((".", "`.", "nb2pkg."))
        )


def test_every_command_has_help_with_an_example() -> None:
    for name in COMMANDS:
        with group.make_context("nb2pkg", ["--help"], resilient_parsing=True) as context:
            command = group.get_command(context, name)
        assert command is not None and command.help
        assert f"nb2pkg {name}" in command.help
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


def test_every_module_says_what_it_answers() -> None:
    for path in _SOURCES:
        if path.stat().st_size:
            assert path.read_text(encoding="utf-8").startswith('"""'), path
