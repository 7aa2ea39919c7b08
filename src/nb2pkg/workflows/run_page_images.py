"""Is this output the picture that its type promises?"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from nb2pkg.workflows.run_page_svg import why_not_drawn, without_declaration
from nb2pkg.workflows.run_page_words import size

PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
_MOST_PIXELS = 50_000_000
_LONGEST_BASE64 = 30_000_000
_SPACE = re.compile(r"\s+")
_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a page may show; its size is in pixels, None where only drawing it would tell."""

    type: str
    base64: str
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Why something that claims to be a picture is not shown."""

    why: str


def picture(type: str, content: str) -> Picture | NoPicture:
    """Give the picture that a notebook's output of one of PICTURE_TYPES holds."""
    if type == "image/svg+xml":
        svg = without_declaration(content)
        why = why_not_drawn(svg)
        if why is not None:
            return NoPicture(why)
        return Picture(type, base64.b64encode(svg.encode("utf-8", "replace")).decode(), None)
    if len(content) > _LONGEST_BASE64:
        return NoPicture(f"too large, {size(len(content) * 3 // 4)}")
    try:
        data = base64.b64decode(_SPACE.sub("", content), validate=True)
    except (binascii.Error, ValueError):
        return NoPicture("not base64")
    pixels = {"image/png": _of_png, "image/jpeg": _of_jpeg, "image/gif": _of_gif}[type](data)
    if pixels is None or 0 in pixels:
        return NoPicture("its bytes are no such picture")
    if pixels[0] * pixels[1] > _MOST_PIXELS:
        return NoPicture(f"{pixels[0]} × {pixels[1]} pixels are too many")
    return Picture(type, base64.b64encode(data).decode(), pixels)


def _of_png(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return _big(data[16:20]), _big(data[20:24])


def _of_gif(data: bytes) -> tuple[int, int] | None:
    if not data.startswith((b"GIF87a", b"GIF89a")) or len(data) < 10:
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    """Its size stands in the first segment that begins a frame; each segment says how long it is."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # any number of these may stand before a marker
            position += 1
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            return _big(data[position + 7 : position + 9]), _big(data[position + 5 : position + 7])
        else:
            position += 2 + max(_big(data[position + 2 : position + 4]), 2)
    return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")
