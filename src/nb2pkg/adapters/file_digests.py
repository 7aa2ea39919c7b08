"""When do two files hold the same? By their bytes; pickles by what they would build."""

from __future__ import annotations

import hashlib
import pickletools
from pathlib import Path

_MOST_PICKLE_BYTES = 50 * 2**20


def file_digest(path: Path, package: str) -> str:
    """Digest what a file holds.

    Pickles name the module of each class: the notebook's own are in `__main__` there, and in a module of
    `package` here. Nothing is unpickled.
    """
    try:
        with open(path, "rb") as file:
            if file.read(1) == b"\x80" and path.stat().st_size <= _MOST_PICKLE_BYTES:
                file.seek(0)
                return _pickle_digest(file.read(), package)
            file.seek(0)
            digest = hashlib.blake2b(digest_size=16)
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        return f"unreadable: {error.strerror}"
    return digest.hexdigest()


def _pickle_digest(data: bytes, package: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    end = 0
    try:
        for operation, argument, position in pickletools.genops(data):
            end = (position or 0) + 1
            if operation.name != "FRAME":  # how long the pieces are
                digest.update(f"{operation.name} {_module_less(argument, package)!r}\n".encode())
    except ValueError:  # it only begins like a pickle, or goes on as something else
        end = 0
    digest.update(data[end:])
    return digest.hexdigest()


def _module_less(argument: object, package: str) -> object:
    if not isinstance(argument, str):
        return argument
    module, _, name = argument.partition(" ")  # "module name" in the oldest protocols
    is_own = module == "__main__" or module == package or module.startswith(f"{package}.")
    return ("", name) if is_own else argument
