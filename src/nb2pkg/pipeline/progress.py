"""Which steps can run now, and which will not run at all any more?"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from nb2pkg.pipeline.records import StepStatus


class Progress:
    """How far the steps of a run are. A step is `waiting`, `running`, or it is over."""

    def __init__(self, needs: Mapping[str, Sequence[str]], *, keeps_going: bool = False) -> None:
        """All wait; with `keeps_going`, a failure stops only what builds on it."""
        self.statuses = dict.fromkeys(needs, StepStatus.WAITING)
        self._needs = {name: tuple(dict.fromkeys(needed)) for name, needed in needs.items()}
        self._places = {name: place for place, name in enumerate(needs)}
        self._names = tuple(needs)
        self._followers: dict[str, list[str]] = {name: [] for name in needs}
        self._missing = {name: len(needed) for name, needed in self._needs.items()}
        for name, needed in self._needs.items():
            for other in needed:
                self._followers[other].append(name)
        self._ready = [self._places[name] for name, count in self._missing.items() if not count]
        heapq.heapify(self._ready)
        self._keeps_going = keeps_going
        self._running = 0
        self._is_stopped = False

    @property
    def is_over(self) -> bool:
        """Whether nothing runs, and nothing more can."""
        return not self._running and not self._ready

    @property
    def running(self) -> int:
        """How many steps run."""
        return self._running

    def take(self) -> str | None:
        """The next step that can run, which then runs; None where there is none for now."""
        if not self._ready:
            return None
        name = self._names[heapq.heappop(self._ready)]
        self.statuses[name] = StepStatus.RUNNING
        self._running += 1
        return name

    def put_back(self, name: str) -> None:
        """A step that was taken is to be taken again."""
        self._running -= 1
        self.statuses[name] = StepStatus.WAITING
        if not self._missing[name] and not self._is_stopped:
            heapq.heappush(self._ready, self._places[name])

    def redo(self, name: str) -> None:
        """What a step gave is lost: it has to run again, and those that wait for it wait anew."""
        self.statuses[name] = StepStatus.WAITING
        for follower in self._followers[name]:
            if self.statuses[follower] is StepStatus.WAITING:
                if not self._missing[follower]:
                    self._ready = [p for p in self._ready if p != self._places[follower]]
                    heapq.heapify(self._ready)
                self._missing[follower] += 1
        if not self._is_stopped:
            heapq.heappush(self._ready, self._places[name])

    def end(self, name: str, status: StepStatus) -> tuple[str, ...]:
        """A step is over; give the steps that are skipped because of it."""
        self._running -= 1
        self.statuses[name] = status
        if status.is_good:
            for follower in self._followers[name]:
                self._missing[follower] -= 1
                waits = self.statuses[follower] is StepStatus.WAITING
                if waits and not self._missing[follower] and not self._is_stopped:
                    heapq.heappush(self._ready, self._places[follower])
            return ()
        return self._skip_after(name) if self._keeps_going else self.stop()

    def stop(self) -> tuple[str, ...]:
        """Nothing more begins; give the steps that are skipped."""
        self._is_stopped = True
        self._ready = []
        return self._skip(list(self._names))

    def _skip_after(self, name: str) -> tuple[str, ...]:
        after: set[str] = set()
        todo = [name]
        while todo:
            for follower in self._followers[todo.pop()]:
                if follower not in after:
                    after.add(follower)
                    todo.append(follower)
        return self._skip([n for n in self._names if n in after])

    def _skip(self, names: Sequence[str]) -> tuple[str, ...]:
        skipped = [name for name in names if self.statuses[name] is StepStatus.WAITING]
        for name in skipped:
            self.statuses[name] = StepStatus.SKIPPED
        gone = {self._places[name] for name in skipped}
        self._ready = [place for place in self._ready if place not in gone]
        heapq.heapify(self._ready)
        return tuple(skipped)
