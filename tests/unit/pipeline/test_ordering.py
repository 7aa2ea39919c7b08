"""In which order steps run, and what a wish for some of them takes along."""

from __future__ import annotations

import pytest

from nb2pkg.pipeline.ordering import cycle_in, in_order, with_all_after, with_all_needed

DIAMOND = {"report": ("left", "right"), "left": ("load",), "right": ("load",), "load": ()}


def test_steps_come_after_what_they_need_and_otherwise_as_given() -> None:
    assert in_order(DIAMOND) == ("load", "left", "right", "report")
    assert in_order({"c": (), "a": (), "b": ()}) == ("c", "a", "b")
    assert in_order({}) == ()


def test_a_step_that_is_needed_twice_counts_once() -> None:
    assert in_order({"b": ("a", "a"), "a": ()}) == ("a", "b")


@pytest.mark.parametrize(
    ("needs", "cycle"),
    [
        ({}, None),
        (DIAMOND, None),
        ({"a": ("b",), "b": ("a",)}, ("a", "b", "a")),
        ({"a": ("a",)}, ("a", "a")),
        ({"a": (), "b": ("c",), "c": ("d", "b"), "d": ()}, ("b", "c", "b")),
        ({"start": ("x",), "x": ("y",), "y": ("x",)}, ("x", "y", "x")),
        ({"a": ("gone",)}, None),
    ],
    ids=["nothing", "diamond", "two", "itself", "behind", "with a way into it", "unknown"],
)
def test_a_cycle_is_told_from_its_first_step_to_its_first_step(
    needs: dict[str, tuple[str, ...]], cycle: tuple[str, ...] | None
) -> None:
    assert cycle_in(needs) == cycle


def test_a_long_chain_needs_no_deep_stack() -> None:
    needs = {str(n): (str(n + 1),) for n in range(20_000)}

    assert cycle_in({**needs, "20000": ()}) is None
    assert cycle_in({**needs, "20000": ("0",)}) == (*map(str, range(20_001)), "0")
    assert in_order({**needs, "20000": ()}) == tuple(str(n) for n in range(20_000, -1, -1))


def test_a_wish_takes_along_all_that_is_needed() -> None:
    assert with_all_needed(["left"], DIAMOND) == {"left", "load"}
    assert with_all_needed([], DIAMOND) == frozenset()


def test_a_beginning_takes_along_all_that_builds_on_it() -> None:
    assert with_all_after(["left"], DIAMOND) == {"left", "report"}
    assert with_all_after(["load"], DIAMOND) == set(DIAMOND)
