"""Extract: from a notebook to the files of its package, on disk or as a preview."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nb2pkg.ports.extracting import FolderState, NotebookSource, PackageFolders
from nb2pkg.problems import Diagnostic, Refused, Severity, UsageError
from nb2pkg.workflows.changes import (
    NEW_SUFFIX,
    Content,
    FileChange,
    Kind,
    OnEdits,
    change_set,
    compare,
    next_base,
    resolved,
)
from nb2pkg.workflows.lock_file import (
    BASE_PATH,
    LOCK_PATH,
    Lock,
    MergeBase,
    base_text,
    lock_in,
    lock_text,
    read_base,
)
from nb2pkg.workflows.observations import (
    OBSERVED_PATH,
    KeptRun,
    kept_run,
    read_run,
    run_text,
)
from nb2pkg.workflows.package_name import choose_package_name
from nb2pkg.workflows.proposal import Proposal
from nb2pkg.workflows.self_check import faults_of
from nb2pkg.workflows.shown_changes import digest_of_changes, refuse_other_than_shown

if TYPE_CHECKING:  # extract need not load what only a run needs
    from nb2pkg.workflows.recording import Recording

# The name that we own there, the root, and a run of an earlier extract.
Propose = Callable[[str | None, str, KeptRun | None], Proposal]
# Runs the notebook and its package; the package's folder is no part of what the notebook sees.
Record = Callable[[Proposal, str], "Recording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What extracting a notebook changed, or would change.

    notebook: its path as the user gave it; folder: the absolute output folder
    is_written: whether the folder now is as `changes` say
    recording: what running the notebook came to, where it was run
    """

    notebook: str
    folder: str
    proposal: Proposal
    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]
    is_written: bool
    recording: Recording | None = None

    @property
    def digest(self) -> str:
        """What identifies all that changes here: what was shown, for whoever then wants just that."""
        return digest_of_changes(self.folder, self.proposal.cells_sha256, self.changes)

    @property
    def has_changes(self) -> bool:
        """Whether any file is, or would be, another one."""
        return any(change.writes or change.kind is Kind.EDITED for change in self.changes)

    @property
    def edited(self) -> tuple[str, ...]:
        """The files whose edits are in the way."""
        return tuple(c.path for c in self.changes if c.kind is Kind.EDITED)

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The files where an edit and the new version did not come together."""
        return tuple(c.path for c in self.changes if c.kind is Kind.CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Where the package goes and how: the user's word, or None.

    output: an absolute folder, in which `{package}` stands for the package's name
    write: whether to change anything on disk
    contracts: whether tables between steps are checked; None leaves it as it was
    shown: the digest of the changes that were shown; others are not written
    """

    output: str | None = None
    package: str | None = None
    on_edits: OnEdits = OnEdits.STOP
    write: bool = True
    contracts: bool | None = None
    shown: str | None = None


def extract_notebook(
    source: NotebookSource,
    wish: Wish,
    *,
    propose: Propose,
    folders: PackageFolders,
    record: Record | None = None,
) -> Extraction:
    """Propose a package, compare it with what is there and, if so wished, apply the difference.

    With `record`, the notebook is run, and what is seen goes into annotations and tests. Without, what an
    earlier run of the same cells has shown stays in them.

    Raises:
        Refused: the folder is not ours, or files in it were edited (NB401) and are to be written, or what would
            be written is not what was shown (NB413).
        Nb2pkgError: whatever `propose` has to say.
    """
    _refuse_odd_name(source)
    folder = _folder(source, wish, wish.package or choose_package_name(source.name))
    lock = _own_lock(source, folder, wish, folders)
    kept = _kept_run(folder, lock, wish, folders)
    # What is run is the package by itself: what checks its tables comes after.
    known = kept if record is None else None
    proposal = propose(lock.package if lock else None, _way(folder, source.folder), known)
    if lock is None:  # only now is it known what the notebook imports, and so what names are free
        folder = _folder(source, wish, proposal.package)
        lock = _own_lock(source, folder, wish, folders)
        kept = _kept_run(folder, lock, wish, folders)
        if kept is not None and record is None:
            proposal = propose(proposal.package, _way(folder, source.folder), kept)
    recording = None
    if record is not None:
        _refuse_edits_before_running(folder, proposal, lock, wish, folders)
        recording = record(proposal, folder)
        has_contracts = wish.contracts or (kept is not None and kept.contracts)
        kept = kept_run(
            recording.observed, proposal.cells_sha256, recording.data, contracts=has_contracts
        )
        proposal = propose(proposal.package, _way(folder, source.folder), kept)
    is_current = kept is not None and kept.cells_sha256 == proposal.cells_sha256
    if wish.contracts and not is_current:
        raise UsageError(
            "NB016",
            "contracts are inferred from a run, and none of this notebook as it is now is known",
            hint="add --run",
        )
    data = (
        recording.data if recording else _kept_data(folder, kept if is_current else None, folders)
    )
    files: dict[str, Content] = {**proposal.files, **data}
    paths = sorted({*files, *(lock.files if lock else ())})
    own = folders.contents(folder, (LOCK_PATH, BASE_PATH, OBSERVED_PATH))
    written = read_base(own.get(BASE_PATH))
    on_disk = folders.contents(folder, paths)
    beside = folders.contents(folder, (p + NEW_SUFFIX for p in {*paths, *written.unmerged}))
    base = resolved(written, beside)
    changes = compare(files, on_disk, lock, base, wish.on_edits)
    records = {
        LOCK_PATH: lock_text(source.file_name, proposal, data),
        BASE_PATH: base_text(next_base(changes, proposal.files, base)),
    }
    if kept is not None and is_current:
        records[OBSERVED_PATH] = run_text(kept)
    gone = (OBSERVED_PATH,) if OBSERVED_PATH in own and OBSERVED_PATH not in records else ()
    refuse_other_than_shown(wish.shown, digest_of_changes(folder, proposal.cells_sha256, changes))
    if wish.write:
        _refuse_edited(folder, changes)
        _check_merged(proposal, changes, with_markers=wish.on_edits is OnEdits.MERGE_WITH_MARKERS)
        ours = _changed(records, own)
        wanted = change_set(changes, ours, beside, written, gone)
        before = {**on_disk, **own, **beside}
        seen = {path: before.get(path) for path in (*wanted.writes, *wanted.deletes)}
        folders.apply(folder, replace(wanted, seen=seen))
    notes = [*_merge_notes(changes), *(recording.diagnostics if recording else ())]
    if gone:
        notes.append(_forgotten())
    return Extraction(
        notebook=source.path,
        folder=folder,
        proposal=proposal,
        changes=changes,
        diagnostics=(*proposal.diagnostics, *notes),
        is_written=wish.write,
        recording=recording,
    )


# -- runs --------------------------------------------------------------------------------------------


def _kept_run(
    folder: str, lock: Lock | None, wish: Wish, folders: PackageFolders
) -> KeptRun | None:
    """What an earlier run has shown, if all that was kept of it is there."""
    if lock is None:
        return None
    run = read_run(folders.contents(folder, (OBSERVED_PATH,)).get(OBSERVED_PATH))
    if run is None or set(run.files) != set(folders.contents(folder, run.files)):
        return None
    return run if wish.contracts is None else replace(run, contracts=wish.contracts)


def _kept_data(folder: str, run: KeptRun | None, folders: PackageFolders) -> dict[str, bytes]:
    return folders.contents(folder, run.files) if run else {}


def _forgotten() -> Diagnostic:
    return Diagnostic(
        code="NB533",
        severity=Severity.NOTE,
        message="the notebook has changed since it was run: its recorded types and tests are gone",
        hint="run it again with nb2pkg extract --run",
    )


def _refuse_edits_before_running(
    folder: str, proposal: Proposal, lock: Lock | None, wish: Wish, folders: PackageFolders
) -> None:
    """A run may take long: what would be refused after it is refused before."""
    if not wish.write or lock is None:
        return
    on_disk = folders.contents(folder, sorted({*proposal.files, *lock.files}))
    _refuse_edited(folder, compare(proposal.files, on_disk, lock, MergeBase(), wish.on_edits))


# -- where -------------------------------------------------------------------------------------------


def _refuse_odd_name(source: NotebookSource) -> None:
    try:
        os.path.basename(source.path).encode()
    except UnicodeEncodeError:
        raise Refused(
            "NB405",
            "the file's name has bytes that are not UTF-8, and the package's files could not name it",
            hint="rename the file",
        ) from None


def _folder(source: NotebookSource, wish: Wish, package: str) -> str:
    if wish.output is None:
        return os.path.join(source.folder, package)
    return wish.output.replace("{package}", package)


def _way(start: str, goal: str) -> str:
    """The way from one folder to another, with forward slashes; absolute across Windows drives."""
    try:
        return os.path.relpath(goal, start).replace(os.sep, "/")
    except ValueError:
        return goal.replace(os.sep, "/")


def _own_lock(
    source: NotebookSource, folder: str, wish: Wish, folders: PackageFolders
) -> Lock | None:
    """Give the lock of our folder, or None for one that is still to be made; refuse any other."""
    _refuse_place(source, folder)
    if folders.state(folder) is FolderState.FOREIGN:
        raise Refused(
            "NB409",
            f"{folder} exists, and nb2pkg did not make it: nothing in it is touched",
            hint="extract into another folder with --output, or choose another --package",
        )
    lock = lock_in(folder, folders)
    if lock is None:
        return None
    if lock.notebook != source.file_name and wish.on_edits is not OnEdits.OVERWRITE:
        raise Refused(
            "NB411",
            f"{folder} holds the package of another notebook, {lock.notebook!r}",
            hint="extract into another folder with --output, or replace that package with --force",
        )
    return lock


def _refuse_place(source: NotebookSource, folder: str) -> None:
    """Refuse a folder that is, or holds, the notebook."""
    place = os.path.normpath(folder)
    notebook = os.path.join(source.folder, source.file_name)
    if place == notebook:
        raise Refused("NB403", "the output is the notebook itself", hint=_ELSEWHERE)
    if os.path.dirname(place) == place:
        raise Refused("NB403", f"the output {place} is the root of the disk", hint=_ELSEWHERE)
    if place == source.folder or source.folder.startswith(place + os.sep):
        raise Refused(
            "NB403", f"the output {place} is a folder above the notebook", hint=_ELSEWHERE
        )


_ELSEWHERE = "give a folder of its own with --output"


# -- what --------------------------------------------------------------------------------------------


def _changed(records: dict[str, str], own: dict[str, bytes]) -> dict[str, str]:
    """Our own files, as far as they change."""
    return {
        path: text
        for path, text in records.items()
        if own.get(path, b"").replace(b"\r\n", b"\n") != text.encode()
    }


def _refuse_edited(folder: str, changes: tuple[FileChange, ...]) -> None:
    edited = [c for c in changes if c.kind is Kind.EDITED]
    if not edited:
        return
    count = f"{len(edited)} file{'s' if len(edited) > 1 else ''}"
    names = ", ".join(c.path + (" (removed)" if c.before is None else "") for c in edited[:5])
    more = f" and {len(edited) - 5} more" if len(edited) > 5 else ""
    raise Refused(
        "NB401",
        f"{count} changed since the last extract: {names}{more}; nothing was written",
        hint=f"see what differs with --diff, bring both together with --merge, or overwrite "
        f"(a backup is kept in {os.path.basename(folder)}/.nb2pkg/backup) with --force",
    )


def _check_merged(
    proposal: Proposal, changes: tuple[FileChange, ...], *, with_markers: bool
) -> None:
    """Repeat the self-check where edits came in: a merge of two sound files may not be sound."""
    merged = {c.path: c.after for c in changes if c.kind is Kind.MERGE and isinstance(c.after, str)}
    if not merged:
        return
    left_alone = {c.path for c in changes if c.is_edited and c.kind is not Kind.MERGE}
    files = {path: text for path, text in proposal.files.items() if path not in left_alone}
    # Modules that came along from beside the notebook may have faults of their own.
    before = faults_of(proposal.files, proposal.package)
    faults = [f for f in faults_of({**files, **merged}, proposal.package) if f not in before]
    if faults:
        raise Refused(
            "NB407",
            f"merged with your edits, the package would not be sound: {faults[0]}",
            hint="nothing was written; see --diff, and bring that file in line by hand",
        )


def _merge_notes(changes: tuple[FileChange, ...]) -> Iterator[Diagnostic]:
    for change in changes:
        if change.kind is Kind.CONFLICT and change.offered is not None:
            yield Diagnostic(
                code="NB406",
                severity=Severity.WARNING,
                message=f"{change.path} was edited where it changes: the new version is beside it",
                hint=f"merge {change.path}{NEW_SUFFIX} by hand, then remove it",
            )
        elif change.kind is Kind.CONFLICT:
            yield Diagnostic(
                code="NB406",
                severity=Severity.WARNING,
                message=f"{change.path} was edited where it changes: it holds conflict markers",
                hint="choose between the two versions",
            )
        elif change.kind is Kind.KEEP and change.after is not None:
            yield Diagnostic(
                code="NB408",
                severity=Severity.NOTE,
                message=f"{change.path} keeps your edits",
            )
