"""Three texts into one: edits survive, and what both changed differently is a conflict."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.workflows.merging import merge_texts

BASE = "a\nb\nc\nd\ne\n"


def test_changes_in_different_places_come_together() -> None:
    merged = merge_texts(BASE, "a\nB\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n")

    assert (merged.text, merged.conflicts) == ("a\nB\nc\nd\nE\nf\n", 0)


def test_changes_of_one_line_conflict() -> None:
    merged = merge_texts(BASE, "a\nmine\nc\nd\ne\n", "a\ntheirs\nc\nd\ne\n")

    assert merged.conflicts == 1
    assert merged.text == ("a\n<<<<<<< edited\nmine\n=======\ntheirs\n>>>>>>> nb2pkg\nc\nd\ne\n")


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    merged = merge_texts(BASE, "a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n")

    assert (merged.text, merged.conflicts) == ("a\nX\nc\nd\ne\n", 0)


def test_a_removal_and_a_change_of_it_conflict() -> None:
    assert merge_texts(BASE, "a\nc\nd\ne\n", "a\nB\nc\nd\ne\n").conflicts == 1


def test_markers_stand_on_lines_of_their_own() -> None:
    merged = merge_texts("a", "b", "c")

    assert merged.text == "<<<<<<< edited\nb\n=======\nc\n>>>>>>> nb2pkg\n"


lines = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(
    lambda words: "".join(f"{word}\n" for word in words)
)


@given(lines, lines)
def test_a_side_that_changed_nothing_gives_way(base: str, changed: str) -> None:
    for mine, theirs in ((base, changed), (changed, base), (changed, changed)):
        merged = merge_texts(base, mine, theirs)
        assert (merged.text, merged.conflicts) == (changed, 0)


@given(lines, lines, lines)
def test_no_line_that_either_side_added_is_lost(base: str, mine: str, theirs: str) -> None:
    merged = merge_texts(base, mine, theirs)

    for side in (mine, theirs):
        for line in set(side.splitlines()) - set(base.splitlines()):
            assert line in merged.text.splitlines()
