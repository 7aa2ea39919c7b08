"""Which runs died without saying so?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nb2pkg.pipeline.records import Holder, LiveProcess
from nb2pkg.ports.running import RunStore


def reap(
    store: RunStore,
    host: str,
    *,
    is_alive: Callable[[Holder], bool | None],
    end_processes: Callable[[Iterable[LiveProcess], Holder], int],
    now: float,
) -> tuple[str, ...]:
    """Mark runs as crashed whose process is gone, and end what they have left running; give their ids.

    A run of this machine is crashed as soon as its process is gone, and any run when its lease has ended:
    then whoever ran it has hung, and what it still does is not written down.
    """
    found: list[str] = []
    for abandoned in store.abandoned(host):
        if not abandoned.has_expired and is_alive(abandoned.holder) is not False:
            continue
        # Marked, it is not looked at again: so what it has left running is ended before.
        end_processes(abandoned.processes, abandoned.holder)
        message = "the process that ran it ended without saying so"
        if store.mark_crashed(abandoned.run, message, now):
            found.append(abandoned.run)
    return tuple(found)
