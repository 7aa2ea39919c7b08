"""What becomes of a run of which one call to the system is struck: the Nth of its kind, in one process or thread?"""

from __future__ import annotations

import functools
import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.faults.world import World, wait_for_silence

_PROGRAM = Path(__file__).with_name("struck_run.py")
_RECORD_THREAD = "nb2pkg-record"
# Of whose command line it is a part; each such process is started anew, and not forked.
_PART_OF_COMMAND = {"function": "function_step", "papermill": "notebook_step"}
WHOM = ("runner", "recorder", *_PART_OF_COMMAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """What strace does to a call.

    whom: the main thread of who runs the pipeline, its thread for the record, or a step's process
    kinds: of calls, as strace names them; each has its own count
    what: `signal=KILL` or `delay_enter=MICROSECONDS` at its beginning, `error=…` in its place
    goes_on: all that follow are struck, too
    """

    whom: str
    kinds: str
    what: str
    number: int
    goes_on: bool = False

    def __str__(self) -> str:
        return f"{self.whom}: {self.kinds} {self.number}{'+' * self.goes_on} {self.what}"

    def words(self, log: Path) -> list[str]:
        """The command that strikes."""
        when = f"{self.number}{'+' * self.goes_on}"
        return [
            *("strace", "-A", "-o", str(log), "-e", f"trace={self.kinds}"),
            *("-e", f"inject={self.kinds}:{self.what}:when={when}"),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """How the run ended. calls: what strace has written down of the calls."""

    code: int
    output: bytes
    messages: bytes
    calls: str

    @property
    def was_hit(self) -> bool:
        """Whether there was such a call at all."""
        return "(INJECTED)" in self.calls or "killed by SIGKILL" in self.calls

    @property
    def hits(self) -> list[str]:
        """The calls that were struck, in strace's words."""
        lines = self.calls.splitlines()
        return [line for line in lines if "INJECTED" in line or line.endswith("= ?")]


def run_struck(world: World, blow: Blow, *words: str) -> Struck:
    """Run the world's pipeline, and strike."""
    log = world.folder.parent / "calls.log"
    strace = blow.words(log)
    prefix: tuple[str, ...] = ()
    program, extra = world.program, world.extra
    if blow.whom == "runner":
        prefix = (*strace, "-qq")
    elif blow.whom == "recorder":
        world.program = (str(_PROGRAM),)
        world.extra = {**extra, "STRUCK_THREAD": json.dumps([_RECORD_THREAD, strace])}
    else:
        interpreter = _interpreter(world, _PART_OF_COMMAND[blow.whom], [*strace, "-qq", "-DD"])
        world.program = (str(_PROGRAM),)
        world.extra = {**extra, "STRUCK_INTERPRETER": str(interpreter)}
        words = ("--no-warm", "--python", str(interpreter), *words)
    try:
        runner = world.start("run", ".", "--json-lines", *words, prefix=prefix)
        output, messages = runner.communicate(timeout=120)
    finally:
        world.program, world.extra = program, extra
    # strace writes its last when what it watched is gone.
    wait_for_silence(world)
    calls = log.read_text(errors="replace") if log.exists() else ""
    return Struck(code=runner.returncode, output=output, messages=messages, calls=calls)


def _interpreter(world: World, part_of_command: str, strace: list[str]) -> Path:
    """This Python, in strace's hands where its command line has something in it.

    strace is in a group of its own: it outlives what it has killed, and so can write that down.
    """
    path = world.folder.parent / "python"
    path.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *{part_of_command}*) exec {shlex.join(strace)} {shlex.quote(sys.executable)} "$@";; esac\n'
        f'exec {shlex.quote(sys.executable)} "$@"\n'
    )
    path.chmod(0o755)
    return path


@functools.cache
def why_not() -> str:
    """Why nothing can be struck here; empty where it can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    if not Path("/proc/self/environ").exists():
        return "processes are found by /proc"
    words = Blow(whom="", kinds="write", what="error=EIO", number=1).words(Path("/dev/null"))
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"strace: {tried.stderr.decode().strip()}"
