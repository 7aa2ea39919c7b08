"""What a pipeline is: parameters, and steps that need one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from nb2pkg.pipeline.parameter_types import ANYTHING, ParameterType
from nb2pkg.scheduling.notify import NOBODY, Notify
from nb2pkg.scheduling.timing import Timing

# A JSON value; loose on purpose, as in `nb2pkg.notebook`.
Json: TypeAlias = Any
NO_DEFAULT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that each run may set; `default` is NO_DEFAULT where every run must.

    is_secret: its value never reaches a record, a log or a report
    """

    name: str
    type: ParameterType = ANYTHING
    default: Json = NO_DEFAULT
    about: str = ""
    is_secret: bool = False

    @property
    def is_required(self) -> bool:
        """Whether a run has to give a value."""
        return self.default is NO_DEFAULT


@dataclass(frozen=True, slots=True)
class NotebookWork:
    """A notebook that papermill runs; `path` is relative to the pipeline's folder."""

    path: str
    kernel: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionWork:
    """A function that is called, without any kernel."""

    module: str
    name: str

    @property
    def path(self) -> str:
        """As it is written in a pipeline: `churn.train:train`."""
        return f"{self.module}:{self.name}"


Work: TypeAlias = NotebookWork | FunctionWork


class CachePolicy(str, Enum):
    """Whether a step that ran on the very same things is run again."""

    AUTO = "auto"  # not again, unless it was seen to use the clock, the network or another program
    ALWAYS = "true"  # not again, whatever it was seen to use
    NEVER = "false"  # again, each time


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. Times are in seconds, paths relative to the root.

    outputs: its values, in the order in which a function returns them; those of one group are stored
        together, since they share objects
    files: that it writes and the pipeline counts on
    inputs: files that it reads, where nb2pkg cannot see that by itself; patterns may be used
    environment: names of environment variables on which it depends
    line: where it stands in the pipeline's text
    """

    name: str
    work: Work
    needs: tuple[str, ...] = ()
    outputs: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    retries: int = 0
    retry_delay_seconds: float = 1.0
    timeout_seconds: float | None = None
    cell_timeout_seconds: float | None = None
    cache: CachePolicy = CachePolicy.AUTO
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the pipeline is to run by itself.

    parameters: what these runs set, each of its parameter's type
    notify: who is told when a run fails, recovers or is missed
    line: where it stands in the pipeline's text
    """

    name: str
    timing: Timing
    parameters: Mapping[str, Json] = field(default_factory=dict)
    notify: Notify = NOBODY
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A pipeline as its file says it.

    root: the folder in which steps run, relative to the file's own
    """

    name: str
    steps: tuple[Step, ...]
    parameters: tuple[Parameter, ...] = ()
    root: str = "."
    schedules: tuple[Schedule, ...] = ()

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)


def artifact_name(group: tuple[str, ...]) -> str:
    """What values that are stored together are called: `X`, or `X_and_y`."""
    return "_and_".join(group)
