"""What lies around a pipeline: its notebooks, its own modules, the files that its steps read?"""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence

from nb2pkg.adapters.environment_interpreter import look_at_interpreter, this_interpreter
from nb2pkg.adapters.footprints import file_sha256, folder_names_sha256, module_sha256
from nb2pkg.pipeline.fingerprints import canonical, sha256_of
from nb2pkg.problems import EnvironmentFailure, Refused

_LARGEST_NOTEBOOK = 200_000_000


class ProjectFiles:
    """The port `Project`: the pipeline's folder, the root in which steps run, and their Python."""

    def __init__(
        self, folder: str, root: str, import_folders: Sequence[str], interpreter: str
    ) -> None:
        self._folder = folder
        self._root = root
        self._import_folders = import_folders
        self._interpreter = interpreter
        self._environment: str | None = None

    def read(self, path: str) -> bytes | None:
        """A file below the pipeline's folder; None where there is none.

        Raises:
            Refused: a link leads out of the project (NB405).
            EnvironmentFailure: it cannot be read (NB501).
        """
        whole = os.path.realpath(os.path.join(self._folder, path))
        allowed = (os.path.realpath(self._folder), os.path.realpath(self._root))
        if not any(whole == a or whole.startswith(a.rstrip(os.sep) + os.sep) for a in allowed):
            raise Refused("NB405", f"{path} leads out of the project, to {whole}")
        try:
            if not os.path.isfile(whole):
                return None
            with open(whole, "rb") as file:
                return file.read(_LARGEST_NOTEBOOK + 1)
        except OSError as error:
            raise EnvironmentFailure(
                "NB501", f"{path} cannot be read: {error.strerror or error}"
            ) from error

    def module(self, name: str) -> tuple[str, str] | None:
        """The path and source of a module of the project's own."""
        if not name or not all(part.isidentifier() for part in name.split(".")):
            return None
        relative = name.replace(".", os.sep)
        for folder in (*self._import_folders, self._root):
            for end in (os.path.join(relative, "__init__.py"), f"{relative}.py"):
                path = os.path.join(folder, end)
                if os.path.isfile(path):
                    try:
                        with open(path, encoding="utf-8") as file:
                            return self._shown(path), file.read()
                    except (OSError, UnicodeDecodeError):
                        return None
        return None

    def sha256(self, path: str) -> str | None:
        """What identifies a file by its content, seen from the root."""
        return file_sha256(os.path.join(self._root, path))

    def module_sha256(self, path: str) -> str | None:
        """What identifies a module's source as far as it matters."""
        return module_sha256(os.path.join(self._root, path))

    def names_sha256(self, folder: str) -> str | None:
        """What identifies the names in a folder."""
        return folder_names_sha256(os.path.join(self._root, folder))

    def matching(self, pattern: str) -> Sequence[str]:
        """The files that a path or pattern stands for, seen from the root, sorted."""
        found = glob.glob(pattern, root_dir=self._root, recursive=True)
        return sorted(f for f in found if os.path.isfile(os.path.join(self._root, f)))

    def environment(self) -> str:
        """What identifies the Python that steps run on, and its packages: their names and versions."""
        if self._environment is None:
            looked_at = look_at_interpreter(self._interpreter) if self._interpreter else None
            found = looked_at or this_interpreter()
            names = set()
            for folder in found.package_folders:
                try:
                    listed = os.listdir(folder)
                except OSError:
                    continue
                names |= {n for n in listed if n.endswith((".dist-info", ".egg-info"))}
            self._environment = sha256_of(canonical([list(found.version), sorted(names)]))
        return self._environment

    def variable(self, name: str) -> str | None:
        """An environment variable."""
        return os.environ.get(name)

    def _shown(self, path: str) -> str:
        """A path as footprints name it: relative where it lies below the root."""
        inside = os.path.realpath(self._root) + os.sep
        return os.path.realpath(path).removeprefix(inside)
