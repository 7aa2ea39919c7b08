"""What does a store keep of a schedule, and how do a daemon and its user change that? One schedule, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nb2pkg.scheduling import Fate, Tick, Timing
from nb2pkg.scheduling.deciding import (
    Decision,
    Standing,
    asked_for,
    begun,
    decide,
    ended,
    paused,
    startable,
    undecided_from,
    unpaused,
)


@dataclass(slots=True)
class Records:
    """The ticks of one schedule, each by its due moment, and all that was ever written.

    Times are seconds since 1970 by the machine's clock.
    """

    timing: Timing
    reached: float
    seen: float
    ticks: dict[float, Tick] = field(default_factory=dict)
    written: list[Tick] = field(default_factory=list)
    is_paused: bool = False
    runs: int = 0

    def standing(self, now: float) -> Standing:
        """What is known of the schedule, for a look at `now`."""
        start = undecided_from(self.reached, self.seen, now)
        ticks = sorted(self.ticks.values(), key=lambda tick: tick.due)
        return Standing(
            id="nightly",
            timing=self.timing,
            reached=self.reached,
            seen=self.seen,
            open=tuple(tick for tick in ticks if not tick.fate.is_over),
            taken=frozenset(
                tick.due for tick in ticks if tick.due > start and tick.fate is not Fate.MISSED
            ),
            is_paused=self.is_paused,
        )

    def look(self, now: float, places: int) -> tuple[Tick, ...]:
        """Decide about all that is due, and begin what may begin in so many places."""
        self._keep(decide(self.standing(now), now))
        found = []
        for tick in startable(self.standing(now), now)[:places]:
            self.runs += 1
            found.append(begun(tick, f"run-{self.runs}", now))
        self._write(found)
        return tuple(found)

    def end(self, due: float, fate: Fate, why: str, now: float) -> None:
        """A run has ended."""
        self._write([ended(self.ticks[due], fate, why, self.timing, now)])

    def pause(self, now: float) -> None:
        """Somebody lets the schedule rest."""
        self._keep(paused(self.standing(now), now))

    def resume(self, now: float) -> None:
        """Somebody lets it go on."""
        self._keep(unpaused(self.standing(now), now))

    def ask(self, now: float) -> None:
        """Somebody asks for a run."""
        self._keep(asked_for(self.standing(now), now))

    def _keep(self, decision: Decision) -> None:
        after = decision.standing
        self.reached, self.seen, self.is_paused = after.reached, after.seen, after.is_paused
        self._write(decision.ticks)
        assert after.open == self.standing(after.seen).open, "what is kept is what was decided"

    def _write(self, ticks: Iterable[Tick]) -> None:
        for tick in ticks:
            self.ticks[tick.due] = tick
            self.written.append(tick)
