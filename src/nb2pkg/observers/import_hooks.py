"""Do something right after a module has been loaded, whenever the program that is watched loads it."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable
from typing import Any


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls `then[name](module)` once, right after the program has loaded the module `name`."""

    def __init__(self, then: dict[str, Callable[[Any], None]]) -> None:
        self._then = dict(then)
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        then = self._then.pop(fullname, None)
        spec = importlib.util.find_spec(fullname) if then is not None else None
        if then is None or spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_then_call(module: Any) -> None:
            load(module)
            try:
                then(module)
            except Exception as error:  # what is watched must not fail because it is watched
                sys.stderr.write(f"nb2pkg: {fullname}: {error!r}\n")

        spec.loader.exec_module = load_then_call  # type: ignore[method-assign]
        return spec


def show_frames_as_a_kernel_does(pandas: Any) -> None:
    """Make pandas print as it does in a notebook: without a kernel it fits frames to a terminal."""
    pandas.set_option("display.max_columns", 20)


def show_nothing(display_functions: Any) -> None:
    """Let `display` show nothing: a notebook shows rich output below the cell, and prints none of it."""

    def display(*objects: Any, **options: Any) -> None:
        return None

    display_functions.display = display
