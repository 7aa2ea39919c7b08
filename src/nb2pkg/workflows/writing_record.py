"""When is what becomes of a run's steps written down, and when is it told?

First written, then told, so that nothing that was told is lost. While the store does not answer, steps go on and
nothing is told of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.pipeline.records import LiveProcess, RunStatus, StepRecord
from nb2pkg.ports.running import RecordKeeper
from nb2pkg.workflows.run_events import Listener, Noticed, StepChanged

_PATIENCE_SECONDS = 1.0  # for a store to take what is new, before the run goes on without
_LOOK_AGAIN_SECONDS = 0.5  # until it is looked at once more whether it has
_WORTH_TELLING_SECONDS = 3.0
_LAST_SECONDS = 5.0  # for the end of a run that should not wait longer
_LOOKS_IN_A_LEASE = 6


class RecordWriting:
    """What is new about a run, until it is written down and told."""

    def __init__(self, keeper: RecordKeeper, listen: Listener, lease_seconds: float) -> None:
        self._keeper = keeper
        self._listen = listen
        self._lease_seconds = lease_seconds
        self._steps: dict[str, StepRecord] = {}
        self._started: list[LiveProcess] = []
        self._ended: list[LiveProcess] = []
        self._untold: list[StepChanged] = []
        self._is_behind = False
        self._has_warned = False

    def note(self, step: StepRecord) -> None:
        """Something about a step is new, which nobody is told of."""
        self._steps[step.name] = step

    def change(self, step: StepRecord) -> None:
        """Something about a step is new, which is told once it is written down."""
        self.note(step)
        self._untold.append(StepChanged(step))

    def started(self, process: LiveProcess) -> None:
        """A process of a step runs."""
        self._started.append(process)

    def ended(self, processes: Sequence[LiveProcess]) -> None:
        """Processes of a step have ended."""
        self._ended += processes

    def write(self) -> None:
        """Have written down what is new; tell it, if that is done within a moment.

        Raises:
            LeaseLost: nothing more may be written.
            EnvironmentFailure: the store refuses.
        """
        self._hand_over()
        self._is_behind = not self._keeper.is_written(0.0 if self._is_behind else _PATIENCE_SECONDS)
        self._warn()
        if not self._is_behind:
            self._tell()

    @property
    def seconds_to_wait(self) -> float:
        """After how long `write` should be called again, though nothing happens."""
        usual = self._lease_seconds / _LOOKS_IN_A_LEASE
        return min(_LOOK_AGAIN_SECONDS, usual) if self._is_behind else usual

    @property
    def is_given_up(self) -> bool:
        """Whether the store has not answered for so long that others may take the run for dead."""
        return self._is_behind and self._keeper.silence().seconds > self._lease_seconds

    def finish(self, status: RunStatus, message: str, ended_at: float) -> bool:
        """Write down the end, after all the rest; False where the store does not take it in time.

        Who has cancelled a run does not want to wait for that.

        Raises:
            LeaseLost, EnvironmentFailure: as `write` does.
        """
        seconds = max(self._lease_seconds - self._keeper.silence().seconds, _LAST_SECONDS)
        if status is RunStatus.CANCELLED:
            seconds = _LAST_SECONDS
        # Nobody looks for processes of a run that is over: a transaction less.
        self._started, self._ended = [], []
        self._hand_over()
        self._keeper.finish(status, message, ended_at)
        is_written = self._keeper.is_written(_WORTH_TELLING_SECONDS)
        if not is_written:
            self._warn()
            is_written = self._keeper.is_written(seconds - _WORTH_TELLING_SECONDS)
        if is_written:
            self._tell()
        return is_written

    def _hand_over(self) -> None:
        if self._steps or self._started or self._ended:
            self._keeper.hand_over(tuple(self._steps.values()), self._started, self._ended)
            self._steps, self._started, self._ended = {}, [], []

    def _tell(self) -> None:
        untold, self._untold = self._untold, []
        for change in untold:
            self._listen(change)

    def _warn(self) -> None:
        """Say once that the store is away, each time that it is."""
        silence = self._keeper.silence()
        if silence.seconds < _WORTH_TELLING_SECONDS:
            self._has_warned = self._has_warned and silence.seconds > 0
        elif not self._has_warned:
            self._has_warned = True
            why = silence.why or f"the record store has not answered for {silence.seconds:.0f} s"
            self._listen(
                Noticed("NB510", f"{why}; steps go on, and are written down once it answers")
            )
