"""A systemd of a user for tests: a real one, in a mount namespace and control groups of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

_SYSTEMD = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")
# Another user, who may read what root may: a checkout and its Python often lie below root's home.
READS = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
_SCRIPT = (
    'mount -t tmpfs none /run && mkdir -p /run/systemd/system || exit 1; user="$1"; shift\n'
    'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done; shift\n'
    f'exec setpriv --reuid="$user" --regid="$user" --clear-groups {" ".join(READS)} "$@"'
)


@contextlib.contextmanager
def running_systemd(environment: Mapping[str, str], user: int = 0) -> Iterator[dict[str, str]]:
    """Start a systemd of a user; give the environment in which its programs find it.

    Raises:
        LookupError: why there can be none here.
    """
    found = [path for path in _SYSTEMD if os.path.exists(path)]
    if not found or not all(shutil.which(n, path="/usr/bin:/bin") for n in ("unshare", "setpriv")):
        raise LookupError("systemd, unshare or setpriv is not installed")
    if os.geteuid() != 0:
        raise LookupError("only root can start a systemd beside that of the machine")
    tops = [Path("/sys/fs/cgroup") / name for name in ("", "systemd", "unified")]
    groups = [top / f"nb2pkg-test-{os.getpid()}" for top in tops if (top / "cgroup.procs").exists()]
    runtime = Path(tempfile.mkdtemp(prefix="nb2pkg-"))  # a socket's path has to be short
    os.chown(runtime, user, user)
    inside = {**environment, "XDG_RUNTIME_DIR": str(runtime)}
    with contextlib.ExitStack() as cleaning, open(runtime / "log", "wb") as log:
        cleaning.callback(shutil.rmtree, runtime, ignore_errors=True)
        for group in groups:
            try:
                group.mkdir()
            except OSError as error:
                raise LookupError(f"no control groups can be made here: {error}") from error
            cleaning.callback(_remove_group, group)
            for path in (group, *group.glob("cgroup.*"), *group.glob("tasks")):
                os.chown(path, user, user)
        words = ["unshare", "-m", "/bin/sh", "-c", _SCRIPT, "sh", str(user), *map(str, groups)]
        words += ["--", found[0], "--user", "--log-target=console"]
        manager = subprocess.Popen(words, stdout=log, stderr=log, env=inside)
        cleaning.callback(manager.wait)
        cleaning.callback(manager.kill)

        def answers() -> bool:
            words = ["systemctl", "--user", "show-environment"]
            # To the same user: a manager speaks to nobody else.
            done = subprocess.run(
                ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *words],
                env=inside,
                capture_output=True,
                check=False,
            )
            return bool(done.stdout)

        if not comes_true(lambda: manager.poll() is not None or answers()):
            raise LookupError("systemd does not start here")
        if manager.poll() is not None:
            said = (runtime / "log").read_text()[-200:]
            raise LookupError(f"systemd does not run here: {said}")
        yield inside


def comes_true(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _remove_group(group: Path) -> None:
    """End what is left in a control group of ours, and remove it."""
    folders = [Path(place) for place, _, _ in os.walk(group, topdown=False)]
    for folder in folders:
        for pid in (folder / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
        comes_true(lambda at=folder: not (at / "cgroup.procs").read_text())  # type: ignore[misc]
        folder.rmdir()
