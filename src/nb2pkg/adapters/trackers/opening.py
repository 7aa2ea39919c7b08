"""Who is to be told of a run?"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable

from nb2pkg.adapters.trackers.addresses import (
    MlflowAddress,
    lineage_address,
    mlflow_address,
)
from nb2pkg.adapters.trackers.told_failure import shown
from nb2pkg.ports.running import Tracker
from nb2pkg.problems import EnvironmentFailure


def open_trackers(
    *,
    mlflow_uri: str | None,
    mlflow_experiment: str | None,
    lineage: str | None,
    fetch: Callable[[str, str], bool],
) -> tuple[Tracker, ...]:
    """Give those who are to be told; nobody is spoken to yet.

    mlflow_experiment: None or empty for the pipeline's name
    fetch: writes a kept file, by its sha256, to a path; False where it is not there

    Raises:
        UsageError: an address is none (NB516).
        EnvironmentFailure: MLflow, or what it needs for such an address, is not installed (NB517).
    """
    found: list[Tracker] = []
    if mlflow_uri is not None:
        from nb2pkg.adapters.trackers.mlflow_tracker import MlflowTracker

        address = mlflow_address(mlflow_uri)
        _require_mlflow(address)
        found.append(MlflowTracker(address, mlflow_experiment or None, fetch))
    if lineage is not None:
        from nb2pkg.adapters.trackers.lineage_places import WebPlace, written_file
        from nb2pkg.adapters.trackers.lineage_tracker import LineageTracker

        kind, where = lineage_address(lineage)
        if kind == "file":
            found.append(LineageTracker(written_file(where), where))
        else:
            key = os.environ.get("OPENLINEAGE_API_KEY", "")
            found.append(LineageTracker(WebPlace(where, key).post, where))
    return tuple(found)


def _require_mlflow(address: MlflowAddress) -> None:
    """Find what is missing without importing any of it: that takes a second, and is done elsewhere."""
    needed = ["mlflow"]
    if address.is_database:
        needed += ["sqlalchemy", "alembic"]
    for name in needed:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:  # without one, it is but a folder called so
            raise EnvironmentFailure(
                "NB517",
                f"to tell MLflow ({shown(address.uri)}) of a run takes {name}, which is not installed here",
                hint="python -m pip install 'nb2pkg[mlflow]'",
            )
