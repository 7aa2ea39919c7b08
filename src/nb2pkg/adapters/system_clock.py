"""The time, as the machine tells it."""

from __future__ import annotations

import time


class SystemClock:
    """The port `WallClock`."""

    def now(self) -> float:
        """Seconds since 1970 in UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since some moment; it never goes back."""
        return time.monotonic()

    def sleep_until(self, monotonic: float) -> None:
        """Wait until a time of the monotonic clock."""
        time.sleep(max(0.0, monotonic - time.monotonic()))
