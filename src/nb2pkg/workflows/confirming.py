"""Which of the tests on recorded values do not pass when all of them run? They are taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from nb2pkg.planning.observed import Observed, SeenStep
from nb2pkg.ports.extracting import FailedTest, Runs
from nb2pkg.rendering.test_module import function_test_name, test_module_of

_MOST_ROUNDS = 3
_WHY = "its test does not pass among the others, in another time zone and order of sets"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The tests that are left, and whether they could be run at all."""

    observed: Observed
    were_run: bool


def confirmed(
    observed: Observed,
    runs: Runs,
    files_for: Callable[[Observed], Mapping[str, str | bytes]],
    timeout_seconds: float,
) -> Confirmation:
    """What is left of the tests when those that fail are gone; all of them where they cannot be run.

    files_for: gives the package with its tests
    """
    for _ in range(_MOST_ROUNDS):
        failed = runs.failing_tests(files_for(observed), timeout_seconds)
        if failed is None:
            return Confirmation(observed, were_run=False)
        if not failed:
            break
        fewer = _without(observed, failed)
        if fewer == observed:
            break
        observed = fewer
    return Confirmation(observed, were_run=True)


def _without(observed: Observed, failed: Iterable[FailedTest]) -> Observed:
    steps = dict(observed.steps)
    functions = dict(observed.functions)
    for test in failed:
        if test.module == "test_pipeline":
            steps = {name: replace(seen, is_stable=False) for name, seen in steps.items()}
            continue
        of_functions = [
            full
            for full in functions
            if test_module_of(full.partition(":")[0].rpartition(".")[2]) == test.module
            and (
                not test.name
                or test.name
                in (
                    function_test_name(full.partition(":")[2]),
                    function_test_name(full.partition(":")[2], in_part=True),
                )
            )
        ]
        for full in of_functions:
            functions[full] = replace(functions[full], calls=())
        if not of_functions or not test.name:
            for name in steps:
                if test_module_of(name) == test.module:
                    steps[name] = _untested(steps[name], _WHY)
    return replace(observed, steps=_without_orphans(steps), functions=functions)


def _untested(seen: SeenStep, why: str) -> SeenStep:
    return replace(seen, call=None, why=seen.why or why)


def _without_orphans(steps: Mapping[str, SeenStep]) -> dict[str, SeenStep]:
    """Steps are in order: those that need what an untested one makes come after it."""
    found: dict[str, SeenStep] = {}
    for name, seen in steps.items():
        makers = seen.call.made_by.values() if seen.call is not None else ()
        lost = [maker for maker, _ in makers if found[maker].call is None]
        found[name] = (
            _untested(seen, f"it needs what {lost[0]} makes, which has no test") if lost else seen
        )
    return found
