"""How does a process of its own begin for each step, without paying for its imports each time?

The program is given a socket. It imports what steps will want, and then forks for each request: a kernel,
a function, or a call of ours. It tells when each has ended and what it used. Whoever holds the other end
of the socket and dies takes all of them along: at its end, everything that was started here is killed.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import fcntl
import gc
import importlib
import io
import json
import os
import select
import signal
import socket
import sys
import warnings
from typing import Any

_PDEATHSIG, _CHILD_SUBREAPER = 1, 36
_LONGEST_REQUEST = 1 << 26
_BUFFERED = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
_CONTROL_OF_BRANCH = 3
_PYTHON_S = ("sys", "builtins", "__main__")


def linux_prctl() -> Any:
    """Linux's way to ask for something about this process; elsewhere, one that does nothing."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError, ImportError):
            import ctypes

            return ctypes.CDLL(None).prctl
    return lambda *arguments: 0


prctl = linux_prctl()


def start_of(pid: int) -> int:
    """When a process began, in the machine's clock ticks; 0 where that is not known."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


class Forked(Exception):
    """Leads a process that was just forked out of the loop that it was forked in."""


class Spawner:
    """Starts processes on request and tells of their ends, until nobody asks any more."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.buffer = b""
        self.left_alone: list[str] = []
        self.programs: dict[str, dict[str, Any]] = {}
        self.shared: dict[str, Any] = {}
        self.descriptors: list[int] = []
        self.running: dict[int, int] = {}  # process id → the request that it was started for
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(self.wake_write, False)

    def serve(self) -> None:
        """Do what is asked for until the other end is closed."""
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        # Ctrl-C reaches every process of the terminal: what becomes of ours is decided elsewhere.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self.wake_read, select.POLLIN)
        self.obey_all()
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self.wake_read in ready:
                self.drain()
                self.reap()
            if self.control.fileno() in ready and not self.listen():
                return

    def drain(self) -> None:
        """Take in what woke us."""
        try:
            while os.read(self.wake_read, 512):
                pass
        except BlockingIOError:
            pass

    def listen(self) -> bool:
        """Take in requests; whether there may be more."""
        space = socket.CMSG_SPACE(16 * array.array("i").itemsize)
        try:
            data, ancillary, _, _ = self.control.recvmsg(1 << 16, space)
        except OSError:
            return False
        for level, kind, numbers in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received = array.array("i")
                received.frombytes(numbers[: len(numbers) - len(numbers) % received.itemsize])
                self.descriptors += list(received)
        if not data or len(self.buffer) > _LONGEST_REQUEST:
            return False
        self.buffer += data
        self.obey_all()
        return True

    def obey_all(self) -> None:
        """Do what is asked for so far."""
        while b"\n" in self.buffer:
            line, _, self.buffer = self.buffer.partition(b"\n")
            self.obey(json.loads(line))

    def obey(self, request: dict[str, Any]) -> None:
        """Do one thing that is asked for."""
        if request["do"] == "import":
            wanted = [m for m in request["modules"] if m not in self.left_alone]
            noisy = imported(wanted, request["without"])
            if noisy:
                self.begin_anew(noisy, request)
            return
        given = self.descriptors[: request["descriptors"]]
        del self.descriptors[: request["descriptors"]]
        if request["kind"] == "spawner" and (found := imported_from(request["not_from"])):
            self.tell({"id": request["id"], "failed": f"{found} is another than it seems"})
            for descriptor in given:
                os.close(descriptor)
            return
        self.load(request)
        # What is there by now is for all that are forked, and nothing that they should look through for garbage:
        # a page of memory that is only read is not copied.
        if len(self.shared) != len(sys.modules):
            self.shared = dict(sys.modules)
            keep_for_ever(self.shared)
        gc.freeze()
        try:
            pid = os.fork()
        except OSError as error:
            self.tell({"id": request["id"], "failed": str(error)})
            pid = -1
        if pid == 0:
            raise Forked(request, given)
        for descriptor in given:
            os.close(descriptor)
        if pid > 0:
            self.running[pid] = request["id"]
            self.tell({"id": request["id"], "pid": pid, "start": start_of(pid)})

    def begin_anew(self, noisy: list[str], request: dict[str, Any]) -> None:
        """Become a fresh process that leaves alone what says something when it is imported.

        A step that imports it has to hear that itself.
        """
        state = {
            "left_alone": [*self.left_alone, *noisy],
            "buffer": json.dumps(request) + "\n" + self.buffer.decode("utf-8"),
            "descriptors": self.descriptors,
        }
        for descriptor in (self.control.fileno(), *self.descriptors):
            os.set_inheritable(descriptor, True)
        words = [os.path.abspath(__file__), str(self.control.fileno()), json.dumps(state)]
        os.execv(sys.executable, [sys.executable, "-Xfrozen_modules=off", *words])

    def load(self, request: dict[str, Any]) -> None:
        """Do once, for all processes that will run a program of ours, what it can be prepared by."""
        name = request.get("file") or request.get("module")
        if not name:
            return
        if name not in self.programs and request.get("file"):
            namespace: dict[str, Any] = {"__name__": "_nb2pkg_step", "__file__": name}
            with open(name, "rb") as file:
                exec(compile(file.read(), name, "exec"), namespace)
            self.programs[name] = namespace
        elif name not in self.programs and name in sys.modules:
            self.programs[name] = vars(sys.modules[name])
        if name in self.programs:
            self.programs[name]["prepare"](request["spec"])

    def become(self, request: dict[str, Any], given: list[int]) -> None:
        """In the child: be what was asked for, to its end."""
        self.begin_apart(request, given)
        gc.enable()
        fresh_random_state()
        if request.get("file"):
            raise SystemExit(self.programs[request["file"]]["main"](request["spec"]))
        KINDS[request["kind"]](request)

    def begin_apart(self, request: dict[str, Any], given: list[int]) -> None:
        """In the child: have nothing in common with the spawner but what is imported."""
        os.setsid()
        prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.control.close()
        os.close(self.wake_read)
        os.close(self.wake_write)
        # First out of the way of the numbers that they are to have.
        high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in given]
        for descriptor in given:
            os.close(descriptor)
        if not request.get("has_input"):
            high.insert(0, os.open(os.devnull, os.O_RDONLY))
        for target, descriptor in enumerate(high):
            os.dup2(descriptor, target)
            os.close(descriptor)
        for name in request.get("unset", ()):
            os.environ.pop(name, None)
        os.environ.update(request.get("environment", {}))
        os.chdir(request["folder"])

    def branched(self, request: dict[str, Any], given: list[int]) -> Spawner:
        """In the child: a spawner that goes on from what is imported, but finds modules elsewhere."""
        self.begin_apart(request, given)
        sys.path[:] = [*request["first"], *(p for p in sys.path if p not in request["not_from"])]
        importlib.invalidate_caches()
        prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
        return Spawner(socket.socket(fileno=_CONTROL_OF_BRANCH))

    def spare(self) -> None:
        """At the end of a forked process: let Python not take to pieces what it was forked with.

        That takes longer than many a step, and copies every page. What the process has made itself is ended as
        always: its own modules, what waits for the end, files that are still open.
        """
        for thing in [one for one in gc.get_objects() if issubclass(type(one), _BUFFERED)]:
            with contextlib.suppress(Exception):
                thing.flush()
        shared = self.shared
        own = {n: m for n, m in sys.modules.items() if shared.get(n) is not m or n in _PYTHON_S}
        sys.modules.clear()
        sys.modules.update(own)

    def reap(self) -> None:
        """Tell of processes that have ended, and end what they have left behind."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self.running.pop(pid, None)
            if number is None:
                continue
            kill_group(pid)
            exit = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            scale = 1 if sys.platform == "darwin" else 1024
            self.tell(
                {
                    "id": number,
                    "exit": exit,
                    "cpu": usage.ru_utime + usage.ru_stime,
                    "memory": usage.ru_maxrss * scale,
                }
            )

    def tell(self, answer: dict[str, Any]) -> None:
        """Tell who asks; nobody may be there any more."""
        with contextlib.suppress(OSError):
            self.control.sendall(json.dumps(answer).encode("utf-8") + b"\n")

    def end(self) -> None:
        """Kill everything that was started here, and what that started and left to us."""
        for pid in self.running:
            kill_group(pid)
        for _ in range(100):
            left = children_of(os.getpid())
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            try:
                while os.wait4(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            if not left:
                return
            select.select([], [], [], 0.01)


def keep_for_ever(thing: Any) -> None:
    """See to it that something is never taken to pieces, not even when Python ends."""
    with contextlib.suppress(ImportError, AttributeError):
        import ctypes

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def kill_group(pid: int) -> None:
    """Kill what is left of the group that a process led."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def children_of(parent: int) -> list[int]:
    """The processes whose parent this is; none where that cannot be seen."""
    found = []
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if len(fields) > 1 and int(fields[1]) == parent and fields[0] != b"Z":
                found.append(int(name))
    return found


def imported(names: list[str], without: list[str]) -> list[str]:
    """Import modules; give the names of those that print or warn of something, of which none may be left.

    without: modules that they find missing: what they do with those is nothing that is asked for here
    """
    noisy = []
    missing = [name for name in without if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]
    for name in names:
        said = io.StringIO()
        warned: list[Any] = []
        try:
            with contextlib.ExitStack() as stack:
                stack.enter_context(contextlib.redirect_stdout(said))
                stack.enter_context(contextlib.redirect_stderr(said))
                warned = stack.enter_context(warnings.catch_warnings(record=True)) or []
                __import__(name)
        except BaseException:
            # The step that imports it will say what is wrong with it.
            continue
        if said.getvalue() or any(was_shown(one) for one in warned):
            noisy.append(name)
    for name in missing:
        sys.modules.pop(name, None)
    return noisy


def imported_from(folders: list[str]) -> str:
    """The name of a module that is imported from one of these folders; empty where there is none."""
    places = tuple(os.path.join(folder, "") for folder in folders)
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name != "__main__" and isinstance(path, str) and places and path.startswith(places):
            return name
    return ""


def was_shown(warning: Any) -> bool:
    """Whether a warning at an import is one that a program would have seen."""
    return not issubclass(
        warning.category, (DeprecationWarning, PendingDeprecationWarning, ImportWarning)
    )


def fresh_random_state() -> None:
    """What was seeded when a library was imported must not be the same in every process."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and "numpy.random" in sys.modules:
        numpy.random.seed()


# -- what a process can become


def be_command(request: dict[str, Any]) -> None:
    """Become another program."""
    if request.get("parent_variable"):
        # A kernel ends when the process of this id does; and is not told how to connect to it by hand.
        os.environ[request["parent_variable"]] = str(os.getppid())
    words = request["command"]
    os.execvp(words[0], words)


def be_program(request: dict[str, Any]) -> None:
    """Run the function `main` of a module with what the request gives."""
    __import__(request["module"])
    code = sys.modules[request["module"]].main(request["spec"])
    sys.stdout.flush()
    sys.stderr.flush()
    # Nothing of a user's runs here.
    os._exit(code)


KINDS = {"command": be_command, "program": be_program}


def main() -> None:
    """Serve whoever holds the other end of the socket whose number is the first argument."""
    # This file's own folder is nothing that a step should import from.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    if os.getcwd() != here and "" in sys.path:
        sys.path.remove("")
    # Not to be killed along with whoever asks: then nobody would be left to end what runs here.
    prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.getsid(0) != os.getpid():
        os.setsid()
    # Imports make next to no garbage, and looking for it takes a tenth of their time.
    gc.disable()
    spawner = Spawner(socket.socket(fileno=int(sys.argv[1])))
    if len(sys.argv) > 2:
        state = json.loads(sys.argv[2])
        spawner.left_alone = state["left_alone"]
        spawner.buffer = state["buffer"].encode("utf-8")
        spawner.descriptors = state["descriptors"]
    while True:
        # The first to be asked for is the last to be done.
        atexit.register(spawner.spare)
        try:
            spawner.serve()
        except Forked as forked:
            request, given = forked.args
        else:
            spawner.end()
            os._exit(0)
        if request["kind"] != "spawner":
            break
        spawner = spawner.branched(request, given)
    # A process that was forked goes on here, and ends as every Python program does: what it holds open is
    # written, and what is to be done at exit is done.
    spawner.become(request, given)


if __name__ == "__main__":
    main()
