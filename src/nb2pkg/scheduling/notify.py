"""Who is told when a run fails, recovers or is missed, and what of that makes no sense?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

_VARIABLE = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?")
# No more than is needed not to write a header of our own choosing; servers know the rest. What `=?` begins, the
# standard library decodes when it writes a header, newlines and all.
_IN_EMAIL = r"(?:(?!=\?)[^\s\0-\x1f\x7f-\x9f@<>,;:\"()\[\]\\])+"
_EMAIL = re.compile(f"{_IN_EMAIL}@{_IN_EMAIL}")


class BadNotify(ValueError):
    """Nobody can be told so; the message says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told when a run fails, recovers or is missed.

    command: a program and its arguments, which gets the notice as JSON; no shell
    webhook: an address that the notice is posted to; `$NAME` is an environment variable that holds it
    emails: addresses
    """

    command: tuple[str, ...] = ()
    webhook: str = ""
    emails: tuple[str, ...] = ()

    @property
    def is_nobody(self) -> bool:
        """Whether there is nobody to tell."""
        return not (self.command or self.webhook or self.emails)


NOBODY = Notify()


def read_notify(command: Sequence[str], webhooks: Sequence[str], emails: Sequence[str]) -> Notify:
    """Who is told, as a user says it; a command of one word is taken apart as a shell would.

    Raises:
        BadNotify: one of them cannot be told.
    """
    for email in emails:
        if not _EMAIL.fullmatch(email):
            raise BadNotify(f"{email!r} is no e-mail address")
    if len(webhooks) > 1:
        raise BadNotify("there is more than one webhook")
    for webhook in webhooks:
        if webhook.startswith("$"):
            if not _VARIABLE.fullmatch(webhook):
                raise BadNotify(f"{webhook!r} is not the name of an environment variable")
        elif not _ADDRESS.fullmatch(webhook):
            # Its rest may be a secret.
            raise BadNotify("a webhook is an address such as https://HOST/PATH, or $VARIABLE")
    words = tuple(command)
    if len(words) == 1:
        try:
            words = tuple(shlex.split(words[0]))
        except ValueError as error:
            raise BadNotify(f"the command {command[0]!r}: {error}") from error
    if command and not (words and words[0]):
        raise BadNotify("the command is empty")
    return Notify(command=words, webhook="".join(webhooks), emails=tuple(emails))
