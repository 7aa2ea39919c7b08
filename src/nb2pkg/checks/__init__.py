"""Is a notebook ready to become a package? A catalogue of checks, one module each, and of all codes."""

from nb2pkg.checks.catalogue import CATALOGUE, CHECKS, run_checks
from nb2pkg.checks.check import Check, Example
from nb2pkg.checks.pages import Page
from nb2pkg.checks.secrets import SECRET_PATTERNS

__all__ = ["CATALOGUE", "CHECKS", "SECRET_PATTERNS", "Check", "Example", "Page", "run_checks"]
