"""Writing a package: all of it or nothing, and never through a link."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.adapters.safe_root import SafeRoot
from nb2pkg.ports.extracting import ChangeSet
from nb2pkg.problems import EnvironmentFailure, Refused

folders = DiskPackageFolders()


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../../x", "a//b", "", ".", "a/./b", "a\0b", "a\\b"]
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(Refused) as caught:
        folders.apply(str(tmp_path / "out"), ChangeSet(writes={path: "x"}))

    assert caught.value.code == "NB402"
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "goal").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "src").symlink_to(tmp_path / "goal")

    with pytest.raises(Refused):
        folders.apply(str(tmp_path / "out"), ChangeSet(writes={"a": "1", "src/x.py": "x"}))

    assert files_of(tmp_path) == {}


def test_a_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("untouched")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.py").symlink_to(tmp_path / "victim")

    for changes in (ChangeSet(writes={"x.py": "x"}), ChangeSet(writes={}, deletes=("x.py",))):
        with pytest.raises(Refused):
            folders.apply(str(tmp_path / "out"), changes)
    with pytest.raises(Refused):
        folders.contents(str(tmp_path / "out"), ["x.py"])

    assert (tmp_path / "victim").read_text() == "untouched"


def test_a_folder_that_turns_into_a_link_meanwhile_changes_nothing_outside(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    out = tmp_path / "out"
    (out / "src").mkdir(parents=True)
    stop = threading.Event()

    def flip() -> None:
        while not stop.is_set():
            try:
                os.rename(out / "src", out / "aside")
                os.symlink(victim, out / "src")
                os.unlink(out / "src")
                os.rename(out / "aside", out / "src")
            except OSError:
                continue

    thread = threading.Thread(target=flip)
    thread.start()
    try:
        for number in range(300):
            try:
                folders.apply(str(out), ChangeSet(writes={f"src/{number}.py": "x"}))
            except (Refused, EnvironmentFailure):
                continue
    finally:
        stop.set()
        thread.join()

    assert list(victim.iterdir()) == []


@pytest.mark.parametrize("number", range(1, 5))
def test_a_disk_that_fills_up_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    out = tmp_path / "deep" / "out"
    existing = number % 2 == 0
    if existing:
        folders.apply(str(out), ChangeSet(writes={"a": "old", "b/c": "old", "gone": "old"}))
    before = files_of(tmp_path)
    _fail_at(monkeypatch, "write_new", number)

    with pytest.raises(EnvironmentFailure) as caught:
        folders.apply(
            str(out),
            ChangeSet(writes={"a": "1", "b/c": "2", "b/d": "3", "e": "4"}, deletes=("gone",)),
        )

    assert caught.value.code == "NB502"
    assert "No space left" in caught.value.message
    assert files_of(tmp_path) == before
    assert existing or list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", range(1, 5))
def test_a_rename_that_fails_undoes_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    out = tmp_path / "out"
    folders.apply(str(out), ChangeSet(writes={"a": "old", "b/c": "old", "gone": "old"}))
    before = files_of(out)
    _fail_at(monkeypatch, "rename", number, only_once=True)

    with pytest.raises(EnvironmentFailure):
        folders.apply(
            str(out),
            ChangeSet(writes={"a": "1", "b/c": "2", "b/d": "3", "e": "4"}, deletes=("gone",)),
        )

    assert files_of(out) == before


def _fail_at(
    monkeypatch: pytest.MonkeyPatch, method: str, number: int, *, only_once: bool = False
) -> None:
    """Let the n-th call of a method fail as a full disk does."""
    real = getattr(SafeRoot, method)
    calls = 0

    def failing(self: SafeRoot, *arguments: object, **named: object) -> None:
        nonlocal calls
        calls += 1
        if calls == number or (calls > number and not only_once):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(self, *arguments, **named)

    monkeypatch.setattr(SafeRoot, method, failing)


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    folders.apply(str(tmp_path), ChangeSet(writes={"run.sh": "1"}))
    (tmp_path / "run.sh").chmod(0o750)
    folders.apply(str(tmp_path), ChangeSet(writes={"run.sh": "2"}))

    assert (tmp_path / "run.sh").read_text() == "2"
    assert (tmp_path / "run.sh").stat().st_mode & 0o777 == 0o750


def test_empty_folders_go_with_their_last_file(tmp_path: Path) -> None:
    folders.apply(str(tmp_path), ChangeSet(writes={"a/b/c.py": "1", "a/d.py": "2"}))
    folders.apply(str(tmp_path), ChangeSet(writes={}, deletes=("a/b/c.py",)))

    assert not (tmp_path / "a" / "b").exists()
    assert files_of(tmp_path) == {"a/d.py": "2"}


def test_a_backup_is_kept_of_what_is_overwritten(tmp_path: Path) -> None:
    folders.apply(str(tmp_path), ChangeSet(writes={"a.py": "mine"}))
    folders.apply(str(tmp_path), ChangeSet(writes={"a.py": "new"}, backup=("a.py",)))

    (copy,) = (tmp_path / ".nb2pkg" / "backup").glob("*/a.py")
    assert copy.read_text() == "mine"
    assert (tmp_path / "a.py").read_text() == "new"


def test_long_names_that_begin_alike_are_written_together(tmp_path: Path) -> None:
    names = [f"a_step_with_a_name_that_is_much_too_long_{number}.py" for number in range(3)]

    folders.apply(str(tmp_path / "out"), ChangeSet(writes=dict.fromkeys(names, "x")))

    assert sorted(files_of(tmp_path / "out")) == names


def test_what_is_no_longer_as_it_was_seen_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("somebody's\n")
    for seen in (None, b"before\n"):
        with pytest.raises(Refused) as caught:
            folders.apply(
                str(tmp_path), ChangeSet(writes={"a.py": "x", "b.py": "y"}, seen={"a.py": seen})
            )
        assert caught.value.code == "NB412"
        assert files_of(tmp_path) == {"a.py": "somebody's\n"}

    folders.apply(str(tmp_path), ChangeSet(writes={"a.py": "x"}, seen={"a.py": b"somebody's\n"}))
    assert files_of(tmp_path) == {"a.py": "x"}


def test_of_two_that_have_seen_the_same_one_writes(tmp_path: Path) -> None:
    """Whoever comes second is told, whatever the two do at the same time."""
    told: list[str] = []

    def write(text: str) -> None:
        seen = {"a.py": b"0"}
        try:
            folders.apply(str(tmp_path), ChangeSet(writes={"a.py": text, "b.py": text}, seen=seen))
        except Refused as refused:
            told.append(refused.code or "")

    for turn in range(20):
        (tmp_path / "a.py").write_text("0")
        both = [threading.Thread(target=write, args=(f"{turn} {n}",)) for n in (1, 2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert len(told) == turn + 1
        found = files_of(tmp_path)
        assert found["a.py"] == found["b.py"] != "0"
    assert set(told) == {"NB412"}
