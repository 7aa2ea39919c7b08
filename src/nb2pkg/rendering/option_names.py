"""What are the options of the generated command called?"""

from __future__ import annotations

from nb2pkg.planning.plan import PackagePlan


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
