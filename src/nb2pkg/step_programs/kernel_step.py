"""What watches a notebook's step from within its kernel: what it touches, and how much it prints?

The text of this file is executed with `SHELL`, `OPTIONS` and `SOURCES` (module name → text) in its
namespace; nothing of it gets into the notebook's variables.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import types
from typing import Any

SHELL: Any = globals().get("SHELL")
OPTIONS: dict[str, Any] = globals().get("OPTIONS", {})
SOURCES: dict[str, str] = globals().get("SOURCES", {})


class KernelStep:
    """Looks on from the notebook's first cell to its last."""

    def __init__(self, options: dict[str, Any], sources: dict[str, str]) -> None:
        self._footprint = loaded("footprint", sources["footprint"])
        self.access = loaded("file_access", sources["file_access"]).FileAccess(options["folder"])
        self.access.is_on = True
        self._limit = options["most_printed"]
        for stream in (sys.stdout, sys.stderr):
            self._limit_stream(stream)

    def told(self) -> str:
        """What was touched so far, as JSON."""
        self.access.is_on = False
        try:
            return json.dumps(self._footprint.footprint(self.access))
        finally:
            self.access.is_on = True

    def _limit_stream(self, stream: Any) -> None:
        """Let no cell print more than there is room for: what is more is counted and dropped.

        Here and not where it arrives, since it would have to be held in memory on the way.
        """
        inner = stream.write
        state = {"parent": None, "left": self._limit, "dropped": 0}

        def write(text: str) -> int:
            if not isinstance(text, str):
                return int(inner(text))
            parent = getattr(stream, "parent_header", None)
            now = parent.get("msg_id") if isinstance(parent, dict) else None
            if now != state["parent"]:
                state.update(parent=now, left=self._limit, dropped=0)
            if len(text) <= state["left"]:
                state["left"] -= len(text)
                inner(text)
            else:
                if not state["dropped"]:
                    inner(text[: state["left"]] + OPTIONS["printed_too_much"])
                state["dropped"] += len(text) - state["left"]
                state["left"] = 0
            return len(text)

        with contextlib.suppress(AttributeError):
            stream.write = write


def loaded(name: str, source: str) -> Any:
    """One of our own files as a module."""
    module = types.ModuleType("_nb2pkg_" + name)
    exec(compile(source, f"<nb2pkg {name}>", "exec"), module.__dict__)
    return module


if SHELL is not None:
    for entry in reversed(OPTIONS["import_folders"]):
        if entry not in sys.path:
            sys.path.insert(1 if sys.path[:1] == [""] else 0, entry)
    os.environ.update(OPTIONS["environment"])
    sys.modules["_nb2pkg_step"] = KernelStep(OPTIONS, SOURCES)  # type: ignore[assignment]
