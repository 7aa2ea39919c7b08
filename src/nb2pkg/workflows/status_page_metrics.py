"""How do schedules stand, for a program that watches them?"""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.ports.scheduling import Daemon, JobState
from nb2pkg.workflows.daemon_health import MOST_SCHEDULES, gauge, prometheus_text
from nb2pkg.workflows.status_page_state import alive
from nb2pkg.workflows.status_page_times import due_after


def why_nothing_runs(states: Sequence[JobState], daemons: Sequence[Daemon]) -> str:
    """Say whose schedules nobody runs; empty where somebody does."""
    owners = {state.job.owner for state in states if not state.is_paused}
    without = sorted(owner for owner in owners if not alive(daemons, owner))
    return f"no daemon runs for {', '.join(without)}" if without else ""


def status_metrics(states: Sequence[JobState], daemons: Sequence[Daemon], now: float) -> str:
    """Give what the records say, in the text format of Prometheus."""
    shown = states[:MOST_SCHEDULES]
    late = sum(daemon.is_late for daemon in daemons)
    counts = [({"state": "alive"}, float(len(daemons) - late)), ({"state": "late"}, float(late))]
    return prometheus_text(
        [
            gauge("daemons", "How many daemons there are.", counts),
            gauge(
                "schedule_paused",
                "Whether a schedule is paused: 1 or 0.",
                [(_labels(state), float(state.is_paused)) for state in shown],
            ),
            gauge(
                "schedule_last_success_timestamp_seconds",
                "When the last moment was due that succeeded.",
                [
                    (_labels(state), state.last_success)
                    for state in shown
                    if state.last_success is not None
                ],
            ),
            gauge(
                "schedule_last_good",
                "Whether the last due moment that is over went well: 1 or 0.",
                [
                    (_labels(state), float(not over[0].fate.is_bad))
                    for state in shown
                    if (over := [tick for tick in state.recent if tick.fate.is_over])
                ],
            ),
            gauge(
                "schedule_next_due_timestamp_seconds",
                "When a schedule is due next.",
                [
                    (_labels(state), due)
                    for state in shown
                    if not state.is_paused and (due := due_after(state.job.timing, now)) is not None
                ],
            ),
        ]
    )


def _labels(state: JobState) -> dict[str, str]:
    return {"owner": state.job.owner, "schedule": state.job.name}
