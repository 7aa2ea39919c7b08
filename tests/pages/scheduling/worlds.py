"""Which world does a `world` fence tell of?

schedule: every 5 minutes; overlap queue; retries 2; jitter 2m; grace 5m; catch_up all
from: 2026-11-22 02:00 UTC              the zone is that of the schedule, too
until: 02:30                            times are those of a watch that is right
runs: 7m, 2m fails, 1m crashes, 2m      in the order in which they begin; the last holds for all later ones
places: 2                               runs that the daemon has at once
full: 02:03-02:12                       other schedules fill all the places
daemon: away 02:11-02:24                and with it the runs
machine: asleep 02:11-02:24             runs go on afterwards
paused: 02:11-02:24
asked: 02:07, 02:09                     somebody asks for a run
clock: 02:10 back 1h, 02:20 right       how the machine's clock is set: back, forward, or right again
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nb2pkg.scheduling import (
    CatchUpPolicy,
    Fate,
    OverlapPolicy,
    Timing,
    read_expression,
    zone_named,
)
from tests.pages.scheduling.simulation import Span, Work, World

_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_ENDS = {
    "": (Fate.SUCCEEDED, ""),
    "fails": (Fate.FAILED, "step load failed"),
    "crashes": (Fate.CRASHED, "its process was ended by SIGKILL"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A world, and the zone in which it is told."""

    world: World
    zone: ZoneInfo


def read_scene(text: str) -> Scene:
    """The world that a fence tells of."""
    said = dict(line.split(": ", 1) for line in text.splitlines())
    day, time, zone = said.pop("from").split()
    times = _Times(datetime.fromisoformat(f"{day} {time}").replace(tzinfo=zone_named(zone)))
    until = times.seconds(said.pop("until"))
    world = World(
        timing=_timing(said.pop("schedule"), zone),
        begin=int(times.begin.timestamp()),
        seconds=until,
        works=tuple(map(_work, said.pop("runs", "1m").split(", "))),
        places=int(said.pop("places", "4")),
        busy=times.spans(said.pop("full", "")),
        away=times.spans(said.pop("daemon", "").removeprefix("away ")),
        asleep=times.spans(said.pop("machine", "").removeprefix("asleep ")),
        paused=times.spans(said.pop("paused", "")),
        asked=tuple(times.seconds(word) for word in said.pop("asked", "").split(", ") if word),
        clock=_clock(said.pop("clock", ""), times),
    )
    assert not said, f"nobody knows what is meant by {', '.join(said)}"
    return Scene(world, zone_named(zone))


def seconds_of(text: str) -> int:
    """How long `1h30m` is."""
    assert re.fullmatch(r"([0-9]+[dhms])+", text), f"{text!r} is no duration"
    return sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"([0-9]+)([dhms])", text))


@dataclass(frozen=True, slots=True)
class _Times:
    begin: datetime

    def seconds(self, text: str) -> int:
        """How long after the beginning a time is: `02:30` of the same day, or with its day."""
        day = "" if "-" in text else f"{self.begin:%Y-%m-%d} "
        moment = datetime.fromisoformat(day + text).replace(tzinfo=self.begin.tzinfo)
        return int(moment.timestamp() - self.begin.timestamp())

    def spans(self, text: str) -> tuple[Span, ...]:
        """What lies between times: `02:11-02:24`."""
        pairs = [re.split(r"(?<=:[0-9]{2})-", part) for part in text.split(", ") if part]
        return tuple(Span(self.seconds(begin), self.seconds(end)) for begin, end in pairs)


def _timing(text: str, zone: str) -> Timing:
    cron, *rest = text.split("; ")
    said = dict(part.split(" ", 1) for part in rest)
    timing = Timing(
        cron=cron,
        expression=read_expression(cron),
        timezone=zone,
        overlap=OverlapPolicy(said.pop("overlap", "skip")),
        catch_up=CatchUpPolicy(said.pop("catch_up", "latest")),
        retries=int(said.pop("retries", "0")),
        jitter_seconds=seconds_of(said.pop("jitter", "0s")),
        grace_seconds=seconds_of(said.pop("grace")) if "grace" in said else None,
    )
    assert not said, f"a schedule has no {', '.join(said)}"
    return timing


def _work(text: str) -> Work:
    length, _, end = text.partition(" ")
    return Work(seconds_of(length), *_ENDS[end])


def _clock(text: str, times: _Times) -> tuple[tuple[int, int], ...]:
    found = []
    ahead = 0
    for part in filter(None, text.split(", ")):
        said = re.fullmatch(r"(.+) (?:right|(forward|back) (\S+))", part)
        assert said is not None, f"{part!r} is no setting of a clock"
        time, way, length = said.groups()
        ahead = ahead + {"forward": 1, "back": -1}[way] * seconds_of(length) if way else 0
        found.append((times.seconds(time), ahead))
    return tuple(found)
