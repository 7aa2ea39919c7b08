"""The text of the observers, as it is sent to the notebook's own Python."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

_IN_KERNEL = ("starting", "digests", "import_hooks", "kernel_watch")
_NAMES = (
    *_IN_KERNEL, "pictures", "package_run", "call_hooks", "recorded_figures", "expressions", "file_access",
    "keeping", "recorded_values", "picture_pixels", "recording", "replay", "type_names", "value_files",
)  # fmt: skip
# Observers that generated tests use too: they come along with them.
_OF_TESTS = ("recorded_values", "recorded_figures")


@cache
def observer_sources() -> dict[str, str]:
    """The observers' modules, by name."""
    folder = files("nb2pkg.observers")
    return {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in _NAMES}


def test_helpers() -> dict[str, str]:
    """The modules that generated tests load recorded values with: the name of the file → its text."""
    return {f"{name}.py": observer_sources()[name] for name in _OF_TESTS}


def kernel_program() -> str:
    """What a kernel is given to run before its notebook; it binds no name there."""
    sources = {name: observer_sources()[name] for name in _IN_KERNEL}
    start = sources["starting"] + "\nin_kernel(SHELL)\n"
    given = (
        f"{{'SOURCES': __import__('json').loads({json.dumps(sources)!r}), 'SHELL': get_ipython()}}"
    )
    return f"exec({start!r}, {given})"


# The program of a process beside a package: it is given the path of a file with all that it needs.
PACKAGE_PROGRAM = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    spec = json.load(file)
space = {"SOURCES": spec.pop("sources")}
exec(compile(space["SOURCES"]["starting"], "<nb2pkg starting>", "exec"), space)
sys.exit(space["beside_package"](spec))
"""
