"""euros: what several steps use."""

import inspect

from monthly_report.steps.euros import euros


def test_euros_takes_what_its_callers_give():
    assert list(inspect.signature(euros).parameters) == ["amount"]


def test_euros_gives_what_it_gave_in_the_notebook():
    assert euros(3821.85) == "€3,821.85"
    assert euros(836.75) == "€836.75"
