"""With which HTTP status is it said that something is not as it should be?"""

from __future__ import annotations

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

BAD_REQUEST = 400
NOT_FOUND = 404
CONFLICT = 409
REFUSED = 422
BUG = 500
UNAVAILABLE = 503

_BY_CODE = {
    "NB001": NOT_FOUND,  # no such notebook
    "NB020": BAD_REQUEST,
    "NB021": BAD_REQUEST,
    "NB018": NOT_FOUND,  # no refactoring to take back
    "NB308": NOT_FOUND,  # no such run
    "NB312": NOT_FOUND,  # no such schedule
    "NB313": CONFLICT,  # a schedule of that name is there
    "NB401": CONFLICT,  # files were edited by hand
    "NB412": CONFLICT,  # the notebook was saved meanwhile
    "NB413": CONFLICT,  # something else was shown
    "NB809": CONFLICT,  # changed since it was refactored
    "NB553": UNAVAILABLE,  # too much waits already
}
_BY_KIND: tuple[tuple[type[Nb2pkgError], int], ...] = (
    (InternalError, BUG),
    (EnvironmentFailure, UNAVAILABLE),
    (Refused, REFUSED),
    (BadNotebook, REFUSED),
    (BadPipeline, REFUSED),
    (Busy, CONFLICT),
    (UsageError, REFUSED),
    (NothingToExtract, REFUSED),
)


def status_of(error: Nb2pkgError) -> int:
    """Give the status that a stop stands for."""
    by_kind = next((status for kind, status in _BY_KIND if isinstance(error, kind)), BUG)
    return _BY_CODE.get(error.code, by_kind)
