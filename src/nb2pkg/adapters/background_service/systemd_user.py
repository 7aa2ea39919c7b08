"""How is the unit given to this user's systemd, and taken back?"""

from __future__ import annotations

import os
import re
import stat
import time

from nb2pkg.adapters.background_service import system_programs
from nb2pkg.adapters.background_service.daemon_command import DaemonCommand
from nb2pkg.adapters.background_service.installed import Installed
from nb2pkg.adapters.background_service.system_programs import Answer
from nb2pkg.adapters.background_service.systemd_unit import SECRETS, UNIT, unit_text
from nb2pkg.adapters.background_service.unit_file import (
    read_unit,
    remove_unit,
    unit_path,
    write_unit,
)
from nb2pkg.problems import EnvironmentFailure, Refused

_LINGERING = "/var/lib/systemd/linger"
_END_SECONDS = 3.0
_LOG = "its log: journalctl --user -u nb2pkg-schedule"


def is_running() -> bool:
    """Whether this user has a systemd here that answers."""
    if not system_programs.is_there("systemctl"):
        return False
    try:
        return _systemctl("show-environment").is_yes
    except EnvironmentFailure:
        return False


def text(command: DaemonCommand) -> str:
    """Write the unit."""
    return unit_text(command.words, command.environment, command.secrets)


def put_in(command: DaemonCommand) -> Installed:
    """Write the unit, have systemd start it now and with the machine.

    Raises:
        Refused: something else stands in its place (NB402, NB548).
        EnvironmentFailure: no systemd of this user runs, or it refuses, or a password is missing (NB548).
    """
    path, new = unit_path(), text(command)
    former = read_unit(path)
    if not is_running():
        raise EnvironmentFailure(
            "NB548",
            "no systemd of yours runs here",
            hint="log in as yourself, not by su or sudo; or: nb2pkg schedule install --crontab",
        )
    messages = [_where_secret(name) for name in command.secrets]
    if former != new:
        write_unit(path, new)
    _insist("daemon-reload")
    state = _state()
    if state == "active" and former not in (None, new):
        messages.append(
            "the daemon that runs keeps its former settings until: "
            "systemctl --user restart nb2pkg-schedule (it waits for the runs that go on)"
        )
    if state == "deactivating":
        messages.append("the former daemon waits for its runs; the new one starts after it")
        _insist("enable", "--now", "--no-block", UNIT)
    else:
        _insist("enable", "--now", UNIT)
    survives = _linger()
    if not survives:
        messages.append(_ends_at_logout())
    return Installed(
        kind="systemd",
        place=path,
        survives_logout=survives,
        messages=(*messages, _LOG),
    )


def take_out() -> tuple[str, ...]:
    """Have systemd end the daemon, as soon as its runs are through, and forget it; give what was taken back.

    Raises:
        Refused: the unit is not ours (NB402, NB548).
        EnvironmentFailure: systemd refuses (NB548).
    """
    path = unit_path()
    if read_unit(path) is None:
        return ()
    if not is_running():
        remove_unit(path)
        return (path,)
    # It would wait for the daemon, which waits for its runs.
    _insist("disable", "--now", "--no-block", UNIT)
    is_ended = _has_ended()
    remove_unit(path)
    if is_ended:
        _insist("daemon-reload")
        return (path,)
    # Read again, a unit without a file has 90 seconds to end; unread, it has what it was started with.
    return (path, "a daemon, which begins nothing new and ends when its runs are through")


def found() -> Installed | None:
    """Give our unit; None where there is none that is ours."""
    path = unit_path()
    try:
        if read_unit(path) is None:
            return None
    except (Refused, EnvironmentFailure):
        return None
    survives = _lingers()
    messages = () if survives else (_ends_at_logout(),)
    if not is_running():
        messages = ("no systemd of yours runs just now, so nothing starts it", *messages)
    elif _state() != "active":
        messages = ("it does not run: systemctl --user status nb2pkg-schedule", *messages)
    return Installed(kind="systemd", place=path, survives_logout=survives, messages=messages)


def _systemctl(*words: str) -> Answer:
    return system_programs.ask("systemctl", "--user", *words)


def _insist(*words: str) -> None:
    answer = _systemctl(*words)
    if not answer.is_yes:
        raise EnvironmentFailure(
            "NB548",
            f"systemctl --user {' '.join(words)}: {answer.said or f'ended with {answer.code}'}",
            hint="see: systemctl --user status nb2pkg-schedule",
        )


def _state() -> str:
    return _systemctl("is-active", UNIT).given.decode("utf-8", "replace").strip()


def _has_ended() -> bool:
    deadline = time.monotonic() + _END_SECONDS
    while _state() in ("active", "deactivating", "reloading"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _linger() -> bool | None:
    """Have systemd keep what this user started after a logout, and start it before a login; give whether it does."""
    if not system_programs.is_there("loginctl"):
        return None
    try:
        asked = system_programs.ask("loginctl", "--no-ask-password", "enable-linger", _user())
    except EnvironmentFailure:
        return _lingers()
    return asked.is_yes or _lingers()


def _lingers() -> bool:
    return os.path.exists(os.path.join(_LINGERING, _user()))


def _ends_at_logout() -> str:
    return (
        "it ends when you log out, and starts when you log in again; to have it run all the time: "
        f"sudo loginctl enable-linger {_user()}"
    )


def _user() -> str:
    import pwd

    # Not what LOGNAME says: it may be another's, after su.
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _where_secret(name: str) -> str:
    """Say where the daemon has a variable from that may hold a password.

    Raises:
        EnvironmentFailure: from nowhere: it would look after another store than this one (NB548).
    """
    path = os.path.expanduser(SECRETS)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            is_given = re.search(rf"^[ \t]*{name}[ \t]*=", file.read(), re.MULTILINE)
            is_open = os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError:
        is_given, is_open = None, 0
    if not is_given:
        raise EnvironmentFailure(
            "NB548",
            f"{name} may hold a password, so the unit does not say it, and {SECRETS} does not either",
            hint="(umask 077; mkdir -p ~/.config/nb2pkg; "
            f'echo "{name}=${name}" >> {SECRETS}); then install again',
        )
    if is_open:
        return f"{name} is read from {SECRETS}, which others may read, too: chmod 600 {SECRETS}"
    return f"{name} is read from {SECRETS}"
