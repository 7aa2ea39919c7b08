"""Who tells of a run by OpenLineage events?"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence

from nb2pkg.adapters.trackers.lineage_events import Event, run_began, run_ended, step_ran
from nb2pkg.adapters.trackers.lineage_places import CannotSend, Place
from nb2pkg.adapters.trackers.told_failure import failure
from nb2pkg.pipeline.records import RunRecord, StepRecord

_WHOLE_SECONDS = 30.0
_WHO = "OpenLineage events"


class LineageTracker:
    """The port `Tracker`: tells of each run by events.

    address: of the place, for what is said of it
    whole_seconds: how long one call may take
    """

    def __init__(
        self,
        place: Place,
        address: str,
        *,
        now: Callable[[], float] = time.time,
        whole_seconds: float = _WHOLE_SECONDS,
    ) -> None:
        self._place = place
        self._address = address
        self._now = now
        self._whole_seconds = whole_seconds
        # Two teams with pipelines of one name tell them apart so, with every OpenLineage client.
        self._namespace = os.environ.get("OPENLINEAGE_NAMESPACE") or "nb2pkg"
        self._ended: dict[str, dict[str, StepRecord]] = {}

    def begin(self, run: RunRecord) -> None:
        """Tell that a run begins."""
        self._ended[run.id] = {}
        self._tell(run_began(run, self._namespace))

    def step_ended(self, run: RunRecord, step: StepRecord) -> None:
        """Tell that a step began, and how it ended."""
        ended = self._ended.setdefault(run.id, {})
        ended[step.name] = step
        self._tell(step_ran(run, step, ended, self._now(), self._namespace))

    def end(self, run: RunRecord) -> None:
        """Tell how a run ended."""
        self._ended.pop(run.id, None)
        self._tell(run_ended(run, self._namespace, self._now()))

    def _tell(self, events: Sequence[Event]) -> None:
        """Send events; a place that hangs, as a lost network disk does, is left alone with them."""
        if not events:
            return
        lines = [json.dumps(event, allow_nan=False).encode("ascii") for event in events]
        deadline = time.monotonic() + self._whole_seconds
        problems: list[str] = []

        def send() -> None:
            try:
                self._place(lines, deadline)
            except CannotSend as error:
                problems.append(str(error))

        sending = threading.Thread(target=send, name="nb2pkg-lineage", daemon=True)
        sending.start()
        sending.join(self._whole_seconds)
        if sending.is_alive():
            problems = [f"no answer within {self._whole_seconds:g} s"]
        if problems:
            raise failure(_WHO, self._address, problems[0])
