"""The committed packages of the examples are what extract makes of their notebooks today."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from nb2pkg.api import extracting

_EXAMPLES = Path(__file__).parents[2] / "examples"
_NOTEBOOKS = sorted(_EXAMPLES.glob("0*/*.ipynb"))
# Digests and the merge base hold the versions of whoever made them.
_NOT_COMPARED = {"nb2pkg.lock", ".nb2pkg/base.json"}
_VERSION = re.compile(r"(?<=[=><~])\s?\d+(?:\.\w+)*")


@pytest.mark.parametrize("notebook", _NOTEBOOKS, ids=[n.parent.name for n in _NOTEBOOKS])
def test_the_committed_package_is_what_extract_writes(notebook: Path, tmp_path: Path) -> None:
    folder = tmp_path / notebook.parent.name
    shutil.copytree(notebook.parent, folder)
    if not (folder / notebook.stem / ".nb2pkg/observed.json").exists():
        shutil.rmtree(folder / notebook.stem)

    # What a run has shown is kept: nothing is run here.
    extracting.extract(str(folder / notebook.name), on_edits=extracting.OnEdits.OVERWRITE)
    shutil.rmtree(folder / notebook.stem / ".nb2pkg/backup", ignore_errors=True)

    made = _texts(folder / notebook.stem)
    committed = _texts(notebook.with_suffix(""))
    assert sorted(made) == sorted(committed), "run: make examples"
    for path, text in made.items():
        assert text == committed[path], f"{path} differs; run: make examples"


def test_every_example_has_its_package() -> None:
    assert len(_NOTEBOOKS) >= 3
    for notebook in _NOTEBOOKS:
        assert (notebook.with_suffix("") / "nb2pkg.lock").is_file(), "run: make examples"


def _texts(folder: Path) -> dict[str, str]:
    """The files of a package with their text, versions of dependencies aside."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_ours = path.is_file() and name not in _NOT_COMPARED
        if not is_ours or {"__pycache__", ".pytest_cache"} & set(path.parts):
            continue
        text = path.read_text(encoding="utf-8")
        if name in ("pyproject.toml", "constraints.txt"):
            # How long a list is decides whether it stands on one line.
            text = "".join(_VERSION.sub("*", text).split()).replace(",]", "]")
        found[name] = text
    return found
