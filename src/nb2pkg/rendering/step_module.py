"""How does the module of one step read?"""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from nb2pkg.analysis import indent
from nb2pkg.planning.annotating import names_in
from nb2pkg.planning.plan import PackagePlan, SharedModule, Step
from nb2pkg.rendering.annotated_definition import annotated_definition
from nb2pkg.rendering.described_values import value_sections
from nb2pkg.rendering.docstrings import docstring, one_line, paragraphs_of, sentence
from nb2pkg.rendering.module_text import ImportResolver, module_text
from nb2pkg.rendering.statement_text import block_text, placed_text

_BUILTINS = {"builtins": "import builtins"}
_MANY = 3  # more values than this come back under names


def step_module(step: Step, plan: PackagePlan, resolver: ImportResolver) -> str:
    """The module of a step: its constants, its function first, helpers that it alone uses below."""
    parts, imports = step_parts(step, plan, resolver)
    return module_text(
        docstring(step.title),
        parts,
        imports,
        plan.package,
        future_annotations=plan.has_future_annotations,
    )


def step_parts(
    step: Step, plan: PackagePlan, resolver: ImportResolver, *, described: bool = True
) -> tuple[list[str], list[str]]:
    """What the module of a step holds, and the imports that this needs; without a docstring unless `described`."""
    own = f"steps.{step.name}"
    parts: list[str] = []
    if step.constants:
        parts.append(block_text(step.constants))
    extra: dict[str, str] = {}
    if gives_by_name(step):
        parts.append(named_result(step, plan))
        extra["NamedTuple"] = "from typing import NamedTuple"
    parts.append(step_function(step, plan, described=described))
    parts.extend(annotated_definition(placed_text(h), own, plan) for h in step.helpers)
    code = "\n\n\n".join(parts)
    return parts, resolver.needed_by(code, own, {**extra, **pyplot_import(plan), **_BUILTINS})


def shared_module(module: SharedModule, plan: PackagePlan, resolver: ImportResolver) -> str:
    """A module of definitions that several steps use."""
    own = f"steps.{module.name}"
    parts = [annotated_definition(placed_text(d), own, plan) for d in module.definitions]
    imports = resolver.needed_by("\n\n\n".join(parts), own, pyplot_import(plan))
    return module_text(
        docstring(module.title),
        parts,
        imports,
        plan.package,
        future_annotations=plan.has_future_annotations,
    )


def pyplot_import(plan: PackagePlan) -> Mapping[str, str]:
    """`plt` for figures that are shown where a cell ended, where the notebook has no such import."""
    found = {"pyplot": "from matplotlib import pyplot"}
    return found if "plt" in plan.imports else {**found, "plt": "import matplotlib.pyplot as plt"}


def step_function(step: Step, plan: PackagePlan, *, described: bool = True) -> str:
    """The function of a step, from `def` to `return`."""
    keyword = "async def" if step.is_async else "def"
    body = block_text(step.body)
    start = f"{keyword} {step.name}({signature(step, plan)}){_return_annotation(step, plan)}:"
    lines = [start]
    if described:
        lines.append(indent(_docstring(step, plan), "    "))
    lines.extend(f"    {name}: object" for name in step.declares)
    lines.extend(f"    {name} = builtins.{name}" for name in step.rescues)
    if body.strip():
        lines.append(indent(body, "    "))
    if step.returns:
        lines.append(f"    return {_returned(step)}")
    return "\n".join(lines)


def signature(step: Step, plan: PackagePlan) -> str:
    """The parameters as written between the parentheses."""
    values = [_annotated(name, _type(step.types.get(name), step, plan)) for name in step.parameters]
    types = {p.name: p.annotation for p in plan.parameters}
    keywords = [_annotated(name, types.get(name)) for name in step.options]
    if not values:
        return ", ".join(keywords)
    return ", ".join([*values, *(["*"] if keywords else []), *keywords])


def _annotated(name: str, annotation: str | None) -> str:
    return f"{name}: {annotation}" if annotation else name


def _type(annotation: str | None, step: Step, plan: PackagePlan) -> str | None:
    """An annotation; quoted where its class stands further down in the step's own module."""
    own = f"steps.{step.name}"
    if annotation and any(plan.homes.get(name) == own for name in names_in(annotation)):
        return f'"{annotation}"'
    return annotation


def _return_annotation(step: Step, plan: PackagePlan) -> str:
    """`-> tuple[pd.DataFrame, pd.Series]` where every type is known, else nothing."""
    if step.ends_with_return:
        return ""
    if not step.returns:
        return " -> None"
    if gives_by_name(step):
        return f" -> {result_class(step)}"
    found = [_type(step.result_types.get(name), step, plan) for name in step.returns]
    known = [t for t in found if t]
    if len(known) < len(found):
        return ""
    return f" -> {known[0]}" if len(known) == 1 else f" -> tuple[{', '.join(known)}]"


def gives_by_name(step: Step) -> bool:
    """Whether a step gives more values than one can keep apart by position."""
    return len(step.returns) > _MANY


def result_class(step: Step) -> str:
    """The name of the class that holds a step's many values: `LoadDataResult`."""
    return "".join(word.capitalize() for word in step.name.split("_")) + "Result"


def field_names(step: Step) -> dict[str, str]:
    """Each returned name and its field, which may not begin with an underscore."""
    fields: dict[str, str] = {}
    for name in step.returns:
        bare = name.lstrip("_")
        field = bare or "unnamed"
        while field in fields.values() or (field != name and field in step.returns):
            field += "_"
        fields[name] = f"{field}_" if keyword.iskeyword(field) else field
    return fields


def named_result(step: Step, plan: PackagePlan) -> str:
    """A NamedTuple for a step that gives more values than one can keep apart by position."""
    lines = [
        f"class {result_class(step)}(NamedTuple):",
        f'    """What {step.name} gives."""',
        "",
        *(
            f"    {field}: {_type(step.result_types.get(name), step, plan) or 'object'}"
            for name, field in field_names(step).items()
        ),
    ]
    return "\n".join(lines)


def _returned(step: Step) -> str:
    if gives_by_name(step):
        given = (f"{field}={name}" for name, field in field_names(step).items())
        return f"{result_class(step)}({', '.join(given)})"
    return ", ".join(step.returns)


def _docstring(step: Step, plan: PackagePlan) -> str:
    paragraphs = list(paragraphs_of(step.prose))
    if step.changes:
        names = ", ".join(f"`{n}`" for n in step.changes)
        paragraphs.append(f"Changes {names} in place.")
    seen = plan.observed.steps.get(step.name)
    if seen is not None:
        paragraphs.extend(value_sections(step.parameters, seen))
    return docstring(step.title, *paragraphs)


__all__ = [
    "field_names",
    "gives_by_name",
    "named_result",
    "one_line",
    "result_class",
    "sentence",
    "shared_module",
    "signature",
    "step_module",
]
