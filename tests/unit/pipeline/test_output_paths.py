"""Paths with the values of parameters in them."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest

from nb2pkg.pipeline.output_paths import filled_path
from nb2pkg.problems import UsageError

MOMENT = datetime(2026, 3, 1, 23, 30, tzinfo=timezone.utc)
VALUES = {
    "region": "EU",
    "n": 3,
    "share": 0.25,
    "up": "../x",
    "none": None,
    "token": "s3cret",
    "half": "\ud800",
    "byte": "\udcff",
}


def filled(path: str, **more: Any) -> str:
    return filled_path(path, {**VALUES, **more}, {"token"}, "20260301-1", MOMENT)


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
        ("{byte}.ipynb", "\udcff.ipynb"),
        ("../out/{region}.ipynb", "../out/EU.ipynb"),
        ("./{region}/../{n}..ipynb", "./EU/../3..ipynb"),
        ("{n:0100}", "3".zfill(100)),
        ("{n:1>3}", "113"),
        ("{pm[current_datetime_utc]:%Y/week 2000-%d}.ipynb", "2026/week 2000-01.ipynb"),
    ],
)
def test_names_stand_for_values(path: str, is_: str) -> None:
    assert filled(path) == is_


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (
            "{nobody}.ipynb",
            "there is no parameter 'nobody'; known here: byte, half, n, none, region, run",
        ),
        ("{}.ipynb", "there is no parameter ''"),
        ("{region.__class__}.ipynb", "there is no parameter 'region.__class__'"),
        ("{region!r}.ipynb", "there is no parameter 'region'"),
        ("{token}.ipynb", "the value of 'token' is secret"),
        ("{region:d}.ipynb", "'region' is 'EU', which 'd' does not fit"),
        ("{none:3}.ipynb", "'none' is None, which '3' does not fit"),
        ("{up}.ipynb", "what is filled in makes '..' of a part of it"),
        ("{half}.ipynb", r"'half' is '\ud800', which is nothing that a path can hold"),
        ("{region.ipynb", "expected '}' before end of string"),
        ("out}.ipynb", "single '}' encountered in format string"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(path: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        filled(path)

    assert refused.value.code == "NB304"
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("path", "dots"),
    [
        ("{a}", ".."),
        ("out/{a}/x.ipynb", ".."),
        ("out/{a}", "."),
        ("out/{a}./x.ipynb", "."),
        ("out/.{a}/x.ipynb", "."),
        ("{a}{b}/x.ipynb", "."),
        ("{a}./{a}./etc/x.ipynb", "."),
        ("out/{a}", "x/../../y"),
        ("out/{a}", "x/./y"),
        ("out/{a}", "x/.."),
        ("out/{a}.", "x/."),
        ("out/{a}", "..\\x"),
        ("out/{pm[current_datetime_utc]:.}./x.ipynb", ""),
        ("out/{pm[current_datetime_local]:../..}/x.ipynb", ""),
    ],
)
def test_no_value_leads_out_of_the_folder_that_is_named(path: str, dots: str) -> None:
    with pytest.raises(
        UsageError, match=r"what is filled in makes '\.\.?' of a part of it"
    ) as refused:
        filled(path, a=dots, b=".")

    assert refused.value.code == "NB304"


@pytest.mark.parametrize("value", ["...", "..x", "x..", "a/.b", ". ."])
def test_dots_in_names_are_no_way_out(value: str) -> None:
    assert filled("out/{a}/x.ipynb", a=value) == f"out/{value}/x.ipynb"


@pytest.mark.parametrize(
    "path",
    [
        "{region:>900000000}",
        "{n:0101}",
        "{n:x>1000}",
        "{share:.900000000f}",
        "{region:" + "9" * 5000 + "}",
        "{pm[current_datetime_utc]:%900000000Y}",
        "{pm[current_datetime_local]:%_101d}",
        "{day:%^0900000000B}",
    ],
)
def test_what_is_filled_in_is_no_wider_than_a_path(path: str) -> None:
    with pytest.raises(UsageError, match="wider than 100 characters") as refused:
        filled(path, day=date(2026, 3, 1))

    assert refused.value.code == "NB304"
