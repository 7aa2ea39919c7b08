"""The memory that may be used is what the control groups of either version say, or what the machine has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nb2pkg.adapters.memory_limit import memory_limit

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("own", "files", "limit"),
    [
        ("0::/a/b\n", {"a/b/memory.max": "max\n", "a/memory.max": "5000000\n"}, 5_000_000),
        ("0::/a/b\n", {"a/b/memory.max": "4000000\n", "a/memory.max": "5000000\n"}, 4_000_000),
        ("0::/a\n", {"a/memory.max": "max\n"}, MACHINE),
        ("4:cpu,memory:/a\n0::/\n", {"memory/a/memory.limit_in_bytes": "6000000\n"}, 6_000_000),
        ("4:memory:/a\n", {"memory/a/memory.limit_in_bytes": "9223372036854771712\n"}, MACHINE),
        ("4:memory:/outside/x\n", {"memory/memory.limit_in_bytes": "7000000\n"}, 7_000_000),
        ("5:cpu:/a\n", {"memory/a/memory.limit_in_bytes": "6000000\n"}, MACHINE),
        ("nonsense", {}, MACHINE),
    ],
    ids=["above", "own", "none", "v1", "v1 without", "container", "another's", "nonsense"],
)
def test_the_smallest_limit_counts(
    tmp_path: Path, own: str, files: dict[str, str], limit: int
) -> None:
    for name, text in files.items():
        path = tmp_path / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "own").write_text(own)

    assert memory_limit(str(tmp_path / "groups"), str(tmp_path / "own")) == limit


def test_where_there_are_no_groups_it_is_the_machine_s(tmp_path: Path) -> None:
    assert memory_limit(str(tmp_path), str(tmp_path / "own")) == MACHINE
