"""Whose turn is it, when several wait? One after the other, and each asker's own in their order."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import Generic, TypeVar

_Work = TypeVar("_Work")


class FairQueue(Generic[_Work]):
    """What waits to be done, by who asked for it: who asks for much neither keeps others waiting nor shuts them out.

    It may be used by several threads.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: OrderedDict[str, deque[_Work]] = OrderedDict()
        self._count = 0
        self._idle = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, asker: str, work: _Work) -> _Work | None:
        """Let something wait; give what is left out for it, as there is no room for all.

        That is the newest of whoever has the most waiting; `work` itself where that is its asker, or would be with it,
        or where nothing is done any more.
        """
        with self._changed:
            if self._is_closed:
                return work
            left_out = None
            if self._count >= self._most:
                # Of several, the one whose turn is the furthest away.
                longest = max(reversed(self._waiting.values()), key=len, default=deque[_Work]())
                if len(longest) <= len(self._waiting.get(asker, ())) + 1:
                    return work
                left_out = longest.pop()
                self._count -= 1
            self._waiting.setdefault(asker, deque()).append(work)
            self._count += 1
            self._changed.notify()
            return left_out

    def is_free(self) -> None:
        """Say that the caller will `take` next. Said before an answer is given, the next question counts on it."""
        with self._changed:
            self._idle += 1

    def take(self) -> _Work | None:
        """Wait for something to do, and take it; None where nothing is done any more. `is_free` was said before."""
        with self._changed:
            self._changed.wait_for(lambda: self._count or self._is_closed)
            self._idle -= 1
            if self._is_closed:
                return None
            asker, waiting = self._waiting.popitem(last=False)
            work = waiting.popleft()
            if waiting:
                self._waiting[asker] = waiting  # to the end of the line
            self._count -= 1
            return work

    @property
    def needs_hands(self) -> bool:
        """Whether more waits than there are threads that wait for it."""
        with self._changed:
            return self._count > self._idle

    def close(self) -> list[_Work]:
        """Give nothing more to anybody; give what still waited."""
        with self._changed:
            self._is_closed = True
            left = [work for waiting in self._waiting.values() for work in waiting]
            self._waiting.clear()
            self._count = 0
            self._changed.notify_all()
            return left
