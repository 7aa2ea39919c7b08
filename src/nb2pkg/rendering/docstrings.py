"""How does a notebook's prose read as a docstring, whatever it contains?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

_WIDTH = 79
_MOST_CHARACTERS = 900
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_IMAGE = re.compile(r"!\[[^\]\[]{0,300}\]\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)")
_LINK = re.compile(r"\[([^\]\[]{1,300})\]\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
# A word, and not the name of something: no `df`, no `np`, no `x`.
_SMALL_WORD = re.compile(r"(?=[a-z]*[aeiouy])[a-z]{2,}(?=[\s,;!?-]|\.?(?:\s|$))")
_LIST = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


def clean_text(text: str) -> str:
    """Text without control or direction characters, which could hide code or end a line."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4))


def one_line(text: str) -> str:
    """Text for a comment or a summary: one line, no control characters."""
    return " ".join(clean_text(text).split())


def docstring(summary: str, *paragraphs: str) -> str:
    """A docstring literal with these paragraphs, quotes and backslashes made safe."""
    body = "\n\n".join(p for p in (sentence(summary), *paragraphs) if p)
    if "\n" in body:
        body += "\n"
    prefix = ""
    if "\\" in body:
        if '"""' not in body and not body.rstrip().endswith(("\\", '"')):
            prefix = "r"
        else:
            body = body.replace("\\", "\\\\")
    body = body.replace('"""', '\\"\\"\\"')
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'{prefix}"""{body}"""'


def sentence(text: str) -> str:
    """A title as a sentence: one line that begins with a capital and ends with a full stop."""
    line = one_line(text).strip()
    if _SMALL_WORD.match(line):
        line = line[0].upper() + line[1:]
    if len(line) > 200:
        line = line[:197].rsplit(" ", 1)[0] + "…"
    if not line:
        return "A step of the notebook."
    return line if line[-1] in ".!?…" else line + "."


def paragraphs_of(prose: str) -> tuple[str, ...]:
    """Markdown prose as docstring paragraphs: wrapped text, lists kept, pictures and tags gone."""
    text = _IMAGE.sub("", clean_text(prose))
    text = _TAG.sub("", _LINK.sub(r"\1", text))
    found: list[str] = []
    length = 0
    for block in re.split(r"\n[ ]*\n", text):
        rendered = _block(block)
        if not rendered:
            continue
        length += len(rendered)
        if found and length > _MOST_CHARACTERS:
            break
        found.append(rendered)
    return tuple(found)


def _list(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a list: each item wrapped, with its further lines below its text."""
    items: list[str] = []
    for line in lines:
        if items and not _LIST.match(line):
            items[-1] += " " + line.strip()
        else:
            items.append(line)
    for item in items:
        marker = _LIST.match(item)
        margin = " " * (len(item) - len(item.lstrip()))
        yield textwrap.fill(
            item,
            _WIDTH,
            subsequent_indent=" " * marker.end() if marker else margin,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _block(block: str) -> str:
    lines = [line.rstrip() for line in block.strip("\n").split("\n") if line.strip()]
    if lines and all(line.lstrip().startswith(">") for line in lines):  # a quotation
        lines = [line.lstrip().lstrip(">").strip() for line in lines]
    if not lines or all(set(line.strip()) <= set("-=*_ ") for line in lines):
        return ""
    if len("".join(lines)) > 3 * _MOST_CHARACTERS:
        return ""
    if any(line.lstrip().startswith(("```", "|", "$$", "\\begin")) for line in lines) or all(
        line.startswith("    ") for line in lines
    ):
        return textwrap.dedent("\n".join(lines))
    if any(_LIST.match(line) for line in lines):
        return "\n".join(_list(lines))
    joined = " ".join(line.strip().lstrip("#").strip() for line in lines)
    return textwrap.fill(joined, _WIDTH, break_long_words=False, break_on_hyphens=False)
