"""How does each process read as a thin notebook that papermill can run by itself?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.analysis import ParsedCell, module_names
from nb2pkg.dataflow import Program
from nb2pkg.dataflow.aliasing import Aliasing, Reach
from nb2pkg.notebook import Cell, CellKind, Notebook, new_notebook
from nb2pkg.planning.plan import PackagePlan, Placed, Process, Step
from nb2pkg.rendering.contracts_module import check_imports, check_lines
from nb2pkg.rendering.docstrings import one_line, paragraphs_of
from nb2pkg.rendering.import_block import import_block
from nb2pkg.rendering.module_text import ImportResolver
from nb2pkg.rendering.notebook_roles import planned_from
from nb2pkg.rendering.pipeline_yaml import process_names
from nb2pkg.rendering.rewritten_notebook import call_text, notebook_metadata
from nb2pkg.rendering.statement_text import block_text

_FOLDER = "artifacts"
_RANDOM = "random_state"
_LOAD_RANDOM, _SAVE_RANDOM = "load_random_state", "save_random_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Artifact:
    """A file: one value, or several that share objects and must come back as they were."""

    process: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the file is called, without its suffix."""
        return "_and_".join(self.names)

    @property
    def path(self) -> str:
        """Where it is by default, below the notebook's folder."""
        return f"{_FOLDER}/{self.process}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNotebooks:
    """The step notebooks: path below the output folder → text; and what each process saves.

    saves: process → its values, those that are saved together in one group
    """

    files: Mapping[str, str]
    saves: Mapping[str, tuple[tuple[str, ...], ...]]


def step_notebooks(
    plan: PackagePlan, notebook: Notebook, cells: Sequence[ParsedCell]
) -> StepNotebooks:
    """The step notebooks; none where there are no steps.

    Each takes its parameters and the paths of its artifacts in a `parameters` cell, loads what it needs,
    calls its steps and saves what later ones need. Artifacts are the only thing that passes.
    """
    if not plan.steps:
        return StepNotebooks(files={}, saves={})
    processes = plan.processes or _one_a_step(plan)
    plan = replace(plan, processes=processes)
    writer = _Writer(plan, *planned_from(plan, cells))
    found: dict[str, str] = {}
    for process, name in zip(processes, process_names(plan), strict=True):
        pages = writer.cells(process, name)
        found[f"notebooks/steps/{name}.ipynb"] = new_notebook(pages, notebook_metadata(notebook))
    return StepNotebooks(files=found, saves=writer.saves)


def _one_a_step(plan: PackagePlan) -> tuple[Process, ...]:
    given = {p.name for p in plan.parameters}
    made: set[str] = set()
    found: list[Process] = []
    for step in plan.steps:
        loads = tuple(n for n in step.parameters if n in made or n not in given)
        found.append(
            Process(steps=(step.name,), loads=loads, saves=tuple({*step.returns, *step.changes}))
        )
        made |= set(step.returns)
    return tuple(found)


class _Writer:
    """Writes the processes' notebooks in order, knowing which artifacts there are by then."""

    def __init__(self, plan: PackagePlan, program: Program, aliasing: Aliasing) -> None:
        self.plan = plan
        self.program = program
        self.aliasing = aliasing
        self.steps = {step.name: step for step in plan.steps}
        self.place = {s: i for i, s in enumerate(program.statements)}
        self.latest: dict[str, _Artifact] = {}
        self.reached: dict[
            str, list[int]
        ] = {}  # name → the statements after which its reach is new
        for index, reaches in enumerate(aliasing.reaches):
            for name in reaches:
                self.reached.setdefault(name, []).append(index)
        self.random: _Artifact | None = None
        self.saves: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.taken = (
            set(program.binders)
            | set(program.late_binders)
            | self.steps.keys()
            | {p.name for p in plan.parameters}
        )
        self.out = self._free("artifacts_out")
        # `load` and `save` are good names for steps too; then these two get longer ones.
        is_taken = not self.taken.isdisjoint(("load", "save"))
        self.functions = {
            name: self._free(f"{name}_artifact" if is_taken else name) for name in ("load", "save")
        }
        self.functions |= {name: self._free(name) for name in (_LOAD_RANDOM, _SAVE_RANDOM)}

    def _free(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        return name

    def cells(self, process: Process, name: str) -> list[Cell]:
        """The cells of one process: what it is, its parameters, setup, and the work."""
        steps = [self.steps[n] for n in process.steps]
        inputs = self._inputs(process, steps)
        setup = self._setup(process)
        saved = self._saved(process, steps, name)
        self.saves[name] = tuple(artifact.names for artifact in saved)
        carried = self.random if process.carries_random_state else None
        work = self._work(process, steps, inputs, saved, carried, setup)
        parameters = self._parameters(process, steps, inputs, carried, setup, saved, name)
        imports = self._imports(steps, setup, work)
        self.latest.update({n: artifact for artifact in saved for n in artifact.names})
        if process.carries_random_state:
            self.random = _Artifact(process=name, names=(_RANDOM,))
        found = [_markdown(_story(steps))]
        if parameters:
            found.append(_code(parameters, tags=("parameters",)))
        found.append(_code("\n\n".join(part for part in (imports, setup) if part)))
        found.append(_code(work))
        return found

    # -- what goes in and out ----------------------------------------------------------------------

    def _inputs(self, process: Process, steps: Sequence[Step]) -> tuple[_Artifact, ...]:
        wanted = [n for n in process.loads if n in self.latest]
        return tuple(dict.fromkeys(self.latest[n] for n in wanted))

    def _saved(self, process: Process, steps: Sequence[Step], name: str) -> tuple[_Artifact, ...]:
        bound = {n for step in steps for n in (_value_name(step, r) for r in step.returns)}
        renamed = {r for step in steps for n, r in step.results.items() if n != r}
        names = [n for n in process.saves if n in bound or n in process.loads]
        names += sorted(renamed - set(names))
        return tuple(_Artifact(process=name, names=group) for group in self._sharing(names, steps))

    def _sharing(self, names: Sequence[str], steps: Sequence[Step]) -> list[tuple[str, ...]]:
        """The names in groups: those whose values may hold the same object stay together."""
        end = max((self.place[p.statement] for s in steps for p in s.body), default=-1)
        groups: list[tuple[set[str], set[int]]] = []
        for name in names:
            objects = set(self._reach_at(name, end).all)
            joined = [g for g in groups if g[1] & objects]
            groups = [g for g in groups if g not in joined]
            groups.append(
                (
                    {name}.union(*(g[0] for g in joined)),
                    objects.union(*(g[1] for g in joined)),
                )
            )
        return sorted(tuple(sorted(group)) for group, _ in groups)

    def _reach_at(self, name: str, index: int) -> Reach:
        """What a name reaches after a statement."""
        places = self.reached.get(name, [])
        before = bisect_right(places, index)
        return self.aliasing.reaches[places[before - 1]][name] if before else Reach()

    # -- text --------------------------------------------------------------------------------------

    def _setup(self, process: Process) -> str:
        """What must hold in every process: the notebook's setup, and options that earlier steps set."""
        replayed = [Placed(statement=self.program.statements[i]) for i in process.replays]
        return block_text([*self.plan.setup, *replayed])

    def _parameters(
        self,
        process: Process,
        steps: Sequence[Step],
        inputs: Sequence[_Artifact],
        carried: _Artifact | None,
        setup: str,
        saved: Sequence[_Artifact],
        name: str,
    ) -> str:
        read = set(module_names(setup).reads) if setup else set()
        read |= {n for step in steps for n in step.options}
        loaded = {n for artifact in inputs for n in artifact.names}
        read |= {n for step in steps for n in step.parameters} - loaded
        lines: list[str] = []
        chosen = [p for p in self.plan.parameters if p.name in read]
        needs = [
            text
            for p in chosen
            for n in sorted({*p.needs, *module_names(p.annotation).reads})
            for text in self.plan.imports.get(n, ())
        ]
        if needs:
            lines += [import_block(needs, self.plan.package), ""]
        for parameter in chosen:
            comment = f"  # {one_line(parameter.comment)}" if parameter.comment else ""
            lines.append(f"{parameter.name}: {parameter.annotation} = {parameter.default}{comment}")
        for artifact in (*inputs, *([carried] if carried else [])):
            lines.append(f'{self._path_name(artifact)} = "{artifact.path}"')
        if saved or process.carries_random_state:
            lines.append(f'{self.out} = "{_FOLDER}/{name}"')
        return "\n".join(lines)

    def _path_name(self, artifact: _Artifact) -> str:
        return self._free(f"{artifact.name}_in")

    def _imports(self, steps: Sequence[Step], setup: str, work: str) -> str:
        package = self.plan.package
        wanted = [f"from {package}.steps.{s.name} import {s.name}" for s in steps]
        wanted += check_imports(steps, self.plan).values()
        for function, name in self.functions.items():
            if f"{name}(" in work:
                suffix = f" as {name}" if name != function else ""
                wanted.append(f"from {package}.artifacts import {function}{suffix}")
        wanted += ImportResolver(self.plan).needed_by(
            setup, "", {p.name: "" for p in self.plan.parameters}
        )
        return import_block([w for w in wanted if w], package)

    def _work(
        self,
        process: Process,
        steps: Sequence[Step],
        inputs: Sequence[_Artifact],
        saved: Sequence[_Artifact],
        carried: _Artifact | None,
        setup: str,
    ) -> str:
        load, save = self.functions["load"], self.functions["save"]
        lines: list[str] = []
        for artifact in inputs:
            path = self._path_name(artifact)
            if len(artifact.names) == 1:
                lines.append(f"{artifact.name} = {load}({path})")
                continue
            # What a later step made anew comes from there, not from where it once was shared.
            names = [n for n in artifact.names if n in process.loads and self.latest[n] == artifact]
            if len(names) == 1:
                lines.append(f'{names[0]} = {load}({path})["{names[0]}"]')
                continue
            shared = self._free("shared")
            lines.append(f"{shared} = {load}({path})")
            parts = ", ".join(f'{shared}["{n}"]' for n in names)
            lines.append(f"{', '.join(names)} = {parts}")
        if carried:
            lines.append(f"{self.functions[_LOAD_RANDOM]}({self._path_name(carried)})")
        for step in steps:
            lines.append(call_text(step, [_value_name(step, n) for n in step.returns]))
            lines += check_lines(step, self.plan)
        out = self.out
        for artifact in saved:
            value = artifact.name
            if len(artifact.names) > 1:
                value = "{" + ", ".join(f'"{n}": {n}' for n in artifact.names) + "}"
            lines.append(f'{save}({value}, f"{{{out}}}/{artifact.name}")')
        if process.carries_random_state:
            lines.append(f'{self.functions[_SAVE_RANDOM]}(f"{{{out}}}/{_RANDOM}")')
        return "\n".join(lines)


def _value_name(step: Step, name: str) -> str:
    """The variable that a returned value gets: two steps may show a value of the same name."""
    return step.results.get(name, name)


def _story(steps: Sequence[Step]) -> str:
    titles = " · ".join(dict.fromkeys(one_line(step.title) for step in steps))
    prose = paragraphs_of(steps[0].prose)
    return "\n\n".join([f"# {titles}", *(prose[:1] if len(steps) == 1 else ())])


def _markdown(source: str) -> Cell:
    return Cell(position=0, kind=CellKind.MARKDOWN, source=source)


def _code(source: str, tags: tuple[str, ...] = ()) -> Cell:
    return Cell(position=0, kind=CellKind.CODE, source=source, tags=tags)
