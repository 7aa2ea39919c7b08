"""What do schedules need from the world?

Times are seconds since 1970 in UTC, durations seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nb2pkg.pipeline.records import Holder, RunStatus
from nb2pkg.ports.running import StopAsked
from nb2pkg.scheduling.deciding import Decision, Standing
from nb2pkg.scheduling.jobs import Job
from nb2pkg.scheduling.ticks import Claim, Fate, Tick

# -- the records


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """A schedule, and how it stands.

    recent: its last ticks, the newest first
    last_success: when the last tick was due that succeeded
    """

    job: Job
    is_paused: bool
    recent: tuple[Tick, ...] = ()
    last_success: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """A process that runs schedules, as it has written itself down.

    seen_at: when it last said that it lives; is_late: it should have said so again since
    """

    id: str
    owner: str
    holder: Holder
    version: str
    since: float
    seen_at: float
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A tick that a daemon may run now; its last try names the run."""

    job: Job
    tick: Tick
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a daemon may run now, and what of the schedules it cannot make sense of.

    decided: the ticks that are new or changed, each with its schedule's name
    """

    claimed: tuple[Claimed, ...] = ()
    decided: tuple[tuple[str, Tick], ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A tick that counts as running, and whose daemon may be dead.

    holder: its daemon, as far as that is known; is_late: it is not heard of
    run_status: of its run; None where that has not begun
    """

    claim: Claim
    tick: Tick
    holder: Holder | None
    is_late: bool
    run_status: RunStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that those who want to know are told of: `failed`, `recovered` or `missed`.

    id: no other notice has it, so that who gets one twice knows
    """

    id: str
    what: str
    job: Job
    tick: Tick
    tries: int = 0


class ScheduleStore(Protocol):
    """The records of schedules. Every call is one transaction: it is done whole, or not at all.

    Each raises EnvironmentFailure (NB510, NB516) where the store cannot be used at all, and StoreAway
    where it may answer later.
    """

    # -- schedules

    def add(self, job: Job, now: float) -> bool:
        """Keep a new schedule, which is due from now on; False where the owner has one of that name."""

    def change(self, job: Job, now: float) -> bool:
        """Keep what is new about a schedule of that id; one with other times begins anew. False: it is gone."""

    def remove(self, id: str) -> bool:
        """Forget a schedule and its ticks; the records of its runs stay. False: it is gone."""

    def id_of(self, owner: str, name: str) -> str | None:
        """The id of the schedule of that name, whatever else is wrong with it; None: there is none."""

    def jobs(self, owner: str | None, *, recent: int) -> tuple[JobState, ...]:
        """The schedules of an owner, or of all, by their names, each with so many of its ticks."""

    def ticks(self, id: str, *, limit: int, before: float | None = None) -> tuple[Tick, ...]:
        """What became of a schedule's due moments, the newest first."""

    def alter(self, id: str, work: Callable[[Standing], Decision], now: float) -> Decision | None:
        """Change how a schedule stands; None: it is gone."""

    # -- daemons

    def beat(self, daemon: Daemon, lease_seconds: float) -> bool:
        """Say that a daemon lives, and has its ticks in hand; True where it counted as late before."""

    def leave(self, daemon: str) -> None:
        """A daemon ends."""

    def daemons(self, owner: str | None) -> tuple[Daemon, ...]:
        """The daemons that have not left."""

    # -- ticks

    def next_look(self, owner: str, now: float) -> float | None:
        """When something is to be decided next, by itself; None: never."""

    def take(
        self,
        owner: str,
        daemon: str,
        now: float,
        most: int,
        begin: Callable[[Job, Tick], Tick],
    ) -> Taken:
        """Decide about all that is due, and give up to `most` ticks to a daemon to run."""

    def asked_to_end(self, daemon: str) -> tuple[Claim, ...]:
        """Those of a daemon's ticks whose runs are asked to end."""

    def end(
        self,
        claim: Claim,
        change: Callable[[Job, Tick], Tick],
        now: float,
        *,
        unless_it_runs: bool = False,
    ) -> bool:
        """Write down what became of a tick that was claimed; False where somebody else has done so.

        unless_it_runs: neither where its run has begun and not ended
        """

    def strays(self, owner: str, host: str, daemon: str) -> tuple[Stray, ...]:
        """The ticks that count as running, of daemons that are late, or on `host`, other than `daemon`."""

    # -- notices

    def notices(self, owner: str, now: float, most: int) -> tuple[Notice, ...]:
        """Notices that are to be given now; for a while nobody else gets them."""

    def given(self, notice: Notice, *, again_at: float | None) -> None:
        """A notice was given, or will be tried again at a time."""

    def forget(self, keep: int) -> int:
        """Forget all but so many ticks of each schedule; give how many."""

    def close(self) -> None:
        """Give back what is held open."""


# -- runs


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRun:
    """A run that is to be started.

    resumes: an earlier try to go on from
    """

    run: str
    claim: Claim
    job: Job
    due: float
    resumes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """A run is over, and so is its process."""

    claim: Claim
    fate: Fate
    why: str


class RunProcesses(Protocol):
    """Runs, each in a process of its own that does not outlive this one."""

    def start(self, run: ScheduledRun) -> None:
        """Start a run."""

    def wait(self, seconds: float) -> Sequence[RunEnded | StopAsked]:
        """Wait for runs to end or for a signal, at most so long; give what has happened."""

    def stop(self, claim: Claim, why: str) -> None:
        """End a run in an orderly way, and with force where that takes too long; its end is told."""

    def stop_all(self, why: str) -> None:
        """End all runs so."""

    @property
    def running(self) -> int:
        """How many run."""


class Notifier(Protocol):
    """Tells people."""

    def give(self, notice: Notice) -> None:
        """Give a notice. Raises NoticeFailed."""


class NoticeFailed(Exception):
    """A notice could not be given; the message says why, without any secret."""


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """A notice that was given, or why it could not be."""

    notice: Notice
    problem: str


class NoticeDesk(Protocol):
    """Has notices given, while whoever asks for that goes on."""

    def take(self, notice: Notice) -> None:
        """Have a notice given."""

    def given(self) -> Sequence[GivenNotice]:
        """What was given since this was asked last, or could not be."""

    def close(self) -> None:
        """Give what was taken, if that does not take long."""
