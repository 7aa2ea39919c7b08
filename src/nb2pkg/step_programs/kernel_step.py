"""What watches a notebook's step from within its kernel: what it touches, and how much it prints?

Nothing of it gets into the notebook's variables: a forked kernel is this program's `main`; in others its text is
executed, with `SHELL` and `SPEC` in its namespace. A spec has `options`, and `sources`: names → texts of modules;
for `main` it has the kernel's `arguments` too, the first two of them `-f` and the connection file.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import types
from typing import Any

SHELL: Any = globals().get("SHELL")
SPEC: dict[str, Any] = globals().get("SPEC", {})
_CONTROL_SECONDS = 5.0
_SAYS_WHERE_SETTINGS_ARE = ("HOME", "IPYTHONDIR", "IPYTHON_DIR", "XDG_CONFIG_HOME", "PROGRAMDATA")
PARTS: dict[str, Any] = {}
SETTINGS: dict[str, Any] = {}


class KernelStep:
    """Looks on from the notebook's first cell to its last."""

    def __init__(self, shell: Any, options: dict[str, Any]) -> None:
        self._options = options
        self._shell = shell
        self._written: list[tuple[Any, Any, Any]] = []  # stream, its write before, ours
        shell.events.register("pre_run_cell", self.begin_cell)
        shell.events.register("post_run_cell", self.end_cell)
        self.access = PARTS["file_access"].FileAccess(options["folder"])
        # What was registered last is done first.
        atexit.register(self.end)

    def end(self) -> None:
        """At the end of the kernel: write down what was touched."""
        self.access.is_on = False
        self.let_control_end()
        beside = self._options["footprint"] + ".part"
        with contextlib.suppress(OSError):
            with open(beside, "w", encoding="utf-8", errors="backslashreplace") as file:
                json.dump(PARTS["footprint"].footprint(self.access), file)
            os.replace(beside, self._options["footprint"])

    def let_control_end(self) -> None:
        """Let the thread end that has passed on the request to end: it still publishes.

        The thread that it publishes by is the next to be stopped; who is late then waits for ever, and so does the
        kernel for it.
        """
        thread = getattr(self._shell.kernel, "control_thread", None)
        if thread is not None and thread.is_alive():
            thread.stop()
            thread.join(_CONTROL_SECONDS)

    def begin_cell(self, info: Any = None) -> None:
        """Let the cell print no more than there is room for: what is more is dropped.

        Here and not where it arrives, since it would have to be held in memory on the way; and anew for each
        cell, since IPython puts something around `write` for as long as a cell runs.
        """
        self.end_cell()
        self.access.is_on = True
        room = [self._options["most_printed"]]
        for stream in (sys.stdout, sys.stderr):
            before = getattr(stream, "write", None)
            limited = self._limited(before, room)
            with contextlib.suppress(AttributeError):
                stream.write = limited  # type: ignore[method-assign]
                self._written.append((stream, before, limited))

    def end_cell(self, result: Any = None) -> None:
        """Leave the streams as they were found."""
        for stream, before, ours in self._written:
            if getattr(stream, "write", None) is ours:
                stream.write = before
        self._written = []

    def _limited(self, write: Any, room: list[int]) -> Any:
        def limited(text: Any) -> Any:
            if not isinstance(text, str):
                return write(text)
            size = len(text)
            if room[0] < 0:
                return size
            if size > room[0]:
                text = text[: room[0]] + self._options["printed_too_much"]
                room[0] = -1
            else:
                room[0] -= size
            if not text.isascii():
                # A lone surrogate would keep the kernel from sending anything.
                text = text.encode("utf-8", "backslashreplace").decode("utf-8")
            write(text)
            return size

        return limited


def loaded(name: str, source: str) -> Any:
    """One of our own files as a module."""
    module = types.ModuleType("_nb2pkg_" + name)
    exec(compile(source, f"<nb2pkg {name}>", "exec"), module.__dict__)
    return module


def main(spec: dict[str, Any]) -> int:
    """Be an IPython kernel that is watched, to its end."""
    sys.argv = ["ipykernel_launcher.py", *spec["arguments"]]
    application = kernel_application(spec["arguments"])
    begin(application.shell, spec["options"])
    application.start()
    return 0


def prepare(spec: dict[str, Any]) -> None:
    """Load what a step is watched with; once, if this is done before processes are forked."""
    if not PARTS:
        PARTS.update({name: loaded(name, source) for name, source in spec["sources"].items()})
        PARTS["footprint"].own_modules()
    if "arguments" in spec and not SETTINGS:
        read_settings(spec["arguments"])


def read_settings(arguments: list[str]) -> None:
    """Let IPython look for its user's settings before kernels are forked.

    Where there are some, each kernel reads them for itself: they are programs.
    """
    SETTINGS["places"] = places_of_settings()
    with contextlib.suppress(Exception, SystemExit):
        from ipykernel.kernelapp import IPKernelApp

        hook = sys.excepthook
        application = IPKernelApp.instance()
        super(IPKernelApp, application).initialize(arguments[2:])
        SETTINGS["hook"], sys.excepthook = sys.excepthook, hook
        if not application.loaded_config_files:
            SETTINGS["application"] = application


def places_of_settings() -> list[str | None]:
    """What says where settings are."""
    return [os.getcwd(), *(os.environ.get(name) for name in _SAYS_WHERE_SETTINGS_ARE)]


def kernel_application(arguments: list[str]) -> Any:
    """The application of a kernel, ready to start."""
    from ipykernel.kernelapp import IPKernelApp

    application = SETTINGS.get("application")
    if application is None or SETTINGS["places"] != places_of_settings():
        IPKernelApp.clear_instance()
        # Its default is computed when the class is first looked at: in the process that was forked.
        application = IPKernelApp.instance(parent_handle=os.getppid())
        application.initialize(arguments)
        return application
    from traitlets.config import Config

    sys.excepthook = SETTINGS["hook"]
    application.parent_handle = os.getppid()
    application.update_config(Config({"IPKernelApp": {"connection_file": arguments[1]}}))
    reader = next(one for one in IPKernelApp.__mro__[1:] if "initialize" in vars(one))
    reads = reader.initialize
    reader.initialize = lambda self, argv=None: None
    try:
        application.initialize(arguments)
    finally:
        reader.initialize = reads
    return application


def look_for_children_only_where_there_are_some(kernel: Any) -> None:
    """Spare a kernel that has started nothing to look through all processes of the machine when it ends."""
    look = getattr(kernel, "_process_children", None)
    if look is None or not hasattr(os, "waitid"):
        return

    def children() -> Any:
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return []
        return look()

    kernel._process_children = children


def begin(shell: Any, options: dict[str, Any]) -> None:
    """Watch a kernel from now on, and let its notebook find what the run wants it to find."""
    for entry in reversed(options["import_folders"]):
        if entry not in sys.path:
            sys.path.insert(1 if sys.path[:1] == [""] else 0, entry)
    os.environ.update(options["environment"])
    look_for_children_only_where_there_are_some(shell.kernel)
    sys.modules["_nb2pkg_step"] = KernelStep(shell, options)  # type: ignore[assignment]


if SHELL is not None:
    prepare(SPEC)
    begin(SHELL, SPEC["options"])
