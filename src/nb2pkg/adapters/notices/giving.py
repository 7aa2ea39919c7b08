"""Who is told of a notice, and who has been told already?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.adapters.notices.command import command_name, tell_command
from nb2pkg.adapters.notices.hidden_secrets import one_line, secrets_here, without_secrets
from nb2pkg.adapters.notices.letter import letter
from nb2pkg.adapters.notices.mail_server import read_mail_server, send_mail
from nb2pkg.adapters.notices.not_told import NotTold
from nb2pkg.adapters.notices.notice_facts import Facts, facts_of, json_of
from nb2pkg.adapters.notices.webhook import post_notice, read_webhook
from nb2pkg.adapters.remote_patience import Patience
from nb2pkg.adapters.this_machine import host_name
from nb2pkg.ports.scheduling import Notice, NoticeFailed, Notifier
from nb2pkg.scheduling import Job

_WEBHOOK = Patience(tries=3, seconds=20.0)
# Once: an e-mail that was taken, though no answer came, would be there twice.
_EMAIL = Patience(tries=1, seconds=30.0)
_LONGEST_REASON = 500
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each is tried to be told."""

    command_seconds: float = 30.0
    webhook: Patience = _WEBHOOK
    email: Patience = _EMAIL


def open_notifier(limits: Limits | None = None) -> Notifier:
    """Who tells people; secrets are read from the environment each time."""
    return _Giving(limits or Limits())


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the ways to tell somebody; `tell` raises NotTold."""

    to: tuple[str, ...]
    tell: Callable[[Sequence[str]], None]


class _Giving:
    """Tells by all ways that a schedule names, whichever of them fail."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._told: dict[str, set[str]] = {}  # who, by notice; the latest last

    def give(self, notice: Notice) -> None:
        """Tell all who have not been told of it by this process.

        Raises:
            NoticeFailed: some could not be told.
        """
        secrets = secrets_here()
        facts = facts_of(notice, host=host_name(), secrets=secrets)
        told = self._told_of(notice.id)
        reasons = []
        for way in self._ways(notice.job, facts):
            left = [who for who in way.to if who not in told]
            if not left:
                continue
            try:
                way.tell(left)
            except NotTold as error:
                told |= error.told
                reasons.append(one_line(without_secrets(str(error), secrets), _LONGEST_REASON))
            else:
                told |= set(left)
        if reasons:
            raise NoticeFailed("; ".join(reasons))

    def _told_of(self, notice: str) -> set[str]:
        told = self._told[notice] = self._told.pop(notice, set())
        while len(self._told) > _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        return told

    def _ways(self, job: Job, facts: Facts) -> Iterator[_Way]:
        notify = job.notify
        if notify.command:
            yield _Way(("command",), lambda _: self._command(job, facts))
        if notify.webhook:
            yield _Way(("webhook",), lambda _: self._webhook(notify.webhook, facts))
        if notify.emails:
            yield _Way(tuple(dict.fromkeys(notify.emails)), lambda to: self._email(to, facts))

    def _command(self, job: Job, facts: Facts) -> None:
        notify = job.notify
        # The address of the webhook is not for the command, where the environment holds it.
        unset = {notify.webhook[1:]} if notify.webhook.startswith("$") else frozenset()
        try:
            tell_command(
                notify.command,
                facts,
                target=job.target,
                unset=unset,
                seconds=self._limits.command_seconds,
            )
        except NotTold as error:
            raise NotTold(f"the command {command_name(notify.command)}: {error}") from error

    def _webhook(self, given: str, facts: Facts) -> None:
        who = "the webhook"
        try:
            webhook = read_webhook(given)
            who = f"the webhook {webhook.shown}"
            post_notice(webhook, str(facts["id"]), json_of(facts), self._limits.webhook)
        except NotTold as error:
            raise NotTold(f"{who}: {error}") from error

    def _email(self, to: Sequence[str], facts: Facts) -> None:
        who = f"e-mail to {', '.join(to)}"
        try:
            server = read_mail_server()
            who = f"{who} by {server.shown}"
            try:
                message = letter(facts, server.sender, server.domain, to)
            except ValueError:
                raise NotTold("an address cannot be written into a header") from None
            send_mail(server, message, to, self._limits.email)
        except NotTold as error:
            raise NotTold(f"{who}: {error}", error.told) from error
