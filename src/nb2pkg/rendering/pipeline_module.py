"""How does `run(parameters)` read: setup, then the steps in order?"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

from nb2pkg.analysis import Edit, indent, occurrences
from nb2pkg.planning.plan import PackagePlan, Placed, Step
from nb2pkg.rendering.contracts_module import check_imports, check_lines
from nb2pkg.rendering.docstrings import docstring
from nb2pkg.rendering.module_text import ImportResolver, module_text
from nb2pkg.rendering.statement_text import block_text


def pipeline_module(
    plan: PackagePlan, resolver: ImportResolver, others: Collection[str] = ()
) -> str:
    """`pipeline.py`: the Results, and the function that runs every step.

    `others` are the texts of the modules that it imports: what they import has its effect already.
    """
    own = "pipeline"
    fields = result_fields(plan)
    parts: list[str] = []
    if fields:
        parts.append(_results_class(fields, plan))
    parts.extend(_run_functions(plan, fields))
    code = "\n\n\n".join(parts)
    extra = {
        step.name: f"from {plan.package}.steps.{step.name} import {step.name}"
        for step in plan.steps
    }
    extra |= check_imports(plan.steps, plan)
    extra["dataclass"] = "from dataclasses import dataclass"
    extra["asyncio"] = "import asyncio"
    extra["Parameters"] = f"from {plan.package}.parameters import Parameters"
    imports = resolver.needed_by(code, own, extra)
    imports.extend(
        f"{text}  # noqa: F401 (imported for its effect)"
        for text in plan.effect_imports
        if text not in imports and not _is_imported(text, others)
    )
    return module_text(
        docstring(f"The steps of {plan.notebook}, in order"),
        parts,
        imports,
        plan.package,
        future_annotations=plan.has_future_annotations,
    )


def _is_imported(statement: str, modules: Collection[str]) -> bool:
    """Whether one of these modules has an import statement, or one that imports the same."""
    node = ast.parse(statement).body[0]
    if isinstance(node, ast.Import):
        pattern = rf"^(?:import|from) {re.escape(node.names[0].name)}\b"
    else:
        assert isinstance(node, ast.ImportFrom)
        name = re.escape(node.names[0].name)
        pattern = rf"^from {re.escape(node.module or '')} import [^#]*?\b{name}\b"
    return any(re.search(pattern, module, re.MULTILINE) for module in modules)


def result_fields(plan: PackagePlan) -> tuple[str, ...]:
    """The fields of Results, in the order in which the steps give them."""
    return tuple(field for step in plan.steps for field in step.results.values())


def results_class(plan: PackagePlan) -> str:
    """What the class of the results is called: `Results`, unless the notebook has that name."""
    names = {n for s in plan.steps for n in (*s.parameters, *s.returns, *s.results.values())}
    names |= plan.homes.keys() | plan.imports.keys() | {p.name for p in plan.parameters}
    return "Results" if "Results" not in names else "PipelineResults"


def _results_class(fields: Sequence[str], plan: PackagePlan) -> str:
    types = {
        field: step.result_types[name]
        for step in plan.steps
        for name, field in step.results.items()
        if name in step.result_types
    }
    lines = [
        "@dataclass(frozen=True, kw_only=True)",
        f"class {results_class(plan)}:",
        '    """What the notebook is for: the values that it shows and nothing else uses up."""',
        "",
        *(f"    {field}: {types.get(field, 'object')}" for field in fields),
    ]
    return "\n".join(lines)


def _run_functions(plan: PackagePlan, fields: Sequence[str]) -> list[str]:
    is_async = any(step.is_async for step in plan.steps)
    argument = "parameters: Parameters | None = None" if plan.parameters else ""
    result = results_class(plan) if fields else "None"
    doc = (
        '"""Run every step; `parameters` defaults to the notebook\'s own values."""'
        if plan.parameters
        else '"""Run every step, as the notebook does from top to bottom."""'
    )
    body = [doc, *_body(plan, fields)]
    if not is_async:
        return [_function("def run", argument, result, body)]
    passed = "parameters" if plan.parameters else ""
    starter = [doc, f"{'return ' if fields else ''}asyncio.run(run_async({passed}))"]
    inner = ['"""Run every step in the event loop that is running."""', *body[1:]]
    return [
        _function("def run", argument, result, starter),
        _function("async def run_async", argument, result, inner),
    ]


def _function(start: str, argument: str, result: str, body: Sequence[str]) -> str:
    return f"{start}({argument}) -> {result}:\n" + indent("\n".join(body), "    ")


def _body(plan: PackagePlan, fields: Sequence[str]) -> list[str]:
    lines: list[str] = []
    if plan.parameters:
        lines.append("parameters = parameters or Parameters()")
    if plan.setup:
        lines.append(setup_text(plan))
    for step in plan.steps:
        lines += [call_text(step, plan), *check_lines(step, plan)]
    if fields:
        lines.append(f"return {results_class(plan)}({', '.join(f'{f}={f}' for f in fields)})")
    return lines


def setup_text(plan: PackagePlan) -> str:
    """What is set before the first step, with `parameters` in reach."""
    return block_text([_with_parameters(placed, plan) for placed in plan.setup])


def call_text(step: Step, plan: PackagePlan) -> str:
    """The call of a step in `run`: `X, y = build_features(df)`."""
    arguments = [
        *step.parameters,
        *(f"{name}=parameters.{name}" for name in step.options),
    ]
    call = f"{'await ' if step.is_async else ''}{step.name}({', '.join(arguments)})"
    targets = [step.results.get(name, name) for name in step.returns]
    return f"{', '.join(targets)} = {call}" if targets else call


def _with_parameters(placed: Placed, plan: PackagePlan) -> Placed:
    """`np.random.seed(seed)` as `np.random.seed(parameters.seed)`."""
    names = {p.name for p in plan.parameters}
    statement = placed.statement
    if not names & statement.facts.all_reads:
        return placed
    edits = [
        Edit(
            statement.source.start(o.node), statement.source.end(o.node), f"parameters.{o.node.id}"
        )
        for o in occurrences(statement.node, names)
    ]
    return Placed(
        statement=statement, edits=(*placed.edits, *edits), blank_before=placed.blank_before
    )
