"""How are notices given while the daemon goes on?

The port `NoticeDesk`: one thread, since a server that is slow must not keep a schedule waiting.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence

from nb2pkg.ports.scheduling import GivenNotice, Notice, NoticeFailed, Notifier

_CLOSE_SECONDS = 30.0


class NoticeThread:
    """Gives what it takes, one after the other."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._waiting: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        self._given: queue.SimpleQueue[GivenNotice] = queue.SimpleQueue()
        self._in_hand: set[str] = set()
        self._thread: threading.Thread | None = None

    def take(self, notice: Notice) -> None:
        """Have a notice given."""
        if notice.id in self._in_hand:
            return  # the one before still tries
        self._in_hand.add(notice.id)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="nb2pkg-notices", daemon=True)
            self._thread.start()
        self._waiting.put(notice)

    def given(self) -> Sequence[GivenNotice]:
        """What was given since this was asked last, or could not be."""
        found = []
        while not self._given.empty():
            one = self._given.get()
            self._in_hand.discard(one.notice.id)
            found.append(one)
        return found

    def close(self) -> None:
        """Give what was taken, if that does not take long."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(_CLOSE_SECONDS)

    def _work(self) -> None:
        while (notice := self._waiting.get()) is not None:
            problem = ""
            try:
                self._notifier.give(notice)
            except NoticeFailed as failed:
                problem = str(failed)
            except Exception as error:  # a bug in telling must not end what is told of
                problem = f"{type(error).__name__}: {error}"
            self._given.put(GivenNotice(notice, problem))
