"""nb2pkg with a place for shared results that is as bad as a file beside it says: `unsteady://FOLDER`.

python unsteady_place.py COMMAND...: the same as nb2pkg COMMAND. FOLDER.trouble holds what is wrong, if anything:

slow SECONDS    whatever is written takes so long
down            nobody answers
refuses         nobody may write
half BYTES      of what is written, only so much arrives
dies AFTER      the line breaks for good once so many files were written
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem


class UnsteadyPlace(LocalFileSystem):  # type: ignore[misc]
    """A folder that is reached by a line in trouble."""

    protocol = "unsteady"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return super()._strip_protocol(str(path).removeprefix("unsteady://"))

    def info(self, path: Any, **kwargs: Any) -> Any:
        _pass()
        return super().info(path, **kwargs)

    def ls(self, path: Any, detail: bool = False, **kwargs: Any) -> Any:
        _pass()
        return super().ls(path, detail=detail, **kwargs)

    def get_file(self, rpath: Any, lpath: Any, callback: Any = None, **kwargs: Any) -> Any:
        _pass()
        super().get_file(rpath, lpath, callback, **kwargs)

    def cat_file(self, path: Any, start: Any = None, end: Any = None, **kwargs: Any) -> Any:
        _pass()
        return super().cat_file(path, start, end, **kwargs)

    def put_file(self, lpath: Any, rpath: Any, callback: Any = None, **kwargs: Any) -> Any:
        _pass()
        word, number = _trouble()
        if word == "slow":
            time.sleep(number)
        elif word == "refuses":
            raise PermissionError("Forbidden")
        super().put_file(lpath, rpath, callback, **kwargs)
        if word == "half":
            os.truncate(self._strip_protocol(rpath), int(number))


def _pass() -> None:
    word, number = _trouble()
    if word == "down" or (word == "dies" and _files_there() >= number):
        raise ConnectionError("no route to host")


def _trouble() -> tuple[str, float]:
    try:
        word, _, number = Path(f"{_folder()}.trouble").read_text().partition(" ")
    except FileNotFoundError:
        return "", 0.0
    return word, float(number or 0)


def _files_there() -> int:
    return sum(path.is_file() for path in (_folder() / "files").rglob("*"))


def _folder() -> Path:
    return Path(os.environ["NB2PKG_CACHE"].removeprefix("unsteady://"))


if __name__ == "__main__":
    fsspec.register_implementation("unsteady", UnsteadyPlace)
    from nb2pkg.cli.main import main

    main(sys.argv[1:])
