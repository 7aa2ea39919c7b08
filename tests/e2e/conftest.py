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
    for name in ("OUTPUT", "PACKAGE", "PYTHON", "MAX_SIZE", "STORE", "CACHE"):
        monkeypatch.delenv(f"NB2PKG_{name}", raising=False)
    # Records and results of each test lie beside its folder, and not where the user keeps them.
    monkeypatch.setenv("NB2PKG_HOME", str(tmp_path.parent / f"{tmp_path.name}-home"))
    return Shell(tmp_path, capfd)
