"""What becomes of a schedule in a world that is told beforehand? No threads, and no real time.

The world goes on by the second. Its daemon looks when something is to be decided, as a real one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from nb2pkg.scheduling import Fate, Tick, Timing
from nb2pkg.scheduling.deciding import next_look
from tests.pages.scheduling.records import Records

STOP_SECONDS = 5  # that a run takes to end when it is asked to


@dataclass(frozen=True, slots=True)
class Work:
    """What a run has to do, and how it ends."""

    seconds: int
    fate: Fate = Fate.SUCCEEDED
    why: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Some time of a world, in seconds after its beginning; without its end."""

    begin: int
    end: int

    def holds(self, at: int) -> bool:
        """Whether a moment lies within."""
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What happens, in seconds after its beginning, by a watch that is right.

    begin: in seconds since 1970; seconds: how long it lasts
    works: those of the runs, in the order in which they begin; the last one is that of all later ones
    places: how many runs the daemon has at once
    busy: when other schedules fill all the places
    away: when there is no daemon; asleep: when the machine is suspended; paused: when the schedule rests
    asked: when somebody asks for a run
    clock: since when the machine's clock is ahead by how many seconds
    looks: when the daemon looks without need; every_second: whether it always does
    """

    timing: Timing
    begin: int
    seconds: int
    works: tuple[Work, ...] = (Work(60),)
    places: int = 4
    busy: tuple[Span, ...] = ()
    away: tuple[Span, ...] = ()
    asleep: tuple[Span, ...] = ()
    paused: tuple[Span, ...] = ()
    asked: tuple[int, ...] = ()
    clock: tuple[tuple[int, int], ...] = ()
    looks: frozenset[int] = frozenset()
    every_second: bool = False

    def shown(self, at: int) -> int:
        """What the machine's clock shows."""
        ahead = [seconds for since, seconds in self.clock if since <= at]
        return self.begin + at + (ahead[-1] if ahead else 0)


@dataclass(slots=True)
class Ran:
    """A run, in seconds after the world's beginning; without an end it goes on."""

    due: float
    work: Work
    left: int
    began: int
    ended: int | None = None
    fate: Fate = Fate.RUNNING


@dataclass(slots=True)
class Story:
    """What has happened in a world: its runs, and when each tick was written."""

    world: World
    ran: list[Ran] = field(default_factory=list)
    written: list[tuple[int, Tick]] = field(default_factory=list)

    @property
    def ticks(self) -> dict[float, Tick]:
        """What has become of each due moment."""
        return {tick.due: tick for _, tick in self.written}

    def noticed(self, tick: Tick) -> int:
        """When it was written down first, or anew where the clock was put back."""
        return next(at for at, one in self.written if _is_same(one, tick))

    def due_at(self, tick: Tick) -> int:
        """When the machine's clock showed its due moment, or was put past that."""
        noticed = self.noticed(tick)
        settings = [(0, 0), *self.world.clock]
        ends = [*(since for since, _ in self.world.clock), self.world.seconds]
        shown = [
            int(tick.due) - self.world.begin - ahead
            for (since, ahead), end in zip(settings, ends, strict=True)
            if since <= int(tick.due) - self.world.begin - ahead < end
        ]
        return max((at for at in shown if at <= noticed), default=noticed)

    def waits(self, tick: Tick) -> Iterator[Span]:
        """When it was known, and waited: for its time, for another run, for a place, for its next try."""
        since: int | None = None
        for at, one in self.written:
            if _is_same(one, tick):
                if since is not None and at > since:
                    yield Span(since, at)
                since = at if one.fate is Fate.WAITING else None
        if since is not None:
            yield Span(since, self.world.seconds)


def simulate(world: World) -> Story:
    """Let a world go by."""
    course = _Course(world)
    for at in range(world.seconds):
        course.go_on(at)
    return course.story


class _Course:
    """A world on its way: its store, its daemon, its runs."""

    def __init__(self, world: World) -> None:
        self.story = Story(world)
        # The schedule is a moment older, so that what is due at the beginning counts.
        before = world.shown(0) - 1
        self._records = Records(world.timing, reached=before, seen=before)
        self._running: list[Ran] = []
        self._strays: list[Ran] = []
        self._wake: float | None = before

    def go_on(self, at: int) -> None:
        world = self.story.world
        if _is_within(world.asleep, at):
            return
        now = world.shown(at)
        is_away = _is_within(world.away, at)
        if is_away:
            self._die(at)
        else:
            self._hear_of_ends(at, now)
        self._do_as_asked(at, now)
        if not is_away:
            self._look(at, now)
            self._gather_strays(now)
        new = self._records.written[len(self.story.written) :]
        self.story.written += [(at, tick) for tick in new]

    def _die(self, at: int) -> None:
        """Runs do not outlive their daemon, and nobody writes it down yet."""
        for ran in self._running:
            ran.ended, ran.fate = at, Fate.CRASHED
        self._strays += self._running
        self._running = []

    def _gather_strays(self, now: int) -> None:
        for ran in self._strays:
            why = "its daemon died, and the run with it"
            self._records.end(ran.due, Fate.CRASHED, why, now)
            self._wake = now
        self._strays = []

    def _hear_of_ends(self, at: int, now: int) -> None:
        for ran in self._running:
            ran.left -= 1
        for ran in [ran for ran in self._running if ran.left <= 0]:
            self._running.remove(ran)
            ran.ended, ran.fate = at, ran.work.fate
            self._records.end(ran.due, ran.work.fate, ran.work.why, now)
            self._wake = now

    def _do_as_asked(self, at: int, now: int) -> None:
        world = self.story.world
        if any(at == span.begin for span in world.paused):
            self._records.pause(now)
            self._wake = now
        if any(at == span.end for span in world.paused):
            self._records.resume(now)
            self._wake = now
        for _ in range(world.asked.count(at)):
            self._records.ask(now)
            self._wake = now

    def _look(self, at: int, now: int) -> None:
        world = self.story.world
        is_due = self._wake is not None and now >= self._wake
        is_back = now < self._records.seen
        if not (is_due or is_back or world.every_second or at in world.looks):
            return
        is_full = _is_within(world.busy, at)
        places = 0 if is_full else max(0, world.places - len(self._running))
        for tick in self._records.look(now, places):
            self._start(tick, at)
        for ran in self._running:
            if self._records.ticks[ran.due].is_to_end and ran.work.fate is not Fate.CANCELLED:
                ran.left = min(ran.left, STOP_SECONDS)
                ran.work = Work(ran.left, Fate.CANCELLED, "it was asked to end")
        self._wake = next_look(self._records.standing(now), now)

    def _start(self, tick: Tick, at: int) -> None:
        works = self.story.world.works
        work = works[min(len(self.story.ran), len(works) - 1)]
        ran = Ran(tick.due, work, work.seconds, at)
        self.story.ran.append(ran)
        self._running.append(ran)


def _is_within(spans: Iterable[Span], at: int) -> bool:
    return any(span.holds(at) for span in spans)


def _is_same(one: Tick, other: Tick) -> bool:
    """Whether a tick is an earlier state of another, decided at the same time."""
    return (one.due, one.claimed_at) == (other.due, other.claimed_at)
