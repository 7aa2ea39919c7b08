"""What refactorings have written is remembered, for a while, and by nobody else's eyes."""

from __future__ import annotations

from pathlib import Path

from nb2pkg.adapters.undo_journal import UndoJournal, digest_of
from nb2pkg.ports.refactoring import Written

FILES = (
    Written(path="/p/new.py", before=None, after=digest_of(b"x = 1\n")),
    Written(path="/p/old.bin", before=b"\xff\x00", after=digest_of(b"")),
)


def test_an_entry_comes_back_as_it_was(tmp_path: Path) -> None:
    journal = UndoJournal(str(tmp_path))

    entry = journal.add("Extract f to new.py", "a.ipynb", FILES)

    assert journal.find(entry.id) == entry
    assert journal.find() == entry
    assert entry.files == FILES


def test_the_newest_is_the_first_to_be_taken_back(tmp_path: Path) -> None:
    journal = UndoJournal(str(tmp_path))
    first = journal.add("first", "a.ipynb", FILES)
    second = journal.add("second", "a.ipynb", FILES)
    assert first.id != second.id
    newest = max((first, second), key=lambda entry: entry.id)

    assert journal.find() == newest
    journal.forget(newest.id)
    assert journal.find() == min((first, second), key=lambda entry: entry.id)


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    journal = UndoJournal(str(tmp_path))
    entry = journal.add("x", "a.ipynb", FILES)
    folder = tmp_path / "undo"

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / f"{entry.id}.json").stat().st_mode & 0o777 == 0o600


def test_only_a_hundred_are_kept(tmp_path: Path) -> None:
    journal = UndoJournal(str(tmp_path))

    for number in range(103):
        journal.add(str(number), "a.ipynb", ())

    assert len(list((tmp_path / "undo").iterdir())) == 100


def test_what_is_no_entry_is_none(tmp_path: Path) -> None:
    journal = UndoJournal(str(tmp_path))
    entry = journal.add("x", "a.ipynb", FILES)
    (tmp_path / "undo" / f"{entry.id}.json").write_text("{")

    assert journal.find("../../etc/passwd") is None
    assert journal.find("nothing") is None
    assert journal.find(entry.id) is None
    assert UndoJournal(str(tmp_path / "empty")).find() is None
