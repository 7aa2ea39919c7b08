"""The text of the observers, as it is sent to the notebook's own Python."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

_NAMES = ("starting", "digests", "pictures", "import_hooks", "kernel_watch", "package_run")


@cache
def observer_sources() -> dict[str, str]:
    """The observers' modules, by name."""
    folder = files("nb2pkg.observers")
    return {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in _NAMES}


def kernel_program() -> str:
    """What a kernel is given to run before its notebook; it binds no name there."""
    sources = observer_sources()
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
