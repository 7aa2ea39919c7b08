"""Laws of schedules: every due moment gets one fate, whoever looks when, and whatever the clock says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from nb2pkg.scheduling import (
    CatchUpPolicy,
    Fate,
    Origin,
    OverlapPolicy,
    Tick,
    Timing,
    read_expression,
)
from nb2pkg.scheduling.deciding import (
    Standing,
    decide,
    due_between,
    next_look,
    startable,
)
from tests.pages.scheduling.records import Records
from tests.pages.scheduling.simulation import Span, Story, Work, World, simulate

EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True)
FEWER = settings(EXAMPLES, max_examples=60)
BEGIN = 1_795_312_800  # a Sunday in November at 02:00 UTC
OFTEN = ("* * * * *", "*/2 * * * *", "*/5 * * * *", "0,1,7,30 * * * *")
SELDOM = ("*/5 * * * *", "0,1,7,30 * * * *", "0 * * * *")
ENDS = (Fate.SUCCEEDED, Fate.FAILED, Fate.CRASHED, Fate.CANCELLED)

# -- lives: what happens to a schedule, one thing after the other


@dataclass(frozen=True)
class Look:
    """After so many seconds, or before them where the clock is put back, a daemon looks."""

    after: float


@dataclass(frozen=True)
class End:
    """A run ends, if there is one."""

    fate: Fate
    which: int


@dataclass(frozen=True)
class Ask:
    """Somebody asks for a run, so much later."""

    after: float


@dataclass(frozen=True)
class Rest:
    """Somebody pauses the schedule, or lets it go on, so much later."""

    after: float


Event = Look | End | Ask | Rest


@dataclass
class Life:
    """A schedule, and what has happened to it."""

    timing: Timing
    places: int = 2
    now: float = BEGIN + 30
    rested: list[tuple[float, float]] = field(default_factory=list)
    asked: int = 0
    most_at_once: int = 0
    standings: list[tuple[Standing, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.records = Records(self.timing, reached=self.now, seen=self.now)

    def live(self, events: Sequence[Event]) -> Life:
        for event in events:
            self._meet(event)
        return self

    @property
    def running(self) -> list[Tick]:
        ticks = self.records.ticks.values()
        return [tick for tick in ticks if tick.fate is Fate.RUNNING]

    def look(self) -> None:
        free = self.places - len(self.running)
        self.records.look(self.now, free)
        self.most_at_once = max(self.most_at_once, len(self.running))
        self.standings.append((self.records.standing(self.now), self.now))

    def end_all(self, fate: Fate) -> None:
        for tick in self.running:
            self.records.end(tick.due, fate, "", self.now)

    def _meet(self, event: Event) -> None:
        match event:
            case Look(after):
                self.now += after
                self.look()
            case End(fate, which):
                if self.running:
                    tick = self.running[which % len(self.running)]
                    self.records.end(tick.due, fate, "", self.now)
            case Ask(after):
                self.asked += 1
                # No two people ask at the very same instant.
                self.now += after + self.asked / 10_000
                self.records.ask(self.now)
            case Rest(after):
                self.now += after
                self._rest()

    def _rest(self) -> None:
        if self.records.is_paused:
            self.records.resume(self.now)
            self.rested[-1] = (self.rested[-1][0], self.now)
        else:
            self.records.pause(self.now)
            self.rested.append((self.now, float("inf")))


def timings(crons: Sequence[str]) -> st.SearchStrategy[Timing]:
    return st.builds(
        lambda cron, **rest: Timing(
            cron=cron, expression=read_expression(cron), timezone="UTC", **rest
        ),
        cron=st.sampled_from(crons),
        overlap=st.sampled_from(OverlapPolicy),
        catch_up=st.sampled_from(CatchUpPolicy),
        retries=st.integers(0, 3),
        jitter_seconds=st.sampled_from((0.0, 0.0, 40.0, 400.0)),
        grace_seconds=st.sampled_from((None, None, 0.0, 30.0, 200.0)),
    )


SOON = st.sampled_from((0.0, 0.25, 1.0, 9.5, 30.0, 59.0, 60.0, 61.0, 150.0))
LATER = SOON | st.sampled_from((300.0, 1000.0, 3700.0))
RUNS_END = st.builds(End, st.sampled_from(ENDS), st.integers(0, 3))
ASKED = st.builds(Ask, SOON)
RESTS = st.builds(Rest, SOON)


def events(
    *, after: st.SearchStrategy[float] = LATER, rests: bool = True
) -> st.SearchStrategy[list[Event]]:
    looks = st.builds(Look, after)
    kinds: list[st.SearchStrategy[Event]] = [looks, looks, looks, RUNS_END, RUNS_END, ASKED]
    kinds += [RESTS] if rests else []
    return st.lists(st.one_of(kinds), max_size=40)


# Gaps of days bring more moments than are told apart; clocks are put back by moments, by an hour, by a day.
GAPS = LATER | st.sampled_from((86_400.0, 200_000.0))
JUMPS = LATER | st.sampled_from((-0.5, -5.0, -70.0, -3500.0, -3600.0, -7300.0, -86_400.0, 86_400.0))


# -- every moment gets one fate


def covered(life: Life) -> list[float]:
    """The due moments that have a tick, each as often as it has one."""
    found: list[float] = []
    for tick in life.records.ticks.values():
        if tick.origin is not Origin.HAND:
            until = tick.due if tick.until is None else tick.until
            moments = [tick.due, *due_between(life.timing, tick.due, until)]
            assert len(moments) == tick.count
            found += moments
    return sorted(found)


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=GAPS))
def test_each_due_moment_has_one_tick(timing: Timing, events: list[Event]) -> None:
    life = Life(timing).live(events)

    due = due_between(timing, BEGIN + 30, life.records.reached)
    rested = [moment for moment in due if any(a < moment <= b for a, b in life.rested)]
    assert covered(life) == sorted(set(due) - set(rested))


@EXAMPLES
@given(timing=timings(SELDOM), events=events(after=JUMPS, rests=False))
def test_no_due_moment_is_lost_when_clocks_are_put_back(
    timing: Timing, events: list[Event]
) -> None:
    life = Life(timing).live(events)

    moments = covered(life)
    assert len(moments) == len(set(moments))
    assert set(due_between(timing, BEGIN + 30, life.records.reached)) <= set(moments)


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=GAPS))
def test_what_is_over_stays_so(timing: Timing, events: list[Event]) -> None:
    life = Life(timing).live(events)

    over: set[float] = set()
    for tick in life.records.written:
        assert tick.due not in over
        if tick.fate.is_over:
            over.add(tick.due)


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS))
def test_only_what_was_missed_may_come_again_when_clocks_are_put_back(
    timing: Timing, events: list[Event]
) -> None:
    life = Life(timing).live(events)

    over: set[float] = set()
    for tick in life.records.written:
        assert tick.due not in over
        if tick.fate.is_over and tick.fate is not Fate.MISSED:
            over.add(tick.due)


# -- runs


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS))
def test_no_tick_begins_again_without_a_retry(timing: Timing, events: list[Event]) -> None:
    life = Life(timing).live(events)

    before: dict[float, Tick] = {}
    for tick in life.records.written:
        old = before.get(tick.due)
        ran = () if old is None else old.tries
        if tick.fate is Fate.RUNNING and len(tick.tries) > len(ran):
            assert all(one.fate in (Fate.FAILED, Fate.CRASHED) for one in ran)
            assert old is not None and old.fate is Fate.WAITING
        assert [one.run for one in tick.tries[: len(ran)]] == [one.run for one in ran]
        assert len(tick.tries) <= timing.retries + 1
        before[tick.due] = tick
    runs = [one.run for tick in before.values() for one in tick.tries]
    assert len(runs) == len(set(runs)) == life.records.runs


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS), places=st.integers(0, 4))
def test_never_more_at_once_than_the_overlap_allows(
    timing: Timing, events: list[Event], places: int
) -> None:
    life = Life(timing, places=places).live(events)

    most = places if timing.overlap is OverlapPolicy.ALLOW else min(1, places)
    assert life.most_at_once <= most


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS))
def test_what_was_skipped_or_missed_never_ran(timing: Timing, events: list[Event]) -> None:
    life = Life(timing).live(events)

    left_out = [tick for tick in life.records.written if tick.fate in (Fate.SKIPPED, Fate.MISSED)]
    assert all(tick.tries == () and tick.why for tick in left_out)


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS))
def test_nothing_begins_before_it_may_or_after_its_grace(
    timing: Timing, events: list[Event]
) -> None:
    life = Life(timing).live(events)

    for tick in life.records.written:
        if tick.fate is Fate.RUNNING:
            began = tick.tries[-1].began_at
            assert tick.not_before <= began
            if len(tick.tries) == 1 and timing.grace_seconds is not None:
                assert began <= tick.not_before + timing.grace_seconds


@FEWER
@given(
    timing=timings(OFTEN),
    events=events(after=LATER | st.sampled_from((-70.0, -3600.0, -86_400.0))),
)
def test_a_world_left_alone_comes_to_rest(timing: Timing, events: list[Event]) -> None:
    life = Life(timing).live(events)

    due = {tick.due for tick in life.records.ticks.values() if _is_for_now(tick, life.now)}
    for _ in range(700):
        life.end_all(Fate.SUCCEEDED)
        life.now += 20
        life.look()
    assert [life.records.ticks[moment] for moment in due if _is_open(life, moment)] == []


def _is_for_now(tick: Tick, now: float) -> bool:
    """Whether it waits for no time that the clock, put back since, will show much later."""
    return tick.due <= now or bool(tick.tries) or tick.origin is Origin.HAND


def _is_open(life: Life, moment: float) -> bool:
    return not life.records.ticks[moment].fate.is_over


# -- looks


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS))
def test_looking_again_at_once_decides_nothing(timing: Timing, events: list[Event]) -> None:
    life = Life(timing).live(events)

    for standing, now in life.standings:
        again = decide(standing, now)
        assert again.ticks == ()
        assert again.standing.open == standing.open
        assert decide(again.standing, now) == again


@EXAMPLES
@given(timing=timings(OFTEN), events=events(after=JUMPS))
def test_the_next_look_is_later_unless_something_may_begin(
    timing: Timing, events: list[Event]
) -> None:
    life = Life(timing).live(events)

    for standing, now in life.standings:
        look = next_look(standing, now)
        assert standing.is_paused or look is not None
        if look is not None and not startable(standing, now):
            assert look > now


@EXAMPLES
@given(
    timing=timings(OFTEN),
    events=events(),
    seconds=st.floats(0, 60),
    parts=st.lists(st.floats(0, 1), max_size=4),
)
def test_on_time_many_looks_decide_what_one_does(
    timing: Timing, events: list[Event], seconds: float, parts: list[float]
) -> None:
    life = Life(replace(timing, grace_seconds=None)).live([*events, Look(0)])
    standing = life.records.standing(life.now)

    once = decide(standing, life.now + seconds).standing
    for part in sorted(parts):
        standing = decide(standing, life.now + part * seconds).standing
    often = decide(standing, life.now + seconds).standing

    assert _without_claims(often) == _without_claims(once)


def _without_claims(standing: Standing) -> Standing:
    """Without saying when its ticks were written down first."""
    open_ticks = tuple(replace(tick, claimed_at=0.0) for tick in standing.open)
    return replace(standing, open=open_ticks)


# -- worlds


def spans(seconds: int) -> st.SearchStrategy[tuple[Span, ...]]:
    moments = st.lists(st.integers(1, seconds), min_size=2, max_size=4, unique=True)
    some = moments.map(sorted).map(lambda found: tuple(map(Span, found[::2], found[1::2])))
    return st.just(()) | st.just(()) | some


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of half an hour, in which the clock is put forward at the most."""
    seconds = 1800
    works = st.builds(Work, st.integers(1, 400), st.sampled_from(ENDS))
    asleep = draw(spans(seconds))
    moments = st.integers(0, seconds - 1).filter(lambda at: not _is_in(asleep, at))
    paused = draw(spans(seconds))
    if any(_is_in(asleep, moment) for span in paused for moment in (span.begin, span.end)):
        paused = ()  # nobody does anything on a machine that is suspended
    return World(
        timing=draw(timings(OFTEN)),
        begin=BEGIN + draw(st.integers(0, 60)),
        seconds=seconds,
        works=tuple(draw(st.lists(works, min_size=1, max_size=6))),
        places=draw(st.integers(1, 3)),
        busy=draw(spans(seconds)),
        away=draw(spans(seconds)),
        asleep=asleep,
        paused=paused,
        asked=tuple(draw(st.lists(moments, max_size=3))),
        clock=draw(
            st.just(()) | st.tuples(st.tuples(moments, st.sampled_from((1, 45, 200, 4000))))
        ),
    )


def _is_in(spans: Sequence[Span], at: int) -> bool:
    return any(span.holds(at) for span in spans)


def told(story: Story) -> list[object]:
    """Which runs there were, and what became of all ticks."""
    return [story.ran, story.ticks]


@FEWER
@given(world=worlds())
@example(
    world=World(
        timing=Timing(
            cron="* * * * *",
            expression=read_expression("* * * * *"),
            timezone="UTC",
            grace_seconds=0.0,
        ),
        begin=BEGIN,
        seconds=1800,
        works=(Work(100),),
    )
)
def test_the_next_look_is_never_too_late(world: World) -> None:
    always = simulate(replace(world, every_second=True))

    assert told(simulate(world)) == told(always)


@FEWER
@given(world=worlds(), looks=st.frozensets(st.integers(0, 1800), max_size=30))
def test_looks_without_need_change_nothing(world: World, looks: frozenset[int]) -> None:
    more = simulate(replace(world, looks=looks))

    assert told(more) == told(simulate(world))
