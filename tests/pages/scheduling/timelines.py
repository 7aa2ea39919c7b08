"""What does the picture of a world look like? A line for each due moment: when, what ran, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nb2pkg.scheduling import Fate, Origin, Tick
from tests.pages.scheduling.axis import Axis, axis_of, head_of, length
from tests.pages.scheduling.simulation import Ran, Span, Story, simulate
from tests.pages.scheduling.worlds import Scene

_ENDS = {Fate.FAILED: "×", Fate.CRASHED: "†", Fate.CANCELLED: "|"}
_DUE, _WAITS, _RUNS, _FROZEN = "·", "─", "█", "░"
_ORIGINS = {Origin.TIME: "", Origin.MADE_UP: ", made up", Origin.HAND: ", asked for"}
_MOST_ALIKE = 4


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    cells: str
    about: str = ""


def draw(scene: Scene) -> str:
    """The picture of what happens in a world."""
    axis = axis_of(scene)
    story = simulate(scene.world)
    ticks = sorted(story.ticks.values(), key=lambda tick: (story.due_at(tick), tick.due))
    lines = [
        *(_Line(label, cells) for label, cells in head_of(axis)),
        *_without_repeats([_line(axis, story, tick) for tick in ticks]),
    ]
    wide = max(len(line.label) for line in lines)
    texts = (f"{one.label:{wide}}  {one.cells:{axis.columns}}  {one.about}" for one in lines)
    return "".join(f"{text.rstrip()}\n" for text in texts)


def _line(axis: Axis, story: Story, tick: Tick) -> _Line:
    cells = [" "] * axis.columns
    for span in story.waits(tick):
        axis.fill(cells, span, _WAITS)
    cells[axis.place(story.due_at(tick))] = _DUE
    runs = [ran for ran in story.ran if ran.due == tick.due]
    for ran in runs:
        span = Span(ran.began, story.world.seconds if ran.ended is None else ran.ended)
        axis.fill(cells, span, _RUNS)
        for asleep in story.world.asleep:
            if asleep.begin < span.end and span.begin < asleep.end:
                frozen = Span(max(asleep.begin, span.begin), min(asleep.end, span.end))
                axis.fill(cells, frozen, _FROZEN)
    for ran in runs:
        if ran.ended is not None and ran.fate in _ENDS:
            last = max(ran.began, ran.ended - axis.column / 20)
            cells[axis.place(last)] = _ENDS[ran.fate]
    return _Line(_label(axis, tick), "".join(cells), _about(axis, tick, runs))


def _label(axis: Axis, tick: Tick) -> str:
    """When it was due; with the day where that is not the first one's."""
    local, first = axis.local(tick.due), axis.local(axis.scene.world.begin)
    day = "" if local.date() == first.date() else f"{local:%m-%d} "
    day = day if local.year == first.year else f"{local:%Y-%m-%d} "
    return f"{day}{local:%H:%M}" + (f" {local:%Z}" if axis.has_change else "")


def _about(axis: Axis, tick: Tick, runs: Sequence[Ran]) -> str:
    words = tick.fate.value
    if len(tick.tries) > 1:
        words += f" ({len(tick.tries)} tries)"
    elif runs and runs[-1].ended is not None and tick.fate.is_over:
        words += f" ({length(runs[-1].ended - runs[-1].began)})"
    if tick.tries or tick.origin is Origin.HAND:
        words += _ORIGINS[tick.origin]
    return f"{words}: {_on_that_day(axis, tick.why)}" if tick.why else words


def _on_that_day(axis: Axis, why: str) -> str:
    """A reason, without the day and the zone where these go without saying."""
    begin = axis.local(axis.scene.world.begin)
    day, zone = f"{begin:%Y-%m-%d} ", f" {begin:%Z}"
    if day not in why or axis.has_change:
        return why
    return why.replace(day, "").replace(zone, "")


def _without_repeats(lines: Sequence[_Line]) -> Iterable[_Line]:
    """Of many in a row that say the same, the first and the last."""
    rest = list(lines)
    while rest:
        alike = 1
        while alike < len(rest) and _is_alike(rest[alike], rest[0]):
            alike += 1
        if alike > _MOST_ALIKE:
            more = _Line("⋮", "", f"({alike - 2:,} more)")
            yield from (rest[0], more, rest[alike - 1])
        else:
            yield from rest[:alike]
        rest = rest[alike:]


def _is_alike(one: _Line, other: _Line) -> bool:
    """Whether two say the same, and nothing of a run."""
    return one.about == other.about and set(one.cells) == set(other.cells) <= {" ", _DUE}
