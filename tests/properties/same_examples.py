"""What is the same for every law: which examples are tried does not hang on what else is imported."""

from __future__ import annotations

import pytest
from hypothesis.internal.conjecture import providers


@pytest.fixture(autouse=True, scope="session")
def same_examples_in_every_run() -> None:
    """Hypothesis also draws constants from the source of whatever modules are loaded by then.

    With them a law would try other programs alone than in the whole suite, and others after any change.
    """
    if hasattr(providers, "_get_local_constants"):
        none = providers.Constants()
        providers._get_local_constants = lambda: none
