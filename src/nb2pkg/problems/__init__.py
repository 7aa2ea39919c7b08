"""What can be wrong: a Diagnostic is a finding, an Nb2pkgError is a stop."""

from nb2pkg.problems.diagnostic import Diagnostic, Location, Severity, in_reading_order
from nb2pkg.problems.errors import (
    BadNotebook,
    BadPipeline,
    Busy,
    EnvironmentFailure,
    FindingsError,
    InternalError,
    Nb2pkgError,
    NothingToExtract,
    Refused,
    UsageError,
)

__all__ = [
    "BadNotebook",
    "BadPipeline",
    "Busy",
    "Diagnostic",
    "EnvironmentFailure",
    "FindingsError",
    "InternalError",
    "Location",
    "Nb2pkgError",
    "NothingToExtract",
    "Refused",
    "Severity",
    "UsageError",
    "in_reading_order",
]
