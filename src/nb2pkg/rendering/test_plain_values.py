"""Which values does a step give that can be told without the notebook's data?"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from nb2pkg.analysis import walk
from nb2pkg.planning.plan import Step

_QUICK_BUILTINS = frozenset(
    {"abs", "bool", "dict", "divmod", "float", "int", "len", "list", "max", "min", "range",
     "round", "set", "sorted", "str", "sum", "tuple"}
)  # fmt: skip
_MANY = 10_000
_QUICK_NODES = (
    ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.ListComp, ast.DictComp, ast.SetComp,
    ast.comprehension, ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip
_COMPREHENSIONS = (ast.ListComp, ast.DictComp, ast.SetComp)
_SIMPLE = (bool, int, float, str, type(None))


def literal_values(step: Step) -> Mapping[str, object] | None:
    """What a step gives, where all that it does is to name plain values; else None."""
    if step.parameters or step.options or not step.returns or step.is_async:
        return None
    found: dict[str, object] = {}
    for placed in step.body:
        node = placed.statement.node
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if placed.replacement is None:
                try:
                    found[name] = ast.literal_eval(value)
                except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                    return None
            case _:
                return None
    given = {name: found.get(name) for name in step.returns}
    return (
        given if set(step.returns) <= set(found) and all(map(_reads_back, given.values())) else None
    )


def is_plain_and_quick(step: Step, given: Mapping[str, object]) -> bool:
    """Whether a call of the step is certainly cheap, harmless, and gives values that compare.

    given: the options' values
    """
    if step.parameters or step.is_async or not step.returns or not step.body:
        return False
    known = set(given)
    if not all(isinstance(v, _SIMPLE) and _is_small(v) for v in given.values()):
        return False
    for placed in step.body:
        node = placed.statement.node
        if placed.replacement is not None or placed.edits or not isinstance(node, ast.Assign):
            return False
        if not _is_quick(node.value, known):
            return False
        if not all(isinstance(target, ast.Name) for target in node.targets):
            return False
        known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return set(step.returns) <= known


def _is_quick(value: ast.expr, known: set[str]) -> bool:
    loops = [n for n in walk(value) if isinstance(n, ast.comprehension)]
    inner = {name for loop in loops for name in _bound(loop.target)}
    called = {id(n.func) for n in walk(value) if isinstance(n, ast.Call)}
    for node in walk(value):
        if not isinstance(node, _QUICK_NODES) or isinstance(
            getattr(node, "op", None), (ast.Pow, ast.LShift)
        ):
            return False
        if isinstance(node, ast.Call) and not (
            isinstance(node.func, ast.Name)
            and node.func.id in _QUICK_BUILTINS
            and not node.keywords
        ):
            return False
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in known | inner:
            return False
        if isinstance(node, ast.Constant) and not _is_small(node.value):
            return False
    return len(loops) <= 1


def _is_small(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) <= _MANY
    return not isinstance(value, (str, bytes)) or len(value) <= _MANY


def _reads_back(value: object) -> bool:
    """Whether a test can hold the value as text."""
    try:
        return bool(ast.literal_eval(repr(value)) == value) and len(repr(value)) < 500
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False


def never_none(step: Step, name: str) -> bool:
    """Whether every value that a step gives to `name` is certainly something."""
    values: list[ast.expr | None] = []
    for placed in step.body:
        if placed.replacement is not None:
            return False
        for node in placed.statement.nodes:
            if isinstance(node, ast.Assign):
                if any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                    values.append(node.value)
                elif any(name in _bound(target) for target in node.targets):
                    values.append(None)
            elif isinstance(node, (ast.For, ast.AsyncFor, ast.NamedExpr)) and name in _bound(
                node.target
            ):
                values.append(None)
    return bool(values) and all(value is not None and _is_something(value) for value in values)


def _bound(target: ast.expr) -> set[str]:
    return {node.id for node in walk(target) if isinstance(node, ast.Name)}


def _is_something(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is not None
    if isinstance(value, ast.Call):
        # Capitalised names are classes, and these are the ones whose calls always give a value.
        function = value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in _QUICK_BUILTINS or name in _GIVING_METHODS or name[:1].isupper()
    return isinstance(
        value,
        (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.Compare, ast.BinOp,
         ast.UnaryOp, *_COMPREHENSIONS),
    )  # fmt: skip


_GIVING_METHODS = frozenset(
    {"groupby", "mean", "sum", "std", "median", "describe", "value_counts", "pivot_table",
     "merge", "head", "tail", "round", "accuracy_score", "roc_auc_score", "f1_score",
     "r2_score", "mean_squared_error", "mean_absolute_error", "confusion_matrix",
     "classification_report", "score", "predict", "predict_proba", "cross_val_score"}
)  # fmt: skip
