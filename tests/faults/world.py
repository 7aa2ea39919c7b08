"""A small world to do damage to: a pipeline, its records, and all that must hold of them afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# A few in all tests, many for `make faults`: outages of what runs are recorded and shared in.
OUTAGES = int(os.environ.get("NB2PKG_OUTAGES", "2"))
SOURCE = Path(__file__).resolve().parents[2] / "src"
_TOKEN = "NB2PKG_TEST_WORLD"
_LONGEST_LIFE = 10.0

FUNCTIONS = '''\
"""Steps that take a moment, make a value and write a file."""

import os
import time
from pathlib import Path


def write(name, text):
    """Write a file whole, as a step should that may be killed."""
    Path(name + ".new").write_text(text)
    os.replace(name + ".new", name)


def first(seed=1):
    time.sleep(0.05)
    return list(range(seed, seed + 5))


def left(values):
    time.sleep(0.05)
    write("left.txt", str(values))
    return [v * 2 for v in values]


def right(values):
    time.sleep(0.05)
    return [v * 3 for v in values]


def joined(lefts, rights):
    time.sleep(0.05)
    return [a + b for a, b in zip(lefts, rights)]


def report(sums):
    time.sleep(0.05)
    write("report.txt", "\\n".join(map(str, sums)))


def last(sums):
    time.sleep(0.05)
    return sum(sums)
'''
PIPELINE = """\
name: world
parameters: {seed: 1}
steps:
  first:  {function: work:first, outputs: [values]}
  left:   {function: work:left, needs: [first], outputs: [lefts]}
  right:  {function: work:right, needs: [first], outputs: [rights]}
  joined: {function: work:joined, needs: [left, right], outputs: [sums]}
  report: {function: work:report, needs: [joined], outputs: [report.txt]}
  last:   {function: work:last, needs: [joined], outputs: [total]}
"""


@dataclass
class World:
    """A project, a home for records, and a mark that every process of ours carries."""

    folder: Path
    home: Path
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    extra: Mapping[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ("-m", "nb2pkg")

    @classmethod
    def fresh(cls, folder: Path, files: Mapping[str, str] | None = None) -> World:
        """A new one below a folder."""
        world = cls(folder / "project", folder / "home")
        world.folder.mkdir(parents=True)
        for name, text in (files or {"work.py": FUNCTIONS, "pipeline.yaml": PIPELINE}).items():
            path = world.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return world

    @property
    def environment(self) -> dict[str, str]:
        """For every command of this world."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("NB2PKG_")},
            "PYTHONPATH": str(SOURCE),
            "NB2PKG_HOME": str(self.home),
            _TOKEN: self.token,
            **self.extra,
        }

    def start(self, *words: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Begin a command, as a terminal would."""
        return subprocess.Popen(
            [*prefix, sys.executable, *self.program, *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def call(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Do a command to its end."""
        done = subprocess.run(
            [sys.executable, *self.program, *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert b"Traceback (most" not in done.stderr, done.stderr.decode()
        return done

    def json(self, *words: str) -> Any:
        """What a command prints as JSON."""
        done = self.call(*words, "--json")
        return json.loads(done.stdout)

    def processes(self) -> list[int]:
        """The processes that carry our mark."""
        mark = f"{_TOKEN}={self.token}".encode()
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    if mark in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                        state = (
                            Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()[0]
                        )
                        if state != b"Z":
                            found.append(int(name))
        return found

    def outputs(self) -> dict[str, str]:
        """What the steps have written into the project."""
        return {path.name: path.read_text() for path in sorted(self.folder.glob("*.txt"))}


def wait_until(is_so: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something is so, and fail where it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s"
        time.sleep(0.05)


def told_before(output: bytes) -> dict[str, str]:
    """Step → the last status that a run with --json-lines had told, by the time that it was killed."""
    told: dict[str, str] = {}
    for line in output.splitlines():
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if event.get("event") == "step":
                told[event["name"]] = event["status"]
    return told


def wait_for_silence(world: World) -> None:
    """Nothing of ours lives on."""
    deadline = time.monotonic() + _LONGEST_LIFE
    while world.processes():
        if time.monotonic() > deadline:
            left = [(p, _command(p)) for p in world.processes()]
            for pid, _ in left:
                os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"still there after {_LONGEST_LIFE:g} s: {left}")
        time.sleep(0.02)


def assert_world_ok(
    world: World, told: Mapping[str, str] | None = None, expected: Mapping[str, str] | None = None
) -> None:
    """Check what must hold after any fault (I1 to I8).

    told: what was acknowledged before the fault; expected: what the project's files may be, once they are there
    """
    wait_for_silence(world)  # I5
    listed = world.json("runs", "list", "-n", "1000")["runs"]
    for run in listed:
        assert run["status"] != "running", "I2: a run runs for ever"
    if told is not None and listed:  # I1
        newest = world.json("runs", "show", listed[0]["id"])
        kept = {step["name"]: step["status"] for step in newest["steps"]}
        for name, status in told.items():
            over = {"succeeded", "cached", "failed", "skipped"}
            if status in over:
                assert kept[name] == status, f"I1: {name} was told as {status} and is {kept[name]}"
            elif status == "running":
                assert kept[name] in ("crashed", *over), f"I1: {name} is {kept[name]}"
    for name, text in world.outputs().items():  # I3
        if expected is not None:
            assert text == expected[name], f"I3: {name} is half there"
    assert_store_ok(world)  # I4
    assert_contents_ok(world)
    again = world.json("run", ".", "-j", "2")  # I8
    assert again["status"] == "succeeded", again
    if expected is not None:
        assert world.outputs() == expected
    wait_for_silence(world)


def assert_store_ok(world: World) -> None:
    """The store is whole, and no attempt is there twice."""
    store = world.home / "runs.sqlite"
    if not store.exists():
        return
    with contextlib.closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        twice = (
            "SELECT run, step, number, count(*) FROM attempts GROUP BY 1, 2, 3 HAVING count(*) > 1"
        )
        assert connection.execute(twice).fetchall() == [], "I4"


def assert_contents_ok(world: World) -> None:
    """Every kept file is what its name says, and every entry names files that are there."""
    cache = world.home / "cache"
    for path in (cache / "files").rglob("*"):
        if path.is_file() and not path.name.endswith(".part"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, (
                "I3: a kept file is half there"
            )
    for path in (cache / "entries").rglob("*"):
        if path.is_file() and not path.name.endswith(".part"):
            document = json.loads(path.read_text())["document"]
            for artifact in document.get("artifacts", ()):
                kept = cache / "files" / artifact["sha256"][:2] / artifact["sha256"]
                assert kept.exists(), "an entry names what is not there"


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
    return "?"
