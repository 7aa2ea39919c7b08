"""A real daemon whose wall clock runs faster: `python quick_daemon.py SPEED WALL_START MONOTONIC_START [STEPS]`.

All that share these numbers see the same time. STEPS is a file: it says by how many seconds the clock was put forward
since, or back. Leases, processes and the store stay as they are.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from nb2pkg.api.schedule_daemon import run_daemon
from nb2pkg.cli.show_daemon import daemon_teller
from nb2pkg.cli.terminal import Terminal


class QuickClock:
    """The port `WallClock`, with days of a few minutes."""

    def __init__(
        self, speed: float, wall_start: float, monotonic_start: float, steps: Path | None
    ) -> None:
        self._steps = steps
        self._speed = speed
        self._wall_start = wall_start
        self._monotonic_start = monotonic_start

    def now(self) -> float:
        """The wall's time."""
        passed = self._speed * (time.monotonic() - self._monotonic_start)
        step = float(self._steps.read_text()) if self._steps is not None else 0.0
        return self._wall_start + passed + step

    def monotonic(self) -> float:
        """The time by which leases are renewed: as fast as everybody's."""
        return time.monotonic()

    def sleep_until(self, monotonic: float) -> None:
        """Wait."""
        time.sleep(max(0.0, monotonic - time.monotonic()))


if __name__ == "__main__":
    run_daemon(
        jobs=4,
        tell=daemon_teller(Terminal(), json_lines=True),
        allows_root=True,
        clock=QuickClock(
            *map(float, sys.argv[1:4]), steps=Path(sys.argv[4]) if sys.argv[4:] else None
        ),
    )
