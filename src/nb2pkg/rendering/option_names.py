"""What are the options of the generated command called, and which read JSON?"""

from __future__ import annotations

import re

from nb2pkg.planning.plan import PackagePlan, Parameter


def flag_of(name: str, plan: PackagePlan) -> str:
    """The option that sets a parameter: `n-estimators`; every parameter has one of its own."""
    taken = {"help"}
    for parameter in plan.parameters:
        flag = parameter.name.strip("_").replace("_", "-") or parameter.name
        while flag in taken:
            flag += "-value"
        taken.add(flag)
        if parameter.name == name:
            return flag
    raise AssertionError("a parameter of this plan")


def needs_json(parameter: Parameter) -> bool:
    """Whether the option takes a list, a mapping or the like, written as JSON."""
    if parameter.default == "None" and not _SPELLED_OUT.search(parameter.annotation):
        return False  # a text, most likely: `--region EU`
    return parameter.annotation not in ("bool", "int", "float", "str")


_SPELLED_OUT = re.compile(
    r"int|float|bool|list|dict|tuple|set|List|Dict|Tuple|Set|Sequence|Mapping"
)
