"""What the package will be: groups, steps, signatures, homes, dependencies."""

from nb2pkg.planning.choices import PackageChoices
from nb2pkg.planning.dependencies import (
    Dependencies,
    Dependency,
    EnvironmentFacts,
    InstalledDistribution,
    infer_dependencies,
)
from nb2pkg.planning.plan import (
    LeftOut,
    PackagePlan,
    Parameter,
    Placed,
    Process,
    SharedModule,
    Step,
)
from nb2pkg.planning.planning import plan_package

__all__ = [
    "Dependencies",
    "Dependency",
    "EnvironmentFacts",
    "InstalledDistribution",
    "LeftOut",
    "PackageChoices",
    "PackagePlan",
    "Parameter",
    "Placed",
    "Process",
    "SharedModule",
    "Step",
    "infer_dependencies",
    "plan_package",
]
