"""How does a time read? In UTC, as ISO 8601."""

from __future__ import annotations

from datetime import datetime, timezone


def moment(at: float) -> str:
    """A time, given in seconds since 1970."""
    return datetime.fromtimestamp(at, timezone.utc).isoformat().replace("+00:00", "Z")


def moment_or_none(at: float | None) -> str | None:
    """The same, where there is one."""
    return None if at is None else moment(at)
