"""The documentation says what is true: its commands run, its code parses, its links lead somewhere."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest
import yaml

import nb2pkg
from nb2pkg.api import extracting
from nb2pkg.cli.main import COMMANDS, group

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_ROOT = Path(__file__).parents[2]
_DOCS = sorted((_ROOT / "docs").rglob("*.md"))
_PAGES = [
    *sorted(_ROOT.glob("*.md")),
    *_DOCS,
    *sorted((_ROOT / "examples").glob("*.md")),
    *sorted((_ROOT / "examples").glob("0*/README.md")),
    *sorted((_ROOT / "changelog.d").glob("*.md")),
    _ROOT / "labextension" / "README.md",
]
_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
# Exit codes that no documented command may end with: wrong usage, our own fault, not found.
_NEVER = {2, 70, 127}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with the line it begins on."""

    page: Path
    line: int
    language: str
    about: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(_ROOT).as_posix()}:{self.line}"


def _blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, m.start()) + 1, m[1], m[2].strip(), m[3])
        for m in _FENCE.finditer(text)
    ]


_BLOCKS = [block for page in _PAGES for block in _blocks(page)]


def _of(*languages: str) -> pytest.MarkDecorator:
    found = [b for b in _BLOCKS if b.language in languages]
    return pytest.mark.parametrize("block", found, ids=[b.name for b in found])


# -- blocks ------------------------------------------------------------------------------------------


@_of("python")
def test_python_parses(block: Block) -> None:
    ast.parse(block.text, block.name)


@_of("yaml")
def test_yaml_parses(block: Block) -> None:
    assert yaml.safe_load(block.text)


@_of("toml")
def test_configuration_is_understood(block: Block, tmp_path: Path) -> None:
    assert tomllib.loads(block.text)
    own = "[tool.nb2pkg" not in block.text
    (tmp_path / ("nb2pkg.toml" if own else "pyproject.toml")).write_text(block.text)

    assert extracting.configuration(str(tmp_path)).origin


@_of("console", "sh")
def test_commands_and_options_exist(block: Block) -> None:
    lines = block.text.splitlines()
    if block.language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    for line in lines:
        if line.startswith("nb2pkg "):
            words = shlex.split(line, comments=True)
            with group.make_context("nb2pkg", [], resilient_parsing=True) as context:
                command = group.get_command(context, words[1])
                assert command is not None, line
                command.make_context(words[1], words[2:], parent=context)


_RUN = [page for page in _DOCS if any(b.language == "sh" for b in _blocks(page))]


@pytest.mark.slow
@pytest.mark.parametrize("page", _RUN, ids=[p.stem for p in _RUN])
def test_a_page_can_be_followed(page: Path, tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    output = ""
    for block in _blocks(page):
        if block.language == "sh" and block.about != "run=no":
            code, output = _type(block, desk)
            expected = re.search(r"exit=(\w+)", block.about)
            if expected is not None and expected[1] == "any":
                assert code not in _NEVER, f"{block.name}\n{output}"
            else:
                wanted = int(expected[1]) if expected else 0
                assert code == wanted, f"{block.name}\n{output}"
        elif block.language == "text":
            for line in block.text.splitlines():
                assert line in output, f"{block.name}\n{output}"


def test_the_python_api_page_runs(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    page = _ROOT / "docs" / "reference" / "python-api.md"
    code = "".join(b.text for b in _blocks(page) if b.language == "python")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=desk / "home",
        env={**os.environ, "PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def _desk(folder: Path) -> Path:
    """A place where the pages' commands find what they name: the examples' notebooks, and nb2pkg."""
    home = folder / "home"
    committed = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    shutil.copytree(_ROOT / "examples", home / "examples", ignore=committed)
    for example in ("01-churn", "02-messy-sales"):
        shutil.copytree(home / "examples" / example / "data", home / "data", dirs_exist_ok=True)
        for notebook in (home / "examples" / example).glob("*.ipynb"):
            shutil.copy(notebook, home)
    (home / "notebooks").mkdir()
    shutil.copy(home / "churn.ipynb", home / "notebooks")
    (home / ".venv" / "bin").mkdir(parents=True)
    (folder / "bin").mkdir()
    for place, command in (
        (folder / "bin" / "nb2pkg", f"PYTHONPATH={_ROOT / 'src'} exec {sys.executable} -m nb2pkg"),
        (folder / "bin" / "python", f"exec {sys.executable}"),
        (home / ".venv" / "bin" / "python", f"exec {sys.executable}"),
    ):
        place.write_text(f'#!/bin/sh\n{command} "$@"\n')
        place.chmod(0o755)
    return folder


def _type(block: Block, desk: Path) -> tuple[int, str]:
    """Run a block where the one before it has ended, with the variables it has left."""
    state, place = desk / "state", desk / "place"
    text = block.text.replace("/tmp/", f"{desk}/tmp/")
    (desk / "tmp").mkdir(exist_ok=True)
    stops = "" if "exit=any" in block.about else "set -e\n"
    script = (
        f'[ -e {state} ] && . {state} && cd "$(cat {place})"\n'
        f"trap 'export -p > {state}; pwd > {place}' EXIT\n{stops}{text}"
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=desk / "home",
        env={"PATH": f"{desk / 'bin'}:{os.environ['PATH']}", "HOME": str(desk), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


# -- what the pages say of the code --------------------------------------------------------------------


def test_generated_pages_are_up_to_date() -> None:
    folder = _ROOT / "docs" / "reference"
    for name, text in _generator(folder / "generate.py").pages().items():
        assert (folder / name).read_text(encoding="utf-8") == text, f"{name}: run make docs"


def test_every_command_option_and_code_is_documented() -> None:
    commands = (_ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    codes = (_ROOT / "docs" / "reference" / "checks.md").read_text(encoding="utf-8")
    with group.make_context("nb2pkg", [], resilient_parsing=True) as context:
        for name in COMMANDS:
            command = group.get_command(context, name)
            assert command is not None and f"## nb2pkg {name}\n" in commands
            for option in (word for p in command.params for word in p.opts if word[:2] == "--"):
                assert option in commands, f"nb2pkg {name} {option}"
    for code in extracting.codes():
        assert f"### {code}: " in codes


def test_every_public_name_is_documented() -> None:
    page = (_ROOT / "docs" / "reference" / "python-api.md").read_text(encoding="utf-8")
    for name in nb2pkg.__all__:
        assert name == "__version__" or f"`{name}" in page, name


def test_codes_in_the_pages_exist() -> None:
    for page in _PAGES:
        for code in re.findall(r"\bNB\d{3}\b", page.read_text(encoding="utf-8")):
            assert code in extracting.codes(), f"{page.name}: {code}"


def test_the_readme_shows_what_the_example_holds() -> None:
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    step = _ROOT / "examples/01-churn/churn/src/churn/steps/build_features.py"

    assert f"```python\n{step.read_text(encoding='utf-8')}```" in readme


def test_the_layout_page_names_every_file_of_a_package() -> None:
    page = (_ROOT / "docs" / "reference" / "output-layout.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)
    packages = (
        _ROOT / "examples/01-churn/churn",
        _ROOT / "examples/03-monthly-report/monthly_report",
    )
    made = {
        path.relative_to(package).as_posix().replace("monthly_report", "churn")
        for package in packages
        for path in package.rglob("*")
        if path.is_file()
    }
    made = {path for path in made if "__pycache__" not in path and ".pytest_cache" not in path}

    covered = {path: [n for n in named if _stands_for(n, path)] for path in made}
    assert [path for path, rows in covered.items() if not rows] == []
    missing = set(named) - {row for rows in covered.values() for row in rows}
    assert missing == {"src/*.py"}  # the example has no module beside it


def _stands_for(row: str, path: str) -> bool:
    return path.startswith(row) if row.endswith("/") else PurePosixPath(path).match(row)


def test_files_that_the_architecture_names_exist() -> None:
    text = (_ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_]+/[a-z_*/]+\.py)`", text)
    assert named
    for path in named:
        assert any((_ROOT / "src" / "nb2pkg").glob(path)) or (_ROOT / path).exists(), path


def _generator(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reference", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", _PAGES, ids=[p.relative_to(_ROOT).as_posix() for p in _PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        if anchor:
            assert anchor in _anchors(place.read_text(encoding="utf-8")), target


def test_every_page_can_be_reached() -> None:
    start = _ROOT / "docs" / "README.md"
    linked = {
        (start.parent / target.partition("#")[0]).resolve()
        for target in _LINK.findall(start.read_text(encoding="utf-8"))
    }
    assert [p.name for p in _DOCS if p != start and p.resolve() not in linked] == []


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}
