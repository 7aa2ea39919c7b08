"""Do a notebook and its package agree? What was seen of each, and how the two compare."""

from nb2pkg.verification.boundaries import Boundary, boundaries_of
from nb2pkg.verification.comparison import (
    Allowance,
    Comparison,
    FigureDifference,
    Outcome,
    StepResult,
    compare,
    with_shares,
)
from nb2pkg.verification.differences import EXACT, Difference, Tolerance
from nb2pkg.verification.makers import makers, variable_of
from nb2pkg.verification.observation import Failure, Figure, Observation, Seen
from nb2pkg.verification.stability import Unstable, likely_cause, unstable_parts

__all__ = [
    "EXACT",
    "Allowance",
    "Boundary",
    "Comparison",
    "Difference",
    "Failure",
    "Figure",
    "FigureDifference",
    "Observation",
    "Outcome",
    "Seen",
    "StepResult",
    "Tolerance",
    "Unstable",
    "boundaries_of",
    "compare",
    "likely_cause",
    "makers",
    "unstable_parts",
    "variable_of",
    "with_shares",
]
