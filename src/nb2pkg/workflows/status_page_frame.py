"""What do all pages of schedules have around what they say? Nothing is loaded and nothing runs in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nb2pkg.workflows.run_page_text import name
from nb2pkg.workflows.run_page_words import moment
from nb2pkg.workflows.status_page_state import Told
from nb2pkg.workflows.status_page_style import STATUS_STYLE, STATUS_STYLE_DIGEST

RELOAD_SECONDS = 15
# `data:` for the icon, so that browsers ask for none, and for nothing else.
POLICY = (
    f"default-src 'none'; img-src data:; style-src '{STATUS_STYLE_DIGEST}'; base-uri 'none'; "
    "form-action 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a page.

    title: as text; base: what leads from the page's address to that of the overview, such as `../`
    way: the pages above it, from the overview on: (address, what it is called) as text
    now: when what it shows was read, in seconds since 1970; None where it shows nothing of the records
    reloads: whether the page is one that changes; None where it is, and does not reload by the reader's wish
    """

    title: str
    base: str
    now: float | None = None
    way: Sequence[tuple[str, str]] = ()
    reloads: bool | None = False


def framed(frame: Frame, body: Iterable[str]) -> str:
    """Give the page."""
    reload = f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">\n' if frame.reloads else ""
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f'{reload}<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">',
            f"<title>{name(frame.title)} – nb2pkg</title>\n<style>{STATUS_STYLE}</style>\n</head>\n<body>",
            *_way(frame),
            "<main>",
            *body,
            "</main>",
            *_foot(frame),
            "</body>\n</html>\n",
        ]
    )


def head(title: str, told: Told | None, *, is_code: bool = False) -> str:
    """Give the heading of a page, with how what it is about stands. `title`: as text."""
    shown = f"<code>{name(title)}</code>" if is_code else name(title)
    return f'<div class="head"><h1>{shown}</h1>{"" if told is None else badge(told)}</div>'


def badge(told: Told) -> str:
    """Give something said of a schedule, in a frame."""
    return (
        f'<span class="badge {told.tone}"><span aria-hidden="true">{told.mark}</span> '
        f"{told.words}</span>"
    )


def toned(told: Told) -> str:
    """Give something said of a schedule, in its colour and with its mark."""
    return (
        f'<span class="tone {told.tone}"><span aria-hidden="true">{told.mark}</span> '
        f"{told.words}</span>"
    )


def box(told: Told, more: Iterable[str] = ()) -> str:
    """Give something that comes before all else; `more` is HTML below it."""
    return "\n".join(
        [
            f'<div class="verdict {told.tone}"><p><strong><span aria-hidden="true">{told.mark}</span> '
            f"{told.words}</strong></p>",
            *more,
            "</div>",
        ]
    )


def table(kind: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table, the first cell of each row being its name; on narrow screens its rows are cards.

    The roles say that it is a table where the style lays it out as none.
    """
    titles = "".join(f'<th scope="col" role="columnheader">{what}</th>' for what in columns)
    return "\n".join(
        [
            f'<table class="{kind}" role="table">\n<thead role="rowgroup"><tr role="row">{titles}</tr></thead>',
            '<tbody role="rowgroup">',
            *(_row(columns, cells) for cells in rows),
            "</tbody>\n</table>",
        ]
    )


def _row(columns: Sequence[str], cells: Sequence[str]) -> str:
    first, *rest = cells
    told = "".join(
        f'<td role="cell"{_what(what)}><div>{cell}</div></td>'
        for what, cell in zip(columns[1:], rest, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{first}</th>{told}</tr>'


def _what(column: str) -> str:
    return f' data-what="{column}"' if column else ""


def _way(frame: Frame) -> Iterable[str]:
    if not frame.way:
        return
    yield '<nav class="way" aria-label="where this page stands"><ol>'
    for address, told in frame.way:
        yield f'<li><a href="{frame.base}{address}">{name(told)}</a></li>'
    yield f'<li aria-current="page">{name(frame.title)}</li></ol></nav>'


def _foot(frame: Frame) -> Iterable[str]:
    if frame.now is not None:
        told = f"As the records were at {moment(frame.now)}. {_reloading(frame)}"
        yield f'<footer class="quiet small"><p>{told.rstrip()}</p></footer>'


def _reloading(frame: Frame) -> str:
    if frame.reloads is None:
        return '<a href="?">Load it again every 15 seconds</a>.'
    if frame.reloads:
        return (
            f"Loaded again every {RELOAD_SECONDS} seconds; "
            '<a href="?reload=no">leave it as it is</a>.'
        )
    return ""
