"""Of what is somebody told who wants to know how a schedule does?"""

from __future__ import annotations

from nb2pkg.scheduling.ticks import Fate, Tick

FAILED = "failed"
RECOVERED = "recovered"
MISSED = "missed"


def notice_of(tick: Tick, before: Fate | None) -> str | None:
    """What there is to tell once a tick is over; None: nothing.

    before: the fate of the last one that was to run before it
    """
    if tick.fate in (Fate.FAILED, Fate.CRASHED):
        return FAILED
    if tick.fate is Fate.MISSED:
        return MISSED
    if tick.fate is Fate.SUCCEEDED and before is not None and before.is_bad:
        return RECOVERED
    return None
