"""Which file system does an address name, and how is it shown without what is secret in it?"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from nb2pkg.adapters.run_store.shown_address import shown_address
from nb2pkg.problems import EnvironmentFailure, UsageError

_USER = re.compile(r"(?<=://)[^/\s@]*@")
_QUERY = re.compile(r"(://[^\s'\"?]*\?)[^\s'\"]+")
_LONGEST_REASON = 300


class RemoteAddress:
    """The address of a folder that some file system of fsspec has; `shown` is without secrets."""

    def __init__(self, address: str) -> None:
        """Understand an address.

        Raises:
            UsageError: it is none (NB516).
        """
        scheme, _, rest = address.partition("://")
        self._scheme = scheme.lower()
        self._address = f"{self._scheme}://{rest.rstrip('/')}"
        self._secrets = _secrets_of(self._address)
        self.shown = self.without_secrets(self._address)
        # fsspec would take the former for patterns, the latter for one file system on another.
        is_plain = not re.search(r"[*?\[\]\0]|::", rest.partition("@")[2] or rest)
        if not scheme or not rest.strip("/") or not is_plain:
            raise self._not_understood()

    @property
    def identity(self) -> str:
        """What tells the address from others, whatever the password."""
        return hashlib.sha256(self.shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def connect(self, *, anew: bool) -> tuple[Any, str]:
        """The file system, and the path of the folder in it; anew: not by a connection that is there already."""
        from fsspec.core import url_to_fs

        system, root = url_to_fs(self._address, skip_instance_cache=anew)
        return system, str(root).rstrip("/")

    def without_secrets(self, text: str) -> str:
        """A text that may hold the address, or parts of it, as it can be shown."""
        text = text.replace(self._address, _USER.sub("***@", shown_address(self._address)))
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _QUERY.sub(r"\1***", _USER.sub("***@", text))

    def reason(self, error: BaseException) -> str:
        """What an error says, in a line that can be shown."""
        lines = self.without_secrets(str(error)).strip().splitlines()
        said = lines[0][:_LONGEST_REASON] if lines else ""
        return f"{type(error).__name__}: {said}" if said else type(error).__name__

    def check_installed(self) -> None:
        """See that what speaks to such places is installed.

        Raises:
            UsageError: there is no such kind of place (NB516).
            EnvironmentFailure: fsspec, or what it needs for such a place, is not installed (NB517).
        """
        try:
            import fsspec
        except ImportError as error:
            raise EnvironmentFailure(
                "NB517",
                f"{self.shown} needs fsspec, which is not installed here",
                hint="python -m pip install 'nb2pkg[remote]'",
            ) from error
        try:
            fsspec.get_filesystem_class(self._scheme)
        except ValueError:
            raise self._not_understood() from None
        except ImportError as error:
            missing = error.__cause__ if isinstance(error.__cause__, ImportError) else error
            name = (missing.name or "").partition(".")[0]
            raise EnvironmentFailure(
                "NB517",
                f"{self.shown} needs {name or 'a package'}, which cannot be imported here: "
                f"{self.reason(missing)}",
                hint=f"python -m pip install {name}" if name else str(error),
            ) from error

    def _not_understood(self) -> UsageError:
        return UsageError(
            "NB516",
            f"{self.shown!r} is not the address of a place for results",
            hint="give a path, or an address that fsspec knows, such as s3://BUCKET/PREFIX or gs://BUCKET/PREFIX",
        )


def _secrets_of(address: str) -> list[str]:
    """What must not be shown, as it is written and as it is meant; the longest first."""
    try:
        parts = urlsplit(address)
        given = [parts.password or ""]
        # An access key, where it is no name of somebody.
        given += [parts.username or ""] if parts.password is None else []
        given += [value for _, value in parse_qsl(parts.query)]
    except ValueError:  # brackets that hold no IPv6 address
        return []
    found = {form for one in given for form in (one, unquote(one)) if len(form) > 2}
    return sorted(found, key=len, reverse=True)
