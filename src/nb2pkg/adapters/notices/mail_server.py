"""How does an e-mail get to a server?"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import AddressHeader, HeaderRegistry
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from nb2pkg.adapters.notices.not_told import NotTold
from nb2pkg.adapters.remote_patience import Patience, insist

SERVER = "NB2PKG_SMTP"
_PASSWORD = "NB2PKG_SMTP_PASSWORD"
_SENDER = "NB2PKG_SMTP_FROM"
_ANSWER_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}
# Why, by address.
_Refused = Mapping[str, tuple[int, bytes]]
_FORMS = "such as smtp://USER@HOST:587 or smtps://HOST:465"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Who takes e-mails, and for whom.

    sender: as the header has it; sender_address: the address in that
    user: empty where nobody logs in
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str
    sender_address: str

    @property
    def shown(self) -> str:
        """What messages call it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def domain(self) -> str:
        """That of the sender."""
        return self.sender_address.rpartition("@")[2]


def read_mail_server() -> MailServer:
    """The server that the environment names.

    Raises:
        NotTold: it names none, or says too little about it.
    """
    given = os.environ.get(SERVER, "").strip()
    if not given:
        raise NotTold(
            f"${SERVER} is not set where the schedules are run; it names a server, {_FORMS}"
        )
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in _PORTS or parts.path.strip("/") or parts.query:
        raise NotTold(f"what ${SERVER} holds is no server {_FORMS}")
    if parts.password is not None:
        raise NotTold(f"${SERVER} holds a password, which belongs in ${_PASSWORD}")
    user = unquote(parts.username or "")
    password = os.environ.get(_PASSWORD, "")
    if user and not password:
        raise NotTold(f"${SERVER} names a user, and ${_PASSWORD} is not set")
    sender = _sender(user, host)
    return MailServer(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        user=user,
        password=password,
        sender=sender,
        sender_address=_address(sender),
    )


def send_mail(
    server: MailServer, message: EmailMessage, to: Sequence[str], patience: Patience
) -> None:
    """Send a message to some addresses; never in the open, unless the server is this very machine.

    Raises:
        NotTold: the server did not take it, or not for all.
    """
    try:
        refused = insist(lambda: _send(server, message, to), patience)
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPAuthenticationError as error:
        raise NotTold(f"it refused the user or the password: {_words(error.smtp_error)}") from None
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {_words(error.smtp_error)}"
        raise NotTold(f"it answered {said.strip()}") from None
    except smtplib.SMTPException as error:
        raise NotTold(str(error)) from None
    except TimeoutError:
        raise NotTold("no answer in time") from None
    except OSError as error:
        is_clear = error.strerror and not isinstance(error, ssl.SSLError)
        raise NotTold(f"no connection: {error.strerror if is_clear else error}") from None
    except ValueError:
        raise NotTold("a name or a password has characters that cannot be sent") from None
    if refused:
        told = [address for address in to if address not in refused]
        raise NotTold(f"it refused {_refusals(refused)}", told)


def _send(server: MailServer, message: EmailMessage, to: Sequence[str]) -> _Refused:
    connection = _connection(server)
    try:
        if server.user:
            connection.login(server.user, server.password)
        refused = connection.send_message(message, server.sender_address, list(to))
        # It is taken; whatever happens now does not change that.
        with contextlib.suppress(OSError):
            connection.quit()
        return refused
    finally:
        connection.close()


def _connection(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_ANSWER_SECONDS, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=_ANSWER_SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        if not _is_this_machine(server.host):
            if not connection.has_extn("starttls"):
                raise NotTold("it offers no STARTTLS, and nothing is sent in the open")
            connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_this_machine(host: str) -> bool:
    """Whether a name cannot mean another machine; nobody is asked what it stands for."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _sender(user: str, host: str) -> str:
    given = os.environ.get(_SENDER, "").strip()
    if given:
        return given
    if not user:
        raise NotTold(f"${_SENDER} is not set; it says from whom e-mails are")
    return user if "@" in user else f"{user}@{host}"


def _address(sender: str) -> str:
    """The one address in what a header says."""
    header = None
    if sender.isprintable():
        header = HeaderRegistry()("From", sender)
    addresses = header.addresses if isinstance(header, AddressHeader) else ()
    if len(addresses) != 1 or not (addresses[0].username and addresses[0].domain):
        raise NotTold(f"${_SENDER} is no address, such as nb2pkg@example.org")
    return addresses[0].addr_spec


def _refusals(refused: _Refused) -> str:
    return ", ".join(
        f"{address}: {code} {_words(said)}".strip() for address, (code, said) in refused.items()
    )


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
