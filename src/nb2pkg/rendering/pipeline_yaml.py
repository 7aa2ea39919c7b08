"""What does `pipeline.yaml` say: the parameters, and which step runs after which?"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from nb2pkg.planning.plan import PackagePlan, Parameter, Step
from nb2pkg.rendering.docstrings import one_line

_UNLIMITED = 2**31  # lines are never folded: a step stays on one line
_SHARED = "they share values that can't be copied from one process to another"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFlow:
    """The values that one step makes and a later one takes."""

    producer: str
    consumer: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What runs in one process: a step, or several that cannot be taken apart.

    outputs: the values that it hands on or that the run is for
    reason: why several steps run together; None for a step that runs alone
    """

    name: str
    steps: tuple[str, ...]
    needs: tuple[str, ...]
    outputs: tuple[str, ...]
    reason: str | None = None


def pipeline_yaml(plan: PackagePlan, *, root: str, processes: Sequence[Sequence[str]] = ()) -> str:
    """The text of `pipeline.yaml`.

    root: the way from the package's folder to the notebook's
    processes: the names of steps that must share a process; a step that no group names runs alone
    """
    parts = [_dumped({"name": plan.package, "root": root})]
    if plan.parameters:
        parts.append(_parameters(plan.parameters))
    if not plan.steps:
        return "".join([*parts, "steps: {}\n"])
    parts.append("steps:\n")
    for process in pipeline_processes(plan, processes):
        if process.reason is not None:
            together = f"{', '.join(process.steps)} run together: {process.reason}"
            parts.append(f"  # {one_line(together)}\n")
        parts.append(textwrap.indent(_dumped({process.name: _step(process)}), "  "))
    return "".join(parts)


def pipeline_processes(
    plan: PackagePlan, processes: Sequence[Sequence[str]] = ()
) -> tuple[Process, ...]:
    """What runs in one process each, in order, with what each needs and hands on."""
    groups = _groups(plan.steps, processes)
    names = _names(groups)
    name_of = {step.name: name for group, name in zip(groups, names, strict=True) for step in group}
    flows = step_flows(plan.steps)
    found: list[Process] = []
    for group, name in zip(groups, names, strict=True):
        needed = {name_of[f.producer] for f in flows if name_of[f.consumer] == name} - {name}
        found.append(
            Process(
                name=name,
                steps=tuple(step.name for step in group),
                needs=tuple(n for n in names if n in needed),
                outputs=_outputs(group, flows),
                reason=_reason(group),
            )
        )
    return tuple(found)


def step_flows(steps: Sequence[Step]) -> tuple[StepFlow, ...]:
    """Which step takes which values from which: always the latest that makes a name."""
    producers: dict[str, str] = {}
    found: list[StepFlow] = []
    for step in steps:
        taken: dict[str, list[str]] = {}
        for name in step.parameters:
            if name in producers:
                taken.setdefault(producers[name], []).append(name)
        found.extend(
            StepFlow(producer=producer, consumer=step.name, names=tuple(names))
            for producer, names in taken.items()
        )
        producers.update(dict.fromkeys(step.returns, step.name))
    return tuple(found)


def _groups(steps: Sequence[Step], processes: Sequence[Sequence[str]]) -> list[tuple[Step, ...]]:
    """The steps of each process; a process stands where its first step stands."""
    members = {name: frozenset(group) for group in processes for name in group}
    groups: list[tuple[Step, ...]] = []
    placed: set[str] = set()
    for step in steps:
        if step.name not in placed:
            together = members.get(step.name, frozenset({step.name}))
            groups.append(tuple(s for s in steps if s.name in together))
            placed |= together
    return groups


def _names(groups: Sequence[tuple[Step, ...]]) -> tuple[str, ...]:
    alone = {group[0].name for group in groups if len(group) == 1}
    names: list[str] = []
    for group in groups:
        name = group[0].name
        if len(group) > 1:
            name = f"{name}_to_{group[-1].name}"
            while name in alone or name in names:
                name += "_"
        names.append(name)
    return tuple(names)


def _outputs(group: Sequence[Step], flows: Sequence[StepFlow]) -> tuple[str, ...]:
    if len(group) == 1:
        return group[0].returns
    inside = {step.name for step in group}
    wanted: dict[str, None] = {}
    for step in group:
        leaving = {
            name
            for flow in flows
            if flow.producer == step.name and flow.consumer not in inside
            for name in flow.names
        }
        for name in step.returns:
            # Two steps may show a value of the same name; Results tells them apart.
            if name in leaving:
                wanted[name] = None
            if name in step.results:
                wanted[step.results[name]] = None
    return tuple(wanted)


def _reason(group: Sequence[Step]) -> str | None:
    if len(group) == 1:
        return None
    reasons = dict.fromkeys(s.reason_to_fuse for s in group if s.reason_to_fuse)
    return "; ".join(reasons) or _SHARED


def _step(process: Process) -> _OneLine:
    entry: dict[str, object] = {"notebook": f"notebooks/steps/{process.name}.ipynb"}
    if process.needs:
        entry["needs"] = list(process.needs)
    if process.outputs:
        entry["outputs"] = list(process.outputs)
    return _OneLine(entry)


# -- parameters


def _parameters(parameters: Sequence[Parameter]) -> str:
    lines: list[str] = []
    for parameter in parameters:
        try:
            value = _yaml_value(parameter.default)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            # The step notebooks keep the default; a near miss in YAML would be another value.
            said = f"# {parameter.name} is set in the notebook: YAML can't say {parameter.default}"
            lines.append(f"  {one_line(said)[:160]}\n")
        else:
            lines.append(textwrap.indent(_dumped({parameter.name: value}), "  "))
    only_comments = all(line.startswith("  #") for line in lines)
    return f"parameters:{' {}' if only_comments else ''}\n" + "".join(lines)


def _yaml_value(default: str) -> object:
    """A default as YAML holds it, exactly; ValueError when YAML would make it another type."""
    value = ast.literal_eval(default)
    for part in _parts(value):
        if type(part) not in (type(None), bool, int, float, str, list, dict):
            raise ValueError(default)
        if isinstance(part, dict) and not all(isinstance(key, str) for key in part):
            raise ValueError(default)
    if isinstance(value, dict):
        # A mapping would be read as the long form of a parameter.
        return _OneLine({"default": _OneLine(value)})
    return _OneLineList(value) if isinstance(value, list) else value


def _parts(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from _parts(inner)


# -- emitting


class _OneLine(dict[str, object]):
    """A mapping that is written in braces."""


class _OneLineList(list[object]):
    """A list that is written in brackets."""


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper, without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """Write equal values out each time."""
        return True


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    # Only this style keeps every character, whatever the indentation.
    style = None if data.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(
    _OneLine,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True),
)
_Dumper.add_representer(
    _OneLineList,
    lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True),
)


def _dumped(value: dict[str, object]) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_UNLIMITED
    )
    return text
