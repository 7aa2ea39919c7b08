"""Where on a timeline is a moment, and what stands at the head of it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from tests.pages.scheduling.simulation import Span
from tests.pages.scheduling.worlds import Scene

_MOST_COLUMNS = 48
_COLUMNS = (10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 86_400)
_MARKS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400)
_SPACE = 3  # between the times at the head, at the least
_LASTS = "━"


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis of all lines. column: how many seconds a column stands for."""

    scene: Scene
    column: int
    columns: int

    def place(self, at: float) -> int:
        """The column of a moment, in seconds after the world's beginning."""
        return min(int(at // self.column), self.columns - 1)

    def fill(self, cells: list[str], span: Span, mark: str) -> None:
        """Mark the columns of a span; the last only if more than a little of it is meant."""
        last = self.place(max(span.begin, span.end - self.column / 4))
        for place in range(self.place(span.begin), last + 1):
            cells[place] = mark

    def local(self, seconds: float) -> datetime:
        """A moment, in seconds since 1970, as a clock in the zone shows it."""
        return datetime.fromtimestamp(seconds, timezone.utc).astimezone(self.scene.zone)

    @property
    def has_change(self) -> bool:
        """Whether the zone's clocks are changed meanwhile."""
        begin = self.scene.world.begin
        ends = (self.local(begin), self.local(begin + self.scene.world.seconds))
        return len({end.utcoffset() for end in ends}) > 1


def axis_of(scene: Scene) -> Axis:
    """An axis on which a whole world has its place."""
    seconds = scene.world.seconds
    column = next(size for size in _COLUMNS if seconds / size <= _MOST_COLUMNS)
    return Axis(scene, column, -(-seconds // column))


def head_of(axis: Axis) -> Iterable[tuple[str, str]]:
    """Times at round moments, then what holds for the whole schedule: each with its name."""
    world = axis.scene.world
    yield "", _times(axis)
    if world.clock:
        yield "clock", _settings(axis)
    if world.away:
        yield "daemon", _without(axis, world.away)
    if world.asleep:
        yield "awake", _without(axis, world.asleep)
    if world.busy:
        yield "full", _within(axis, world.busy)
    if world.paused:
        yield "paused", _within(axis, world.paused)


def length(seconds: int) -> str:
    """How long something is: `1 m 30 s`."""
    found = []
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        number, seconds = divmod(seconds, size)
        found += [f"{number} {unit}"] if number else []
    return " ".join(found)


def _times(axis: Axis) -> str:
    wide = len("00:00") + _SPACE
    mark = next(size for size in _MARKS if size / axis.column >= wide)
    text = ""
    for place in range(axis.columns + 1):
        local = axis.local(axis.scene.world.begin + place * axis.column)
        in_day = local.hour * 3600 + local.minute * 60 + local.second
        if in_day % mark == 0 and len(text) <= place:
            text = text.ljust(place) + f"{local:%H:%M}"
    return text


def _settings(axis: Axis) -> str:
    """By how much the machine's clock is wrong, from where it is set."""
    text = ""
    for since, ahead in axis.scene.world.clock:
        told = f"{'+' if ahead > 0 else '−'}{length(abs(ahead))}" if ahead else "right"
        text = text.ljust(axis.place(since)) + told + " "
    return text.rstrip()


def _within(axis: Axis, spans: Iterable[Span]) -> str:
    cells = [" "] * axis.columns
    for span in spans:
        axis.fill(cells, span, _LASTS)
    return "".join(cells)


def _without(axis: Axis, spans: Iterable[Span]) -> str:
    cells = [_LASTS] * axis.columns
    for span in spans:
        axis.fill(cells, span, " ")
    return "".join(cells)
