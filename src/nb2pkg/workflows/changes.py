"""What would a package change in its folder? New files against those on disk, edits kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum

from nb2pkg.ports.extracting import ChangeSet
from nb2pkg.workflows.lock_file import Lock, MergeBase, digest
from nb2pkg.workflows.merging import merge_texts

NEW_SUFFIX = ".nb2pkg-new"


# Text, or the bytes of a file that no one merges.
Content = str | bytes


class OnEdits(str, Enum):
    """What to do where a file was changed by hand since it was written."""

    STOP = "stop"
    MERGE = "merge"
    MERGE_WITH_MARKERS = "merge-with-markers"
    OVERWRITE = "overwrite"


class Kind(str, Enum):
    """What becomes of one file."""

    CREATE = "create"
    REPLACE = "replace"
    DELETE = "delete"
    UNCHANGED = "unchanged"
    MERGE = "merge"  # an edit and a new version came together
    KEEP = "keep"  # an edit stays; there is nothing new to bring in
    CONFLICT = "conflict"  # an edit stays, and the new version does not fit it
    EDITED = "edited"  # an edit is in the way, and nobody said what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What becomes of one file: its content before and after (None: no such file).

    `is_edited`: it was changed, or removed, by hand. `offered` is the new version of a conflict.
    """

    path: str
    kind: Kind
    before: Content | None
    after: Content | None
    is_edited: bool = False
    offered: str | None = None

    @property
    def writes(self) -> bool:
        """Whether the file on disk changes."""
        return self.kind in (Kind.CREATE, Kind.REPLACE, Kind.DELETE, Kind.MERGE) or (
            self.kind is Kind.CONFLICT and self.after != self.before
        )


def compare(
    files: Mapping[str, Content],
    on_disk: Mapping[str, bytes],
    lock: Lock | None,
    base: MergeBase,
    on_edits: OnEdits,
) -> tuple[FileChange, ...]:
    """Say what becomes of every file that is new, or was written before, by path."""
    written = lock.files if lock else {}
    return tuple(
        _change(path, files.get(path), on_disk.get(path), written.get(path), base, on_edits)
        for path in sorted({*files, *written})
        if path in files or path in on_disk
    )


def _change(
    path: str,
    new: Content | None,
    data: bytes | None,
    written: str | None,
    base: MergeBase,
    on_edits: OnEdits,
) -> FileChange:
    before = data if data is None or isinstance(new, bytes) else _text(data)
    if data is not None and new is not None and _is(data, new):
        return FileChange(path=path, kind=Kind.UNCHANGED, before=new, after=new)
    is_ours = data is None and written is None
    is_ours = is_ours or (data is not None and written == digest(data))
    if is_ours:
        kind = Kind.DELETE if new is None else Kind.CREATE if data is None else Kind.REPLACE
        return FileChange(path=path, kind=kind, before=before, after=new)
    match on_edits:
        case OnEdits.STOP:
            return FileChange(path=path, kind=Kind.EDITED, before=before, after=new, is_edited=True)
        case OnEdits.OVERWRITE:
            kind = Kind.DELETE if new is None else Kind.CREATE if data is None else Kind.REPLACE
            return FileChange(path=path, kind=kind, before=before, after=new, is_edited=True)
    if isinstance(new, bytes) or isinstance(before, bytes):
        return FileChange(path=path, kind=Kind.KEEP, before=before, after=before, is_edited=True)
    with_markers = on_edits is OnEdits.MERGE_WITH_MARKERS
    return _merge(path, new, before, base.files.get(path), with_markers=with_markers)


def _is(data: bytes, new: Content) -> bool:
    """Whether a file holds this; it does not matter how git writes the ends of lines of a text."""
    return data == new if isinstance(new, bytes) else data.replace(b"\r\n", b"\n") == new.encode()


def _merge(
    path: str, new: str | None, mine: str | None, base: str | None, *, with_markers: bool
) -> FileChange:
    if new is None or new == base:
        return FileChange(path=path, kind=Kind.KEEP, before=mine, after=mine, is_edited=True)
    merged = None if mine is None or base is None else merge_texts(base, mine, new)
    if merged is not None and (not merged.conflicts or with_markers):
        kind = Kind.CONFLICT if merged.conflicts else Kind.MERGE
        if merged.text == mine:
            kind = Kind.KEEP
        return FileChange(path=path, kind=kind, before=mine, after=merged.text, is_edited=True)
    return FileChange(
        path=path, kind=Kind.CONFLICT, before=mine, after=mine, is_edited=True, offered=new
    )


def change_set(
    changes: tuple[FileChange, ...],
    records: Mapping[str, str],
    beside: Mapping[str, bytes],
    base: MergeBase,
    gone: tuple[str, ...] = (),
) -> ChangeSet:
    """Give what to write and delete; `gone` are files of our own that are no longer true.

    `records` are our own files that differ from those on disk, `beside` the offers of an earlier
    merge that are still there; one that the user has worked on is kept as a backup.
    """
    writes = {c.path: c.after for c in changes if c.writes and c.after is not None}
    offers = {c.path + NEW_SUFFIX: c.offered for c in changes if c.offered is not None}
    offers = {p: text for p, text in offers.items() if beside.get(p) != text.encode()}
    untouched = {path + NEW_SUFFIX: text.encode() for path, text in base.unmerged.items()}
    overwritten = (Kind.REPLACE, Kind.DELETE)
    return ChangeSet(
        writes={**writes, **offers, **records},
        deletes=(*(c.path for c in changes if c.kind is Kind.DELETE), *gone),
        backup=(
            *(c.path for c in changes if c.is_edited and c.kind in overwritten),
            *(p for p in offers if p in beside and beside[p] != untouched.get(p)),
        ),
    )


def next_base(
    changes: tuple[FileChange, ...], files: Mapping[str, str], base: MergeBase
) -> MergeBase:
    """Give the base of the next merge: what was brought in, and the old text where it was not."""
    pending = {c.path for c in changes if c.offered is not None}
    kept = {path: base.files[path] for path in pending if path in base.files}
    fresh = {path: text for path, text in files.items() if path not in pending}
    return MergeBase(
        files={**fresh, **kept}, unmerged={path: files[path] for path in sorted(pending)}
    )


def resolved(base: MergeBase, on_disk: Mapping[str, bytes]) -> MergeBase:
    """Take as merged what an earlier merge offered and the user has since removed."""
    dealt_with = {
        path: text for path, text in base.unmerged.items() if path + NEW_SUFFIX not in on_disk
    }
    return MergeBase(files={**base.files, **dealt_with})


def diffs(changes: tuple[FileChange, ...]) -> Iterator[str]:
    """Give unified diffs of what would change, as text that `patch -p1` understands."""
    for change in changes:
        after = change.offered if change.offered is not None else change.after
        if change.before == after:
            continue
        if isinstance(after, bytes) or isinstance(change.before, bytes):
            yield f"Binary files differ: {change.path}\n"
            continue
        lines = unified_diff(
            (change.before or "").splitlines(keepends=True),
            (after or "").splitlines(keepends=True),
            "/dev/null" if change.before is None else f"a/{change.path}",
            "/dev/null" if after is None else f"b/{change.path}",
        )
        yield "".join(_ended(line) for line in lines)


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n")
