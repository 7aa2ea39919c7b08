"""Laws of extraction: the package does what the notebook does, is sound, and is always the same."""

from __future__ import annotations

import ast
import builtins
import dis
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import CodeType

import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from tests.builders import PACKAGE, notebook, plan_and_graph, sources
from tests.properties.counterexamples import COUNTEREXAMPLES, Counterexample
from tests.properties.random_notebooks import random_notebook
from tests.properties.side_by_side import compare, imported_modules, run_notebook

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    # Shrinking takes minutes here; `python -m tests.properties.search` cuts down what it finds.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


CHANCE = st.randoms(use_true_random=False)


def cells_of(chance: Random) -> list[str]:
    """The cells of a small random notebook that runs from top to bottom."""
    cells = random_notebook(chance, size=chance.choice([4, 8, 14])).sources()
    note("\n--\n".join(cells))
    return cells


@EXAMPLES
@given(chance=CHANCE)
def test_the_package_does_what_the_notebook_does(chance: Random) -> None:
    document = notebook(*cells_of(chance))
    expected = run_notebook(document)
    # A statement that was tried and failed half way may have helped a later one.
    assume(expected.error is None and " at 0x" not in expected.printed)

    comparison = compare(document, expected)

    assert not comparison.is_wrong, comparison


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(c, id=c.id, marks=[pytest.mark.xfail(reason=c.not_yet)] if c.not_yet else [])
        for c in COUNTEREXAMPLES
    ],
)
def test_what_once_went_wrong_stays_right(example: Counterexample) -> None:
    document = notebook(*example.cells)
    expected = run_notebook(document)

    comparison = compare(document, expected)

    assert expected.error == example.error
    assert not comparison.is_wrong, comparison


@EXAMPLES
@given(chance=CHANCE)
def test_every_name_that_generated_code_looks_up_exists(chance: Random) -> None:
    cells = cells_of(chance)
    plan, _ = plan_and_graph(notebook(*cells))
    # A notebook may ask for a name that it never binds, to see that it is not there.
    bound = names_bound_in(cells)

    with imported_modules(sources(plan)) as modules:
        missing = [
            f"{module.__name__}: {name}"
            for module, code in modules
            for name in sorted(looked_up(code) - vars(module).keys() - set(dir(builtins)))
            if name in bound or f"    {name}\n" not in "\n".join([*cells, ""])
        ]

    assert missing == []


def names_bound_in(cells: list[str]) -> set[str]:
    """The names that code cells bind anywhere, as far as that can be read from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse("\n".join(cell for cell in cells if not cell.startswith("#")))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def looked_up(code: CodeType) -> set[str]:
    """The names that code looks up in its module, functions inside it included."""
    return {
        str(instruction.argval)
        for inner in _codes(code)
        for instruction in dis.get_instructions(inner)
        if instruction.opname == "LOAD_GLOBAL"
    }


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


@EXAMPLES
@given(chance=CHANCE)
def test_extracting_twice_gives_the_same_bytes(chance: Random) -> None:
    cells = cells_of(chance)

    first, second = (sources(plan_and_graph(notebook(*cells))[0]) for _ in range(2))

    assert first == second


def test_the_order_of_sets_changes_no_byte() -> None:
    digests = {_digest_with_hash_seed(seed) for seed in ("0", "1", "4242")}

    assert len(digests) == 1


def _digest_with_hash_seed(hash_seed: str) -> str:
    """The digest of what sixty notebooks become in a process that orders sets in its own way."""
    program = (
        "from tests.properties.test_extraction_laws import digest_of_many; print(digest_of_many())"
    )
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def digest_of_many() -> str:
    """The digest of everything that sixty fixed notebooks become."""
    digest = hashlib.sha256()
    for seed in range(60):
        cells = random_notebook(Random(seed), size=16).sources()
        plan, graph = plan_and_graph(notebook(*cells))
        digest.update(repr(sorted(sources(plan).items())).encode())
        digest.update(repr((plan.left_out, plan.diagnostics, graph.flows)).encode())
    return digest.hexdigest()


__all__ = ["PACKAGE", "digest_of_many"]
