"""Paths with the values of parameters in them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from nb2pkg.pipeline.output_paths import filled_path
from nb2pkg.problems import UsageError

MOMENT = datetime(2026, 3, 1, 23, 30, tzinfo=timezone.utc)
VALUES = {"region": "EU", "n": 3, "share": 0.25, "up": "../x", "none": None, "token": "s3cret"}


def filled(path: str) -> str:
    return filled_path(path, VALUES, {"token"}, "20260301-1", MOMENT)


@pytest.mark.parametrize(
    ("path", "is_"),
    [
        ("out.ipynb", "out.ipynb"),
        ("{region}/{n:03}.ipynb", "EU/003.ipynb"),
        ("{share:.0%}.ipynb", "25%.ipynb"),
        ("{run}.ipynb", "20260301-1.ipynb"),
        ("{pm[run_uuid]}.ipynb", "20260301-1.ipynb"),
        ("{pm[current_datetime_utc]:%Y-%m-%d}.ipynb", "2026-03-01.ipynb"),
        ("{{region}}.ipynb", "{region}.ipynb"),
    ],
)
def test_names_stand_for_values(path: str, is_: str) -> None:
    assert filled(path) == is_


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("{nobody}.ipynb", "there is no parameter 'nobody'; known here: n, none, region, run"),
        ("{}.ipynb", "there is no parameter ''"),
        ("{region.__class__}.ipynb", "there is no parameter 'region.__class__'"),
        ("{region!r}.ipynb", "there is no parameter 'region'"),
        ("{token}.ipynb", "the value of 'token' is secret"),
        ("{region:d}.ipynb", "'region' is 'EU', which 'd' does not fit"),
        ("{none:3}.ipynb", "'none' is None, which '3' does not fit"),
        ("{up}.ipynb", "'up' is '../x', which is nothing that a path can hold"),
        ("{region.ipynb", "expected '}' before end of string"),
        ("out}.ipynb", "single '}' encountered in format string"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(path: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        filled(path)

    assert refused.value.code == "NB304"
    assert why in str(refused.value)
