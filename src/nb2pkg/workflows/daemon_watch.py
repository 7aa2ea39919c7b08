"""What has a daemon done since it began, for those who ask it how it is?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from nb2pkg.scheduling import Fate
from nb2pkg.workflows.daemon_events import Began, DaemonEvent, Decided, Ended, StoreSilent, Tell
from nb2pkg.workflows.daemon_health import Health, why_unwell
from nb2pkg.workflows.schedule_daemon import ScheduleDaemon

_MOST_SECONDS_BETWEEN_LOOKS = 60.0


class DaemonWatch:
    """Listens to a daemon, and passes on what it hears. Another thread may ask at any time."""

    def __init__(self, started_at: float, version: str, tell: Tell) -> None:
        self._started_at = started_at
        self._version = version
        self._pass_on = tell
        self._fates: Counter[Fate] = Counter()
        self._late_seconds: float | None = None
        self._store_errors = 0

    def hear(self, event: DaemonEvent) -> None:
        """Count an event."""
        if isinstance(event, Began):
            self._late_seconds = event.late_seconds
        elif isinstance(event, Decided) and event.tick.fate.is_over:
            self._fates[event.tick.fate] += event.tick.count
        elif isinstance(event, Ended) and event.is_ours and event.tick.fate.is_over:
            self._fates[event.fate] += 1
        elif isinstance(event, StoreSilent):
            self._store_errors += 1
        self._pass_on(event)

    def health(self, daemon: ScheduleDaemon, last_success: Mapping[str, float]) -> Health:
        """How the daemon is now."""
        return Health(
            started_at=self._started_at,
            version=self._version,
            reason=why_unwell(
                now=time.monotonic(),
                last_look_at=daemon.looked_at,
                most_seconds=_MOST_SECONDS_BETWEEN_LOOKS,
                store_trouble=daemon.trouble,
            ),
            last_look_at=time.time() - (time.monotonic() - daemon.looked_at),
            running=daemon.running,
            ticks=dict(self._fates),
            last_success=last_success,
            late_seconds=self._late_seconds,
            next_due=daemon.next_look,
            store_errors=self._store_errors,
        )
