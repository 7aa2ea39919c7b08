"""How do the steps and the values between them look as a drawing?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.pipeline_yaml import StepFlow, step_flows

_PLAIN = re.compile(r"[^\w ,.]")


def step_graph(plan: PackagePlan) -> str:
    """The step graph in mermaid's language: a box a step, the values on the arrows."""
    # Names such as `end` and `class` mean something to mermaid, so boxes go by number.
    numbers = {step.name: f"s{number}" for number, step in enumerate(plan.steps, 1)}
    lines = ["graph TD"]
    lines.extend(f'    {numbers[s.name]}["{_label([s.name])}"]' for s in plan.steps)
    lines.extend(_arrow(flow, numbers) for flow in step_flows(plan.steps))
    shown = [step for step in plan.steps if step.results]
    if shown:
        lines.append('    results(["Results"])')
    for step in shown:
        lines.append(f'    {numbers[step.name]} -->|"{_label(step.results.values())}"| results')
    return "\n".join(lines)


def _arrow(flow: StepFlow, numbers: dict[str, str]) -> str:
    return f'    {numbers[flow.producer]} -->|"{_label(flow.names)}"| {numbers[flow.consumer]}'


def _label(names: Iterable[str]) -> str:
    """Names as mermaid shows them; anything that is not of a name becomes a character code."""
    return _PLAIN.sub(lambda match: f"#{ord(match.group())};", ", ".join(names))
