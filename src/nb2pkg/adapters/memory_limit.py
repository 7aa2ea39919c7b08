"""How much memory may be used here, before the system ends somebody for it?"""

from __future__ import annotations

import os
from collections.abc import Iterator

_GROUPS = "/sys/fs/cgroup"
_OWN_GROUPS = "/proc/self/cgroup"
_NO_LIMIT = (
    1 << 60
)  # the first version of control groups has a large number for it, the second a word


def memory_limit(groups: str = _GROUPS, own: str = _OWN_GROUPS) -> int | None:
    """Give the smallest limit in bytes that holds for this process and those that it starts; None if nobody tells.

    That of its control groups, on Linux, or what the machine has.

    groups, own: where control groups are, and which of them this process is in
    """
    limits = [limit for file in _limit_files(groups, own) if (limit := _limit_in(file)) is not None]
    limits += _of_the_machine()
    return min(limits, default=None)


def _limit_files(groups: str, own: str) -> Iterator[str]:
    """The files with the limits of a process's groups and of all above them, of both versions."""
    try:
        with open(own, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            yield from _upwards(groups, path, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _upwards(os.path.join(groups, "memory"), path, "memory.limit_in_bytes")


def _upwards(root: str, path: str, name: str) -> Iterator[str]:
    # In a container, its own group may be at the root, whatever its path is called outside.
    parts = [part for part in path.split("/") if part]
    for count in range(len(parts), -1, -1):
        yield os.path.join(root, *parts[:count], name)


def _limit_in(file: str) -> int | None:
    try:
        with open(file, encoding="ascii") as opened:
            limit = int(opened.read())
    except (OSError, ValueError):
        return None
    return limit if limit < _NO_LIMIT else None


def _of_the_machine() -> list[int]:
    try:
        return [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (AttributeError, OSError, ValueError):
        return []
