"""What the package will be: its steps, modules and values, and what was left out, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nb2pkg.analysis import Edit, Statement
from nb2pkg.dataflow import Aliasing, Program
from nb2pkg.planning.observed import NOTHING, Observed
from nb2pkg.problems import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One pipeline parameter: declared in the `parameters` cell, with its default as written."""

    name: str
    annotation: str
    default: str
    comment: str | None = None
    needs: tuple[str, ...] = ()  # imported names that the default uses


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """A statement where it will stand, with the edits that its new place needs.

    edits: offsets into the statement's cell text
    replacement: text that stands in for the whole statement (None: the statement's own text)
    blank_before: whether the notebook has a blank line, or a cell border, above it
    after: lines of code that stand below it, because the end of its cell had an effect
    before: lines of code that stand above it, because it looks at the namespace itself
    """

    statement: Statement
    edits: tuple[Edit, ...] = ()
    replacement: str | None = None
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    comment_below: str = ""
    blank_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One function of the package, in a module of its own.

    parameters: the values of earlier steps that it takes, in the order in which they came to be
    options: the pipeline parameters that it takes, as keywords
    returns: what later steps read, or what the notebook shows
    results: the part of `returns` that is a result of the whole run: name → name in Results
    changes: parameters whose values it changes in place
    ends_with_return: whether its last statement returns a value itself, for the caller to show
    """

    name: str
    title: str
    prose: str
    cells: tuple[int, ...]
    body: tuple[Placed, ...]
    parameters: tuple[str, ...]
    options: tuple[str, ...]
    returns: tuple[str, ...]
    results: Mapping[str, str]
    changes: tuple[str, ...]
    is_async: bool
    declares: tuple[str, ...] = ()  # names that only inner functions bind (`nonlocal` needs them)
    rescues: tuple[str, ...] = ()  # builtins' names that only some paths of the step bind
    helpers: tuple[Placed, ...] = ()
    constants: tuple[Placed, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)  # of parameters, as they come in
    result_types: Mapping[str, str] = field(default_factory=dict)  # of what is returned
    ends_with_return: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedModule:
    """Definitions that several steps use."""

    name: str
    title: str
    definitions: tuple[Placed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something of the notebook that the package does not have, and why."""

    cell: int
    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Steps (by name) that run in one process when every step may have its own.

    reasons: why they can't be apart; empty for a step alone
    saves: values that this process stores for later ones: what its steps return, and what they may
        have changed in place, where a later process reads it
    loads: values of earlier processes that it needs
    replays: setup statements of earlier steps that must hold here too (indices into the program)
    carries_random_state: whether draws depend on a seed that was set before, so that the state of the
        global generators crosses from process to process
    follows: steps whose files this process may read, or that a tag puts before it
    """

    steps: tuple[str, ...]
    loads: tuple[str, ...]
    saves: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    replays: tuple[int, ...] = ()
    carries_random_state: bool = False
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The annotations of a function of the notebook, as its module says them.

    starred: that of `*rest` and `**more`
    """

    arguments: Mapping[str, str]
    returns: str
    starred: str = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a table has to look like that a step gives.

    value: what it is called in `run`; kinds: column → number, text, time, or a dtype that says it all;
    empty where nothing is known. notes: column → what was seen in it
    """

    name: str
    step: str
    value: str
    kinds: Mapping[str, str]
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PackagePlan:
    """Everything that rendering needs to know."""

    package: str
    notebook: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]
    early: tuple[Placed, ...]  # must run before later imports: os.environ, sys.path
    setup: tuple[Placed, ...]
    steps: tuple[Step, ...]
    shared: tuple[SharedModule, ...]
    constants: tuple[Placed, ...]
    imports: Mapping[str, tuple[str, ...]]  # name → the import statements that bind it
    stars: tuple[str, ...]
    effect_imports: tuple[str, ...]
    has_future_annotations: bool
    homes: Mapping[str, str]  # definition or constant → dotted module below the package
    left_out: tuple[LeftOut, ...]
    diagnostics: tuple[Diagnostic, ...]
    local_modules: tuple[str, ...] = ()
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # step → cells that test it
    processes: tuple[Process, ...] = ()
    # What is known from a run: names that only annotations use → imports, and `module:function` → types.
    typing_imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signatures: Mapping[str, Signature] = field(default_factory=dict)
    observed: Observed = NOTHING
    contracts: tuple[Contract, ...] = ()
    program: Program | None = None  # what it was planned from: the cells that stay
    aliasing: Aliasing | None = None
