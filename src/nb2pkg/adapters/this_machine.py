"""Who and where are we, and does a process that somebody wrote down still live?"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable

from nb2pkg.pipeline.records import GitState, Holder, LiveProcess

_GIT_SECONDS = 10.0
_END_SECONDS = 5.0


def this_holder() -> Holder:
    """What identifies this very process, on this machine, since it was started."""
    return Holder(
        host=host_name(), boot=boot_id(), pid=os.getpid(), process_start=process_start(os.getpid())
    )


def host_name() -> str:
    """The machine's name."""
    return socket.gethostname()


def user_name() -> str:
    """Who runs this, as the system knows it: variables such as $USER are anybody's to set."""
    if not hasattr(os, "getuid"):
        import getpass

        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # as in a container that was given a number
        return str(os.getuid())


def boot_id() -> str:
    """What identifies this start of the machine; empty where it does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def process_start(pid: int) -> int:
    """When a process began, in the machine's clock ticks; 0 where there is none, or nobody tells."""
    try:
        return int(_facts_of(pid)[19])
    except (OSError, ValueError, IndexError):
        return 0


def is_alive(holder: Holder) -> bool | None:
    """Whether a process still runs; None where that cannot be known from here."""
    if holder.host != host_name():
        return None
    if holder.boot and holder.boot != boot_id():
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    if _has_ended(holder.pid):
        return False
    started = process_start(holder.pid)
    if not started or not holder.process_start:
        return None if sys.platform == "linux" and holder.process_start else True
    return started == holder.process_start


def _has_ended(pid: int) -> bool:
    """Whether nothing but the number is left of a process, which nobody has asked for its end."""
    try:
        return _facts_of(pid)[0] in (b"Z", b"X")
    except (OSError, IndexError):
        return False


def _facts_of(pid: int) -> list[bytes]:
    """What the system tells of a process, from its state on."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()


def end_processes(processes: Iterable[LiveProcess], holder: Holder) -> int:
    """Kill what is left of process groups that a dead run had started here; give how many there were.

    A number that the system has given to another process since is left alone.
    """
    if holder.host != host_name() or (holder.boot and holder.boot != boot_id()):
        return 0
    ended = [process.group for process in processes if _members(process)]
    for group in ended:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    deadline = time.monotonic() + _END_SECONDS
    while ended and time.monotonic() < deadline:
        if not any(_group_exists(group) for group in ended):
            break
        time.sleep(0.02)
    return len(ended)


def _members(process: LiveProcess) -> list[int]:
    """The processes of a group, if it is still the one that was written down."""
    leader = process_start(process.group)
    if leader:
        return [process.group] if leader == process.process_start else []
    # Its leader has ended: those that it started and that began after it are its own.
    found = []
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                is_of_group = int(fields[2]) == process.group and int(fields[3]) == process.group
                if is_of_group and int(fields[19]) >= process.process_start and fields[0] != b"Z":
                    found.append(int(name))
    return found


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def git_state(folder: str) -> GitState | None:
    """The commit that is checked out in a folder; None where it is no git checkout."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return GitState(commit=commit.strip(), is_dirty=bool(changed))


def _git(folder: str, *words: str) -> str | None:
    # A repository's own configuration may name programs to run: none of them is wanted here.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *words]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
