"""Who else is told of a run? One that cannot be told is left alone, and stops nothing."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.pipeline.records import RunRecord
from nb2pkg.ports.running import Tracker, TrackerFailed
from nb2pkg.workflows.run_events import (
    Listener,
    Noticed,
    RunBegan,
    RunEvent,
    RunOver,
    StepChanged,
)


def telling(trackers: Sequence[Tracker], listen: Listener) -> Listener:
    """Give a listener that tells trackers what it hears, and then whoever listened before."""
    if not trackers:
        return listen
    return _Telling(trackers, listen).hear


class _Telling:
    def __init__(self, trackers: Sequence[Tracker], listen: Listener) -> None:
        self._trackers = list(trackers)
        self._listen = listen
        self._run: RunRecord | None = None

    def hear(self, event: RunEvent) -> None:
        """Take in an event."""
        self._listen(event)
        if isinstance(event, RunBegan):
            self._run = event.run
        for tracker in list(self._trackers):
            try:
                self._tell(tracker, event)
            except TrackerFailed as error:
                self._trackers.remove(tracker)
                self._listen(Noticed("NB545", f"{error}; it hears no more of this run"))

    def _tell(self, tracker: Tracker, event: RunEvent) -> None:
        if isinstance(event, RunBegan):
            tracker.begin(event.run)
        elif isinstance(event, RunOver):
            tracker.end(event.run)
        elif isinstance(event, StepChanged) and event.step.status.is_over and self._run is not None:
            tracker.step_ended(self._run, event.step)
