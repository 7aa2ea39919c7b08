"""What can be said of a condition or a loop without running it?"""

from __future__ import annotations

import ast

_COUNTING = frozenset({"enumerate", "reversed", "sorted", "list", "tuple"})


def constant_truth(test: ast.expr) -> bool | None:
    """True or False where the test cannot be otherwise in a notebook, else None."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if is_main_guard(test):
        return True
    return None


def is_main_guard(test: ast.AST) -> bool:
    """Whether this is `__name__ == "__main__"`, which holds in a notebook."""
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
    ):
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and any(
        isinstance(s, ast.Constant) and s.value == "__main__" for s in sides
    )


def runs_at_least_once(iterable: ast.expr) -> bool:
    """Whether a `for` over this surely runs its body: a literal that is not empty, `range(3)`, …"""
    if isinstance(iterable, (ast.List, ast.Tuple, ast.Set)):
        return any(not isinstance(element, ast.Starred) for element in iterable.elts)
    if isinstance(iterable, ast.Dict):
        return any(key is not None for key in iterable.keys)
    if isinstance(iterable, ast.Constant):
        return isinstance(iterable.value, (str, bytes)) and bool(iterable.value)
    if not (isinstance(iterable, ast.Call) and not iterable.keywords):
        return False
    function, arguments = iterable.func, iterable.args
    if isinstance(function, ast.Attribute) and function.attr in ("items", "keys", "values"):
        return runs_at_least_once(function.value)
    if not isinstance(function, ast.Name) or not arguments:
        return False
    if function.id == "range":
        return _range_is_not_empty(arguments)
    if function.id in _COUNTING:
        return runs_at_least_once(arguments[0])
    if function.id == "zip":
        return all(runs_at_least_once(argument) for argument in arguments)
    return False


def _range_is_not_empty(arguments: list[ast.expr]) -> bool:
    numbers = [
        a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, int)
    ]
    return len(numbers) == len(arguments) and len(numbers) <= 2 and len(range(*numbers)) > 0


def suppresses_exceptions(context: ast.expr) -> bool:
    """Whether a `with` on this may end its body early and go on: `suppress(…)`, `raises(…)`."""
    function = context.func if isinstance(context, ast.Call) else context
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("suppress", "raises", "assertRaises")
