"""What is the same for every test: the option that accepts what golden pages now say."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--accept` rewrites the expectations of golden pages; read the diff before you keep it."""
    parser.addoption("--accept", action="store_true", help="rewrite what golden pages expect")
