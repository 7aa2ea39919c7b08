"""Which steps can run in a process of their own, with their values stored in between?

Storing a value takes it apart from everything that shares objects with it, and some values can't be
stored at all. Steps that would notice run in one process: they are fused, and the reason is said.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import NONE, Kind, Statement, resolve, walk
from nb2pkg.analysis.effect_tables import UNSTORABLE_CALLS
from nb2pkg.dataflow import holders_of
from nb2pkg.planning.drafts import Draft, FlowRules
from nb2pkg.planning.grouping import Group
from nb2pkg.planning.plan import Process
from nb2pkg.planning.process_state import state_ties
from nb2pkg.planning.setup import is_setup
from nb2pkg.planning.showing import keeps_alive

_LAZY_BUILTINS = frozenset({"open", "iter", "map", "filter", "zip", "enumerate", "reversed"})


@dataclass(frozen=True, slots=True)
class _Tie:
    """Two steps (by number) that must share a process."""

    first: int
    last: int
    reason: str


def plan_processes(
    drafts: Sequence[Draft],
    names: Sequence[str],
    rules: FlowRules,
    setup: Sequence[int],
    groups_of_cells: Sequence[Group],
) -> tuple[Process, ...]:
    """Group the steps into processes.

    `names` are the steps' names, `setup` the statements that run before them; `groups_of_cells` are what
    the steps' drafts were made of.
    """
    if not drafts:
        return ()
    groups = [[n] for n in range(len(drafts))]
    reasons: dict[int, list[str]] = {}
    for tie in _ties(drafts, names, rules):
        groups, reasons = _join(groups, reasons, tie)
    live = _live_after(drafts)
    world = _World(
        settings=tuple(_settings(drafts, rules)),
        is_seeded=_is_seeded(drafts, setup, rules),
        readers=frozenset(n for n, d in enumerate(drafts) if _calls(d, rules, _READS, "read_")),
        writers=tuple(
            n
            for n, d in enumerate(drafts)
            if _calls(d, rules, _WRITES, "to_") or _opens_to_write(d, rules)
        ),
        order=_tagged_order(drafts, groups_of_cells),
    )
    return tuple(
        _process(
            group,
            drafts,
            names,
            rules,
            live,
            tuple(dict.fromkeys(reasons.get(group[0], ()))),
            world,
        )
        for group in groups
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """What steps do to the world around their values; steps are named by number.

    settings: (step, statement) of options and styles; readers, writers: of files
    order: (earlier, later) as tags demand
    """

    settings: tuple[tuple[int, int], ...]
    is_seeded: bool
    readers: frozenset[int]
    writers: tuple[int, ...]
    order: frozenset[tuple[int, int]]


def _join(
    groups: list[list[int]], reasons: dict[int, list[str]], tie: _Tie
) -> tuple[list[list[int]], dict[int, list[str]]]:
    touched = [g for g in groups if g[-1] >= tie.first and g[0] <= tie.last]
    if len(touched) < 2:
        return groups, reasons
    joined = [n for g in touched for n in g]
    told = [r for g in touched for r in reasons.pop(g[0], [])]
    place = groups.index(touched[0])
    groups = [g for g in groups if g not in touched]
    groups.insert(place, joined)
    return groups, {**reasons, joined[0]: [*told, tie.reason]}


def _process(
    group: Sequence[int],
    drafts: Sequence[Draft],
    names: Sequence[str],
    rules: FlowRules,
    live: Sequence[frozenset[str]],
    reasons: tuple[str, ...],
    world: _World,
) -> Process:
    made: set[str] = set()
    loads: set[str] = set()
    touched: set[str] = set()
    for number in group:
        draft = drafts[number]
        loads |= draft.parameters - made
        made |= draft.returns
        for index in draft.statements:
            touched |= rules.aliasing.changed[index].possibly
    later = live[group[-1]]
    results = {
        n
        for number in group
        for n in drafts[number].results
        if _why_unstorable(n, drafts[number], rules) is None
    }
    before = {n for n in world.writers if n < group[0] and world.readers & set(group)}
    before |= {first for first, then in world.order if then in group and first < group[0]}
    saves = ((made | (touched & loads)) & later) | results
    return Process(
        steps=tuple(names[number] for number in group),
        loads=tuple(sorted(loads)),
        saves=tuple(sorted(saves)),
        reasons=reasons,
        replays=tuple(i for step, i in world.settings if step < group[0]),
        carries_random_state=world.is_seeded,
        follows=tuple(names[n] for n in sorted(before)),
    )


def _tagged_order(
    drafts: Sequence[Draft], groups_of_cells: Sequence[Group]
) -> frozenset[tuple[int, int]]:
    """The pairs of steps, the earlier first, that `prev:NAME` tags put in order."""
    named = {groups_of_cells[g].name: n for n, draft in enumerate(drafts) for g in draft.groups}
    return frozenset(
        (named[name], number)
        for number, draft in enumerate(drafts)
        for g in draft.groups
        for name in groups_of_cells[g].needs
        if name in named
    )


def _live_after(drafts: Sequence[Draft]) -> list[frozenset[str]]:
    """For each step, the names that later steps take from before it or from it."""
    live: list[frozenset[str]] = []
    needed: frozenset[str] = NONE
    for draft in reversed(drafts):
        live.append(needed)
        needed = draft.parameters | (needed - draft.facts.binds)
    return live[::-1]


# -- state that is set once and holds for every later process -------------------------------------------


def _settings(drafts: Sequence[Draft], rules: FlowRules) -> Iterator[tuple[int, int]]:
    """Options and styles that steps set, to be set again in later processes; seeds are carried."""
    for number, draft in enumerate(drafts):
        for index in draft.statements:
            statement = rules.program.statements[index]
            if (
                is_setup(statement, rules.program)
                and not _seeds(statement, rules)
                and not rules.facts(index).reads
            ):
                yield number, index


def _is_seeded(drafts: Sequence[Draft], setup: Sequence[int], rules: FlowRules) -> bool:
    """Whether the notebook seeds a global generator, so that later draws depend on earlier ones."""
    every = [*setup, *(i for draft in drafts for i in draft.statements)]
    statements = rules.program.statements
    functions = [i for i, s in enumerate(statements) if s.kind is not Kind.CODE]
    return any(_seeds(statements[i], rules) for i in (*every, *functions))


def _seeds(statement: Statement, rules: FlowRules) -> bool:
    return any(
        resolve(node.func, rules.program.aliases)
        in ("numpy.random.seed", "random.seed", "torch.manual_seed")
        for node in statement.nodes
        if isinstance(node, ast.Call)
    )


# -- files -------------------------------------------------------------------------------------------------

_WRITES = frozenset(
    [
        "to_csv",
        "to_excel",
        "to_json",
        "to_parquet",
        "to_pickle",
        "to_feather",
        "to_hdf",
        "to_sql",
        "to_html",
        "to_latex",
        "savefig",
        "save",
        "savez",
        "savez_compressed",
        "savetxt",
        "dump",
        "write_text",
        "write_bytes",
        "writelines",
        "makedirs",
        "mkdir",
        "remove",
        "unlink",
        "rename",
        "replace",
        "rmtree",
        "copy",
        "copyfile",
        "move",
        "touch",
        "save_model",
        "run",
        "call",
        "check_call",
        "check_output",
        "system",
        "Popen",
        "extractall",
        "urlretrieve",
        "imsave",
        "imwrite",
        "write_image",
        "write_html",
    ]
)
_READS = frozenset(
    [
        "open",
        "load",
        "loadtxt",
        "genfromtxt",
        "exists",
        "isfile",
        "isdir",
        "listdir",
        "glob",
        "iglob",
        "rglob",
        "iterdir",
        "walk",
        "scandir",
        "read_text",
        "read_bytes",
        "imread",
        "load_model",
        "run",
        "call",
        "check_call",
        "check_output",
        "system",
        "Popen",
        "getsize",
        "stat",
        "run_path",
        "import_module",
    ]
)


def _calls(draft: Draft, rules: FlowRules, known: frozenset[str], prefix: str) -> bool:
    return any(
        name in known or (prefix == "read_" and name.startswith(prefix))
        for index in draft.statements
        for node in rules.program.statements[index].nodes
        if isinstance(node, ast.Call)
        for name in [getattr(node.func, "attr", getattr(node.func, "id", ""))]
    )


def _opens_to_write(draft: Draft, rules: FlowRules) -> bool:
    return any(
        isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and set(argument.value) <= set("wax+bt")
        for index in draft.statements
        for node in rules.program.statements[index].nodes
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "open"
        for argument in (*node.args[:2], *(k.value for k in node.keywords))
    )


# -- what ties steps together ----------------------------------------------------------------------------


def _ties(drafts: Sequence[Draft], names: Sequence[str], rules: FlowRules) -> Iterator[_Tie]:
    live = _live_after(drafts)
    producers: dict[str, int] = {}  # which step last made each name
    for number, draft in enumerate(drafts):
        yield from _shared_and_changed(number, drafts, names, rules, live[number], producers)
        producers.update(dict.fromkeys(draft.returns, number))
    yield from _unstorable(drafts, rules)
    for first, last, reason in state_ties([d.statements for d in drafts], rules.program):
        yield _Tie(first, last, reason)


def _shared_and_changed(
    number: int,
    drafts: Sequence[Draft],
    names: Sequence[str],
    rules: FlowRules,
    live: frozenset[str],
    producers: Mapping[str, int],
) -> Iterator[_Tie]:
    """Two stored names, one object, and this step changes it: the other copy would stay as it was."""
    for index in drafts[number].statements:
        shared = rules.aliasing.changed[index].together & producers.keys()
        if len(shared) < 2:
            continue
        needed = shared & (live | drafts[number].parameters)
        for name in sorted(needed if len(needed) > 1 else shared & live):
            others = sorted(shared - {name})
            first = min(producers[n] for n in shared)
            if first < number:
                yield _Tie(
                    first,
                    number,
                    f"'{name}' and '{others[0]}' share an object that {names[number]} changes",
                )
                break


def _unstorable(drafts: Sequence[Draft], rules: FlowRules) -> Iterator[_Tie]:
    """Values that no file can hold: open files, generators, local functions, connections."""
    statements = rules.program.statements
    local = {
        s.facts.order[0]: s.kind
        for s in statements
        if s.kind in (Kind.CLASS, Kind.FUNCTION) and s.facts.order[0] in rules.flowing
    }
    holders = holders_of(statements, local, [n for n, k in local.items() if k is Kind.CLASS])
    for number, draft in enumerate(drafts):
        for name in sorted(draft.returns):
            what = _why_unstorable(name, draft, rules)
            if what is None and name in holders:
                what = "made of a definition inside a step"
            if what is None:
                continue
            readers = [n for n in range(number + 1, len(drafts)) if name in drafts[n].parameters]
            if any(keeps_alive(statements[i], rules.program) and name in statements[i].facts.binds
                   for i in draft.statements):  # fmt: skip
                readers.append(len(drafts) - 1)
            if readers and max(readers) > number:
                yield _Tie(number, max(readers), f"'{name}' is {what}, which can't be stored")


def _why_unstorable(name: str, draft: Draft, rules: FlowRules) -> str | None:
    program = rules.program
    for index in reversed(draft.statements):
        statement = program.statements[index]
        if name not in statement.facts.may_bind:
            continue
        if statement.kind is Kind.FUNCTION:
            return "a function that closes over values of its step"
        if statement.kind is Kind.CLASS:
            return "a class that is defined inside its step"
        if statement.kind is Kind.IMPORT:
            return "a module"
        value = getattr(statement.node, "value", None)
        if isinstance(value, ast.GeneratorExp):
            return "a generator"
        if isinstance(value, ast.Lambda) or _holds_lambda(value):
            return "a lambda"
        if isinstance(value, ast.Call):
            called = resolve(value.func, program.aliases)
            if called in _LAZY_BUILTINS:
                return "an open file" if called == "open" else "an iterator"
            if called in UNSTORABLE_CALLS:
                return UNSTORABLE_CALLS[called]
            # `rasterio.open`, `Path.open`; pictures are read when they are stored.
            if getattr(value.func, "attr", "") == "open" and called != "PIL.Image.open":
                return "an open file"
            if isinstance(value.func, ast.Name) and _makes_local(value.func.id, draft, rules):
                return "made by a definition inside its step"
        if isinstance(statement.node, (ast.With, ast.AsyncWith)) and name in _opened(
            statement.node
        ):
            return "a context that a 'with' has opened"
        return None
    return None


def _opened(node: ast.With | ast.AsyncWith) -> set[str]:
    return {
        n.id
        for item in node.items
        if item.optional_vars is not None
        for n in walk(item.optional_vars)
        if isinstance(n, ast.Name)
    }


def _holds_lambda(value: ast.AST | None) -> bool:
    return isinstance(value, (ast.Dict, ast.List, ast.Tuple)) and any(
        isinstance(n, ast.Lambda) for n in walk(value)
    )


def _makes_local(function: str, draft: Draft, rules: FlowRules) -> bool:
    """A generator function of the notebook, or a class defined inside a step."""
    program = rules.program
    for index in program.binders.get(function, ()):
        statement = program.statements[index]
        if statement.kind is Kind.CLASS and function in rules.flowing:
            return True
        if statement.kind is Kind.FUNCTION and any(
            isinstance(n, (ast.Yield, ast.YieldFrom)) for n in statement.nodes
        ):
            return True
    return False
