"""How does our line get into this user's crontab, and out of it?"""

from __future__ import annotations

import os
import sys

from nb2pkg.adapters.background_service import system_programs
from nb2pkg.adapters.background_service.crontab_lines import (
    keeper_line,
    line_of,
    sets_variable,
    with_line,
    without_line,
)
from nb2pkg.adapters.background_service.daemon_command import DaemonCommand
from nb2pkg.adapters.background_service.installed import Installed
from nb2pkg.problems import EnvironmentFailure

# What those that read crontabs are called.
_CRONS = ("cron", "crond", "fcron", "dcron")
# Paths need not be UTF-8, and no byte of somebody else's line may change.
_BYTES = "surrogateescape"


def is_there() -> bool:
    """Whether there are crontabs here."""
    return system_programs.is_there("crontab")


def text(command: DaemonCommand) -> str:
    """Write the line, and above it what has to be set besides."""
    above = (f"# Needed here, as it may hold a password: {name}=...\n" for name in command.secrets)
    return "".join((*above, f"{_line(command)}\n"))


def put_in(command: DaemonCommand) -> Installed:
    """Have cron see each minute that the daemon runs.

    Raises:
        EnvironmentFailure: there is no `crontab`, it refuses, or a password is missing (NB548).
    """
    line = _line(command)
    former = _listed()
    messages = [_where_secret(former, name) for name in command.secrets]
    new = with_line(former, line)
    if new != former:
        _replace(new)
    if line_of(former) not in (None, line):
        messages.append("a daemon that runs keeps its former settings until it is ended")
    if not _is_cron_seen():
        messages.append("no cron is seen to run here; without one, nothing reads a crontab")
    messages.append(f"it starts within a minute; its log: {_log(command)}")
    return Installed(kind="crontab", place=line, survives_logout=True, messages=tuple(messages))


def take_out() -> tuple[str, ...]:
    """Take our line out of the crontab; give it. A daemon that runs goes on.

    Raises:
        EnvironmentFailure: there is no `crontab`, or it refuses (NB548).
    """
    former = _listed()
    line = line_of(former)
    if line is None:
        return ()
    left = without_line(former)
    if left:
        _replace(left)
    else:
        # There was no crontab before.
        _require("-r")
    return (line,)


def found() -> Installed | None:
    """Give our line; None where there is none, or where it cannot be seen."""
    if not is_there():
        return None
    try:
        line = line_of(_listed())
    except EnvironmentFailure:
        return None
    if line is None:
        return None
    return Installed(kind="crontab", place=line, survives_logout=True)


def _line(command: DaemonCommand) -> str:
    return keeper_line((*command.words, "--unless-running"), command.environment, _log(command))


def _log(command: DaemonCommand) -> str:
    return os.path.join(command.home, "schedule.log")


def _listed() -> str:
    answer = system_programs.ask("crontab", "-l")
    if answer.is_yes:
        return answer.given.decode("utf-8", _BYTES)
    said = answer.said.lower()
    # BusyBox says which file it cannot open.
    if "no crontab" in said or ("can't open" in said and "no such file" in said):
        return ""
    raise _refused(f"crontab -l: {answer.said or f'ended with {answer.code}'}")


def _replace(text: str) -> None:
    _require("-", data=text.encode("utf-8", _BYTES))


def _require(word: str, *, data: bytes = b"") -> None:
    answer = system_programs.ask("crontab", word, data=data)
    if not answer.is_yes:
        raise _refused(f"crontab {word}: {answer.said or f'ended with {answer.code}'}")


def _refused(problem: str) -> EnvironmentFailure:
    return EnvironmentFailure(
        "NB548",
        problem,
        hint="nb2pkg schedule install --print --crontab shows the line; "
        "or let something else run: nb2pkg schedule run",
    )


def _where_secret(crontab: str, name: str) -> str:
    """Say where the daemon has a variable from that may hold a password.

    Raises:
        EnvironmentFailure: from nowhere: it would look after another store than this one (NB548).
    """
    if not sets_variable(crontab, name):
        raise EnvironmentFailure(
            "NB548",
            f"{name} may hold a password, so our line does not say it, and your crontab does not either",
            hint=f"write {name}=… in a line of its own (crontab -e), and install again",
        )
    return f"{name} is what your crontab says"


def _is_cron_seen() -> bool:
    if sys.platform != "linux":
        return True
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/comm", encoding="ascii", errors="replace") as file:
                    if file.read().strip() in _CRONS:
                        return True
            except OSError:
                continue
    return False
