"""What the end-to-end tests do by hand: write a notebook, type a command, look at the folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Shell:
    """A folder to type `nb2pkg` commands in."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capfd = capfd

    def __call__(self, *arguments: str) -> Ended:
        """Type a command; its words are given apart."""
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = self._capfd.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in out + err
        return Ended(ended.value.code, out, err)

    def write(self, name: str, *cells: str | tuple[str, str]) -> Path:
        """Write a notebook: a text is a code cell, text that begins with # and a blank is Markdown.

        A pair is a code cell with its tags, between blanks.
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(cells), indent=1) + "\n")
        return path

    def files(self, folder: str) -> dict[str, str]:
        """The files below a folder with their text, without our own notes."""
        root = self.folder / folder
        return {
            path.relative_to(root).as_posix(): path.read_text()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name != "nb2pkg.lock" and ".nb2pkg" not in path.parts
        }


def document(cells: Sequence[str | tuple[str, str]]) -> dict[str, Any]:
    """A notebook as its file holds it."""
    written: list[dict[str, Any]] = []
    for number, cell in enumerate(cells):
        source, tags = cell if isinstance(cell, tuple) else (cell, "")
        cell_id = f"cell-{number}"
        if source.startswith(("# ", "## ")) and not tags:
            written.append(
                {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}
            )
            continue
        metadata = {"tags": tags.split()} if tags else {}
        written.append(
            {
                "cell_type": "code", "execution_count": None, "id": cell_id, "metadata": metadata,
                "outputs": [], "source": source.splitlines(keepends=True),
            }
        )  # fmt: skip
    return {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
