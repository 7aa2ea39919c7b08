"""Which statements change what later imports find, and which of them may run before everything else?

Modules are imported when a package is; `os.environ["X"] = …` above an import has to come before that.
It can, unless something above it would notice.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Kind, Statement, import_aliases, resolve
from nb2pkg.analysis.effect_tables import BEFORE_IMPORTS

# Calls that show the environment to somebody.
_LOOKING_MODULES = frozenset({"subprocess", "multiprocessing"})
_LOOKING_CALLS = frozenset({"os.getenv", "os.environb"})
_ANY_PROGRAM = re.compile(r"\b(?:env|printenv|set|python\d*|bash|sh|make)\b|\$|\.py\b|\.sh\b")


@dataclass(frozen=True, slots=True)
class ImportWorld:
    """Statements (by index) that change what imports find.

    early: those that may run before everything else
    late: those that have to stay where they are, and the imports behind them with them
    """

    early: frozenset[int] = frozenset()
    late: frozenset[int] = frozenset()


def import_world(statements: Sequence[Statement], aliases: Mapping[str, str]) -> ImportWorld:
    """Sort the statements that set the environment, the path or the backend."""
    early: set[int] = set()
    late: set[int] = set()
    seen: set[str] = set()  # what something has looked at so far: `os.environ`, `sys.path`
    written: set[str] = set()
    commands: list[str] = []  # what other programs were told before
    looking = _looking_functions(statements, aliases)
    for index, statement in enumerate(statements):
        world = world_changed(statement, aliases)
        if world is None:
            if statement.kind is Kind.CODE:
                seen |= _looked_at(statement, aliases)
                if _runs_programs(statement, aliases):
                    commands.append(statement.text)
                if (statement.facts.reads | statement.facts.captures) & looking:
                    seen |= {"os.environ", "sys.path"}
            continue
        key = _key(statement)
        if (
            world in seen
            or any(_may_show(command, statement) for command in commands)
            or key in written
            or any(world_changed(statements[i], aliases) == world for i in late)
        ):
            late.add(index)
        else:
            early.add(index)
        written.add(key)
    return ImportWorld(frozenset(early), frozenset(late))


def world_changed(statement: Statement, aliases: Mapping[str, str]) -> str | None:
    """What a statement changes for later imports: `os.environ`, `sys.path`, `matplotlib.use`, …"""
    node = statement.node
    name: str | None = None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = resolve(node.value.func, aliases)
    elif (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Subscript)
    ):
        name = resolve(node.targets[0].value, aliases)
    if name not in BEFORE_IMPORTS:
        return None
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in ("os", "sys") else name


def stays_behind(statements: Sequence[Statement], index: int, world: ImportWorld) -> bool:
    """Whether an import has to stay where it is: what stands above it decides what it finds."""
    late = min(world.late, default=None)
    if late is None or index < late:
        return False
    modules = _modules(statements[index])
    if all(module in sys.stdlib_module_names for module in modules):
        return False
    before = {m for s in statements[:late] if s.kind is Kind.IMPORT for m in _modules(s)}
    return not modules <= before


def _modules(statement: Statement) -> set[str]:
    return {meaning.split(".")[0] for meaning in import_aliases(statement.node).values()}


def _key(statement: Statement) -> str:
    """What tells one change from another: the item that is set, or the whole call."""
    node = statement.node
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    assert isinstance(node, ast.Expr)
    called = node.value.func if isinstance(node.value, ast.Call) else node.value
    text = ast.unparse(called)
    return text if text.endswith(".use") else ast.unparse(node)


def _looked_at(statement: Statement, aliases: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for node in statement.nodes:
        if not isinstance(node, (ast.Attribute, ast.Name)):
            continue
        name = resolve(node, aliases) or ""
        if name.startswith(("os.environ", "sys.path")):
            found.add(".".join(name.split(".")[:2]))
        elif name in _LOOKING_CALLS:
            found |= {"os.environ"}
        elif name.startswith(("matplotlib.get_backend", "matplotlib.pyplot")):
            found.add("matplotlib.use")
    return found


def _runs_programs(statement: Statement, aliases: Mapping[str, str]) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (name := resolve(node.func, aliases) or "").split(".")[0] in _LOOKING_MODULES
            or name in ("os.system", "os.popen")
        )
        for node in statement.nodes
    )


def _may_show(command: str, change: Statement) -> bool:
    """Whether a command may show what a variable is: it names it, or runs who knows what."""
    names = {
        n.value for n in change.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    return any(name and name in command for name in names) or bool(_ANY_PROGRAM.search(command))


def _looking_functions(
    statements: Sequence[Statement], aliases: Mapping[str, str]
) -> frozenset[str]:
    """The notebook's functions that look at the environment, themselves or through others."""
    definitions = [s for s in statements if s.kind in (Kind.FUNCTION, Kind.CLASS)]
    found = {n for s in definitions if _looked_at(s, aliases) for n in s.facts.order}
    while found:
        more = {n for s in definitions if s.facts.captures & found for n in s.facts.order} - found
        if not more:
            break
        found |= more
    return frozenset(found)
