"""How is a JSON file written, and how is a new value written alike?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from nb2pkg.notebook.notebook import Json

_OPENING = re.compile(r"\s*\{[ \t]*(?P<newline>\r\n|\r|\n)(?P<indent>[ \t]*)(?=[\"}])")
_SPACED_COLON = re.compile(r"\s*\{\s*\"[^\"]*\"\s*:\s")
_ESCAPED_LETTER = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonStyle:
    """The way a file is written: `indent` is one level of it, None for a file on one line."""

    indent: str | None = " "
    newline: str = "\n"
    escapes_letters: bool = False
    is_spaced: bool = True

    def write(self, value: Json, base: str = "") -> str:
        """Write a value whose first line stands in a line indented by `base`; keys are sorted.

        A lone surrogate, which no file can hold, is written as its escape.
        """
        if self.indent is not None:
            separators = (",", ": ")
        else:
            separators = (", ", ": ") if self.is_spaced else (",", ":")
        text = json.dumps(
            value,
            indent=self.indent,
            ensure_ascii=self.escapes_letters,
            separators=separators,
            sort_keys=True,
        )
        if self.indent is not None:
            text = text.replace("\n", self.newline + base)
        return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)

    def on_one_line(self) -> JsonStyle:
        """Give the same style for a value that stands on one line."""
        return JsonStyle(
            indent=None,
            newline=self.newline,
            escapes_letters=self.escapes_letters,
            is_spaced=self.is_spaced,
        )


def style_of(text: str) -> JsonStyle:
    """Detect how the JSON object in `text` is written."""
    opening = _OPENING.match(text)
    return JsonStyle(
        indent=opening["indent"] if opening else None,
        newline=opening["newline"] if opening else "\n",
        escapes_letters=text.isascii() and _ESCAPED_LETTER.search(text) is not None,
        is_spaced=_SPACED_COLON.match(text) is not None,
    )


def source_lines(source: str) -> list[str]:
    """Split a cell's source as Jupyter writes it: a list of lines that keep their line ends."""
    return _LINE.findall(source)
