"""What does the address of a PostgreSQL database say, and how is it shown?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from nb2pkg.adapters.run_store.shown_address import shown_address
from nb2pkg.problems import UsageError

# For machines that cannot be reached, or that vanish in the middle: each would else be waited for by the
# hour. Whoever writes other values into the address gets those.
_DEFAULTS = {"connect_timeout": "4", "tcp_user_timeout": "15000", "application_name": "nb2pkg"}


def connection_parameters(url: str) -> dict[str, Any]:
    """Read an address as PostgreSQL's own library does.

    Raises:
        UsageError: it is not one (NB516). PostgreSQL's own words would show parts of a password that has
            the characters of an address in it.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        raise _not_understood(url) from None
    # A password with an @ or / in it ends too early, and its rest is taken for one of these.
    if "@" in f"{given.get('host')}{given.get('port')}{given.get('dbname')}":
        raise _not_understood(url)
    return {**_DEFAULTS, **given, "client_encoding": "utf8"}


def shown_place(parameters: Mapping[str, Any]) -> str:
    """Name a database in messages, without its password."""
    user, host, port, name = (
        str(parameters.get(key) or "") for key in ("user", "host", "port", "dbname")
    )
    secret = ":***" if parameters.get("password") else ""
    credentials = f"{user}{secret}@" if user or secret else ""
    if host.startswith("/"):  # the folder of a socket
        return f"postgresql://{credentials}/{name}?host={host}"
    return f"postgresql://{credentials}{host}{':' if port else ''}{port}/{name}"


def _not_understood(url: str) -> UsageError:
    return UsageError(
        "NB516",
        f"{shown_address(url)!r} is not the address of a PostgreSQL database",
        hint="write it as postgresql://USER:PASSWORD@HOST/DATABASE; in a password write / as %2F, @ as %40, "
        "? as %3F and % as %25",
    )
