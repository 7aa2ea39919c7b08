"""How do texts of many lines stand on a page? As they are, or folded where they are long."""

from __future__ import annotations

from nb2pkg.workflows.run_page_terminal import terminal_text
from nb2pkg.workflows.run_page_text import LONGEST_TEXT, cut, in_lines, left_out
from nb2pkg.workflows.run_page_words import counted

_MOST_OPEN_LINES = 30
_MOST_OPEN_CHARACTERS = 4_000


def code_block(text: str, what: str = "code") -> str:
    """Give source code."""
    beginning, left, end = cut(text)
    shown = in_lines(beginning) + (left_out(left) + in_lines(end) if left else "")
    return _folded(text, f'<pre class="code">\n{shown}</pre>', what)


def output_block(text: str, what: str = "text", kind: str = "") -> str:
    """Give text that a program wrote, with the colours it asked for."""
    shown = f'<pre class="{f"output {kind}".strip()}">\n{terminal_text(text)}</pre>'
    return _folded(text, shown, what)


def log_block(text: str, title: str) -> str:
    """Give the end of a log, folded whatever its length."""
    return (
        f'<details class="log"><summary>{title}: {_measure(text)}</summary>\n'
        f'<pre class="output wrapped">\n{terminal_text(text)}</pre></details>'
    )


def _folded(text: str, shown: str, what: str) -> str:
    if len(text) <= _MOST_OPEN_CHARACTERS and text.count("\n") < _MOST_OPEN_LINES:
        return shown
    return f'<details class="long"><summary>{_measure(text, f" of {what}")}</summary>\n{shown}</details>'


def _measure(text: str, of: str = "") -> str:
    lines = counted(text.rstrip("\n").count("\n") + 1, "line") + of
    return lines if len(text) <= LONGEST_TEXT else f"{lines}, not all of it shown"
