"""What does whoever listens to a run hear of it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from nb2pkg.pipeline.records import RunRecord, StepRecord
from nb2pkg.ports.running import StepPrinted, StepProgress


@dataclass(frozen=True, slots=True)
class RunBegan:
    """The run is written down, and its steps wait."""

    run: RunRecord


@dataclass(frozen=True, slots=True)
class RunOver:
    """The end of the run is written down."""

    run: RunRecord


@dataclass(frozen=True, slots=True)
class StepChanged:
    """What is known of a step is new."""

    step: StepRecord


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that whoever runs this should hear of, and that stops nothing."""

    code: str
    message: str


RunEvent: TypeAlias = "RunBegan | RunOver | StepChanged | Noticed | StepProgress | StepPrinted"
Listener = Callable[[RunEvent], None]
