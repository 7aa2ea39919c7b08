"""Two observations, as runs leave them: where do they part?"""

from __future__ import annotations

from typing import Any

import pytest

from nb2pkg.observers.digests import describe
from nb2pkg.verification import (
    Allowance,
    Boundary,
    Failure,
    Figure,
    Observation,
    Outcome,
    Seen,
    boundaries_of,
    compare,
    likely_cause,
    unstable_parts,
)

LOAD, SORT = boundaries_of(
    [("load", [2], ["rows"], {}), ("sort", [4, 5], ["best"], {"best": "its_best"})]
)


def seen(step: str, printed: str = "", cell: int = 0, figures: str = "", **values: Any) -> Seen:
    shown = tuple(Figure(f"{content}.png", content, cell) for content in figures)
    nodes = {name: describe(value) for name, value in values.items()}
    return Seen(step=step, values=nodes, printed=((cell, printed),), figures=shown)


def run(*seen_: Seen, **more: Any) -> Observation:
    return Observation(seen=seen_, **more)


def test_values_are_matched_by_their_names_on_either_side() -> None:
    notebook = run(seen("load", rows=[1]), seen("sort", best=1), seen(""))
    package = run(seen("load", rows=[1]), seen("sort", its_best=1), seen(""))

    comparison = compare(notebook, package, [LOAD, SORT])

    assert comparison.outcome is Outcome.SAME
    assert [step.compared for step in comparison.steps] == [1, 1]


def test_a_value_that_one_side_lacks_is_a_difference() -> None:
    comparison = compare(run(seen("load", rows=[1])), run(seen("load")), [LOAD])

    assert comparison.outcome is Outcome.DIFFERS
    [difference] = comparison.steps[0].values
    assert (difference.path, difference.found) == ("rows", "not there")


def test_the_first_step_that_differs_is_named() -> None:
    notebook = run(seen("load", rows=[1, {"a": 2}]), seen("sort", best=1))
    package = run(seen("load", rows=[1, {"a": 3}]), seen("sort", its_best=2))

    comparison = compare(notebook, package, [LOAD, SORT])

    first = comparison.first_difference
    assert first is not None
    assert first.step == "load"
    assert [(d.path, d.expected, d.found) for d in first.values] == [("rows[1]['a']", "2", "3")]


def test_what_a_run_did_not_reach_is_neither_same_nor_different() -> None:
    stop = Failure(message="ValueError: no", cell=4)
    notebook = run(seen("load", rows=[1]), seen(""), failure=stop)
    package = run(seen("load", rows=[1]), seen("sort", its_best=1), seen(""))

    comparison = compare(notebook, package, [LOAD, SORT])

    assert [step.outcome.value for step in comparison.steps] == ["same", "not reached"]
    assert comparison.outcome is Outcome.NOT_REACHED
    assert compare(package, notebook, [LOAD]).outcome is Outcome.DIFFERS


# -- text


def text_difference(
    expected: list[tuple[str, int, str]], found: list[tuple[str, str]], apart: Any = ()
) -> Any:
    notebook = run(*(seen(step, text, cell) for step, cell, text in expected))
    package = run(*(seen(step, text) for step, text in found))
    names = dict.fromkeys([*(s for s, _, _ in expected), *(s for s, _ in found)])
    boundaries = [Boundary(step=name, cells=(1,), names={}) for name in names]
    comparison = compare(notebook, package, boundaries, Allowance(text=frozenset(apart)))
    return {
        s.step: (s.text.expected, s.text.found, s.text.cell) for s in comparison.steps if s.text
    }


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("a\nb\n", "a\nb"),
        ("a\n\n\nb\n", "a\nb\n"),
        ("<Point object at 0x7f00aa11>\n", "<shop.points.Point object at 0x7f99bb22>\n"),
        ("<class '__main__.Point'>\n", "<class 'shop.Point'>\n"),
        ("10%\r100%\n", "100%\n"),
        ("CPU times: user 3 ms\nWall time: 3 ms\ndone\n", "done\n"),
    ],
)
def test_text_is_the_same_where_a_person_would_say_so(expected: str, found: str) -> None:
    assert text_difference([("load", 2, expected)], [("load", found)]) == {}


def test_a_line_more_in_one_step_says_nothing_about_the_next() -> None:
    expected = [("load", 2, "1\n2\n"), ("sort", 4, "3\n4\n")]
    found = [("load", "1\nextra\n2\n"), ("sort", "3\n5\n")]

    assert text_difference(expected, found) == {"load": (None, "extra", 0), "sort": ("4", "5", 4)}


def test_a_line_may_be_begun_in_one_step_and_ended_in_the_next() -> None:
    expected = [("load", 2, "a "), ("sort", 4, "b\n")]

    assert text_difference(expected, [("load", "a "), ("sort", "b\n")]) == {}
    assert text_difference(expected, [("load", "a "), ("sort", "c\n")]) == {
        "load": ("a b", "a c", 2)
    }


def test_what_was_left_out_may_lack_its_text_but_nothing_else() -> None:
    expected = [("load", 2, "installing"), ("sort", 4, "kept\n")]

    assert text_difference(expected, [("load", ""), ("sort", "kept\n")], {2}) == {}
    assert text_difference(expected, [("load", ""), ("sort", "")], {2}) == {
        "sort": ("kept", None, 4)
    }
    assert text_difference([("load", 2, "")], [("load", "more\n")], {2}) == {
        "load": (None, "more", 0)
    }


def figures_told(expected: str, found: str, left_out: Any = ()) -> tuple[str, ...]:
    one, other = run(seen("load", cell=3, figures=expected)), run(seen("load", figures=found))
    allowance = Allowance(figures=frozenset(left_out))
    return tuple(f.told for f in compare(one, other, [LOAD], allowance).steps[0].figures)


def test_pictures_are_compared_by_what_they_show() -> None:
    assert figures_told("ab", "ab") == ()
    assert figures_told("ab", "ac") == ("picture 2 of cell 3 is another one",)
    assert figures_told("ab", "b") == ("a picture of cell 3 is missing in the package",)
    assert figures_told("b", "ab") == ("the package shows a picture that the notebook does not",)


def test_pictures_of_cells_that_were_left_out_may_be_missing_but_no_others() -> None:
    assert figures_told("ab", "b", left_out=[3]) == ()
    assert figures_told("ab", "b", left_out=[4]) != ()
    assert figures_told("b", "ab", left_out=[3]) != ()


# -- what the notebook does not do twice


def unstable_comparison(first: Observation, again: Observation, package: Observation) -> Any:
    return compare(first, package, [LOAD, SORT], unstable=unstable_parts(first, [again]))


def test_a_value_that_changes_from_run_to_run_is_set_apart_and_nothing_else_of_it() -> None:
    first, again = (
        run(seen("load", rows={"at": 1, "n": 5})),
        run(seen("load", rows={"at": 2, "n": 5})),
    )

    same = unstable_comparison(first, again, run(seen("load", rows={"at": 3, "n": 5})))
    other = unstable_comparison(first, again, run(seen("load", rows={"at": 3, "n": 6})))

    assert same.outcome is Outcome.SAME
    assert same.steps[0].unstable == ("rows['at']",)
    assert [d.path for d in other.steps[0].values] == ["rows['n']"]


def test_a_name_that_begins_like_one_that_changes_is_still_compared() -> None:
    load = boundaries_of([("load", [2], ["y", "y_test"], {})])
    first, again = run(seen("load", y=1, y_test=5)), run(seen("load", y=2, y_test=5))

    comparison = compare(
        first,
        run(seen("load", y=3, y_test=6)),
        load,
        unstable=unstable_parts(first, [again]),
    )

    assert [difference.path for difference in comparison.steps[0].values] == ["y_test"]


def test_what_an_estimator_has_learned_is_one_thing() -> None:
    """Two fits without a seed may agree on a part by chance; its parameters are still compared."""

    class Forest:
        def __init__(self, depth: int, weights: list[int], count: int) -> None:
            self.depth = depth
            self.weights_ = weights
            self.count_ = count

    load = boundaries_of([("load", [2], ["model"], {})])
    first, again = (run(seen("load", model=Forest(3, [n], 7))) for n in (1, 2))
    unstable = unstable_parts(first, [again])

    same = compare(first, run(seen("load", model=Forest(3, [4], 8))), load, unstable=unstable)

    assert same.outcome is Outcome.SAME
    assert same.steps[0].unstable == ("model",)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ("at 12:03 loss 0.5\ndone\n", Outcome.SAME),
        ("at 12:03 loss 0.6\ndone\n", Outcome.DIFFERS),
        ("at 12:03 loss 0.5\n", Outcome.DIFFERS),
        ("at 12:03 loss 0.5\ndone\nmore\n", Outcome.DIFFERS),
        ("done\n", Outcome.DIFFERS),
    ],
)
def test_words_that_change_from_run_to_run_may_be_any(found: str, outcome: Outcome) -> None:
    first = run(seen("load", "at 12:01 loss 0.5\ndone\n"))
    again = run(seen("load", "at 12:02 loss 0.5\ndone\n"))

    comparison = unstable_comparison(first, again, run(seen("load", found)))

    assert comparison.outcome is outcome
    assert outcome is Outcome.DIFFERS or comparison.steps[0].unstable == ("text",)


def test_pictures_and_files_that_change_from_run_to_run_are_set_apart() -> None:
    first = run(seen("load", figures="a"), files={"log": "1", "data": "1"})
    again = run(seen("load", figures="b"), files={"log": "2", "data": "1"})

    comparison = unstable_comparison(
        first, again, run(seen("load", figures="c"), files={"log": "3", "data": "2"})
    )

    assert comparison.steps[0].unstable == ("pictures",)
    assert [d.path for d in comparison.files] == ["data"]
    assert comparison.unstable_files == ("log",)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("t0 = time.time()", "it asks for the time"),
        ("x = np.random.rand(3)", "it draws random numbers without a seed"),
        ("name = uuid.uuid4()", "it asks for something new each time"),
        ("buffer = np.empty(3)", "it uses memory that nothing was written to"),
        ("f(x)", "it is another one each time"),
    ],
)
def test_the_likely_cause_is_told(source: str, cause: str) -> None:
    assert likely_cause([source]) == cause


def test_files_are_compared_by_path_and_contents() -> None:
    one = run(files={"a": "1", "b": "2", "gone": ""})
    other = run(files={"a": "1", "b": "3", "c": "4"})

    comparison = compare(one, other, [])

    assert {d.path: (d.expected, d.found) for d in comparison.files} == {
        "b": ("written", "written, with other contents"),
        "c": ("not written", "written"),
        "gone": ("removed", "not written"),
    }
