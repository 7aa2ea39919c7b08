"""The disk is full, at every size that it can have: what was there stays whole, and the message says so."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, assert_contents_ok, assert_store_ok, wait_for_silence

# 4 KB steps when everything is tried; a few sizes otherwise.
STEP = int(os.environ.get("NB2PKG_DISK_STEP", "96")) * 1024
FILES = {"left.txt": "[1, 2, 3, 4, 5]", "report.txt": "5\n10\n15\n20\n25"}


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of its own, with room for `size` bytes."""
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={max(size, 4096)},mode=700", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def sizes(most: int) -> range:
    return range(0, most, STEP)


@pytest.mark.parametrize("size", sizes(480 * 1024))
def test_no_room_for_records_and_results(tmp_path: Path, size: int) -> None:
    world = World.fresh(tmp_path / "w")
    with small_disk(tmp_path / "disk", size) as disk:
        world.home = disk / "home"

        done = world.call("run", ".", "-j", "2")

        wait_for_silence(world)
        if done.returncode == 1:
            # What a step itself could not write is its failure, and says why.
            assert b"No space left on device" in done.stderr, done.stderr
        elif done.returncode:
            assert done.returncode == 5, done.stderr
            assert b"error[NB502]" in done.stderr or b"error[NB510]" in done.stderr, done.stderr
            assert str(disk).encode() in done.stderr, done.stderr
        assert_contents_ok(world)
        for name, text in world.outputs().items():
            assert text == FILES[name]
        subprocess.run(["mount", "-o", "remount,size=50M", str(disk)], check=True)
        assert world.call("run", ".").returncode == 0, "with room it works again"
        assert_store_ok(world)
        assert world.outputs() == FILES


@pytest.mark.parametrize("size", sizes(24 * 1024))
def test_no_room_for_the_output(tmp_path: Path, size: int) -> None:
    notebook = (
        '{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, "metadata": {}, '
        '"outputs": [], "source": "print(\'x\' * 10000)"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    world = World.fresh(tmp_path / "w", {"a.ipynb": notebook})
    with small_disk(tmp_path / "disk", size) as disk:
        out = disk / "out.ipynb"
        out.write_text("before")

        done = world.call("run", "a.ipynb", "-o", str(out))

        if done.returncode:
            assert done.returncode == 5, done.stderr
            assert b"error[NB502]" in done.stderr
            assert b"bytes are free" in done.stderr
            assert out.read_text() == "before"
        assert [path.name for path in disk.iterdir()] == ["out.ipynb"]


@pytest.mark.parametrize("option", ["ro", "nr_inodes=3"])
def test_a_disk_that_takes_nothing(tmp_path: Path, option: str) -> None:
    world = World.fresh(tmp_path / "w")
    with small_disk(tmp_path / "disk", 10_000_000) as disk:
        world.home = disk / "home"
        subprocess.run(["mount", "-o", f"remount,{option}", str(disk)], check=True)

        done = world.call("run", ".")

        assert done.returncode == 5, done.stderr
        assert b"error[NB5" in done.stderr
        wait_for_silence(world)


def test_a_file_that_may_not_be_changed(tmp_path: Path) -> None:
    world = World.fresh(tmp_path / "w")
    world.call("run", ".")
    world.folder.joinpath("report.txt").unlink()
    target = world.home / "cache" / "entries"
    done = subprocess.run(["chattr", "-R", "+i", str(target)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("chattr is not possible here")
    try:
        ended = world.call("run", ".", "--force")
    finally:
        subprocess.run(["chattr", "-R", "-i", str(target)], check=True)

    assert ended.returncode == 5, ended.stderr
    assert b"error[NB502]" in ended.stderr
    assert world.json("runs", "show", "last")["status"] == "failed"
    assert world.call("run", ".").returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a file that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("words", ["run . --json-lines", "runs list"])
def test_no_room_for_what_is_printed(tmp_path: Path, words: str, unbuffered: str) -> None:
    world = World.fresh(tmp_path)
    world.extra = {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "wb") as full:
        for messages in (subprocess.PIPE, full):
            done = subprocess.run(
                [sys.executable, "-m", "nb2pkg", *words.split()],
                cwd=world.folder,
                env=world.environment,
                stdout=full,
                stderr=messages,
                timeout=60,
                check=False,
            )

            assert done.returncode == 5, done.stderr
            if done.stderr is not None:
                assert b"error[NB502]" in done.stderr
                assert b"No space left on device" in done.stderr
                assert b"Exception ignored" not in done.stderr
    assert world.call("run", ".").returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a file that is always full")
def test_no_room_for_messages_stops_nothing(tmp_path: Path) -> None:
    world = World.fresh(tmp_path)
    world.extra = {"PYTHONUNBUFFERED": ""}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nb2pkg", "run", "."],
            cwd=world.folder,
            env=world.environment,
            stdout=subprocess.PIPE,
            stderr=full,
            timeout=60,
            check=False,
        )

    assert done.returncode == 0
    assert b"succeeded" in done.stdout
    assert world.outputs() == FILES
