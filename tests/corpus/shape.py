"""What the functions of an extracted package look like: how many, how long, how loosely coupled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TOGETHER = re.compile(r"^\s*# (.+?) run together: ", re.MULTILINE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShape:
    """One step function, counted."""

    name: str
    statements: int
    parameters: int
    returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageShape:
    """The steps of a package, and how many of them share a process."""

    steps: tuple[StepShape, ...]
    fused: int


def read_shape(output: Path, package: str) -> PackageShape:
    """Count what stands in `output/src/package/steps` and in `output/pipeline.yaml`."""
    modules = sorted((output / "src" / package / "steps").glob("*.py"))
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in modules]
    steps = [step for tree in trees for step in _step_of(tree)]
    spec = output / "pipeline.yaml"
    text = spec.read_text(encoding="utf-8") if spec.is_file() else ""
    return PackageShape(steps=tuple(steps), fused=count_fused(text))


def count_fused(pipeline: str) -> int:
    """Count the steps of `pipeline.yaml` that share a process with another step.

    The comment above such an entry lists them: `# load, clean run together: …`.
    """
    return sum(names.count(",") + 1 for names in _TOGETHER.findall(pipeline))


def _step_of(tree: ast.Module) -> Iterator[StepShape]:
    """Give the module's first function, which is its step; a module of shared helpers has none."""
    functions = (node for node in tree.body if isinstance(node, Function))
    for function in functions:
        yield StepShape(
            name=function.name,
            statements=_statements(function),
            parameters=_parameters(function.args),
            returned=_returned(function, tree),
        )
        return


def _statements(function: Function) -> int:
    """Count the statements of the body, nested ones too, without the docstring and the return."""
    nodes = [node for child in function.body for node in ast.walk(child)]
    counted = sum(isinstance(node, ast.stmt) for node in nodes)
    counted -= ast.get_docstring(function) is not None
    return counted - isinstance(function.body[-1], ast.Return)


def _parameters(arguments: ast.arguments) -> int:
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len(plain) + (arguments.vararg is not None) + (arguments.kwarg is not None)


def _returned(function: Function, tree: ast.Module) -> int:
    last = function.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return 0
    value = last.value
    if isinstance(value, ast.Tuple):
        return len(value.elts)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return _fields(value.func.id, tree.body) or 1
    return 1


def _fields(name: str, body: Iterable[ast.stmt]) -> int:
    """Count the fields of the module's class `name`; a function called so has none."""
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return sum(isinstance(item, ast.AnnAssign) for item in node.body)
    return 0
