"""How are scheduled runs started, waited for and ended, each in a process of its own?

The port `RunProcesses`. A run holds the other end of a pipe: when this process is gone, whatever killed it, the
pipe is closed, and the run ends at once. So what was due is never run twice at the same time.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from nb2pkg.adapters.passed_on import environment_of_runs
from nb2pkg.adapters.processes import signal_name
from nb2pkg.ports.running import StopAsked
from nb2pkg.ports.scheduling import RunEnded, ScheduledRun
from nb2pkg.scheduling import Claim, Fate

_PROGRAM = "nb2pkg.api.scheduled_run"
_SECOND_ASK_SECONDS = 20.0  # a run's own steps get ten to end
_FORCE_SECONDS = 40.0
_MOST_READ = 8_000
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    claim: Claim
    report: IO[bytes]
    asked_at: float | None = None
    asks: int = 0
    why: str = ""


@dataclass(slots=True)
class ScheduledRuns:
    """Runs as processes, from `__enter__`, which takes over this process's signals, to `__exit__`."""

    _running: dict[Claim, _Running] = field(default_factory=dict)
    _stops: list[StopAsked] = field(default_factory=list)
    _before: dict[int, Any] = field(default_factory=dict)
    _wake_read: int = -1
    _wake_write: int = -1
    _failed: list[RunEnded] = field(default_factory=list)

    def __enter__(self) -> ScheduledRuns:
        """Hear of signals, and of processes that end."""
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._asked)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return self

    def __exit__(self, *exception: object) -> None:
        """End what still runs."""
        self.kill_all()
        for number, before in self._before.items():
            signal.signal(number, before)
        signal.set_wakeup_fd(-1)
        os.close(self._wake_read)
        os.close(self._wake_write)

    @property
    def running(self) -> int:
        """How many run."""
        return len(self._running) + len(self._failed)

    def start(self, run: ScheduledRun) -> None:
        """Start a run; where that cannot be, it has failed."""
        report: IO[bytes] | None = None
        environment = {
            **environment_of_runs(),
            "NB2PKG_SCHEDULE": run.job.name,
            "NB2PKG_DUE": _iso(run.due),
        }
        try:
            report = tempfile.TemporaryFile()  # noqa: SIM115 - until the run has ended
            process = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=report,
                stderr=report,
                # A module that lies beside the target must not stand for one of Python's own.
                cwd=os.path.abspath(os.sep),
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            if report is not None:
                report.close()
            why = f"{error.filename or run.job.target}: {error.strerror or error}"
            self._failed.append(RunEnded(claim=run.claim, fate=Fate.FAILED, why=why))
            return
        self._running[run.claim] = _Running(process, run.claim, report)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # its end says why
            process.stdin.write(_order(run) + b"\n")
            process.stdin.flush()

    def wait(self, seconds: float) -> Sequence[RunEnded | StopAsked]:
        """Wait for runs to end or for a signal, at most so long."""
        found = self._news()
        if not found and seconds > 0:
            select.select([self._wake_read], [], [], seconds)
            found = self._news()
        self._press()
        return found

    def stop(self, claim: Claim, why: str) -> None:
        """Ask a run to end; `wait` sees to it that it does."""
        running = self._running.get(claim)
        if running is not None and running.asked_at is None:
            running.asked_at, running.why = time.monotonic(), why
            self._ask(running)

    def stop_all(self, why: str) -> None:
        """Ask all runs to end."""
        for claim in tuple(self._running):
            self.stop(claim, why)

    def kill_all(self) -> None:
        """End all runs at once; the pipe's end does the rest for what they have started."""
        for running in self._running.values():
            running.process.kill()
            running.process.wait()
            running.report.close()
        self._running.clear()

    # -- what happens

    def _asked(self, number: int, frame: object) -> None:
        self._stops.append(StopAsked(signal=number, at_once=False))

    def _news(self) -> list[RunEnded | StopAsked]:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        found: list[RunEnded | StopAsked] = [*self._failed, *self._stops]
        self._failed.clear()
        self._stops.clear()
        for claim, running in tuple(self._running.items()):
            if running.process.poll() is not None:
                del self._running[claim]
                found.append(_end_of(running))
        return found

    def _ask(self, running: _Running) -> None:
        running.asks += 1
        with contextlib.suppress(OSError):
            running.process.send_signal(signal.SIGTERM)

    def _press(self) -> None:
        """End with force what was asked to end and does not."""
        for running in self._running.values():
            if running.asked_at is None:
                continue
            waited = time.monotonic() - running.asked_at
            if waited > _FORCE_SECONDS:
                running.process.kill()
            elif waited > _SECOND_ASK_SECONDS and running.asks < 2:
                self._ask(running)


def _order(run: ScheduledRun) -> bytes:
    document = {
        "run": run.run,
        "claim": [run.claim.schedule, run.claim.due, run.claim.token],
        "schedule": run.job.name,
        "due": run.due,
        "resumes": run.resumes,
        "target": run.job.target,
        "parameters": dict(run.job.parameters),
        "options": asdict(run.job.options),
    }
    return json.dumps(document).encode()


def _end_of(running: _Running) -> RunEnded:
    assert running.process.stdin is not None
    with contextlib.suppress(OSError):
        running.process.stdin.close()
    text = _last_of(running.report)
    running.report.close()
    code = running.process.returncode
    said = _said(text)
    if said is not None:
        fate, why = said
    elif code < 0:
        fate, why = Fate.CRASHED, f"its process was ended by {signal_name(-code)}"
    else:
        lines = text.strip().splitlines()
        last = f": {lines[-1].strip()}" if lines else ""
        fate, why = Fate.CRASHED, f"its process ended with exit code {code}{last}"
    if running.asked_at is not None and fate in (Fate.CANCELLED, Fate.CRASHED):
        fate, why = Fate.CANCELLED, running.why
    return RunEnded(claim=running.claim, fate=fate, why=why)


def _said(text: str) -> tuple[Fate, str] | None:
    """What a run says of its own end, in its last line."""
    last = text.rstrip("\n").rpartition("\n")[2]
    try:
        document = json.loads(last)
        return Fate(document["fate"]), str(document["why"])
    except (ValueError, TypeError, KeyError):
        return None


def _last_of(report: IO[bytes]) -> str:
    size = report.seek(0, os.SEEK_END)
    report.seek(max(0, size - _MOST_READ))
    return report.read().decode("utf-8", "replace")


def _iso(due: float) -> str:
    from datetime import datetime, timezone

    return datetime.fromtimestamp(due, timezone.utc).isoformat()
