"""What of a notebook's text may reach the terminal? Nothing that steers it."""

from __future__ import annotations

import unicodedata

# Control characters, marks that change the direction of text, lone surrogates, private and
# unassigned code points: none of them shows what it is, and some run commands in a terminal.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # parts of emoji and of several scripts


def one_line(text: str) -> str:
    """Give text as one line without hidden characters; a tab is four spaces."""
    return "".join(map(_shown, text.replace("\t", "    "))) if not _is_plain(text) else text


def block(text: str) -> str:
    """Give text of several lines without hidden characters; its line ends stay."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def width(text: str) -> int:
    """Give how many columns a terminal needs for text of one line."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _shown(character: str) -> str:
    if character in _JOINERS or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"\\u{ord(character):04x}" if ord(character) > 0xFF else f"\\x{ord(character):02x}"


def _columns(character: str) -> int:
    if unicodedata.combining(character) or character in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
