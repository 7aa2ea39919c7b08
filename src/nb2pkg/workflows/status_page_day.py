"""What went on in the last 24 hours of a schedule, drawn on one axis of time?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from nb2pkg.scheduling import Fate, Tick, Try
from nb2pkg.workflows.run_page_axis import Axis
from nb2pkg.workflows.run_page_text import in_line
from nb2pkg.workflows.run_page_timeline import hatch
from nb2pkg.workflows.run_page_words import counted
from nb2pkg.workflows.status_page_marks import MARKS, TONES, sentence
from nb2pkg.workflows.status_page_times import clock, span, told

DAY_SECONDS = 86_400.0
_HOURS_APART = 3
_ALWAYS = ("00:00", "06:00", "12:00", "18:00")  # written on narrow screens too
_TOP = 24  # pixels, for the times of the day
_LANE = 22
_MOST_LANES = 6
_LEAST_WIDTH = 0.05  # percent; a bar without any would not be drawn


def day(ticks: Sequence[Tick], zone: tzinfo, now: float) -> str:
    """Give the picture: a row of due moments, and below it a bar for each try; runs at the same time lie below one another."""
    scale = Axis(now - DAY_SECONDS, now)
    shown = [tick for tick in ticks if _reach(tick, now) >= scale.start and tick.due <= now]
    bars = [bar for tick in shown for bar in _bars(tick, now) if bar.end >= scale.start]
    lanes = _lanes(bars)
    height = _TOP + _LANE * (1 + max(lanes, default=0) + 1) if lanes else _TOP + _LANE
    parts = [
        hatch(),
        f'<svg class="day" role="img" aria-label="{_summary(shown)}" width="100%" height="{height}">',
        *_grid(scale, zone, height),
        *(_due(tick, scale, zone) for tick in shown),
        *(_bar(bar, lane, scale, zone) for bar, lane in zip(bars, lanes, strict=True)),
        "</svg>",
        _key(shown),
    ]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Bar:
    tick: Tick
    one: Try
    number: int
    end: float


def _bars(tick: Tick, now: float) -> Iterator[_Bar]:
    for number, one in enumerate(tick.tries, start=1):
        end = one.ended_at if one.ended_at is not None else now
        yield _Bar(tick, one, number, max(end, one.began_at))


def _reach(tick: Tick, now: float) -> float:
    """Until when a tick has something to show."""
    ends = [bar.end for bar in _bars(tick, now)]
    return max([tick.due, tick.until or tick.due, *ends])


def _lanes(bars: Sequence[_Bar]) -> list[int]:
    """The row of each bar: the first that is free by then; the last one takes what is left."""
    found = {}
    free: list[float] = []
    for number in sorted(range(len(bars)), key=lambda n: bars[n].one.began_at):
        began = bars[number].one.began_at
        lane = next((n for n, end in enumerate(free) if end <= began), len(free))
        lane = min(lane, _MOST_LANES - 1)
        free[lane : lane + 1] = [bars[number].end]
        found[number] = lane
    return [found[number] for number in range(len(bars))]


def _grid(scale: Axis, zone: tzinfo, height: int) -> Iterator[str]:
    for at in _round_hours(scale, zone):
        place = scale.place(at)
        yield f'<line class="grid" x1="{place:.3f}%" x2="{place:.3f}%" y1="{_TOP - 6}" y2="{height}"/>'
        if 3 < place < 95:
            told = clock(at, zone)
            kind = "tick" if told in _ALWAYS else "tick between"
            yield f'<text class="{kind}" x="{place:.3f}%" y="12">{told}</text>'
    yield f'<line class="now" x1="100%" x2="100%" y1="{_TOP - 6}" y2="{height}"/>'
    yield '<text class="tick last" x="100%" y="12">now</text>'


def _round_hours(scale: Axis, zone: tzinfo) -> Iterator[float]:
    """The moments at which the zone's clocks show 00:00, 03:00, …"""
    moment = datetime.fromtimestamp(scale.start, zone).replace(minute=0, second=0, microsecond=0)
    at = moment.astimezone(timezone.utc)
    while at.timestamp() <= scale.end:
        if at.timestamp() >= scale.start and at.astimezone(zone).hour % _HOURS_APART == 0:
            yield at.timestamp()
        at += timedelta(hours=1)


def _due(tick: Tick, scale: Axis, zone: tzinfo) -> str:
    """A stroke for what succeeded, the mark of what became of it for all else; over all that it stands for."""
    place = scale.place(tick.due)
    title = f"<title>{in_line(sentence(tick, zone))}</title>"
    middle = _TOP + _LANE / 2
    if tick.fate is Fate.SUCCEEDED:
        return (
            f'<line class="due" x1="{place:.3f}%" x2="{place:.3f}%" y1="{_TOP + 4}" '
            f'y2="{_TOP + _LANE - 2}">{title}</line>'
        )
    mark = (
        f'<text class="fate {TONES[tick.fate]}" x="{place:.3f}%" y="{middle + 4:.0f}">'
        f"{MARKS[tick.fate]}{title}</text>"
    )
    if tick.until is None:
        return mark
    end = scale.place(tick.until)
    return (
        f'<line class="lasts {TONES[tick.fate]}" x1="{place:.3f}%" x2="{end:.3f}%" y1="{middle:.0f}" '
        f'y2="{middle:.0f}">{title}</line>{mark}'
    )


def _bar(bar: _Bar, lane: int, scale: Axis, zone: tzinfo) -> str:
    begin, end = scale.place(bar.one.began_at), scale.place(bar.end)
    seconds = bar.end - bar.one.began_at
    lasted = f"has taken {span(seconds)} so far"
    if bar.one.fate is not Fate.RUNNING:
        lasted = f"took {span(seconds)}"
    number = f"try {bar.number} of {len(bar.tick.tries)}: " if len(bar.tick.tries) > 1 else ""
    title = f"{number}{bar.one.fate.value}, began {told(bar.one.began_at, zone)}, {lasted}, run {bar.one.run}"
    return (
        f'<rect class="try {TONES[bar.one.fate]}" x="{begin:.3f}%" y="{_TOP + _LANE * (1 + lane) + 4}" '
        f'width="{max(end - begin, _LEAST_WIDTH):.3f}%" height="14" rx="2"><title>{in_line(title)}</title></rect>'
    )


def _key(shown: Sequence[Tick]) -> str:
    """Which mark means what, of those that there are."""
    fates = [fate for fate in Fate if any(tick.fate is fate for tick in shown)]
    items = "".join(
        f'<li><b class="{TONES[fate]}" aria-hidden="true">'
        f"{'|' if fate is Fate.SUCCEEDED else MARKS[fate]}</b> {fate.value}</li>"
        for fate in fates
    )
    return f'<ul class="key">{items}</ul>' if items else '<p class="quiet">Nothing was due.</p>'


def _summary(shown: Sequence[Tick]) -> str:
    counts = [(fate, sum(t.count for t in shown if t.fate is fate)) for fate in Fate]
    told = ", ".join(f"{count:,} {fate.value}" for fate, count in counts if count)
    due = counted(sum(tick.count for tick in shown), "due time")
    return f"the last 24 hours: {due}{': ' if told else ''}{told}"
