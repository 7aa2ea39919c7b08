"""Files are the same where their bytes are; pickles where they build the same."""

from __future__ import annotations

import pickle
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.adapters.file_digests import file_digest


def written(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return file_digest(path, "shop")


def pickled(module: str, x: int, protocol: int, patch: pytest.MonkeyPatch) -> bytes:
    """A point of a class that stands in `module`, pickled."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        patch.setitem(sys.modules, name, types.ModuleType(name))
    kind = type("Point", (), {"__module__": module, "__qualname__": "Point"})
    patch.setattr(sys.modules[module], "Point", kind, raising=False)
    point: Any = kind()
    point.x = x
    data = pickle.dumps(point, protocol)
    patch.undo()
    return data


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_a_pickle_is_the_same_wherever_the_notebooks_class_stands(
    tmp_path: Path, protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [("__main__", 1), ("shop.steps.load", 1), ("__main__", 2), ("other.place", 1)]
    digests = [
        written(tmp_path, str(n), pickled(module, x, protocol, monkeypatch))
        for n, (module, x) in enumerate(points)
    ]

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_bytes_count_elsewhere(tmp_path: Path) -> None:
    texts = [
        b"__main__",
        b"shop",
        b"\x80",
        b"\x80\x04 no pickle",
        b"",
        b"\x80\x04N.more",
        b"\x80\x04N.",
    ]

    assert len({written(tmp_path, "a", data) for data in texts}) == len(texts)


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    assert file_digest(tmp_path / "gone", "shop").startswith("unreadable: ")
