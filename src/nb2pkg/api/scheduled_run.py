"""The program of one scheduled run: it does what its daemon tells it, and ends when that is gone."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any, NoReturn

from nb2pkg.api.running import Duty, RunOptions, RunStatus, run_scheduled
from nb2pkg.ports.running import LeaseLost
from nb2pkg.problems import Nb2pkgError
from nb2pkg.scheduling import Claim, Fate

_LONGEST_MESSAGE = 2000


def main() -> NoReturn:
    """Read the order from standard input, carry it out, and say on standard output how it ended."""
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_daemon, name="nb2pkg-daemon-watch", daemon=True).start()
    report = os.dup(1)
    # Whatever prints here must not stand where the report is looked for.
    os.dup2(2, 1)
    fate, why = _carried_out(order)
    sys.stdout.flush()
    document = json.dumps({"fate": fate.value, "why": why[:_LONGEST_MESSAGE]})
    os.write(report, f"\n{document}\n".encode())
    sys.exit(0)


def _carried_out(order: dict[str, Any]) -> tuple[Fate, str]:
    duty = Duty(
        run=order["run"],
        schedule=order["schedule"],
        due=order["due"],
        claim=Claim(*order["claim"]),
    )
    options = RunOptions(**order["options"], resume=order["resumes"])
    try:
        result = run_scheduled(duty, order["target"], order["parameters"], options)
    except LeaseLost as lost:
        return Fate.CRASHED, str(lost)
    except Nb2pkgError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return Fate.FAILED, f"{error.code}: {error.message}{hint}"
    record = result.record
    why = record.message
    if not why and record.status is not RunStatus.SUCCEEDED:
        why = "; ".join(
            f"{step.name}: {step.attempts[-1].message}"
            for step in record.steps
            if step.attempts and step.attempts[-1].message
        )
    return Fate(record.status.value), why


def _end_with_the_daemon() -> None:
    """Wait for the end of the pipe whose other end the daemon holds, and end with it."""
    while os.read(0, 1024):
        pass
    # Not in an orderly way: nobody is left to whom the end could be told.
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
