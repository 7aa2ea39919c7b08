"""What is written into a notebook so that it tells what its variables hold."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping, Sequence

from .digest import _nb2pkg_digest

MARK = "DIGEST"
_DIGEST_LINE = re.compile(rf"{MARK} (\w+) ([0-9a-f]+)$", re.MULTILINE)

_DIGEST = inspect.getsource(_nb2pkg_digest)

_FIND_NAMES = """
def _nb2pkg_names(namespace):
    import types

    given = {"In", "Out", "exit", "quit", "open", "get_ipython"}
    functions = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
    called = {"ufunc", "_ArrayFunctionDispatcher"}
    return sorted(
        name
        for name, value in namespace.items()
        if not name.startswith("_")
        and name not in given
        and not isinstance(value, (types.ModuleType, type, *functions))
        and type(value).__name__ not in called
    )
"""


def finding_cell() -> str:
    """Give a cell that finds out which data variables there are, and digests each."""
    loop = (
        "for _name in _nb2pkg_names(globals()):\n"
        f'    print("{MARK}", _name, _nb2pkg_digest(globals()[_name]))\n'
    )
    return f"{_DIGEST}\n{_FIND_NAMES}\n{loop}"


def digest_cell(names: Sequence[str]) -> str:
    """Give a cell that digests the variables called `names`, as a person could have written it."""
    pairs = "".join(f"    {json.dumps(name)}: {name},\n" for name in names)
    loop = (
        f"for _name, _value in {{\n{pairs}}}.items():\n"
        f'    print("{MARK}", _name, _nb2pkg_digest(_value))\n'
    )
    return f"{_DIGEST}\n\n{loop}"


def read_digests(text: str) -> Mapping[str, str]:
    """Read the lines that such a cell printed, wherever they stand in a program's output.

    The first of them may follow what a program printed without ending its line.
    """
    return dict(_DIGEST_LINE.findall(text))


def without_digests(text: str) -> str:
    """Give a program's output as it would be without the cell."""
    kept = ((line, _DIGEST_LINE.sub("", line)) for line in text.splitlines())
    return "\n".join(rest for line, rest in kept if rest or not line)
