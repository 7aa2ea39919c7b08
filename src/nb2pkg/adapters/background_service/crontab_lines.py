"""How does our line get into the text of a crontab and out again, with every other byte left as it is?

The line starts the daemon each minute, and the daemon ends at once where one runs already. So cron is what brings it
back after a crash and after a start of the machine; `@reboot` would do only the latter, and not every cron knows it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

from nb2pkg.problems import EnvironmentFailure

# On the line itself: a line above it could be parted from it. To the shell it is a comment.
MARKER = "# nb2pkg schedule"

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# One that somebody has made a comment of is theirs.
_OURS = re.compile(r"(?![ \t]*#)[^\n]* -m nb2pkg schedule run [^\n]*# nb2pkg schedule[ \t\r]*\n?")
# Some crons take \\ for \ and some do not; none takes a line break.
_NOT_IN_LINE = re.compile(r"[\x00-\x1f\x7f\\]")
# What is longer is cut off by some crons, without a word, and refused by others.
_LONGEST_COMMAND = 998


def keeper_line(words: Iterable[str], environment: Mapping[str, str], log: str) -> str:
    """Write the line that starts a command each minute, with what it says added to a log.

    Raises:
        EnvironmentFailure: a crontab cannot hold it (NB548).
    """
    given = list(words)
    for text in (*given, *environment.values(), log):
        if _NOT_IN_LINE.search(text):
            raise EnvironmentFailure(
                "NB548",
                f"{text!r} has a character that a crontab cannot hold",
                hint="change it, or let something else run: nb2pkg schedule run",
            )
    variables = (f"{name}={_quoted(value)}" for name, value in sorted(environment.items()))
    # `python -m` imports from the folder that it is started in. In a home there may well be a random.py.
    parts = ("cd / &&", *variables, *map(_quoted, given), ">>", _quoted(log), "2>&1", MARKER)
    command = " ".join(parts)
    length = len(command.encode("utf-8", "surrogateescape"))
    if length > _LONGEST_COMMAND:
        raise EnvironmentFailure(
            "NB548",
            f"the line would have {length} bytes, and cron takes {_LONGEST_COMMAND}: PATH is long",
            hint="install with a shorter one: "
            "PATH=/usr/local/bin:/usr/bin:/bin nb2pkg schedule install --crontab, "
            "with the whole path of nb2pkg",
        )
    return f"* * * * * {command}"


def with_line(text: str, line: str) -> str:
    """Give a crontab with our line: where it was, or else at the end. An older one is replaced."""
    kept, is_placed = [], False
    for one in _LINE.findall(text):
        if not _OURS.fullmatch(one):
            kept.append(str(one))
        elif not is_placed:
            # Settings such as MAILTO hold for what stands below them: its place may be somebody's choice.
            kept.append(f"{line}\n")
            is_placed = True
    if is_placed:
        return "".join(kept)
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}{line}\n"


def without_line(text: str) -> str:
    """Give a crontab without our line."""
    return "".join(one for one in _LINE.findall(text) if not _OURS.fullmatch(one))


def line_of(text: str) -> str | None:
    """Give our line, as it stands in a crontab; None where it is not in it."""
    for one in _LINE.findall(text):
        if _OURS.fullmatch(one):
            return str(one).rstrip("\n")
    return None


def sets_variable(text: str, name: str) -> bool:
    """Whether a crontab gives a variable to what it starts."""
    return re.search(rf"^[ \t]*{name}[ \t]*=", text, re.MULTILINE) is not None


def _quoted(word: str) -> str:
    # Outside of quotes \% is % to the shell, too: a cron that leaves it as it is does no harm.
    return "\\%".join(shlex.quote(part) if part else "" for part in word.split("%")) or "''"
