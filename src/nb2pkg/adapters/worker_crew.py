"""Who does the work that a server must not do itself: which process, when, and what if one dies?"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass

from nb2pkg.adapters.fair_queue import FairQueue
from nb2pkg.adapters.worker_process import GRACE_SECONDS, Reply, WorkerLost, WorkerProcess
from nb2pkg.ports.extracting import Json
from nb2pkg.problems import Busy

# What a process needs to start and to import what it works with, on a slow machine.
_START_SECONDS = 20.0
# What a process needs to put back what it has half done, when the server stops.
_STOP_SECONDS = 5.0
_STOPPING = "the server is being stopped"


@dataclass(frozen=True, slots=True)
class _Question:
    header: Json
    body: bytes
    seconds: float
    answer: Future[Reply]


class WorkerCrew:
    """A few processes that stay, started when they are needed, and anew after one has died.

    Each is looked after by a thread. Who waits for a thread's process blocks nobody else.
    """

    def __init__(
        self,
        program: str,
        *,
        count: int = 2,
        most_waiting: int = 64,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """program: the name of the module that the processes run; count: how many of them at most

        grace_seconds: how late one may be, putting back what it has half done, before it is killed
        """
        self._program = program
        self._count = count
        self._grace_seconds = grace_seconds
        self._queue: FairQueue[_Question] = FairQueue(most_waiting)
        self._lock = threading.Lock()
        self._hands: list[_Hand] = []
        self._is_closed = False

    def ask(self, asker: str, header: Json, body: bytes, seconds: float) -> Future[Reply]:
        """Have a question answered by the next process that is free; `asker`s take turns.

        The answer's future raises WorkerLost where the process died over it, and Busy where it has to give way to
        others. Who cancels it in time is not answered.

        Raises:
            Busy: too many wait already (NB553).
        """
        answer: Future[Reply] = Future()
        question = _Question(header, body, seconds, answer)
        left_out = self._queue.put(asker, question)
        if left_out is question:
            raise _busy()
        # Who asked may have cancelled it, and wants to hear nothing then.
        if left_out is not None and left_out.answer.set_running_or_notify_cancel():
            left_out.answer.set_exception(_busy())
        with self._lock:
            if not self._is_closed and len(self._hands) < self._count and self._queue.needs_hands:
                self._hands.append(_Hand(self._program, self._queue, self._grace_seconds))
        return answer

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of the processes that there are now."""
        with self._lock:
            return tuple(hand.pid for hand in self._hands if hand.pid is not None)

    def close(self) -> None:
        """End all processes, which put back what they have half done; what still waits is not answered."""
        with self._lock:
            self._is_closed = True
            hands = tuple(self._hands)
        for question in self._queue.close():
            question.answer.cancel()
        for hand in hands:
            hand.ask_to_stop()
        until = time.monotonic() + _STOP_SECONDS
        for hand in hands:
            hand.stop(until)


def _busy() -> Busy:
    return Busy("NB553", "too many requests wait already", hint="try again in a moment")


class _Hand:
    """A thread with a process of its own."""

    def __init__(self, program: str, queue: FairQueue[_Question], grace_seconds: float) -> None:
        self._program = program
        self._queue = queue
        self._grace_seconds = grace_seconds
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._go, name="nb2pkg-worker", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Of the process that it has, if it has one."""
        worker = self._worker
        return None if worker is None or worker.is_gone else worker.pid

    def ask_to_stop(self) -> None:
        """Have the process and the thread end soon."""
        with self._lock:
            self._is_stopped = True
            if self._worker is not None:
                self._worker.ask_to_end()

    def stop(self, until: float) -> None:
        """Wait for their end, and end the process then, whatever it does; `until` is of the monotonic clock."""
        self._thread.join(max(0.0, until - time.monotonic()))
        if self._thread.is_alive() and self._worker is not None:
            self._worker.kill()
            self._thread.join(_STOP_SECONDS)

    def _go(self) -> None:
        self._queue.is_free()
        while (question := self._queue.take()) is not None:
            if not question.answer.set_running_or_notify_cancel():
                self._queue.is_free()
                continue
            try:
                reply = self._answered(question)
            except (
                BaseException
            ) as error:  # whoever asked has to hear of it, and this thread has to stay
                self._queue.is_free()
                question.answer.set_exception(error)
            else:
                self._queue.is_free()
                question.answer.set_result(reply)
        if self._worker is not None:
            self._worker.end()

    def _answered(self, question: _Question) -> Reply:
        start_seconds = 0.0
        with self._lock:
            if self._is_stopped:
                raise WorkerLost(_STOPPING)
            if self._worker is None or self._worker.is_gone:
                if self._worker is not None:
                    self._worker.end()
                self._worker = WorkerProcess(self._program, self._grace_seconds)
                start_seconds = _START_SECONDS
        worker = self._worker
        try:
            reply = worker.ask(question.header, question.body, question.seconds, start_seconds)
        except BaseException as error:
            worker.end()  # what it would say next answers no question
            if self._is_stopped:
                raise WorkerLost(_STOPPING) from error
            raise
        if reply.header.get("retires"):
            worker.end()
        return reply
