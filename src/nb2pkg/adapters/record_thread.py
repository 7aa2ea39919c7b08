"""How is the record of a run kept up, whatever the process that runs it is busy with?

The port `RecordKeeper`: a thread that alone speaks to the store while the run goes on. An upload or a digest may
take as long as it likes, and a store that hangs holds up nothing but what is written to it. The thread ends with
the one that it writes for; where the whole process is stopped, so is the thread, and the lease runs out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nb2pkg.pipeline.records import LiveProcess, RunStatus, StepRecord
from nb2pkg.ports.running import Lease, LeaseLost, RunStore, Silence, StoreAway

# The first sign of life is due after a third of the lease: shorter runs give none but their beginning and end.
_BEATS_IN_A_LEASE = 3
_PAUSE_SECONDS = 0.5  # before a store that is away is tried again
_LOOK_SECONDS = 5.0  # how late a sleep of the whole machine may be noticed
_CLOSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _End:
    status: RunStatus
    message: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What is to be written; nothing, by itself."""

    steps: Mapping[str, StepRecord] = field(default_factory=dict)
    started: tuple[LiveProcess, ...] = ()
    ended: tuple[LiveProcess, ...] = ()
    end: _End | None = None

    def followed_by(self, later: _News) -> _News:
        """Both together."""
        return _News(
            steps={**self.steps, **later.steps},
            started=self.started + later.started,
            ended=self.ended + later.ended,
            end=later.end or self.end,
        )


_NOTHING = _News()


class RecordThread:
    """Writes what it is handed, and renews the lease in between, until it is closed."""

    def __init__(self, store: RunStore, lease: Lease, lease_seconds: float) -> None:
        """Begin, for the thread that calls this."""
        self._store = store
        self._lease = lease
        self._lease_seconds = lease_seconds
        self._beat_seconds = lease_seconds / _BEATS_IN_A_LEASE
        self._renewed = _now()
        # All below is looked at and changed by both threads, each time with this held.
        self._changed = threading.Condition()
        self._news = _NOTHING
        self._is_writing = False
        self._is_refused = False
        self._is_closed = False
        self._failure: Exception | None = None
        self._asked_at: float | None = None  # since when the store owes an answer
        self._why = ""
        self._owner = threading.current_thread()
        self._thread = threading.Thread(target=self._work, name="nb2pkg-record", daemon=True)
        self._thread.start()

    # -- the port

    def hand_over(
        self,
        steps: Sequence[StepRecord],
        started: Sequence[LiveProcess],
        ended: Sequence[LiveProcess],
    ) -> None:
        """Have it written down what became of steps, and which process groups have started and ended."""
        by_name = {step.name: step for step in steps}
        self._take(_News(steps=by_name, started=tuple(started), ended=tuple(ended)))

    def finish(self, status: RunStatus, message: str, ended_at: float) -> None:
        """Have the end of the run written down, after all the rest."""
        self._take(_News(end=_End(status, message, ended_at)))

    def is_written(self, within_seconds: float) -> bool:
        """Wait until all that was handed over is in the store, and the lease is sure; False where it is not by then."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._failure is not None or self._is_settled(), within_seconds
            )
            failure = self._failure
            if failure is None:
                return self._is_settled()
            if not isinstance(failure, LeaseLost):
                self._failure = None
            raise failure

    def silence(self) -> Silence:
        """How long the store has owed an answer, and why as far as it is known."""
        with self._changed:
            if self._asked_at is None:
                return Silence(0.0, "")
            return Silence(time.monotonic() - self._asked_at, self._why)

    def close(self) -> None:
        """Write nothing more. A thread that hangs in the store is left behind."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(_CLOSE_SECONDS)

    def _take(self, news: _News) -> None:
        with self._changed:
            self._news = self._news.followed_by(news)
            self._is_refused = False
            self._ask()
            self._changed.notify_all()

    def _is_settled(self) -> bool:
        is_sure = self._is_closed or self._seconds_to_beat() > 0
        return is_sure and self._news is _NOTHING and not self._is_writing

    def _ask(self) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()

    # -- the thread

    def _work(self) -> None:
        while (news := self._next()) is not None:
            try:
                self._write(news)
            except StoreAway as away:
                self._try_again(news, str(away))
            except Exception as error:  # told to the thread that we write for
                self._refuse(news, error)
                if isinstance(error, LeaseLost):
                    return
            else:
                self._settle(is_over=news.end is not None)

    def _next(self) -> _News | None:
        """Wait for something to write; nothing means to renew the lease, None that it is over."""
        with self._changed:
            while not self._is_closed and self._owner.is_alive():
                is_new = self._news is not _NOTHING and not self._is_refused
                seconds = self._seconds_to_beat()
                if is_new or seconds <= 0:
                    news, self._news = (self._news, _NOTHING) if is_new else (_NOTHING, self._news)
                    self._is_writing = is_new
                    self._ask()
                    return news
                self._changed.wait(min(seconds, _LOOK_SECONDS))
            return None

    def _seconds_to_beat(self) -> float:
        """By the clock that goes on while the machine sleeps, too: others see the lease by that."""
        passed = max(now - then for now, then in zip(_now(), self._renewed, strict=True))
        return self._beat_seconds - passed

    def _write(self, news: _News) -> None:
        if self._seconds_to_beat() <= 0 and news.end is None:
            self._store.renew(self._lease, self._lease_seconds)
            self._renewed = _now()
        if news.started or news.ended:
            self._store.put_processes(self._lease, news.started, news.ended)
        if news.steps:
            self._store.put_steps(self._lease, tuple(news.steps.values()))
        if news.end is not None:
            self._store.finish(self._lease, news.end.status, news.end.message, news.end.at)

    def _settle(self, *, is_over: bool) -> None:
        """The store has answered."""
        with self._changed:
            self._is_writing = False
            self._is_closed = self._is_closed or is_over
            self._why = ""
            self._asked_at = None if self._news is _NOTHING else time.monotonic()
            self._changed.notify_all()

    def _try_again(self, news: _News, why: str) -> None:
        with self._changed:
            self._put_back(news)
            self._why = why
            self._changed.wait_for(lambda: self._is_closed, _PAUSE_SECONDS)

    def _refuse(self, news: _News, error: Exception) -> None:
        """What was refused is tried again with what is handed over next."""
        with self._changed:
            self._put_back(news)
            self._renewed = _now()
            self._is_refused = True
            self._failure = error
            self._asked_at, self._why = None, ""
            self._changed.notify_all()

    def _put_back(self, news: _News) -> None:
        if news is not _NOTHING:
            self._news = news.followed_by(self._news)
        self._is_writing = False


def _now() -> tuple[float, float]:
    return time.monotonic(), time.time()
