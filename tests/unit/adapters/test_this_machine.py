"""Who runs something is what the system knows, not what the environment says."""

from __future__ import annotations

import os
import pwd

import pytest

from nb2pkg.adapters.this_machine import user_name


def test_variables_do_not_make_anybody_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")

    assert user_name() == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)

    assert user_name() == "4000000000"
