"""What is every generated test module made of?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.rendering.docstrings import docstring
from nb2pkg.rendering.module_text import module_text

NEEDS_RECORDED = "needs recorded inputs: nb2pkg extract --run"
NOT_RECORDED = "the recorded call does not have all that it reads"

# What test modules use themselves; a definition of the notebook may have the same name.
_OWN_NAMES = frozenset(
    {"asyncio", "command", "dataclasses", "inspect", "json", "os", "pytest", "subprocess", "sys",
     "Path", "Parameters", "Results", "STEPS", "OPTIONS", "run", "notebook_folder", "monkeypatch",
     "capsys", "step", "gives", "there", "field", "fields", "results", "parameters", "first",
     "inputs", "load", "made", "summary", "drawn", "Drawn", "own_folder", "assert_same", "result",
     "absent", "argument", "given", "name", "option", "runs", "shown", "sources", "value"}
)  # fmt: skip
# Test modules that are about no step.
_OTHER_TEST_MODULES = frozenset({"pipeline", "command_line", "parameters", "notebook"})
# Names that mean something to pytest when they stand in a test module.
_MEANT_FOR_PYTEST = (
    "test",
    "Test",
    "setup",
    "setUp",
    "teardown",
    "tearDown",
    "pytest",
    "load_tests",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestText:
    """One test function as text, with the imports that it needs."""

    __test__ = False  # pytest would take the name for a test of ours

    text: str
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedName:
    """A name of the package as a test module has it: the import, and the name to use."""

    statement: str
    name: str


def imported(name: str, module: str) -> ImportedName:
    """Import `name`, under another name where its own would mean something else in a test."""
    if name in _OWN_NAMES or name.startswith(_MEANT_FOR_PYTEST):
        other = f"the_{name.lstrip('_')}"
        return ImportedName(f"from {module} import {name} as {other}", other)
    return ImportedName(f"from {module} import {name}", name)


def test_module_of(name: str) -> str:
    """The name of the module with the tests of a step, or of shared definitions."""
    return f"test_{name}_step" if name in _OTHER_TEST_MODULES else f"test_{name}"


def function_test_name(qualified: str, *, in_part: bool = False) -> str:
    """The name of the test that repeats calls of a function or method, with all or a part of what it got."""
    when = "with_some_rows_of_it" if in_part else "in_the_notebook"
    return f"test_{subject(qualified.replace('.', '_'))}_gives_what_it_gave_{when}"


def test_module(about: str, tests: Sequence[TestText], package: str, *heads: str) -> str:
    """A test module: docstring, imports, what stands above the tests, and the tests."""
    imports = list(dict.fromkeys(i for test in tests for i in test.imports))
    text = module_text(docstring(about), [*heads, *(test.text for test in tests)], imports, package)
    return text.replace("\n\n\n", "\n\n", 1) if heads else text


def skipped(name: str, reason: str, *imports: str) -> TestText:
    """A test that waits for something, and says for what."""
    return TestText(
        text=f"def {name}():\n    pytest.skip({reason!r})",
        imports=("import pytest", *imports),
    )


def subject(name: str) -> str:
    """A definition's name as a part of a test's name."""
    return name.strip("_") or "it"
