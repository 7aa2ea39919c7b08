"""How does a function or class of the notebook read with the types that were seen in its calls?"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator

from nb2pkg.analysis import Edit, SourceText, apply_edits, default_values, own_nodes
from nb2pkg.planning.annotating import names_in
from nb2pkg.planning.plan import PackagePlan, Signature

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMPARING = ("__eq__", "__ne__")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


def annotated_definition(text: str, module: str, plan: PackagePlan) -> str:
    """The text of a definition with annotations where it has none and a run has seen the types.

    module: the one it stands in, below the package
    """
    if not any(name.startswith(f"{module}:") for name in plan.signatures):
        return text
    edits: list[Edit] = []
    source = SourceText(text)
    own = frozenset(name for name, home in plan.homes.items() if home == module)
    for node in ast.parse(text).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for function in inner:
            if isinstance(function, _FUNCTIONS):
                signature = plan.signatures.get(f"{module}:{prefix}{function.name}")
                if signature is not None:
                    edits += _edits(function, signature, source, own, first=1 if prefix else 0)
    return apply_edits(text, edits)


def _edits(
    node: _Function, signature: Signature, source: SourceText, own: frozenset[str], *, first: int
) -> Iterator[Edit]:
    """Annotations for the arguments from the `first` on, and for what is returned.

    own: classes of the module itself, which may stand further down
    """
    defaults = dict(default_values(node.args))
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs][first:]
    for argument in named:
        seen = signature.arguments.get(argument.arg)
        if seen is not None and argument.annotation is None:
            annotation = _with_default(seen, defaults.get(argument.arg))
            if node.name in _COMPARING:
                annotation = "object"
            if annotation not in ("None", ""):
                yield _insertion(source.end(argument), f": {_said(annotation, own)}")
    for starred in (node.args.vararg, node.args.kwarg):
        if starred is not None and starred.annotation is None:
            yield _insertion(source.end(starred), f": {signature.starred}")
    if node.returns is None:
        returns = _with_nothing(signature.returns, node)
        yield _insertion(_end_of_signature(node, source), f" -> {_said(returns, own)}")


def _insertion(place: int, text: str) -> Edit:
    return Edit(place, place, text)


def _with_nothing(annotation: str, node: _Function) -> str:
    """What is returned, or None where the text says `return` on a path that no call took."""
    is_bare = any(
        isinstance(n, ast.Return)
        and (n.value is None or (isinstance(n.value, ast.Constant) and n.value.value is None))
        for n in own_nodes(node.body)
    )
    if not is_bare or "None" in annotation.split(" | ") or annotation in ("Any", "object"):
        return annotation
    return f"{annotation} | None"


def _with_default(annotation: str, default: ast.expr | None) -> str:
    """The annotation with the type of a plain default, which calls may not have shown.

    Nothing, where it is not known what the two have in common.
    """
    if default is None or annotation in ("Any", "object"):
        return annotation
    try:
        value = ast.literal_eval(default)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return annotation
    kind = type(value).__name__.replace("NoneType", "None")
    if isinstance(value, (list, tuple, dict, set)):
        is_alike = annotation.startswith(f"{kind}[") and annotation != "tuple[()]"
        return annotation if is_alike else ""
    parts = annotation.split(" | ")
    if (
        kind in parts
        or (kind == "int" and "float" in parts)
        or ("[" in annotation and kind != "None")
    ):
        return annotation
    if kind == "float" and "int" in parts:
        parts.remove("int")
    if kind not in ("None", "bool", "int", "float", "str", "bytes"):
        return annotation
    return " | ".join([*parts, kind]) if kind == "None" else " | ".join([kind, *parts])


def _said(annotation: str, own: frozenset[str]) -> str:
    return f'"{annotation}"' if names_in(annotation) & own else annotation


def _end_of_signature(node: _Function, source: SourceText) -> int:
    """The place behind the parenthesis that closes the parameters."""
    depth = 0
    is_in_signature = False
    lines = iter(source.text[source.offset(node.lineno, node.col_offset) :].splitlines(True))
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        if token.string in _OPENING and token.type == tokenize.OP:
            is_in_signature = is_in_signature or (token.string == "(" and not depth)
            depth += 1
        elif token.string in _CLOSING and token.type == tokenize.OP:
            depth -= 1
            if not depth and is_in_signature:
                line, column = token.end
                first = node.col_offset if line == 1 else 0
                return source.starts[node.lineno - 1 + line - 1] + first + column
    raise AssertionError("a function has parentheses")
