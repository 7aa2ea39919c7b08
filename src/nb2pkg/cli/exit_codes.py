"""With which code does a command end?"""

from __future__ import annotations

from collections.abc import Iterable

from nb2pkg.problems import (
    BadNotebook,
    BadPipeline,
    Busy,
    EnvironmentFailure,
    InternalError,
    Nb2pkgError,
    NothingToExtract,
    Refused,
    UsageError,
)

OK = 0
NEGATIVE = 1  # it ran, and the answer is no: --check found a change, check found something
USAGE = 2
BAD_INPUT = 3
REFUSED = 4
ENVIRONMENT = 5
BUSY = 6
INTERNAL = 70
INTERRUPTED = 130

_BY_KIND: tuple[tuple[type[Nb2pkgError], int], ...] = (
    (InternalError, INTERNAL),
    (EnvironmentFailure, ENVIRONMENT),
    (Refused, REFUSED),
    (BadNotebook, BAD_INPUT),
    (BadPipeline, BAD_INPUT),
    (Busy, BUSY),
    (UsageError, USAGE),
    (NothingToExtract, NEGATIVE),
)
_WORST_FIRST = (INTERRUPTED, INTERNAL, ENVIRONMENT, BUSY, REFUSED, BAD_INPUT, USAGE, NEGATIVE)


def code_of(error: Nb2pkgError) -> int:
    """Give the exit code that a stop stands for."""
    return next((code for kind, code in _BY_KIND if isinstance(error, kind)), INTERNAL)


def worst(codes: Iterable[int]) -> int:
    """Give the code that counts when several notebooks ended differently."""
    seen = set(codes)
    return next((code for code in _WORST_FIRST if code in seen), OK)
