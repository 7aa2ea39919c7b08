"""What does whoever listens to a daemon hear of it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from nb2pkg.ports.scheduling import Notice
from nb2pkg.scheduling import Fate, Tick


@dataclass(frozen=True, slots=True)
class Decided:
    """A due moment was claimed and waits, or will not run."""

    schedule: str
    tick: Tick


@dataclass(frozen=True, slots=True)
class Began:
    """A run was started."""

    schedule: str
    tick: Tick
    late_seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A run has ended. tick: as it is now; it waits where it is tried again.

    is_ours: of this daemon, which has written it down; `schedule` may be unknown else
    """

    schedule: str
    tick: Tick
    fate: Fate
    why: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """The daemon says at an address how it is."""

    address: str


@dataclass(frozen=True, slots=True)
class Draining:
    """The daemon begins nothing more, and waits for its runs, or ends them."""

    running: int
    is_cancelling: bool


@dataclass(frozen=True, slots=True)
class StoreSilent:
    """The store does not answer; what runs goes on."""

    why: str


@dataclass(frozen=True, slots=True)
class StoreAnswers:
    """The store answers again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """Somebody was told, or could not be, for the reason that `problem` says."""

    notice: Notice
    problem: str
    is_given_up: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that whoever looks after the daemon should know."""

    message: str


DaemonEvent: TypeAlias = "Answering | Decided | Began | Ended | Draining | StoreSilent | StoreAnswers | NoticeGiven | Trouble"
Tell = Callable[[DaemonEvent], None]
