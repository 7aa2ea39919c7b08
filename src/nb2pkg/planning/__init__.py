"""What the package will be: groups, steps, signatures, homes, dependencies."""

from nb2pkg.planning.annotating import annotated
from nb2pkg.planning.choices import PackageChoices
from nb2pkg.planning.contracts import with_contracts
from nb2pkg.planning.dependencies import (
    Dependencies,
    Dependency,
    EnvironmentFacts,
    InstalledDistribution,
    infer_dependencies,
)
from nb2pkg.planning.observed import Observed, observed_from_json
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
    "Observed",
    "PackageChoices",
    "PackagePlan",
    "Parameter",
    "Placed",
    "Process",
    "SharedModule",
    "Step",
    "annotated",
    "infer_dependencies",
    "observed_from_json",
    "plan_package",
    "with_contracts",
]
