"""Set up the observers in an interpreter that has nothing of nb2pkg installed.

The text of this module is executed with `SOURCES` (module name → text) in its namespace.
"""

from __future__ import annotations

import sys
import types
from typing import Any

SOURCES: dict[str, str] = globals().get("SOURCES", {})


def load(name: str) -> Any:
    """Give one of the observers as a module of a name that no program has."""
    full = "_nb2pkg_" + name
    if full not in sys.modules:
        module = types.ModuleType(full)
        sys.modules[full] = module
        exec(compile(SOURCES[name], f"<nb2pkg {name}>", "exec"), module.__dict__)
    return sys.modules[full]


def in_kernel(shell: Any) -> None:
    """Start to watch a kernel."""
    watch = load("kernel_watch").KernelWatch(shell, load("digests").describe)
    sys.modules["_nb2pkg_watch"] = watch
    then = {"matplotlib_inline.backend_inline": watch.watch_inline}
    load("import_hooks").AfterImport(then)


def beside_package(spec: dict[str, Any]) -> int:
    """Run a package or a step notebook, watched; give the exit code."""
    pictures = load("pictures").Pictures(spec["pictures"])
    pictures.be_the_backend()
    hooks = load("import_hooks")
    then = {
        "pandas": hooks.show_frames_as_a_kernel_does,
        "IPython.core.display_functions": hooks.show_nothing,
    }
    hooks.AfterImport(then)
    code: int = load("package_run").run(spec, load("digests").describe, pictures)
    return code
