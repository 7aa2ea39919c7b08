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
        module.__file__ = f"<nb2pkg {name}>"
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
    """Run a package or a step notebook, watched, or do what comes after; give the exit code."""
    if "replay" in spec:
        return replay(spec)
    if "pairs" in spec:
        load("picture_pixels").write_shares(spec["pairs"], spec["result"])
        return 0
    pictures = load("pictures").Pictures(spec["pictures"])
    pictures.be_the_backend()
    hooks = load("import_hooks")
    then = {
        "pandas": hooks.show_frames_as_a_kernel_does,
        "IPython.core.display_functions": hooks.show_nothing,
    }
    hooks.AfterImport(then)
    if "recording" in spec:
        record(spec)
    code: int = load("package_run").run(spec, load("digests").describe, pictures)
    return code


def record(spec: dict[str, Any]) -> None:
    """Write down what the functions of the package take and give, once it runs."""
    import builtins
    import os

    about = spec["recording"]
    calls = load("call_hooks")
    files = load("file_access").FileAccess(about["ours"])
    output = os.path.join(spec["pictures"], "stdout.txt")
    recorder = load("recording").Recorder(
        about["calls"], about["steps"], _keeper(spec, about), load, files, output
    )
    setattr(builtins, calls.HOOK, recorder)
    finder = calls.HookedModules(spec["package"], os.path.realpath(spec["source"]))
    sys.meta_path.insert(0, finder)


def replay(spec: dict[str, Any]) -> int:
    """Call the functions of the package by themselves."""
    import os

    os.environ["MPLBACKEND"] = "Agg"
    sys.path[0] = os.path.realpath(spec["source"])
    sys.dont_write_bytecode = True
    about = spec["replay"]
    load("replay").Replay(about, _keeper(spec, about), load).run()
    return 0


def _keeper(spec: dict[str, Any], about: dict[str, Any]) -> Any:
    describe = load("digests").describe
    return load("keeping").Keeper(
        about["data"], spec["package"], describe, load, about["secrets"], about["base"]
    )
