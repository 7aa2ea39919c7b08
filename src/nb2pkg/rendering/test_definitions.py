"""What can be asserted about a function or class without running the notebook?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nb2pkg.analysis import argument_names, default_values, own_nodes
from nb2pkg.planning.plan import Placed
from nb2pkg.rendering.statement_text import placed_text
from nb2pkg.rendering.test_module import ImportedName, TestText, imported, subject

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
# Decorators that leave the signature, as inspect sees it, alone.
_TRANSPARENT = frozenset({"lru_cache", "cache", "wraps", "contextmanager", "asynccontextmanager"})

_NO_FIELD = ("ClassVar", "InitVar", "KW_ONLY")


def definition_tests(definitions: Iterable[Placed], module: str) -> tuple[TestText, ...]:
    """Tests of what stands in `module`, one a function or class; the last of a name counts."""
    found: dict[str, TestText] = {}
    for placed in definitions:
        for node in _nodes(placed):
            if isinstance(node, _Function):
                found[node.name] = _function_test(node, imported(node.name, module))
            elif isinstance(node, ast.ClassDef):
                found[node.name] = _class_test(node, imported(node.name, module))
    return tuple(found.values())


def _nodes(placed: Placed) -> list[ast.stmt]:
    return ast.parse(placed_text(placed)).body


# -- functions


def _function_test(node: ast.FunctionDef | ast.AsyncFunctionDef, the: ImportedName) -> TestText:
    name = subject(node.name)
    if any(_called(d) not in _TRANSPARENT for d in node.decorator_list):
        return TestText(
            text=f"def test_{name}_is_there_to_be_used():\n    assert {the.name} is not None",
            imports=(the.statement,),
        )
    expected = argument_names(node.args)
    lines = [
        f"def test_{name}_takes_what_its_callers_give():",
        f"    parameters = inspect.signature({the.name}).parameters",
        "",
        f"    assert list(parameters) == {expected!r}",
        *(
            f'    assert parameters["{argument}"].default == {value}'
            for argument, value in _literal_defaults(node.args)
        ),
    ]
    if len(lines) == 4:
        lines[1:] = [f"    assert list(inspect.signature({the.name}).parameters) == {expected!r}"]
    is_generator = _is_generator(node)
    if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list:
        kind = "isasyncgenfunction" if is_generator else "iscoroutinefunction"
        lines.append(f"    assert inspect.{kind}({the.name})")
    elif is_generator and not node.decorator_list:
        lines.append(f"    assert inspect.isgeneratorfunction({the.name})")
    return TestText(text="\n".join(lines), imports=("import inspect", the.statement))


def _literal_defaults(arguments: ast.arguments) -> Iterator[tuple[str, str]]:
    """Defaults that are plain numbers and texts: what a caller would notice changing."""
    for name, value in default_values(arguments):
        if isinstance(value, ast.Constant) and type(value.value) in (int, float, str):
            text = repr(value.value)
            if text not in ("inf", "nan"):
                yield name, text


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in own_nodes(node.body))


def _called(decorator: ast.expr) -> str:
    """The last part of a decorator's name: `lru_cache` of `@functools.lru_cache(maxsize=9)`."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


# -- classes


def _class_test(node: ast.ClassDef, the: ImportedName) -> TestText:
    name = subject(node.name)
    decorators = {_called(d) for d in node.decorator_list}
    fields = _annotated_fields(node)
    if decorators == {"dataclass"} and fields:
        text = (
            f"def test_{name}_has_its_fields():\n"
            f"    fields = {{field.name for field in dataclasses.fields({the.name})}}\n\n"
            f"    assert fields >= {_set_text(fields)}"
        )
        return TestText(text=text, imports=("import dataclasses", the.statement))
    if decorators:
        text = f"def test_{name}_is_there_to_be_used():\n    assert {the.name} is not None"
        return TestText(text=text, imports=(the.statement,))
    init = next((n for n in node.body if isinstance(n, _Function) and n.name == "__init__"), None)
    if init is not None and not init.decorator_list:
        expected = argument_names(init.args)
        text = (
            f"def test_{name}_is_made_from_what_its_callers_give():\n"
            f"    assert list(inspect.signature({the.name}.__init__).parameters) == {expected!r}"
        )
        return TestText(text=text, imports=("import inspect", the.statement))
    methods = _public_methods(node)
    if methods:
        text = (
            f"def test_{name}_can_do_what_its_callers_ask():\n"
            f"    assert set(dir({the.name})) >= {_set_text(methods)}"
        )
        return TestText(text=text, imports=(the.statement,))
    text = f"def test_{name}_is_a_class():\n    assert inspect.isclass({the.name})"
    return TestText(text=text, imports=("import inspect", the.statement))


def _annotated_fields(node: ast.ClassDef) -> list[str]:
    return [
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and not any(word in ast.unparse(statement.annotation) for word in _NO_FIELD)
    ]


def _public_methods(node: ast.ClassDef) -> list[str]:
    """What `dir()` tells of the class, whatever made it: an Enum keeps its properties to itself."""
    return [
        n.name
        for n in node.body
        if isinstance(n, _Function) and not n.name.startswith("__") and not n.decorator_list
    ]


def _set_text(names: Iterable[str]) -> str:
    return "{" + ", ".join(map(repr, dict.fromkeys(names))) + "}"
