"""Which annotations does the package get from the types that were seen when it ran?

A type comes with the full name of each class, `dict[str, pandas.DataFrame]`; an annotation says it with the
names that the module has, `dict[str, pd.DataFrame]`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nb2pkg.planning.observed import Observed, SeenFunction
from nb2pkg.planning.plan import PackagePlan, Placed, Signature, Step

_ANY = "typing.Any"
_LONGEST = 60
_USUAL_ALIASES = {"numpy": "np", "pandas": "pd"}
_DEEPEST_CHAIN = 50


def annotated(plan: PackagePlan, observed: Observed) -> PackagePlan:
    """The plan with the types that were seen in its signatures, and the imports that they need."""
    names = _Names(plan)
    steps = tuple(_annotated_step(step, observed, names) for step in plan.steps)
    signatures = {
        name: _signature(function, name.partition(":")[0], names)
        for name, function in observed.functions.items()
    }
    return replace(
        plan,
        steps=steps,
        signatures=signatures,
        typing_imports=names.added,
        observed=observed,
    )


def _annotated_step(step: Step, observed: Observed, names: _Names) -> Step:
    seen = observed.steps.get(step.name)
    if seen is None:
        return step
    own = f"steps.{step.name}"
    taken = {
        name: names.annotation(value.type, own)
        for name, value in seen.arguments.items()
        if name in step.parameters and value.type != "None"
    }
    given = {
        name: names.annotation(value.type, own)
        for name, value in zip(step.returns, seen.returns, strict=False)
        if value.type != "None"
    }
    return replace(step, types={**step.types, **taken}, result_types={**step.result_types, **given})


def _signature(function: SeenFunction, own: str, names: _Names) -> Signature:
    return Signature(
        arguments={n: names.annotation(t, own) for n, t in function.arguments.items()},
        returns=names.annotation(function.returns, own),
        starred=names.annotation(_ANY, own),
    )


class _Names:
    """Knows by which name the package has a class, and adds imports where it has none."""

    def __init__(self, plan: PackagePlan) -> None:
        self._plan = plan
        self._modules: dict[str, str] = {}  # dotted module → the expression that is it
        self._members: dict[str, str] = {}  # dotted name → the name that it was imported as
        for name, texts in plan.imports.items():
            for text in texts[:1]:
                self._learn(name, text)
        self._roots = {m.partition(".")[0] for m in (*self._modules, *self._members)}
        self._needs = dict(_needs(plan))
        self.added: dict[str, tuple[str, ...]] = {}

    def _learn(self, name: str, text: str) -> None:
        node = ast.parse(text.partition("  # ")[0]).body[0]
        if isinstance(node, ast.Import):
            alias = node.names[0]
            self._modules[alias.name] = alias.asname or alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    self._members[f"{node.module}.{alias.name}"] = name
                    self._modules.setdefault(f"{node.module}.{alias.name}", name)

    def annotation(self, type_name: str, own: str) -> str:
        """Say a type as the module `own` would."""
        tree = ast.parse(type_name, mode="eval").body
        text = ast.unparse(self._said(tree, own))
        if len(text) > _LONGEST:
            text = ast.unparse(self._said(_shallow(tree), own))
        return text

    def _said(self, node: ast.expr, own: str) -> ast.expr:
        if isinstance(node, ast.Attribute):
            return ast.parse(self._name_of(ast.unparse(node), own), mode="eval").body
        if isinstance(node, ast.Subscript):
            node = ast.Subscript(self._said(node.value, own), self._said(node.slice, own))
            if isinstance(node.value, ast.Name) and node.value.id == "Any":
                return node.value
        elif isinstance(node, ast.BinOp):
            node = ast.BinOp(self._said(node.left, own), node.op, self._said(node.right, own))
        elif isinstance(node, ast.Tuple):
            node = ast.Tuple([self._said(part, own) for part in node.elts], ast.Load())
        return node

    def _name_of(self, dotted: str, own: str) -> str:
        module, _, name = dotted.rpartition(".")
        if f"{module}.".startswith(f"{self._plan.package}."):
            return self._own_class(name, own)
        if dotted in self._members:
            return self._members[dotted]
        if module in self._modules:
            return f"{self._modules[module]}.{name}"
        if module in _USUAL_ALIASES and self._is_free(_USUAL_ALIASES[module]):
            alias = _USUAL_ALIASES[module]
            self.added[alias] = (f"import {module} as {alias}",)
            return f"{alias}.{name}"
        root = module.partition(".")[0]
        statement = f"from {module} import {name}"
        is_known = root in sys.stdlib_module_names or root in self._roots
        if is_known and (self._is_free(name) or self.added.get(name) == (statement,)):
            self.added[name] = (statement,)
            return name
        return self._name_of(_ANY, own) if dotted != _ANY else "object"

    def _own_class(self, name: str, own: str) -> str:
        """A class of the package, unless the module that has it imports the one that would name it."""
        home = self._plan.homes.get(name)
        if home is None or (home != own and own in _reachable(home, self._needs)):
            return self._name_of(_ANY, own)
        if home != own:  # the annotation is one more reason to import it
            self._needs[own] = self._needs.get(own, frozenset()) | {home}
        return name

    def _is_free(self, name: str) -> bool:
        plan = self._plan
        if self.added.get(name, ("import ",))[0].startswith("import ") and name in self.added:
            return True
        return name not in self.added and not any(
            name in taken
            for taken in (plan.imports, plan.homes, {s.name for s in plan.steps}, *_values(plan))
        )


def _values(plan: PackagePlan) -> Iterator[Iterable[str]]:
    """The names of the values that flow, and all that the steps bind."""
    for step in plan.steps:
        yield step.parameters
        yield step.options
        for placed in (*step.body, *step.helpers, *step.constants):
            yield placed.statement.facts.may_bind


def _shallow(tree: ast.expr) -> ast.expr:
    """`dict[str, tuple[int, …]]` as `dict[str, Any]`: as far as one can read it."""
    if not isinstance(tree, ast.Subscript):
        return tree if not isinstance(tree, ast.BinOp) else _any()
    parts = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    simple = [p if isinstance(p, (ast.Name, ast.Constant)) else _any() for p in parts]
    inner = ast.Tuple(simple, ast.Load()) if len(simple) > 1 else simple[0]
    return ast.Subscript(tree.value, inner)


def _any() -> ast.expr:
    return ast.parse(_ANY, mode="eval").body


def _needs(plan: PackagePlan) -> Mapping[str, frozenset[str]]:
    """Module → the modules that it takes definitions from."""
    modules: dict[str, Iterable[Placed]] = {
        f"steps.{s.name}": (*s.body, *s.helpers, *s.constants) for s in plan.steps
    }
    modules |= {f"steps.{m.name}": m.definitions for m in plan.shared}
    return {
        module: frozenset(
            plan.homes[name]
            for piece in placed
            for name in piece.statement.facts.all_reads | piece.statement.facts.captures
            if name in plan.homes
        )
        for module, placed in modules.items()
    }


def _reachable(start: str, needs: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = {start}
    for _ in range(_DEEPEST_CHAIN):
        more = {n for module in found for n in needs.get(module, frozenset())} - found
        if not more:
            break
        found |= more
    return frozenset(found)


def names_in(annotation: str) -> frozenset[str]:
    """The words of an annotation."""
    return frozenset(re.findall(r"\w+", annotation))
