"""An environment in which nothing is installed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nb2pkg.planning import EnvironmentFacts
from nb2pkg.ports.extracting import CodeProblem


class EmptyEnvironments:
    """A Python of a given version, and nothing in it; `problems` is what compiling says."""

    def __init__(
        self, version: tuple[int, int] = (3, 11), problems: tuple[CodeProblem, ...] = ()
    ) -> None:
        self._version = version
        self._problems = problems

    def read(
        self,
        kernel_name: str | None,
        folder: str,
        import_names: Collection[str],
        python: str | None,
        requirements: Collection[str],
        python_from: str | None = None,
    ) -> EnvironmentFacts:
        """Say that nothing is installed."""
        return EnvironmentFacts(
            python_version=self._version,
            interpreter="python",
            found_by="a test",
            distributions={},
            local_modules=frozenset(),
        )

    def compile(self, interpreter: str, files: Mapping[str, str]) -> tuple[CodeProblem, ...]:
        """Say what the test wants said."""
        return self._problems
