"""euros: what several steps use."""

import inspect

from monthly_report.steps.euros import euros


def test_euros_takes_what_its_callers_give():
    assert list(inspect.signature(euros).parameters) == ["amount"]
