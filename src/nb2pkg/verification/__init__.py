"""Do a notebook and its package agree? What was seen of each, and how the two compare."""

from nb2pkg.verification.boundaries import Boundary, boundaries_of
from nb2pkg.verification.comparison import Comparison, Outcome, StepResult, compare
from nb2pkg.verification.differences import Difference
from nb2pkg.verification.observation import Failure, Observation, Seen

__all__ = [
    "Boundary",
    "Comparison",
    "Difference",
    "Failure",
    "Observation",
    "Outcome",
    "Seen",
    "StepResult",
    "boundaries_of",
    "compare",
]
