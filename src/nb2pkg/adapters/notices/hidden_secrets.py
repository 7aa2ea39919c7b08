"""What can be said of a text in one line, without the secrets that it holds?"""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from nb2pkg.pipeline.secret_names import is_secret_name

# Up to the last @ before a space: a password may hold one. Or a token alone, as some servers take it.
_CREDENTIALS = re.compile(r"(?<=://)(?:[^\s/:@]+|[^\s/:@]*:\S*)@")
_SHORTEST_SECRET = 5
# Their names look like it.
_NO_SECRETS = {"PWD", "OLDPWD", "SSH_AUTH_SOCK"}


def secrets_here() -> frozenset[str]:
    """The values of the environment's variables whose names say that they are secret."""
    return frozenset(
        value
        for name, value in os.environ.items()
        if is_secret_name(name) and name not in _NO_SECRETS and len(value) >= _SHORTEST_SECRET
    )


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """Put `***` for secrets, and for the user and password of any address."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return _CREDENTIALS.sub("***@", text)


def one_line(text: str, longest: int) -> str:
    """Only printable characters, with single spaces, and at most so many of them."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
