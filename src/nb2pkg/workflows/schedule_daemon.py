"""How are schedules run: what is claimed when, what is started, and what is written down of it?

Each claim and each end is one transaction of the store, so that any number of daemons may share it, and each may be
killed at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from nb2pkg.pipeline.records import Holder, RunStatus
from nb2pkg.ports.running import StopAsked, StoreAway, WallClock
from nb2pkg.ports.scheduling import (
    Claimed,
    Daemon,
    NoticeDesk,
    RunEnded,
    RunProcesses,
    ScheduledRun,
    ScheduleStore,
    Stray,
)
from nb2pkg.problems import EnvironmentFailure
from nb2pkg.scheduling import Claim, Fate, Job, Tick
from nb2pkg.scheduling.deciding import begun, ended
from nb2pkg.workflows.daemon_events import (
    Began,
    Decided,
    Draining,
    Ended,
    NoticeGiven,
    StoreAnswers,
    StoreSilent,
    Tell,
    Trouble,
)

LOOK_SECONDS = 1.0  # how late something due, or a wish of the user's, may be noticed
_STRAYS_SECONDS = 5.0
_FORGET_SECONDS = 3600.0
_KEPT_TICKS = 10_000  # of each schedule
_BEATS_IN_A_LEASE = 4
_MOST_NOTICES = 10
_FIRST_NOTICE_RETRY_SECONDS = 60.0
_MOST_NOTICE_TRIES = 8  # over more than two hours
_WITHOUT_DAEMON = {
    Fate.SUCCEEDED: "",
    Fate.CRASHED: "its daemon died, and the run with it",
    Fate.CANCELLED: "the run was cancelled, and its daemon died",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonWish:
    """How a daemon goes about it.

    jobs: how many runs there may be at once
    lease_seconds: for how long it counts as alive when nothing is heard of it
    """

    jobs: int
    lease_seconds: float


class ScheduleDaemon:
    """One daemon, from its first sign of life to its last.

    next_look: when something is to be decided next
    looked_at: when the store was last asked, by the monotonic clock; trouble: why it does not answer
    """

    def __init__(
        self,
        me: Daemon,
        wish: DaemonWish,
        *,
        store: ScheduleStore,
        runs: RunProcesses,
        desk: NoticeDesk,
        clock: WallClock,
        new_run_id: Callable[[], str],
        reap: Callable[[], object],
        is_alive: Callable[[Holder], bool | None],
        tell: Tell,
    ) -> None:
        self._me = me
        self._wish = wish
        self._store = store
        self._runs = runs
        self._desk = desk
        self._clock = clock
        self._new_run_id = new_run_id
        self._reap = reap
        self._is_alive = is_alive
        self._tell = tell
        self._jobs: dict[Claim, Claimed] = {}
        self._untold: list[RunEnded] = []
        self._due: dict[str, float] = {}
        self._stops = 0
        self._silent_since: float | None = None
        self.next_look: float | None = None
        self.looked_at = clock.monotonic()
        self.trouble = ""

    @property
    def running(self) -> int:
        """How many runs there are."""
        return self._runs.running

    def go(self) -> None:
        """Run what is due until somebody asks to stop, and what was begun has ended.

        Raises:
            EnvironmentFailure, StoreAway: the store cannot be used at the beginning.
        """
        self._beat()
        while not (self._stops and not self._runs.running and not self._untold):
            self._look()
            for news in self._runs.wait(self._seconds_to_wait()):
                self._hear(news)
        self._leave()

    # -- looking

    def _look(self) -> None:
        """Do what is to be done now; a store that does not answer is asked again a moment later."""
        self.looked_at = self._clock.monotonic()
        try:
            self._write_ends()
            self._when_due("beat", self._wish.lease_seconds / _BEATS_IN_A_LEASE, self._beat)
            # First: a run that is dead must not keep the next one from beginning.
            self._when_due("strays", _STRAYS_SECONDS, self._gather_strays)
            if not self._stops:
                self._take()
            self._obey()
            self._when_due("notices", LOOK_SECONDS, self._give_notices)
            self._when_due("forget", _FORGET_SECONDS, lambda: self._store.forget(_KEPT_TICKS))
        except (StoreAway, EnvironmentFailure) as problem:
            self._hush(problem)
        else:
            self._answered()

    def _seconds_to_wait(self) -> float:
        """Until something is due, as far as that is known; what waits for a free place is told by a run's end."""
        if self.next_look is None or self._stops:
            return LOOK_SECONDS
        seconds = self.next_look - self._clock.now()
        return min(seconds, LOOK_SECONDS) if seconds > 0 else LOOK_SECONDS

    def _when_due(self, what: str, seconds: float, work: Callable[[], object]) -> None:
        now = self._clock.monotonic()
        if now >= self._due.get(what, now):
            work()
            self._due[what] = now + seconds

    def _beat(self) -> None:
        if self._store.beat(self._me, self._wish.lease_seconds):
            # Others may have taken what had not begun; what had begun is still ours.
            self._tell(Trouble("this daemon was not heard of for longer than its lease"))

    def _take(self) -> None:
        now = self._clock.now()
        self.next_look = self._store.next_look(self._me.owner, now)
        if self.next_look is None or self.next_look > now:
            return
        taken = self._store.take(
            self._me.owner,
            self._me.id,
            now,
            max(0, self._wish.jobs - self._runs.running),
            lambda job, tick: begun(tick, self._new_run_id(), now),
        )
        for problem in taken.problems:
            self._tell(Trouble(f"{problem} cannot be used: it is left out until it is changed"))
        for decided in _told_together(taken.decided):
            self._tell(decided)
        for claimed in taken.claimed:
            self._start(claimed)
        self.next_look = self._store.next_look(self._me.owner, now)

    def _start(self, claimed: Claimed) -> None:
        tick = claimed.tick
        run = tick.tries[-1].run
        earlier = [one.run for one in tick.tries[:-1]]
        self._jobs[claimed.claim] = claimed
        self._tell(Began(claimed.job.name, tick, late_seconds=tick.tries[-1].began_at - tick.due))
        self._runs.start(
            ScheduledRun(
                run=run,
                claim=claimed.claim,
                job=claimed.job,
                due=tick.due,
                resumes=earlier[-1] if earlier else None,
            )
        )

    def _obey(self) -> None:
        """End runs that somebody has asked to end."""
        if self._runs.running:
            for claim in self._store.asked_to_end(self._me.id):
                self._runs.stop(claim, "it was asked to end")

    # -- what ends

    def _hear(self, news: RunEnded | StopAsked) -> None:
        if isinstance(news, RunEnded):
            self._untold.append(news)
            return
        self._stops += 1
        self._tell(Draining(self._runs.running, is_cancelling=self._stops > 1))
        if self._stops > 1:
            self._runs.stop_all("the daemon was stopped")

    def _write_ends(self) -> None:
        while self._untold:
            news = self._untold[0]
            now = self._clock.now()
            is_ours = self._end(news.claim, news.fate, news.why, now)
            del self._untold[0]
            claimed = self._jobs.pop(news.claim, None)
            if claimed is not None:
                job = claimed.job
                tick = ended(claimed.tick, news.fate, news.why, job.timing, now)
                self._tell(Ended(job.name, tick, news.fate, news.why, is_ours=is_ours))

    def _end(
        self, claim: Claim, fate: Fate, why: str, now: float, *, unless_it_runs: bool = False
    ) -> bool:
        def change(job: Job, tick: Tick) -> Tick:
            return ended(tick, fate, why, job.timing, now)

        return self._store.end(claim, change, now, unless_it_runs=unless_it_runs)

    def _gather_strays(self) -> None:
        """See to ticks whose daemons have died: to what became of their runs, or that these never begin."""
        strays = self._store.strays(self._me.owner, self._me.holder.host, self._me.id)
        dead = [stray for stray in strays if self._is_dead(stray)]
        if not dead:
            return
        self._reap()
        for stray in self._store.strays(self._me.owner, self._me.holder.host, self._me.id):
            if stray.claim not in {one.claim for one in dead}:
                continue
            if stray.run_status is RunStatus.RUNNING:
                continue  # whoever runs it lives, or has until its lease ends
            if stray.run_status is None:
                fate, why = Fate.CRASHED, "its daemon died before the run began"
            else:
                fate = Fate(stray.run_status.value)
                why = _WITHOUT_DAEMON.get(fate, f"the run {fate.value}; its daemon died")
            now = self._clock.now()
            if self._end(stray.claim, fate, why, now, unless_it_runs=True):
                self._tell(Ended("", stray.tick, fate, why, is_ours=False))

    def _is_dead(self, stray: Stray) -> bool:
        if stray.is_late or stray.holder is None:
            return True
        return self._is_alive(stray.holder) is False

    # -- notices

    def _give_notices(self) -> None:
        self._note_given()
        for notice in self._store.notices(self._me.owner, self._clock.now(), _MOST_NOTICES):
            self._desk.take(notice)

    def _note_given(self) -> None:
        for given in self._desk.given():
            tries = given.notice.tries + 1
            again_at = None
            if given.problem and tries < _MOST_NOTICE_TRIES:
                delay = _FIRST_NOTICE_RETRY_SECONDS * 2 ** (tries - 1)
                again_at = self._clock.now() + delay
            self._store.given(given.notice, again_at=again_at)
            self._tell(
                NoticeGiven(
                    given.notice,
                    given.problem,
                    is_given_up=bool(given.problem) and again_at is None,
                )
            )

    # -- a store that is away

    def _hush(self, problem: Exception) -> None:
        self.trouble = str(problem)
        if self._silent_since is None:
            self._silent_since = self._clock.monotonic()
            self._tell(StoreSilent(str(problem)))

    def _answered(self) -> None:
        self.trouble = ""
        if self._silent_since is not None:
            seconds = self._clock.monotonic() - self._silent_since
            self._silent_since = None
            self._tell(StoreAnswers(seconds))

    def _leave(self) -> None:
        self._desk.close()
        try:
            self._note_given()
            self._store.leave(self._me.id)
        except (StoreAway, EnvironmentFailure) as problem:
            self._tell(Trouble(str(problem)))


def _told_together(decided: Sequence[tuple[str, Tick]]) -> Iterator[Decided]:
    """What was decided but for what begins; of many that a schedule has missed in a row, one that stands for all."""
    told = [(name, tick) for name, tick in decided if tick.fate is not Fate.RUNNING]
    for (name, fate), group in groupby(told, key=lambda one: (one[0], one[1].fate)):
        ticks = [tick for _, tick in group]
        if fate is not Fate.MISSED:
            yield from (Decided(name, tick) for tick in ticks)
            continue
        count = sum(tick.count for tick in ticks)
        yield Decided(name, replace(ticks[0], count=count, until=ticks[-1].until or ticks[-1].due))
