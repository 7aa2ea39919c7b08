"""Why can the body of a function stand nowhere but in the function?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2pkg.analysis import Statement, namespace_uses, own_nodes, walk
from nb2pkg.dataflow import BUILTINS
from nb2pkg.planning.static_values import is_literal, is_mutable_display

# What lives as long as a name for it does, and does something when it ends.
_OPENING_WORDS = """
    open connect TemporaryDirectory NamedTemporaryFile TemporaryFile SpooledTemporaryFile ZipFile TarFile
    HDFStore ExcelWriter File Dataset Popen Pool ThreadPool ThreadPoolExecutor ProcessPoolExecutor
    ExitStack urlopen socket catch_warnings Session
"""
_OPENING = frozenset(_OPENING_WORDS.split())
_LOOKING_UP_WORDS = """
    _getframe currentframe getframeinfo getouterframes getmodule super warn warn_explicit print_exc format_exc print_stack
    format_stack extract_stack
"""
_LOOKING_UP = frozenset(_LOOKING_UP_WORDS.split())


def parameters_of(arguments: ast.arguments) -> list[ast.arg]:
    """The parameters of a function that takes no others than those that it names."""
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def obstacles(node: ast.FunctionDef | ast.AsyncFunctionDef, definition: Statement) -> Iterator[str]:
    """Everything about a function that its calls alone cannot do, in the words of a refusal."""
    if node.decorator_list:
        yield "it has a decorator"
    if getattr(node, "type_params", None):
        yield "it has type parameters"
    if node.args.vararg or node.args.kwarg:
        yield "it takes any number of arguments"
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if default is not None and not (is_literal(default) and _is_fixed(default)):
            yield "a parameter has a default value that is no plain number or text"
    for annotation in _annotations(node):
        if any(isinstance(n, (ast.Call, ast.NamedExpr)) for n in walk(annotation)):
            yield "its annotations call something"
    own = list(own_nodes(node.body))
    returns = [n for n in own if isinstance(n, ast.Return)]
    if len(returns) > 1 or (returns and returns[0] is not node.body[-1]):
        yield "it returns from more than one place, or before its end"
    if any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own):
        yield "it is a generator"
    if node.name in definition.facts.captures:
        yield "it calls itself"
    yield from _obstacles_in_the_body(node, own)


def _obstacles_in_the_body(
    node: ast.FunctionDef | ast.AsyncFunctionDef, own: Sequence[ast.AST]
) -> Iterator[str]:
    nodes = [n for statement in node.body for n in walk(statement)]
    for inner in nodes:
        if isinstance(inner, ast.Global):
            yield f"it binds '{inner.names[0]}' with `global`"
        if isinstance(inner, ast.Nonlocal):
            yield f"a function in it binds '{inner.names[0]}' with `nonlocal`"
        if isinstance(inner, ast.ClassDef):
            yield f"it defines a class, '{inner.name}'"
        if isinstance(inner, (ast.Name, ast.Attribute)):
            word = inner.id if isinstance(inner, ast.Name) else inner.attr
            if word in _LOOKING_UP or ast.unparse(inner) in ("inspect.stack", "inspect.trace"):
                yield f"it uses {word}, which tells where it is called"
        if isinstance(inner, ast.keyword) and inner.arg == "stacklevel":
            yield "it warns in the name of the code that calls it"
    if any(True for _ in namespace_uses(node)):
        yield "it looks at its names as a whole"
    for inner in own:
        if isinstance(inner, ast.AnnAssign) and not _is_plain_annotation(inner.annotation):
            yield "a variable in it has an annotation, which a function does not evaluate"
        if isinstance(inner, ast.Assign) and _opens(inner.value) and not _is_closed(inner, node):
            yield f"'{ast.unparse(inner.targets[0])}' is open until the function ends"


def _is_fixed(value: ast.expr) -> bool:
    return not any(is_mutable_display(n) for n in walk(value) if isinstance(n, ast.expr))


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    for argument in parameters_of(node.args):
        if argument.annotation is not None:
            yield argument.annotation
    if node.returns is not None:
        yield node.returns


def _is_plain_annotation(annotation: ast.expr) -> bool:
    return all(
        not isinstance(n, (ast.Call, ast.Attribute)) and getattr(n, "id", "int") in BUILTINS
        for n in walk(annotation)
    )


def _opens(value: ast.expr) -> bool:
    if isinstance(value, ast.Await):
        value = value.value
    return (
        isinstance(value, ast.Call)
        and getattr(value.func, "attr", getattr(value.func, "id", "")) in _OPENING
    )


def _is_closed(binding: ast.Assign, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether what is opened is given back, or closed by a statement of the body itself."""
    names = [t.id for t in binding.targets if isinstance(t, ast.Name)]
    for statement in node.body:
        match statement:
            case ast.Return(value=ast.Name(id=name)) if name in names:
                return True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=word))):
                if name in names and word in ("close", "cleanup", "shutdown"):
                    return True
    return False
