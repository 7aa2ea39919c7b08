"""Which time zone does a name stand for, and what is wrong with a name that stands for none?"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

# Names of files, so that nothing else may be asked for: no `..`, no `localtime` (another zone on each
# machine), no `right/UTC` (with leap seconds). Some systems take any case, others do not.
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*)*")
_OFFSET = re.compile(r"(?i)(?:utc|gmt|z)?[ ]*[+-][0-9]{1,2}(?::?[0-9]{2})?")
_LONGEST_NAME = 60
_SHORTEST_ALIKE = 5
_ALIKE = 0.75
_PLACE = "name a place, such as Europe/Stockholm, or UTC"


class BadZone(ValueError):
    """A name stands for no time zone; `hint` says what may be meant."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NoZones(BadZone):
    """This machine knows no time zones, so that nothing can be said of any name."""


def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name of the tz database, such as `Europe/Stockholm` or `UTC`.

    Raises:
        BadZone: there is none of that name.
        NoZones: there are none at all on this machine.
    """
    if not name:
        raise BadZone("the time zone is empty", _PLACE)
    if _NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            # Not there, or a file or folder of the database that is no zone: `Europe`.
            pass
    raise _no_zone(name)


def _no_zone(name: str) -> BadZone:
    shown = repr(name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…")
    if not _spellings():
        said = f"no time zone can be looked up on this machine, {shown} neither"
        return NoZones(said, "install the system's tzdata, or: pip install tzdata")
    if _OFFSET.fullmatch(name):
        return BadZone(f"{shown} is a distance from UTC and no time zone", _PLACE)
    close = _close(name)
    return BadZone(
        f"there is no time zone {shown}", f"did you mean {close!r}?" if close else _PLACE
    )


def _close(name: str) -> str | None:
    """The zone that may be meant: by its whole name, or by its city's alone.

    Short names are alike and far apart: CEST is two hours from UTC, EST five in the other direction.
    """
    if len(name) > _LONGEST_NAME:
        return None
    wanted = name.strip().replace(" ", "_").casefold()
    spellings = _spellings()
    if wanted in spellings or len(wanted) < _SHORTEST_ALIKE:
        return spellings.get(wanted)
    found = difflib.get_close_matches(wanted, spellings, n=1, cutoff=_ALIKE)
    return spellings[found[0]] if found else None


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Each zone of this machine by its name in small letters, and by that of its city."""
    zones = sorted(filter(_NAME.fullmatch, zoneinfo.available_timezones()))
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in reversed(zones)}
    return cities | {zone.casefold(): zone for zone in zones}
