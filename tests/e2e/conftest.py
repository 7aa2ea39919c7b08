"""The shell that end-to-end tests type into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.shell import Shell


@pytest.fixture
def shell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name in ("OUTPUT", "PACKAGE", "PYTHON", "MAX_SIZE"):
        monkeypatch.delenv(f"NB2PKG_{name}", raising=False)
    return Shell(tmp_path, capfd)
