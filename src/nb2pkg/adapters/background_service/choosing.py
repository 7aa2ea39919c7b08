"""What is to keep the daemon running here, and what does so already?"""

from __future__ import annotations

from dataclasses import replace

from nb2pkg.adapters.background_service import crontab_user, systemd_user
from nb2pkg.adapters.background_service.daemon_command import daemon_command
from nb2pkg.adapters.background_service.installed import Installed, Kind
from nb2pkg.adapters.root_user import refuse_root
from nb2pkg.problems import EnvironmentFailure

_BECOME = "install it as the user whose jobs they are, or say --allow-root"


def install(kind: Kind | None, allow_root: bool) -> Installed:
    """Have the daemon started now and after each start of the machine; doing so twice changes nothing.

    kind: None is systemd where one of this user's runs, or else cron

    Raises:
        Refused: jobs would run as root (NB549), or something else stands in the unit's place (NB402, NB548).
        EnvironmentFailure: it cannot be done here; the hint says what to do (NB548).
    """
    refuse_root(allow_root, _BECOME)
    chosen = kind or _kind_here()
    if chosen is None:
        raise EnvironmentFailure(
            "NB548",
            "there is neither a systemd of yours nor a crontab here",
            hint="let whatever starts programs here run: nb2pkg schedule run",
        )
    if chosen == "systemd":
        done, other = systemd_user.put_in(daemon_command(allow_root)), crontab_user.found()
    else:
        done, other = crontab_user.put_in(daemon_command(allow_root)), systemd_user.found()
    if other is None:
        return done
    twice = (
        f"{_name(other.kind)} keeps one running, too; "
        f"one is enough: nb2pkg schedule uninstall --{other.kind}"
    )
    return replace(done, messages=(*done.messages, twice))


def printed(kind: Kind | None, allow_root: bool) -> str:
    """Give the text of the unit, or the line for the crontab, and change nothing.

    kind: None is what `install` would take; the unit, where it would take neither

    Raises:
        Refused: jobs would run as root (NB549).
        EnvironmentFailure: it cannot be written as such a text (NB548).
    """
    refuse_root(allow_root, _BECOME)
    chosen = kind or _kind_here() or "systemd"
    command = daemon_command(allow_root)
    return systemd_user.text(command) if chosen == "systemd" else crontab_user.text(command)


def uninstall(kind: Kind | None) -> tuple[str, ...]:
    """Take back what `install` did; give what that was, nothing where there was nothing.

    kind: None is both, so far as they are ours

    Raises:
        Refused: the file in the unit's place is not ours (NB402, NB548); only where systemd was asked for.
        EnvironmentFailure: systemd or cron refuses (NB548).
    """
    taken: list[str] = []
    if kind == "systemd" or (kind is None and systemd_user.found() is not None):
        taken += systemd_user.take_out()
    if kind == "crontab" or (kind is None and crontab_user.found() is not None):
        taken += crontab_user.take_out()
    return tuple(taken)


def installed() -> tuple[Installed, ...]:
    """Give what keeps the daemon running, so far as that can be seen."""
    return tuple(one for one in (systemd_user.found(), crontab_user.found()) if one is not None)


def _kind_here() -> Kind | None:
    if systemd_user.is_running():
        return "systemd"
    return "crontab" if crontab_user.is_there() else None


def _name(kind: Kind) -> str:
    return "systemd" if kind == "systemd" else "cron"
