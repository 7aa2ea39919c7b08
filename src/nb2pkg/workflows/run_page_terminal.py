"""How does text that was meant for a terminal look on a page? Its colours kept, its commands gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nb2pkg.workflows.run_page_text import as_printed, cut, in_lines, left_out

# Each alternative is made of classes that exclude the next one's, so that no text takes long.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<look>[0-9;:]*)m"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]{0,4000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_LEVELS = (0, 95, 135, 175, 215, 255)
_GREY = 8


@dataclass(frozen=True, slots=True)
class _Look:
    """How characters look; colours are 1 to 7 as terminals number them, 8 is grey, 0 the page's own."""

    ink: int = 0
    ground: int = 0
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    is_inverse: bool = False

    @property
    def classes(self) -> str:
        ink, ground = (
            (self.ground, self.ink or _GREY) if self.is_inverse else (self.ink, self.ground)
        )
        found = [
            f"ink{ink}" if ink else "",
            f"ground{ground}" if ground else "",
            "bold" if self.is_bold else "",
            "italic" if self.is_italic else "",
            "underlined" if self.is_underlined else "",
        ]
        return " ".join(filter(None, found))


def terminal_text(text: str) -> str:
    """Give text as HTML; long text without its middle."""
    beginning, left, end = cut(as_printed(text))
    return _coloured(beginning) + (left_out(left) + _coloured(end) if left else "")


def _coloured(text: str) -> str:
    return "".join(_parts(text))


def _parts(text: str) -> Iterator[str]:
    look, position = _Look(), 0
    for found in _SEQUENCE.finditer(text):
        yield _part(text[position : found.start()], look)
        position = found.end()
        if found["look"] is not None:
            look = _after(look, found["look"])
    yield _part(text[position:], look)


def _part(text: str, look: _Look) -> str:
    if not text or not look.classes:
        return in_lines(text)
    return f'<span class="{look.classes}">{in_lines(text)}</span>'


def _after(look: _Look, codes: str) -> _Look:
    """The look after a command; what it does not know changes nothing."""
    numbers = [int(c) if len(c) < 4 and c else 0 for c in codes.replace(":", ";").split(";")]
    while numbers:
        code = numbers.pop(0)
        if code in (38, 48):
            colour = _of_many(numbers)
            look = replace(look, ink=colour) if code == 38 else replace(look, ground=colour)
        else:
            look = _changed(look, code)
    return look


def _changed(look: _Look, code: int) -> _Look:
    match code:
        case 0:
            return _Look()
        case 1:
            return replace(look, is_bold=True)
        case 3:
            return replace(look, is_italic=True)
        case 4:
            return replace(look, is_underlined=True)
        case 7:
            return replace(look, is_inverse=True)
        case 22:
            return replace(look, is_bold=False)
        case 23:
            return replace(look, is_italic=False)
        case 24:
            return replace(look, is_underlined=False)
        case 27:
            return replace(look, is_inverse=False)
        case _ if 30 <= code <= 37 or code == 39:
            return replace(look, ink=code - 30 if code < 38 else 0)
        case _ if 40 <= code <= 47 or code == 49:
            return replace(look, ground=code - 40 if code < 48 else 0)
        case _ if 90 <= code <= 97:
            return replace(look, ink=code - 90 or _GREY)
        case _ if 100 <= code <= 107:
            return replace(look, ground=code - 100 or _GREY)
        case _:
            return look


def _of_many(numbers: list[int]) -> int:
    """Take the rest of `38;5;28` or `38;2;0;128;0` from numbers, and give the nearest colour of ours."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        code = numbers.pop(0)
        if code < 16:
            return code % 8 or (_GREY if code else 0)
        if code < 232:
            rest = code - 16
            return _nearest(_LEVELS[rest // 36], _LEVELS[rest // 6 % 6], _LEVELS[rest % 6])
        return _GREY
    if kind == 2 and len(numbers) >= 3:
        red, green, blue = numbers[:3]
        del numbers[:3]
        return _nearest(red, green, blue)
    numbers.clear()
    return 0


def _nearest(red: int, green: int, blue: int) -> int:
    least, most = min(red, green, blue), max(red, green, blue)
    if most - least < 40:
        return _GREY if 60 < most < 200 else 0
    middle = (least + most) / 2
    return (red > middle) + 2 * (green > middle) + 4 * (blue > middle)
