"""Which tables cross from step to step, and what is known of their columns from one run?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nb2pkg.planning.plan import Contract, PackagePlan


def with_contracts(plan: PackagePlan) -> PackagePlan:
    """The plan with a contract for every table that a step gives, as far as a run has shown it."""
    return replace(plan, contracts=tuple(_contracts(plan)))


def _contracts(plan: PackagePlan) -> Iterator[Contract]:
    taken = {*plan.homes, *plan.imports, *plan.typing_imports}
    for step in plan.steps:
        taken |= {*step.parameters, *step.options, *step.returns, *step.results.values()}
    for step in plan.steps:
        seen = plan.observed.steps.get(step.name)
        for name, value in zip(step.returns, seen.returns if seen else (), strict=False):
            # Kinds are known where every column has a name of its own, and the name is a text.
            if value.kinds:
                bare = name.lstrip("_")
                constant = step.name if step.name.endswith(f"_{bare}") else f"{step.name}_{bare}"
                constant = constant.upper()
                while constant in taken:
                    constant += "_"
                taken.add(constant)
                yield Contract(
                    name=constant,
                    step=step.name,
                    value=step.results.get(name, name),
                    kinds=value.kinds,
                    notes=value.notes or {},
                )
