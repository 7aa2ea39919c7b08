"""What does `pipeline.yaml` say: the parameters, and which step runs after which?"""

from __future__ import annotations

import ast
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from nb2pkg.pipeline.parameter_types import (
    Anything,
    DictOf,
    ListOf,
    ParameterType,
    type_from_annotation,
    type_name,
    type_of_value,
)
from nb2pkg.pipeline.yaml_text import core_value
from nb2pkg.planning.plan import PackagePlan, Parameter, Step
from nb2pkg.rendering.docstrings import one_line

_UNLIMITED = 2**31  # lines are never folded: a step stays on one line


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFlow:
    """The values that one step makes and a later one takes."""

    producer: str
    consumer: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What runs in one process: a step, or several that cannot be taken apart.

    reason: why several steps run together; None for a step that runs alone
    """

    name: str
    steps: tuple[str, ...]
    needs: tuple[str, ...]
    reason: str | None = None


def pipeline_yaml(
    plan: PackagePlan, *, root: str, saves: Mapping[str, Sequence[Sequence[str]]]
) -> str:
    """The text of `pipeline.yaml`.

    root: the way from the package's folder to the notebook's; saves: process → the values that it hands on or
    that the run is for, those in one group that are saved together
    """
    parts = [_dumped({"name": plan.package, "root": root})]
    if plan.parameters:
        parts.append(_parameters(plan.parameters))
    if not plan.steps:
        return "".join([*parts, "steps: {}\n"])
    parts.append("steps:\n")
    for process in pipeline_processes(plan):
        if process.reason is not None:
            together = f"{', '.join(process.steps)} run together: {process.reason}"
            parts.append(f"  # {one_line(together)}\n")
        parts.append(
            textwrap.indent(
                _dumped({process.name: _step(process, saves.get(process.name, ()))}), "  "
            )
        )
    return "".join(parts)


def pipeline_processes(plan: PackagePlan) -> tuple[Process, ...]:
    """What runs in one process each, in order, with what each needs and hands on.

    What a process may have changed in place it hands on anew, so the latest to save a value counts.
    """
    names = process_names(plan)
    name_of = {n: name for p, name in zip(plan.processes, names, strict=True) for n in p.steps}
    savers: dict[str, str] = {}
    found: list[Process] = []
    for planned, name in zip(plan.processes, names, strict=True):
        needed = {savers[value] for value in planned.loads if value in savers}
        needed |= {name_of[step] for step in planned.follows if step in name_of}
        if planned.carries_random_state and found:
            needed.add(found[-1].name)
        found.append(
            Process(
                name=name,
                steps=planned.steps,
                needs=tuple(n for n in names if n in needed and n != name),
                reason="; ".join(planned.reasons) or None,
            )
        )
        savers.update(dict.fromkeys(planned.saves, name))
    return tuple(found)


def process_names(plan: PackagePlan) -> tuple[str, ...]:
    """The name of each process: its step's, or `first_to_last` where several run in one."""
    alone = {p.steps[0] for p in plan.processes if len(p.steps) == 1}
    names: list[str] = []
    for process in plan.processes:
        name = process.steps[0]
        if len(process.steps) > 1:
            name = f"{name}_to_{process.steps[-1]}"
            while name in alone or name in names:
                name += "_"
        names.append(name)
    return tuple(names)


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


def _step(process: Process, saves: Sequence[Sequence[str]]) -> _OneLine:
    entry: dict[str, object] = {"notebook": f"notebooks/steps/{process.name}.ipynb"}
    if process.needs:
        entry["needs"] = list(process.needs)
    if saves:
        entry["outputs"] = [group[0] if len(group) == 1 else list(group) for group in saves]
    return _OneLine(entry)


# -- parameters


def _parameters(parameters: Sequence[Parameter]) -> str:
    lines: list[str] = []
    for parameter in parameters:
        try:
            value = _yaml_value(parameter)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            # The step notebooks keep the default; a near miss in YAML would be another value.
            said = f"# {parameter.name} is set in the notebook: YAML can't say {parameter.default}"
            lines.append(f"  {one_line(said)[:160]}\n")
        else:
            lines.append(textwrap.indent(_dumped({parameter.name: value}), "  "))
    only_comments = all(line.startswith("  #") for line in lines)
    return f"parameters:{' {}' if only_comments else ''}\n" + "".join(lines)


def _yaml_value(parameter: Parameter) -> object:
    """A default as YAML holds it, exactly; ValueError when YAML would make it another type.

    With the type, where the default alone would be taken for one of another: `rate: float = 5`.
    """
    value = ast.literal_eval(parameter.default)
    for part in _parts(value):
        if type(part) not in (type(None), bool, int, float, str, list, dict):
            raise ValueError(parameter.default)
        if isinstance(part, dict) and not all(isinstance(key, str) for key in part):
            raise ValueError(parameter.default)
    kind = type_from_annotation(parameter.annotation)
    shown = _OneLine(value) if isinstance(value, dict) else value
    shown = _OneLineList(value) if isinstance(value, list) else shown
    if not isinstance(kind, Anything) and not _is_like(kind, type_of_value(value)):
        return _OneLine({"type": type_name(kind), "default": shown})
    # A mapping would be read as the long form of a parameter.
    return _OneLine({"default": shown}) if isinstance(value, dict) else shown


def _is_like(kind: ParameterType, by_default: ParameterType) -> bool:
    """Whether a default says of itself which type it is of."""
    if isinstance(kind, (ListOf, DictOf)):
        return type(kind) is type(by_default) and type_name(kind).startswith(("list", "dict"))
    return kind == by_default


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
    # Only double quotes keep every character, whatever the indentation; and what YAML 1.2 takes for a number
    # is in quotes even where PyYAML, which follows 1.1, sees no need.
    style = None if data.isprintable() else '"'
    if style is None and not isinstance(core_value(data), str):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
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
    if any(unicodedata.category(character) in _HIDDEN for character in text if character != "\n"):
        # Marks that turn the direction of text around would show another file than the one that is read.
        text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=_UNLIMITED)
    return text
