"""How do contracts read as pandera's schemas, and where are they checked?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.planning.plan import Contract, PackagePlan, Step
from nb2pkg.rendering.docstrings import docstring, one_line
from nb2pkg.rendering.module_text import module_text

_CHECKS = {
    "number": ("a number", "pd.api.types.is_numeric_dtype"),
    "text": ("a text", 'lambda c: pd.api.types.infer_dtype(c) in ("string", "empty")'),
    "time": ("a time", "pd.api.types.is_datetime64_any_dtype"),
}


def contracts_module(plan: PackagePlan) -> str:
    """`contracts.py`: a schema for every table that passes from step to step."""
    kinds = {kind for contract in plan.contracts for kind in contract.kinds.values()}
    columns = [_column_function(kind) for kind in _CHECKS if kind in kinds]
    head = docstring(
        "What the tables between the steps have to look like",
        "Inferred from one run, and loose where one run cannot know: columns have to be there, of\n"
        "their kind, and may have gaps. Comments say what was seen, to tighten them by.",
    )
    imports = ["import pandera.pandas as pa"]
    if columns:
        imports.append("import pandas as pd")
    return module_text(head, [*columns, *map(_schema, plan.contracts)], imports, plan.package)


def _column_function(kind: str) -> str:
    what, check = _CHECKS[kind]
    return (
        f"def {kind}() -> pa.Column:\n"
        f'    """A column of which every value is {what}, or missing."""\n'
        f'    return pa.Column(checks=pa.Check({check}, error="not {what}"), nullable=True)'
    )


def _schema(contract: Contract) -> str:
    lines = [f"{contract.name} = pa.DataFrameSchema(", "    {"]
    for column, kind in contract.kinds.items():
        note = one_line(contract.notes.get(column, ""))
        lines.append(f"        {column!r}: {_column(kind)},{f'  # {note}' if note else ''}")
    return "\n".join([*lines, "    }", ")"])


def _column(kind: str) -> str:
    if kind in _CHECKS:
        return f"{kind}()"
    return f"pa.Column({kind!r})" if kind else "pa.Column(nullable=True)"


def check_lines(step: Step, plan: PackagePlan) -> list[str]:
    """What stands behind a step's call: `CLEAN_DF.validate(df)`."""
    return [f"{c.name}.validate({c.value})" for c in plan.contracts if c.step == step.name]


def check_imports(steps: Sequence[Step], plan: PackagePlan) -> dict[str, str]:
    """The imports of these lines, by name."""
    names = {step.name for step in steps}
    return {
        c.name: f"from {plan.package}.contracts import {c.name}"
        for c in plan.contracts
        if c.step in names
    }
