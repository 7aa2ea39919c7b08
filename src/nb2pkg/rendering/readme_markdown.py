"""How is text that we did not write put into Markdown, so that it stays text?"""

from __future__ import annotations

import re
import textwrap

from nb2pkg.rendering.docstrings import one_line

_WIDTH = 96
_SPECIAL = re.compile(r"[\\`*\[\]<>|~$&!]|(?<![^\W_])_|_(?![^\W_])")
_CODE = re.compile(r"`([^`|\s](?:[^`|]*[^`|\s])?)`")
_JOINED = "\x00"  # stands for a blank within code, where no line may end
_AFTER_BLANK = re.compile(r"(?<!\S)(?=#)")
# What makes a line a heading, a list, a quote, a rule or the underline of a heading.
_LINE_START = re.compile(r"^(?:(?=[-+=:#])|(\d+)(?=[.)]))")


def markdown_text(text: str, longest: int = 0) -> str:
    """Text within a line: one line, with nothing but code that Markdown would act upon.

    longest: how many characters of the text are kept; 0 keeps all
    """
    line = one_line(text)
    if longest and len(line) > longest:
        line = line[: longest - 1].rsplit(" ", 1)[0] + "…"
    plain_and_code = _CODE.split(line)
    plain_and_code[::2] = map(_escaped, plain_and_code[::2])
    plain_and_code[1::2] = (f"`{code}`" for code in plain_and_code[1::2])
    return "".join(plain_and_code)


def _escaped(text: str) -> str:
    special = _SPECIAL.sub(lambda match: "\\" + match.group(), text)
    return _AFTER_BLANK.sub(r"\\", special)


def markdown_paragraph(text: str, longest: int = 0) -> str:
    """Text as a paragraph of its own, in lines that read well in an editor."""
    return _wrapped(markdown_text(text, longest))


def wrap_markdown(escaped: str) -> str:
    """Lines of a comfortable width, of text that is escaped already."""
    return _wrapped(escaped)


def _wrapped(escaped: str) -> str:
    joined = _CODE.sub(lambda match: match.group().replace(" ", _JOINED), escaped)
    lines = textwrap.wrap(joined, _WIDTH, break_long_words=False, break_on_hyphens=False)
    text = "\n".join(_LINE_START.sub(r"\1\\", line) for line in lines)
    return text.replace(_JOINED, " ")


def markdown_code(text: str, longest: int = 80) -> str:
    """Text as a code span of one line, whatever backticks it holds; it may stand in a table."""
    line = one_line(text)
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    if not line:
        return ""
    runs = [len(run) for run in re.findall("`+", line)]
    fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    padding = " " if line[0] == "`" or line[-1] == "`" else ""
    # Tables split at a bar even inside code, and take a backslash off it.
    return f"{fence}{padding}{line}{padding}{fence}".replace("|", "\\|")
