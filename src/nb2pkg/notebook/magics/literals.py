"""How a text is written as a Python string that every supported version reads."""

from __future__ import annotations

_DELIMITERS = ('"', "'", '"""', "'''")


def string_literal(text: str) -> str:
    """Write `text` as a one-line string literal, in double quotes where that needs no escapes."""
    written = repr(text)
    if written[0] == "'" and '"' not in text:
        return '"' + written[1:-1].replace("\\'", "'") + '"'
    return written


def block_literal(text: str) -> str:
    """Write `text` in triple quotes, each of its lines on a line of its own."""
    escaped = "".join(_escape_in_block(character) for character in text)
    return '"""\\\n' + escaped.replace('"""', r"\"\"\"") + _closing(escaped)


def text_literal(text: str) -> str:
    """Write `text` the way a person would: on one line when it is one, else as a block."""
    return block_literal(text) if "\n" in text else string_literal(text)


def delimiter_free_of(expressions: str, literal: str) -> str | None:
    """Find quotes for an f-string that occur neither in its expressions nor, if possible, its text.

    Before Python 3.12 an expression may hold neither the quotes around it nor a backslash.
    """
    if "\\" in expressions or "#" in expressions or "\n" in expressions:
        return None
    candidates = [quotes for quotes in _DELIMITERS if quotes[0] not in expressions]
    return next((q for q in candidates if q not in literal), next(iter(candidates), None))


def escape_for(text: str, delimiter: str) -> str:
    """Escape `text` for the literal part of an f-string between `delimiter`s."""
    inner = repr(text + '"')[1:-2].replace("\\'", "'")  # the added " makes repr quote with '
    return inner.replace(delimiter[0], "\\" + delimiter[0]).replace("{", "{{").replace("}", "}}")


def _escape_in_block(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character in "\r\0" or 0xD800 <= ord(character) <= 0xDFFF:
        return repr(character)[1:-1]
    return character


def _closing(escaped: str) -> str:
    # A text that ends in a quote would close the literal too early.
    return '\\\n"""' if escaped.endswith('"') else '"""'
