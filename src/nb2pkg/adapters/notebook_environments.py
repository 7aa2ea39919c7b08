"""The port `Environments`, answered by the interpreters of this machine."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from nb2pkg.adapters.python_environments import compile_as, compile_with, read_environment
from nb2pkg.planning import EnvironmentFacts
from nb2pkg.ports.extracting import CodeProblem


class NotebookEnvironments:
    """The Python that a notebook's kernel, or the user, names."""

    def __init__(self) -> None:
        self._versions: dict[str, tuple[int, int]] = {}
        self._not_to_be_run: set[str] = set()

    def read(
        self,
        kernel_name: str | None,
        folder: str,
        import_names: Collection[str],
        python: str | None,
        requirements: Collection[str],
        python_from: str | None = None,
    ) -> EnvironmentFacts:
        """Read what is installed there."""
        facts = read_environment(
            kernel_name,
            Path(folder),
            import_names,
            python,
            requirements=requirements,
            python_from=python_from,
        )
        if facts.interpreter is not None and facts.python_version is not None:
            self._versions[facts.interpreter] = facts.python_version
            if not facts.may_be_run:
                self._not_to_be_run.add(facts.interpreter)
        return facts

    def compile(self, interpreter: str, files: Mapping[str, str]) -> tuple[CodeProblem, ...]:
        """Compile files on that interpreter, unless it is of our own version: that was done."""
        if self._versions.get(interpreter) == sys.version_info[:2]:
            return ()
        if interpreter in self._not_to_be_run:
            problems = compile_as(self._versions[interpreter], files)
        else:
            problems = compile_with(interpreter, files)
        return tuple(
            CodeProblem(path=problem.path, message=problem.message, line=problem.line)
            for problem in problems
        )
