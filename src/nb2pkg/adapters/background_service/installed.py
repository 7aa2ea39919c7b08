"""What is known of a daemon that something keeps running?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["systemd", "crontab"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What keeps the daemon running.

    place: the path of the unit, or the line of the crontab
    survives_logout: whether it goes on when its user logs out; None where that is not known
    messages: what the user should know, or still has to do
    """

    kind: Kind
    place: str
    survives_logout: bool | None
    messages: tuple[str, ...] = ()
