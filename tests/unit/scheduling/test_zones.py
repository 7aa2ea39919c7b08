"""Which names are time zones, and what is said of those that are none."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from pathlib import Path

import pytest

from nb2pkg.scheduling import BadZone, zone_named

_ROOT = Path(__file__).parents[3]
_PLACE = "name a place, such as Europe/Stockholm, or UTC"


def refused(name: str) -> BadZone:
    with pytest.raises(BadZone) as stop:
        zone_named(name)
    return stop.value


def test_every_zone_of_the_database_has_its_name() -> None:
    # `localtime` is what a machine is set to, and another zone on the next one.
    names = zoneinfo.available_timezones() - {"localtime"}

    assert [name for name in sorted(names) if zone_named(name).key != name] == []
    assert len(names) > 400


HINTS = {
    "Mars/Base": _PLACE,
    "Europe/Stokholm": "did you mean 'Europe/Stockholm'?",
    "europe/stockholm": "did you mean 'Europe/Stockholm'?",
    "Europe/Stockholm ": "did you mean 'Europe/Stockholm'?",
    "Stockholm": "did you mean 'Europe/Stockholm'?",
    "New York": "did you mean 'America/New_York'?",
    "utc": "did you mean 'UTC'?",
    "CEST": _PLACE,
    "Europe": _PLACE,
    "É": _PLACE,
    "x" * 1000: _PLACE,
}


@pytest.mark.parametrize(("name", "hint"), HINTS.items(), ids=[name[:20] for name in HINTS])
def test_what_is_no_zone_is_told_with_the_nearest(name: str, hint: str) -> None:
    error = refused(name)

    assert error.message.startswith("there is no time zone '")
    assert error.hint == hint
    assert len(error.message) < 100


def test_a_zone_has_to_be_named() -> None:
    error = refused("")

    assert (error.message, error.hint) == ("the time zone is empty", _PLACE)


@pytest.mark.parametrize("name", ["UTC+2", "GMT-05:00", "+02:00", "-0500", "utc +1"])
def test_a_distance_is_no_zone(name: str) -> None:
    assert refused(name).message == f"{name!r} is a distance from UTC and no time zone"


PATHS = [
    "../x", "../../../../etc/passwd", "/etc/localtime", "/usr/share/zoneinfo/UTC", "Europe/../UTC", "./UTC",
    "Europe//Stockholm", "Europe/", "C:\\UTC", "Europe\\Stockholm", "UTC\0", "UTC\n", "localtime", "posixrules",
    "right/UTC", "posix/UTC", "zone.tab", "tzdata.zi", "..", ".", "~/UTC", "Europe/Stockholm/x",
]  # fmt: skip


@pytest.mark.parametrize("name", PATHS, ids=ascii)
def test_a_path_is_no_zone(name: str) -> None:
    assert refused(name).message.isprintable()


_OPENED = """
import sys
from nb2pkg.scheduling import BadZone, zone_named
def refuse(name):
    try: zone_named(name)
    except BadZone: return
    raise AssertionError(name)
refuse("Mars/Base")  # the names of all zones are looked up once
opened = []
sys.addaudithook(lambda event, arguments: opened.append(arguments[0]) if event == "open" else None)
for name in %r: refuse(name)
print([path for path in opened if "Stockholm/x" not in str(path)])
"""


def test_a_path_is_not_opened() -> None:
    assert python(_OPENED % PATHS) == "[]"


_NO_ZONES = """
import sys
sys.modules["tzdata"] = None
from nb2pkg.scheduling import NoZones, zone_named
try: zone_named("Europe/Stockholm")
except NoZones as error: print(error.message, error.hint, sep="; ")
"""


def test_a_machine_without_zones_is_told_as_one() -> None:
    said = python(_NO_ZONES, PYTHONTZPATH="")

    assert "no time zone can be looked up on this machine" in said
    assert "pip install tzdata" in said


_READ = """
import sys
sys.modules["tzdata"] = None
from nb2pkg.pipeline.reading import read_pipeline
text = b"steps: {}\\nschedule: {n: {cron: '@daily', timezone: Europe/Stockholm}}"
print(read_pipeline(text).schedules[0].timing.timezone)
"""


def test_a_pipeline_can_be_read_where_no_zone_can_be_looked_up() -> None:
    assert python(_READ, PYTHONTZPATH="") == "Europe/Stockholm"


def python(script: str, **environment: str) -> str:
    """What a script prints in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(_ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
