"""What does the source of a step depend on, as far as reading it tells?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nb2pkg.pipeline.fingerprints import sha256_of
from nb2pkg.pipeline.python_text import tree_of

_CLOCKS = frozenset({"now", "today", "utcnow"})
_TIME = frozenset({"time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"})
_DAY_TEXTS = frozenset({"now", "today"})
_LONGEST_PATH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCode:
    """What was read in the source of a step, and in that of its own modules which it reaches.

    identity: changes when the code does; comments and layout do not count
    imports: the modules that it imports; variables: the environment variables that it names
    texts: text constants that may be paths; clock: how it asks for the time, if it does
    sets_environment: whether it changes the environment, or how libraries begin, before it imports them
    """

    identity: str
    imports: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    clock: str | None = None
    sets_environment: bool = False


def read_step_code(sources: Iterable[str], reached: Iterable[ast.AST] = ()) -> StepCode:
    """Read the source of a step: its cells or its module, one after the other.

    reached: parts of the step's own modules that it uses. A source that is no plain Python counts as it
    stands, and tells nothing else.
    """
    identities: list[str] = []
    nodes: list[ast.AST] = []
    for source in sources:
        tree = tree_of(source)
        identities.append(source if tree is None else _identity_of(tree, source))
        if tree is not None:
            nodes.append(tree)
    for node in reached:
        identities.append(_identity_of(node, ""))
        nodes.append(node)
    found = _Reading()
    for node in nodes:
        found.read(node)
    return StepCode(
        identity=sha256_of("\0".join(identities)),
        imports=frozenset(found.imports),
        variables=frozenset(found.variables),
        texts=frozenset(found.texts),
        clock=found.clock,
        sets_environment=found.sets_environment
        or any("%env" in s or "%set_env" in s for s in identities),
    )


def _identity_of(node: ast.AST, source: str) -> str:
    """What stands for code without its comments and layout; the text itself where it is nested too deeply."""
    try:
        return ast.dump(node)
    except (RecursionError, MemoryError):
        return source or ast.unparse(node)


class _Reading:
    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.variables: set[str] = set()
        self.texts: set[str] = set()
        self.clock: str | None = None
        self.sets_environment = False

    def read(self, tree: ast.AST) -> None:
        """Take in every node."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.imports |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.imports.add(node.module)
                names = {alias.name for alias in node.names}
                if node.module == "time" and names & _TIME:
                    self.clock = self.clock or f"time.{min(names & _TIME)}"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if 0 < len(node.value) <= _LONGEST_PATH and "\n" not in node.value:
                    self.texts.add(node.value)
            elif isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, (ast.Subscript, ast.Attribute)):
                self._environment(node)

    def _call(self, node: ast.Call) -> None:
        name = _dotted(node.func)
        last = name.rpartition(".")[2]
        day = any(isinstance(a, ast.Constant) and a.value in _DAY_TEXTS for a in node.args)
        if (
            (last in _CLOCKS and "." in name)
            or (name.startswith("time.") and last in _TIME)
            or (last in ("to_datetime", "datetime64", "Timestamp") and day)
        ):
            self.clock = self.clock or f"{name}()"
        if last == "getenv" or name.endswith("environ.get"):
            self.variables |= set(_texts_of(node.args[:1]))
        if last == "putenv" or name.endswith(("environ.update", "environ.setdefault")):
            self.sets_environment = True

    def _environment(self, node: ast.Subscript | ast.Attribute) -> None:
        if isinstance(node, ast.Subscript) and _dotted(node.value).endswith("environ"):
            self.variables |= set(_texts_of([node.slice]))
            if isinstance(node.ctx, ast.Store):
                self.sets_environment = True


def _texts_of(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "?")
    return ".".join(reversed(parts))
