"""Who may see the status pages: by which name was the server called, and does the caller know the token?"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})


class Callers:
    """What a server believes of those who call it.

    host: the address that it is bound to
    """

    def __init__(self, token: str, host: str, port: int) -> None:
        if not token:
            raise ValueError("a token is needed")
        self._token = token.encode("utf-8")
        self._names = known_names(host)
        self._is_open = is_any_address(host)
        # A browser sends the cookies of a machine to all of its ports: each server has a name of its own.
        self.cookie_name = f"nb2pkg-status-{port}"
        # What is not the token: whoever gets hold of the cookie cannot make addresses of it.
        self.cookie = hmac.new(self._token, b"nb2pkg status page", hashlib.sha256).hexdigest()

    def is_called_by_name(self, header: str) -> bool:
        """Whether a `Host` is a name of this server, and not one that somebody else has made point to it."""
        return is_known_host(header, self._names, any_address=self._is_open)

    def is_token(self, text: str) -> bool:
        """Whether somebody knows the token."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._token)

    def is_bearer(self, header: str) -> bool:
        """Whether an `Authorization` has the token."""
        kind, _, rest = header.partition(" ")
        return kind.lower() == "bearer" and self.is_token(rest.strip())

    def is_cookie(self, text: str) -> bool:
        """Whether somebody has shown the token before."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self.cookie.encode())


def known_names(host: str) -> frozenset[str]:
    """The names by which a server may be called that is bound to an address."""
    name = socket.gethostname() if is_any_address(host) else host
    return _LOCAL_NAMES | {name.lower()}


def is_any_address(host: str) -> bool:
    """Whether a server that is bound to this hears all that the machine is sent."""
    return host in _ANY_ADDRESS


def is_known_host(header: str, names: frozenset[str], *, any_address: bool) -> bool:
    """Whether a `Host` is one of the names, whatever its port.

    A page of another site can have its own name point to this machine, and then reads what it likes, unless its
    name is refused. any_address: whether addresses in numbers are fine, too: nobody can make those point elsewhere
    """
    name = _without_port(header.strip().lower())
    if name in names:
        return True
    if not any_address:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _without_port(header: str) -> str:
    if header.startswith("["):
        name, end, rest = header[1:].partition("]")
        return name if end and (not rest or _is_port(rest)) else ""
    name, colon, port = header.partition(":")
    return name if not colon or _is_port(f":{port}") else ""


def _is_port(text: str) -> bool:
    return text[:1] == ":" and text[1:].isascii() and text[1:].isdigit() and len(text) <= 6
