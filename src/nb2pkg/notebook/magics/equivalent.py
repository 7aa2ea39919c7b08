"""What a piece of IPython syntax becomes: one of four outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nb2pkg.notebook.magics.expansion import Names
from nb2pkg.problems import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class MagicCall:
    """One use of IPython syntax, as `get_ipython()` would be called for it.

    `kind` is "line", "cell", "system" or "getoutput"; the last two have the command in
    `arguments`. `wants_value` says that the code around it uses what it returns.
    """

    kind: str
    name: str
    arguments: str
    body: str
    line: int
    wants_value: bool
    at_module_level: bool
    names: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something the user should know about a translation that otherwise stands."""

    severity: Severity
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Becomes:
    """Plain Python of the same effect: an expression, or statements."""

    code: str
    imports: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    backend: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrapped:
    """Code of the user's that runs as it is, below `header` when there is one.

    It is translated in turn: what a cell magic holds may use IPython syntax itself.
    """

    code: str
    header: str = ""
    imports: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Nothing: a program does not need it, for the reason given."""

    reason: str
    requirements: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    backend: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEqual:
    """Nothing, and the notebook may need it: `why` continues a message about the magic."""

    why: str = "has no known equal in plain Python"
    hint: str = "Write it in Python, or tag the cell 'skip' when the package does not need it."
    runs: str | None = None  # the arguments of a %run


Equivalent = Becomes | Unwrapped | LeftOut | NoEqual
Translation = Callable[[MagicCall], Equivalent]
