"""What is the package called, and which names would get it or its neighbours into trouble?"""

from __future__ import annotations

import re
from collections.abc import Collection

from nb2pkg.planning.import_names import known_distribution
from nb2pkg.planning.naming import hides_something, safe_name, slug
from nb2pkg.problems import UsageError

_FALLBACK = "notebook"
_VALID = re.compile(r"[a-z_][a-z0-9_]*")
_LONGEST = 60
# `test` is Python's own, though it is not listed; the others are folders that projects have.
_ODD = frozenset({"test", "tests", "src", "docs"})


def choose_package_name(notebook_name: str, taken: Collection[str] = ()) -> str:
    """Name the package after the notebook's file, away from the names in `taken`."""
    name = safe_name(notebook_name, (), fallback=_FALLBACK)
    number = 2
    candidate = name
    while candidate in taken or candidate in _ODD or _is_known(candidate):
        candidate = f"{name.rstrip('_')}_{'package' if number == 2 else number}"
        number += 1
    return candidate


def check_package_name(name: str, taken: Collection[str] = ()) -> None:
    """Refuse a package name that the user gave and that cannot be or would hide a module.

    Raises:
        UsageError: NB404, with a name that would do.
    """
    problem = _problem_with(name, taken)
    if problem is None:
        return
    suggestion = choose_package_name(slug(name) or _FALLBACK, taken)
    raise UsageError(
        "NB404",
        f"package name {name!r} {problem}",
        hint=f"try --package {suggestion}",
    )


def _problem_with(name: str, taken: Collection[str]) -> str | None:
    if not name:
        return "is empty"
    if not _VALID.fullmatch(name):
        return "is not a Python package name: lower-case letters, digits and _ only"
    if name.startswith("__") and name.endswith("__"):
        return "is of the kind that Python keeps for itself"
    if len(name) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if hides_something(name) or name in _ODD:
        return "is a keyword, a builtin or a module of the standard library"
    if name in taken:
        return "is a module that the notebook imports or has installed"
    if _is_known(name):
        return "is the name of a well-known distribution"
    return None


def _is_known(name: str) -> bool:
    return known_distribution(name) is not None
