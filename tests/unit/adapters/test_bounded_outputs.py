"""Outputs stay below the folder that they are bound to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nb2pkg.adapters.bounded_outputs import refuse_outside
from nb2pkg.problems import UsageError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="steps run on Linux and macOS")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with links out of it and within it."""
    root = tmp_path / "root"
    for folder in ("out", ".hidden"):
        (root / folder).mkdir(parents=True)
    (tmp_path / "root-secret").mkdir()
    (root / "way-out").symlink_to(tmp_path)
    (root / "again").symlink_to("way-out")
    (root / "beside").symlink_to("../root-secret")
    (root / "out.ipynb").symlink_to("../x.ipynb")
    (root / "inner").symlink_to("out")
    (root / "shown").symlink_to(".hidden")
    (root / ".link").symlink_to("out")
    return root


@pytest.mark.parametrize("path", ["x.ipynb", "out/x.ipynb", "new/er/x.ipynb", "inner/x.ipynb", "inner/../x.ipynb"])  # fmt: skip
def test_what_lies_below_is_let_be(root: Path, path: str) -> None:
    refuse_outside(f"{root}/{path}", str(root), allows_hidden=False)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "../x.ipynb",
        "../root-secret/x.ipynb",
        "way-out/x.ipynb",
        "again/new/x.ipynb",
        "beside/x.ipynb",
        "out.ipynb",
        "way-out",
    ],
)
def test_what_leads_out_is_refused(root: Path, path: str) -> None:
    with pytest.raises(UsageError, match="leads out of") as refused:
        refuse_outside(f"{root}/{path}", str(root), allows_hidden=True)

    assert refused.value.code == "NB021"


@pytest.mark.parametrize(
    "path", [".x.ipynb", ".hidden/x.ipynb", "a/.b/x.ipynb", "shown/x.ipynb", ".link/x.ipynb"]
)
def test_what_is_hidden_is_refused_where_nobody_would_see_it(root: Path, path: str) -> None:
    refuse_outside(f"{root}/{path}", str(root), allows_hidden=True)
    with pytest.raises(UsageError, match="hidden") as refused:
        refuse_outside(f"{root}/{path}", str(root), allows_hidden=False)

    assert refused.value.code == "NB021"


def test_a_folder_that_is_a_link_is_what_it_leads_to(root: Path) -> None:
    (root.parent / "way-in").symlink_to("root")

    refuse_outside(f"{root.parent}/way-in/x.ipynb", f"{root.parent}/way-in", allows_hidden=False)
    refuse_outside(f"{root}/x.ipynb", f"{root.parent}/way-in", allows_hidden=False)


def test_below_the_root_of_the_disk_is_everything(root: Path) -> None:
    refuse_outside("/srv/x.ipynb", "/", allows_hidden=False)
    with pytest.raises(UsageError, match="hidden"):
        refuse_outside("/srv/.x/x.ipynb", "/", allows_hidden=False)
