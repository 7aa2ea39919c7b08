"""A newcomer types the three commands of docs/how-to/schedule.md, and the package runs by itself from then on.

As another user than root, under a real systemd of that user where one can be started. Whether it goes on after a logout
hangs on systemd's own login manager, which no container runs: there the unit is started, and that is left untested.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.user_systemd import READS, comes_true, running_systemd

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "how-to" / "schedule.md"
_USER = 65534


def commands() -> list[str]:
    """The three that the page begins with."""
    fence = re.search(r"```console\n(.*?)```", _PAGE.read_text("utf-8"), re.S)
    assert fence is not None
    return [line.removeprefix("$ ") for line in fence[1].splitlines()]


def typed(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    """What a shell says to a command that the user types."""
    words = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", *READS]
    done = subprocess.run(
        [*words, "/bin/sh", "-c", command],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def newcomer() -> Iterator[tuple[Path, dict[str, str]]]:
    """The home of another user, with an extracted package in it, and what is set there."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become another user, by setpriv")
    home = Path(tempfile.mkdtemp(prefix="nb2pkg-home-"))
    try:
        shutil.copytree(_ROOT / "examples" / "01-churn", home, dirs_exist_ok=True)
        # As READS does for what the user types: this machine's Python may lie where only root may look.
        more = home / ".config" / "systemd" / "user" / "nb2pkg-schedule.service.d" / "reads.conf"
        more.parent.mkdir(parents=True)
        more.write_text("[Service]\nAmbientCapabilities=CAP_DAC_READ_SEARCH\n")
        for path in [home, *home.rglob("*")]:
            os.chown(path, _USER, _USER)
        programs = home / "programs"
        programs.mkdir()
        (programs / "nb2pkg").symlink_to(Path(sys.executable).with_name("nb2pkg"))
        environment = {
            "HOME": str(home),
            "PATH": f"{programs}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        try:
            typed("nb2pkg --version", home, environment)
        except AssertionError as why:
            pytest.skip(f"another user may not read this checkout: {why}")
        yield home, environment
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_three_commands_make_a_package_run_by_itself(
    newcomer: tuple[Path, dict[str, str]],
) -> None:
    home, plain = newcomer
    first, add, install = commands()
    try:
        with running_systemd(plain, _USER) as environment:
            typed(first, home, environment)
            assert "next" in typed(add, home, environment)
            assert "nb2pkg-schedule.service" in typed(install, home, environment)

            def listed() -> dict[str, object]:
                answer: dict[str, object] = json.loads(
                    typed("nb2pkg schedule list --json", home, environment)
                )
                return answer

            assert comes_true(lambda: bool(listed()["daemons"]))
            typed("nb2pkg schedule trigger churn", home, environment)

            def last() -> str:
                answer = json.loads(
                    typed("nb2pkg schedule history churn --json", home, environment)
                )
                return str(answer["ticks"][0]["fate"])

            assert comes_true(lambda: last() not in ("waiting", "running"), seconds=90)
            assert last() == "succeeded", typed("nb2pkg schedule history churn", home, environment)
            # The daemon is systemd's child, and of no terminal that could be closed.
            words = ["systemctl", "--user", "show", "nb2pkg-schedule", "-p", "MainPID", "--value"]
            pid = typed(" ".join(words), home, environment).strip()
            assert Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[4] == "0"
            typed("nb2pkg schedule uninstall", home, environment)
            assert comes_true(lambda: not listed()["daemons"])
    except LookupError as why:
        pytest.skip(f"surviving a logout is untested: {why}")
