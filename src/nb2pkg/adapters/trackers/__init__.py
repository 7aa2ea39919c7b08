"""The port `Tracker`: MLflow, and whoever reads OpenLineage events."""

from nb2pkg.adapters.trackers.opening import open_trackers

__all__ = ["open_trackers"]
