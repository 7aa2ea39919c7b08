"""What does an e-mail about a notice say?"""

from __future__ import annotations

import email.policy
import email.utils
import re
import shlex
from collections.abc import Sequence
from email.message import EmailMessage

from nb2pkg.adapters.notices.notice_facts import Facts

_NOT_IN_ID = re.compile(r"[^A-Za-z0-9._-]")


def letter(facts: Facts, sender: str, domain: str, to: Sequence[str]) -> EmailMessage:
    """An e-mail; the same notice always has the same Message-ID, so that doubles can be told.

    sender: a name with an address, or an address
    domain: that of the sender

    Raises:
        ValueError: an address cannot be written into a header.
    """
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = f"[nb2pkg] {facts['text']}"
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Date"] = email.utils.localtime()
    message["Message-ID"] = f"<nb2pkg.{_NOT_IN_ID.sub('-', str(facts['id']))}@{domain}>"
    # Nobody's holiday greeting is to answer.
    message["Auto-Submitted"] = "auto-generated"
    # Servers need not take anything but ASCII.
    message.set_content(_text(facts), cte="quoted-printable")
    return message


def _text(facts: Facts) -> str:
    tries = f" after {facts['tries']} tries" if facts["tries"] not in (0, 1) else ""
    rows = [
        ("why", str(facts["why"] or "")),
        ("target", str(facts["target"])),
        ("fate", f"{facts['fate']}{tries}"),
        ("due", f"{facts['due_local']} {facts['timezone']}"),
        ("until", str(facts["until"] or "")),
        ("run", str(facts["run"] or "")),
        ("host", str(facts["host"])),
    ]
    commands = [f"nb2pkg schedule history {shlex.quote(str(facts['schedule']))}"]
    if facts["run"]:
        commands.insert(0, f"nb2pkg runs show {shlex.quote(str(facts['run']))}")
    lines = [
        str(facts["text"]),
        "",
        *(f"{name:<8}{value}" for name, value in rows if value),
        "",
        f"To see more, type on {facts['host']}:",
        "",
        *(f"    {command}" for command in commands),
    ]
    return "\n".join(lines) + "\n"
