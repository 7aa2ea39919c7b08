"""Whose turn it is, and who has to give way when too much waits."""

from __future__ import annotations

from nb2pkg.adapters.fair_queue import FairQueue


def _filled(most: int, *works: str) -> FairQueue[str]:
    """A queue in which all of that waits; the asker is the first letter."""
    queue: FairQueue[str] = FairQueue(most)
    for work in works:
        assert queue.put(work[0], work) is None
    return queue


def _taken(queue: FairQueue[str], count: int) -> list[str | None]:
    taken = []
    for _ in range(count):
        queue.is_free()
        taken.append(queue.take())
    return taken


def test_askers_take_turns_and_each_ones_own_stay_in_their_order() -> None:
    queue = _filled(9, "a1", "a2", "a3", "b1", "c1", "b2")

    assert _taken(queue, 6) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_fills_the_queue_gives_way_with_the_newest() -> None:
    queue = _filled(4, "a1", "a2", "a3", "a4")

    assert queue.put("b", "b1") == "a4"
    assert queue.put("c", "c1") == "a3"
    # With two, b would have as many as a.
    assert queue.put("b", "b2") == "b2"
    assert queue.put("a", "a5") == "a5"
    assert _taken(queue, 4) == ["a1", "b1", "c1", "a2"]


def test_who_has_the_most_waiting_is_refused() -> None:
    queue = _filled(4, "a1", "a2", "a3", "b1")

    assert queue.put("a", "a4") == "a4"
    assert _taken(queue, 4) == ["a1", "b1", "a2", "a3"]


def test_nobody_gives_way_to_who_is_no_worse_off() -> None:
    queue = _filled(3, "a1", "b1", "c1")

    assert queue.put("d", "d1") == "d1"
    assert _taken(queue, 3) == ["a1", "b1", "c1"]


def test_of_several_that_have_as_much_waiting_the_last_in_line_gives_way() -> None:
    queue = _filled(4, "a1", "a2", "b1", "b2")

    assert queue.put("c", "c1") == "b2"
    assert _taken(queue, 4) == ["a1", "b1", "c1", "a2"]


def test_there_is_room_again_for_what_was_taken() -> None:
    queue = _filled(2, "a1", "a2")

    assert queue.put("a", "a3") == "a3"
    assert _taken(queue, 1) == ["a1"]
    assert queue.put("a", "a4") is None
    assert _taken(queue, 2) == ["a2", "a4"]


def test_what_is_closed_takes_nothing_and_gives_back_what_waited() -> None:
    queue = _filled(2, "a1", "b1")

    assert queue.close() == ["a1", "b1"]
    assert queue.put("c", "c1") == "c1"
    assert _taken(queue, 1) == [None]
