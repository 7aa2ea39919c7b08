"""The program of one run that was started and left to itself."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any, NoReturn

from nb2pkg.adapters.guarded_outcomes import stop_of
from nb2pkg.api.running import RunBegan, RunEvent, RunOptions, RunRecord, run
from nb2pkg.api.started_runs import OUTPUTS
from nb2pkg.problems import EnvironmentFailure

# What we say of ourselves after a run has begun, such as a bug of ours.
_LOG = "process.log"


def main() -> NoReturn:
    """Read the order from standard input, say on standard output that the run has begun, and carry it out."""
    order = json.loads(sys.stdin.buffer.readline())
    report = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    # Who has started us need not wait for us, and could not take us along.
    if os.fork():
        os._exit(0)
    _lift_limits()
    started = _Started(report)
    try:
        started.carry_out(order)
    except BaseException as error:
        started.say({"stop": stop_of(error)})
        raise
    sys.exit(0)


class _Started:
    def __init__(self, report: int) -> None:
        self._report: int | None = report
        self._record: RunRecord | None = None

    def carry_out(self, order: dict[str, Any]) -> None:
        options = {name: _tuple(value) for name, value in order["options"].items()}
        result = run(order["target"], order["parameters"], RunOptions(**options), listen=self._hear)
        path = os.path.join(result.record.folder, OUTPUTS)
        with contextlib.suppress(OSError), open(path, "w", encoding="utf-8") as file:
            json.dump(dict(result.outputs), file)

    def say(self, answer: Any) -> bool:
        """Tell who waits; once, and then nobody waits any more. False where nobody has heard it."""
        if self._report is None:
            return False
        report, self._report = self._report, None
        try:
            with os.fdopen(report, "wb") as file:
                file.write(json.dumps(answer).encode())
        except OSError:
            return False
        return True

    def _hear(self, event: RunEvent) -> None:
        if isinstance(event, RunBegan):
            with contextlib.suppress(OSError):
                log = os.open(
                    os.path.join(event.run.folder, _LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND
                )
                os.dup2(log, 2)
                os.close(log)
            if not self.say({"began": event.run.id}):
                # Whoever asked has not heard that there is a run, and may have started another one.
                raise EnvironmentFailure("NB550", "nobody waited any more for this run to begin")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _lift_limits() -> None:
    """Who has started us may have little memory allowed; steps are to have what the machine has."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


if __name__ == "__main__":
    main()
