"""Which modules does the planned package import? Dotted names, for looking up distributions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nb2pkg.analysis import walk
from nb2pkg.planning import PackagePlan, Placed


def imported_names(plan: PackagePlan) -> frozenset[str]:
    """Name the modules that the package's code imports, wherever the import stands.

    `from google.cloud import storage` gives `google.cloud` and `google.cloud.storage`: only the
    environment knows which of them a distribution is called after.
    """
    placed = tuple(_all_placed(plan))
    read: set[str] = set()
    for piece in placed:
        read |= piece.statement.facts.all_reads | piece.statement.facts.captures
    wanted = [text for name, texts in plan.imports.items() if name in read for text in texts]
    wanted += [*plan.stars, *plan.effect_imports]
    wanted += [text for texts in plan.typing_imports.values() for text in texts]
    found = {name for text in wanted for name in _modules_of(ast.parse(text).body)}
    for parameter in plan.parameters:
        for name in parameter.needs:
            for text in plan.imports.get(name, ()):
                found.update(_modules_of(ast.parse(text).body))
    for piece in placed:
        found.update(_modules_of(piece.statement.nodes))
    return frozenset(found)


def imports_of_text(text: str) -> frozenset[str]:
    """Name the modules that a file imports; nothing where it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(_modules_of(walk(tree)))


def _all_placed(plan: PackagePlan) -> Iterator[Placed]:
    yield from plan.early
    yield from plan.setup
    yield from plan.constants
    for module in plan.shared:
        yield from module.definitions
    for step in plan.steps:
        yield from step.body
        yield from step.helpers
        yield from step.constants


def _modules_of(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module == "__future__":
                continue
            yield node.module
            for alias in node.names:
                if alias.name != "*":
                    yield f"{node.module}.{alias.name}"
