"""What is said of a tracker that could not be told, without the secrets that its errors hold?"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

from nb2pkg.adapters.run_store.shown_address import shown_address
from nb2pkg.pipeline.secret_names import is_secret_name
from nb2pkg.ports.running import TrackerFailed

_LONGEST = 400
# A token alone before the @, as some servers take it.
_TOKEN = re.compile(r"(?<=://)[^/:@\s]+@")
_CREDENTIALS = re.compile(r"(?<=://)(.*)@", re.DOTALL)
_CREDENTIALS_IN_TEXT = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]*@")
_SHORTEST_SECRET = 5
# Their names look like it.
_NO_SECRETS = {"PWD", "OLDPWD", "SSH_AUTH_SOCK"}


def shown(address: str) -> str:
    """Give an address with `***` for what may be a password or a token."""
    return _TOKEN.sub("***@", shown_address(address))


def failure(who: str, address: str, reason: str) -> TrackerFailed:
    """Say in one sentence who could not be told, and why.

    reason: what a library says; it may hold the address, or parts of it
    """
    text = reason.replace(address, shown(address))
    for secret in sorted(_secrets(address), key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _TOKEN.sub("***@", _CREDENTIALS_IN_TEXT.sub(r"\1:***@", text))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return TrackerFailed(f"{who} ({shown(address)}): {text}")


def _secrets(address: str) -> set[str]:
    found = {
        value
        for name, value in os.environ.items()
        if is_secret_name(name) and name not in _NO_SECRETS
    }
    credentials = _CREDENTIALS.search(address)
    if credentials:
        user, _, password = credentials[1].partition(":")
        alone = password or user
        found |= {alone, unquote(alone)}
    return {secret for secret in found if len(secret) >= _SHORTEST_SECRET}
