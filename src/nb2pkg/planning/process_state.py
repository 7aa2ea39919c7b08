"""Which steps share state that lives in the process and in no value: classes, patches, folders?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from nb2pkg.analysis import Kind, Statement, resolve, root_name, walk
from nb2pkg.analysis.effect_tables import MUTATING_METHODS, SETUP_CALLS, SETUP_TARGETS
from nb2pkg.dataflow import Program

# Calls whose effect lasts until the process ends, and which can't simply be made again elsewhere.
_LASTING_CALLS: Mapping[str, str] = {
    "os.chdir": "changes the working directory",
    "decimal.setcontext": "sets the decimal context",
    "signal.signal": "sets a signal handler",
    "atexit.register": "registers what runs at the end",
    "socket.setdefaulttimeout": "sets the timeout of sockets",
    "os.environ.setdefault": "changes the environment",
    "os.environ.pop": "changes the environment",
    "os.environ.update": "changes the environment",
    "os.environ.clear": "changes the environment",
    "os.putenv": "changes the environment",
    "os.unsetenv": "changes the environment",
    "os.umask": "sets the mask of new files",
    "sys.settrace": "sets a trace function",
    "importlib.reload": "reloads a module",
    "sys.path.append": "changes where imports are found",
    "sys.path.insert": "changes where imports are found",
    "sys.path.extend": "changes where imports are found",
    "site.addsitedir": "changes where imports are found",
}
_FIELDS_ONLY = ("dataclass", "NamedTuple", "Enum", "TypedDict")

Steps = Sequence[Sequence[int]]
StateTie = tuple[int, int, str]  # first and last step, and why they share a process


def state_ties(steps: Steps, program: Program) -> Iterator[StateTie]:
    """The steps (each a list of statements) that have to run in one process, with the reasons."""
    definitions = {
        name: s
        for s in program.statements
        if s.kind in (Kind.FUNCTION, Kind.CLASS)
        for name in s.facts.order
    }
    reached = [_reached(step, program, definitions) for step in steps]
    for name, why in _stateful(program, definitions).items():
        users = [n for n, names in enumerate(reached) if name in names]
        if len(users) > 1:
            yield users[0], users[-1], f"'{name}' {why}"
    last = len(steps) - 1
    for number, step in enumerate(steps):
        nodes = [n for i in step for n in program.statements[i].nodes]
        inside = [n for name in sorted(reached[number]) for n in definitions[name].nodes]
        lasting = next(chain(_lasting(nodes, program), _configures(inside, program)), None)
        if lasting is not None and number < last:
            yield number, last, f"a step {lasting}"
            return


def _reached(
    step: Sequence[int], program: Program, definitions: Mapping[str, Statement]
) -> frozenset[str]:
    """The notebook's functions and classes that a step's code may use."""
    found: set[str] = set()
    pending = [n for i in step for n in _names(program.statements[i]) & definitions.keys()]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(_names(definitions[name]) & definitions.keys())
    return frozenset(found)


def _names(statement: Statement) -> frozenset[str]:
    facts = statement.facts
    own = frozenset(facts.order) if statement.kind is not Kind.CODE else frozenset()
    return facts.reads | facts.captures | own


# -- definitions that remember -----------------------------------------------------------------------


def _stateful(program: Program, definitions: Mapping[str, Statement]) -> dict[str, str]:
    """Definition → what it keeps."""
    stored = {
        root
        for s in program.statements
        for node in s.nodes
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Attribute) or isinstance(node.value, ast.Attribute)
        if (root := root_name(node)) in definitions
    }
    found: dict[str, str] = {}
    for name, statement in definitions.items():
        node = statement.node
        if isinstance(node, ast.ClassDef):
            if name in stored or _keeps_class_state(node):
                found[name] = "keeps values in the class itself"
        elif name in stored:
            found[name] = "keeps values in its attributes"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _changes_its_defaults(
            node
        ):
            found[name] = "keeps values in its defaults"
    return found


def _keeps_class_state(node: ast.ClassDef) -> bool:
    """Whether methods change what belongs to the class: `cls.count += 1`, `self.registry[k] = v`."""
    if any(_last_name(b) in _FIELDS_ONLY for b in (*node.bases, *node.decorator_list)):
        return False
    shared = {
        target.id
        for inner in node.body
        if isinstance(inner, ast.Assign)
        and isinstance(
            inner.value, (ast.List, ast.Dict, ast.Set, ast.Call, ast.ListComp, ast.DictComp)
        )
        for target in inner.targets
        if isinstance(target, ast.Name)
    }
    for inner in walk(node):
        if isinstance(inner, (ast.Attribute, ast.Subscript)) and not isinstance(
            inner.ctx, ast.Load
        ):
            text = ast.unparse(inner)
            if text.startswith((f"{node.name}.", "cls.", "type(self).", "self.__class__.")):
                return True
            if isinstance(inner, ast.Subscript) and _attribute_of(inner.value) in shared:
                return True
        elif isinstance(inner, ast.Call):
            function = inner.func
            changed: ast.expr | None = None
            if isinstance(function, ast.Attribute) and function.attr in MUTATING_METHODS:
                changed = function.value
            elif getattr(function, "id", "") == "next" and inner.args:
                changed = inner.args[0]
            if changed is not None and _attribute_of(changed) in shared:
                return True
    return False


def _attribute_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _last_name(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return getattr(called, "attr", getattr(called, "id", ""))


def _changes_its_defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it collects in a default: `def log(line, lines=[]): lines.append(line)`."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(
            positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True
        ),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    mutable = {a.arg for a, d in pairs if isinstance(d, (ast.List, ast.Dict, ast.Set, ast.Call))}
    if not mutable:
        return False
    for inner in walk(node):
        is_stored = isinstance(inner, ast.Subscript) and not isinstance(inner.ctx, ast.Load)
        is_called = isinstance(inner, ast.Attribute) and inner.attr in MUTATING_METHODS
        if (is_stored or is_called) and root_name(inner) in mutable:
            return True
    return False


def _configures(nodes: Sequence[ast.AST], program: Program) -> Iterator[str]:
    """What functions set for the process; statements that do are repeated in every process instead."""
    yield from _lasting(nodes, program)
    for node in nodes:
        if isinstance(node, ast.Call):
            name = resolve(node.func, program.aliases) or ""
            if name in SETUP_CALLS and not name.endswith(("seed", "seed_all", "set_seed")):
                yield f"calls a function that sets {SETUP_CALLS[name]}"
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            name = resolve(node, program.aliases) or resolve(node.value, program.aliases) or ""
            if root_name(node) in program.aliases and name.startswith(tuple(SETUP_TARGETS)):
                yield f"calls a function that sets '{name}'"


# -- the process itself ------------------------------------------------------------------------------


def _lasting(nodes: Sequence[ast.AST], program: Program) -> Iterator[str]:
    """What code does to its process that later code may notice."""
    for node in nodes:
        if isinstance(node, ast.Call):
            name = resolve(node.func, program.aliases) or ""
            if name in _LASTING_CALLS:
                yield _LASTING_CALLS[name]
            elif name == "setattr" and node.args and root_name(node.args[0]) in program.aliases:
                yield f"patches '{root_name(node.args[0])}'"
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            root = root_name(node)
            name = resolve(node, program.aliases) or ""
            if root not in program.aliases:
                continue
            if not name.startswith(tuple(SETUP_TARGETS)):
                yield f"patches '{root}'"
