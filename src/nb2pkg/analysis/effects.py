"""What do calls, methods and attributes do in this notebook: the tables, and what it says itself?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nb2pkg.analysis.effect_tables import FRESH_METHODS, MUTATING_METHODS, PURE_METHODS

# Special methods that run when an attribute is looked up, and those that no mere look runs.
_LOOKUPS = frozenset({"__getattr__", "__getattribute__"})
_NOT_BY_LOOKING = frozenset(
    [
        "__init__",
        "__new__",
        "__post_init__",
        "__init_subclass__",
        "__set_name__",
        "__setattr__",
        "__delattr__",
        "__setitem__",
        "__delitem__",
        "__enter__",
        "__exit__",
        "__aenter__",
        "__aexit__",
        "__del__",
        "__call__",
        "__set__",
        "__delete__",
        "__setstate__",
        "__getstate__",
        "__reduce__",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The shipped tables, as far as the notebook and its user do not say otherwise.

    aliases: what imported names stand for
    pure_calls: dotted functions (`mylib.report`) and methods (`*.peek`) that the user says only look
    noisy: methods and attributes of the notebook's own classes that do more than look, whatever
        others of that name do
    own_values: names that may hold an object of such a class
    filling: names that may hold a dictionary that grows when a key is looked up
    noisy_functions: functions of the notebook that do more than compute, and what holds one
    random_sources: names that may hold a generator of random numbers
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    pure_calls: frozenset[str] = frozenset()
    noisy: frozenset[str] = frozenset()
    own_values: frozenset[str] = frozenset()
    filling: frozenset[str] = frozenset()
    noisy_functions: frozenset[str] = frozenset()
    random_sources: frozenset[str] = frozenset()

    def is_pure_method(self, name: str) -> bool:
        """Whether a method leaves its receiver and its arguments as they are, whatever the type."""
        return (name in PURE_METHODS or f"*.{name}" in self.pure_calls) and name not in self.noisy

    def gives_fresh(self, name: str) -> bool:
        """Whether a method's result shares nothing with its receiver."""
        return name in FRESH_METHODS and name not in self.noisy

    def changes_receiver(self, name: str) -> bool:
        """Whether a method changes its receiver, most likely."""
        return name in MUTATING_METHODS

    @property
    def noisy_lookups(self) -> bool:
        """Whether looking up any attribute of an own value may do more than look."""
        return bool(self.noisy & _LOOKUPS)

    @property
    def noisy_operators(self) -> bool:
        """Whether indexing, comparing, printing, … an own value may do more than look."""
        return any(is_special(n) for n in self.noisy - _LOOKUPS - _NOT_BY_LOOKING)


def is_special(name: str) -> bool:
    """Whether Python calls a method of this name by itself."""
    return name.startswith("__") and name.endswith("__")
