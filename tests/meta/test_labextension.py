"""The extension for JupyterLab and the Python package are one thing: one version, one wheel, built from one place."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import nb2pkg
from labextension import assets

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "labextension"
_LOCK = (_FOLDER / "package-lock.json").read_text(encoding="utf-8")
_IN_WHEEL = "data/share/jupyter/labextensions/nb2pkg/"


def test_both_halves_have_one_version() -> None:
    lock = json.loads(_LOCK)
    package = json.loads((_FOLDER / "package.json").read_text(encoding="utf-8"))
    source = (_FOLDER / "src" / "version.ts").read_text(encoding="utf-8")

    versions = {
        "package.json": package["version"],
        "package-lock.json": lock["version"],
        "package-lock.json, packages": lock["packages"][""]["version"],
        "src/version.ts": re.findall(r"VERSION = '([^']+)'", source)[0],
    }
    assert versions == dict.fromkeys(versions, nb2pkg.__version__)


def test_packages_come_from_whichever_registry_is_set_up() -> None:
    lock = json.loads(_LOCK)
    elsewhere = {
        name: sorted(set(package) & {"resolved", "link"})
        for name, package in lock["packages"].items()
        if name and ("integrity" not in package or set(package) & {"resolved", "link"})
    }
    told = set(re.findall(r"https?://[^/\"]+", _LOCK))
    funding = set(re.findall(r"https?://[^/\"]+", json.dumps([p.get("funding") for p in lock["packages"].values()])))  # fmt: skip

    assert elsewhere == {}
    assert told == funding
    assert not re.search(
        r"^\s*(@\w+:)?registry|_auth", (_FOLDER / ".npmrc").read_text(), re.MULTILINE
    )


def test_schemas_are_of_plugins_and_offer_commands_that_there_are() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (_FOLDER / "src").rglob("*.ts"))
    for path in (_FOLDER / "schema").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r'"command": "(nb2pkg:[^"]+)"', text))
        assert f"'nb2pkg:{path.stem}'" in sources
        assert [command for command in sorted(named) if f"'{command}'" not in sources] == []


def test_jupyterlab_is_told_where_it_is() -> None:
    (told,) = nb2pkg._jupyter_labextension_paths()

    assert _ROOT / "src" / "nb2pkg" / told["src"] == assets.BUILT
    assert told["dest"] == "nb2pkg"


# -- what is built


def _built(kind: str, folder: Path, root: Path = _ROOT, **environment: str) -> tuple[Path, str]:
    """An sdist or a wheel, and what its build said."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (path,) = folder.iterdir()
    return path, done.stderr


@pytest.fixture(scope="module")
def current() -> None:
    """What is built is of these sources."""
    try:
        assets.ensure()
    except assets.CannotBuild as problem:
        pytest.skip(str(problem))


def test_the_wheel_has_the_extension_once_and_where_jupyter_looks(
    current: None, tmp_path: Path
) -> None:
    wheel, _ = _built("wheel", tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (package,) = [n for n in names if n.endswith(f"{_IN_WHEEL}package.json")]
        told = json.loads(archive.read(package))

    place = package.removesuffix("package.json")
    inside = {name.removeprefix(place) for name in names if name.startswith(place)}
    on_disk = {
        p.relative_to(assets.BUILT).as_posix() for p in assets.BUILT.rglob("*") if p.is_file()
    }
    assert inside == on_disk | {"install.json"}
    assert told["version"] == nb2pkg.__version__
    assert told["jupyterlab"]["_build"]["load"] in inside
    assert [n for n in names if "labextension" in n and not n.startswith(place)] == []
    assert [n for n in names if n.endswith("data/etc/jupyter/jupyter_server_config.d/nb2pkg.json")]


def test_an_sdist_installs_without_node(current: None, tmp_path: Path) -> None:
    sdist, _ = _built("sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        assert [n for n in names if "node_modules" in n or n.endswith("tsbuildinfo")] == []
        archive.extractall(tmp_path / "out", filter="data")
    (root,) = (tmp_path / "out").iterdir()

    wheel, said = _built("wheel", tmp_path / "wheel", root, PATH=str(tmp_path))

    with zipfile.ZipFile(wheel) as archive:
        assert [n for n in archive.namelist() if n.endswith(f"{_IN_WHEEL}package.json")]
    assert "without its" not in said


def test_without_node_the_python_parts_are_built_and_it_is_said(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    made = shutil.ignore_patterns("node_modules", "lib", "__pycache__", "tsconfig.tsbuildinfo")
    shutil.copytree(_FOLDER, root / "labextension", ignore=made)
    shutil.copytree(
        _ROOT / "src", root / "src", ignore=shutil.ignore_patterns("labextension", "__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(_ROOT / name, root)

    wheel, said = _built("wheel", tmp_path / "wheel", root, PATH=str(tmp_path))

    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "nb2pkg/cli/main.py" in names
    assert [name for name in names if "labextensions" in name] == []
    assert "nb2pkg without its JupyterLab extension: There is no `node` here" in said
    assert "Install Node.js 20.19 or later" in said
