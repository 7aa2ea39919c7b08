"""How is a webhook told?"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http
import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import SplitResult, unquote, urlsplit

from nb2pkg.adapters.notices.hidden_secrets import without_secrets
from nb2pkg.adapters.notices.not_told import NotTold
from nb2pkg.adapters.remote_patience import Patience, insist

_SECRET = "NB2PKG_WEBHOOK_SECRET"
_ANSWER_SECONDS = 10.0
# Those that say: not now.
_LATER = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where notices are posted to.

    url: without its user and password; `authorization`: with them, as a header has them
    shown: what of it may be said, since the rest may be a secret
    """

    url: str
    authorization: str
    shown: str


def read_webhook(given: str) -> Webhook:
    """Read an address; `$NAME` is an environment variable that holds it.

    Raises:
        NotTold: the variable is not set, or there is no such address.
    """
    is_variable = given.startswith("$")
    address = os.environ.get(given[1:], "").strip() if is_variable else given
    if not address:
        raise NotTold(f"{given} is not set in the environment of what runs the schedules")
    parts = _taken_apart(address)
    if parts is None:
        what = f"what {given} holds" if is_variable else "its address"
        raise NotTold(f"{what} is no address such as https://HOST/PATH")
    credentials, _, host = parts.netloc.rpartition("@")
    basic = base64.b64encode(unquote(credentials).encode("utf-8")).decode("ascii")
    return Webhook(
        url=parts._replace(netloc=host, fragment="").geturl(),
        authorization=f"Basic {basic}" if credentials else "",
        shown=_shown(parts),
    )


def post_notice(webhook: Webhook, notice: str, body: bytes, patience: Patience) -> None:
    """Post a notice, which has an id; signed where $NB2PKG_WEBHOOK_SECRET is set.

    Raises:
        NotTold: it was not taken, though tried again where that may help.
    """
    try:
        refusal = insist(lambda: _post(webhook, notice, body), patience)
    except (_TryAgain, TimeoutError) as error:
        refusal = str(error)
    if refusal is not None:
        rest = webhook.url.partition("://")[2].partition("/")[2]
        raise NotTold(without_secrets(refusal, {webhook.url, rest} if len(rest) > 1 else ()))


class _TryAgain(Exception):
    """It was not taken now; the message says why."""


def _post(webhook: Webhook, notice: str, body: bytes) -> str | None:
    """Post once; what is said is why it would not be taken another time either."""
    headers = _headers(webhook, notice, body)
    opener = urllib.request.build_opener(_NoRedirect())
    try:
        request = urllib.request.Request(webhook.url, body, headers, method="POST")
        with opener.open(request, timeout=_ANSWER_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        with contextlib.closing(error):
            answer = _answer(error)
        if error.code >= 500 or error.code in _LATER:
            raise _TryAgain(answer) from None
        return answer
    except OSError as error:
        raise _TryAgain(_why(error)) from None
    except (http.client.InvalidURL, ValueError):  # what they say quotes the address
        return "its address has characters that cannot be sent"
    except http.client.HTTPException as error:
        raise _TryAgain(_why(error)) from None


def _headers(webhook: Webhook, notice: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": _agent(),
        "Nb2pkg-Notice": notice,
        "Nb2pkg-Timestamp": stamp,
    }
    secret = os.environ.get(_SECRET, "")
    if secret:
        signed = hmac.new(os.fsencode(secret), f"{stamp}.".encode() + body, hashlib.sha256)
        headers["Nb2pkg-Signature"] = f"sha256={signed.hexdigest()}"
    if webhook.authorization:
        headers["Authorization"] = webhook.authorization
    return headers


def _agent() -> str:
    try:
        return f"nb2pkg/{version('nb2pkg')}"
    except PackageNotFoundError:  # it runs from its source
        return "nb2pkg"


def _answer(error: urllib.error.HTTPError) -> str:
    """What a server answered, by the number: its own words may quote the address."""
    with contextlib.suppress(ValueError):
        phrase = http.HTTPStatus(error.code).phrase
        if error.code // 100 == 3:
            parts = _taken_apart(error.headers.get("Location", ""))
            where = f"to {_shown(parts)}" if parts is not None else "elsewhere"
            return f"it answered {error.code} {phrase}, {where}: redirects are not followed"
        return f"it answered {error.code} {phrase}"
    return f"it answered {error.code}"


def _why(error: BaseException) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"no answer within {_ANSWER_SECONDS:g} s"
    if isinstance(reason, OSError) and reason.strerror and not isinstance(reason, ssl.SSLError):
        return f"no connection: {reason.strerror}"
    return f"no connection: {str(reason) or type(reason).__name__}"


def _taken_apart(address: str) -> SplitResult | None:
    """The parts of a web address; None where it is none."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_web else None


def _shown(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nobody to another place: it would be told without the notice, or get what is not meant for it."""

    def redirect_request(self, *_: object) -> None:
        return None
