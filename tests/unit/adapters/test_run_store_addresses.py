"""What is no address of a store is told, and no message shows a password."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest

from nb2pkg.adapters.run_store import open_run_store
from nb2pkg.adapters.run_store.shown_address import shown_address
from nb2pkg.ports.running import RunQuery
from nb2pkg.problems import EnvironmentFailure, UsageError


@pytest.mark.parametrize("prefix", ["", "sqlite://", "sqlite:///", "SQLite://"])
def test_a_path_may_be_written_as_a_url(tmp_path: Path, prefix: str) -> None:
    with contextlib.closing(open_run_store(f"{prefix}{tmp_path}/a b%20.db")) as store:
        assert store.runs(RunQuery()) == ()

    assert [path.name for path in tmp_path.iterdir()] == ["a b%20.db"]


def test_a_path_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_run_store("runs/runs.db")
    monkeypatch.chdir("/")
    with contextlib.closing(store):
        assert store.runs(RunQuery()) == ()

    assert (tmp_path / "runs" / "runs.db").is_file()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ada:hunter2@db/runs",
        "postgresql+psycopg://ada:hunter2@db/runs",
        "https://ada:hunter2@db/runs",
        "postgres://ada:hun/ter2@db/runs",
        "postgres://ada:hun@ter2@db/runs",
        "postgres://ada:1/hunter2@db/runs",
        "postgres://ada:hunter2%@db/runs",
        "postgres://ada:hunter2@db/runs?odd=1",
        "postgres://db/runs?user=ada&password=hunter2&odd=1",
        "://ada:hunter2@db",
        "sqlite://",
        "sqlite:///",
        "sqlite://host:hunter2@/x.db",
        "",
        "a\0b",
    ],
)
def test_what_is_no_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_run_store(url)

    assert caught.value.code == "NB516"
    told = f"{caught.value.message} {caught.value.hint} {caught.value.__cause__}"
    assert "hun" not in told and "ter2" not in told
    assert ("***" in caught.value.message) == ("ter2" in url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:hunter2@db:5432/runs", "postgresql://ada:***@db:5432/runs"),
        ("postgres://:hunter2@db/runs", "postgres://:***@db/runs"),
        ("postgres://ada@db/runs", "postgres://ada@db/runs"),
        ("postgres://ada:a/b?c@d@db/runs", "postgres://ada:***@db/runs"),
        ("postgres://db/runs?password=x&sslmode=on", "postgres://db/runs?password=***&sslmode=on"),
        ("postgres://db/runs?sslPassword=x", "postgres://db/runs?sslPassword=***"),
        ("/home/ada/runs.db", "/home/ada/runs.db"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert shown_address(url) == shown


def test_without_psycopg_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if "run_store.postgres_" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EnvironmentFailure, match=r"ada:\*\*\*@db.*psycopg") as caught:
        open_run_store("postgresql://ada:hunter2@db/runs")

    assert caught.value.code == "NB517"
    assert "nb2pkg[postgres]" in (caught.value.hint or "")
