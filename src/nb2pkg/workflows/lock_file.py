"""What did the last extract write? `nb2pkg.lock` says so, and `.nb2pkg/base.json` keeps the text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nb2pkg.ports.extracting import FolderState, Json, PackageFolders
from nb2pkg.problems import Refused
from nb2pkg.workflows.proposal import Proposal

LOCK_PATH = "nb2pkg.lock"
# One file and not a tree: linters and searches would take a second copy of the code for code.
BASE_PATH = ".nb2pkg/base.json"
# Counts up when what stands in these files, or the layout of a package, changes its meaning.
OUTPUT_FORMAT = 1
_NO_DATA: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What the last extract wrote: the digest of every file, and where it came from."""

    notebook: str
    cells_sha256: str
    package: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeBase:
    """The text of what was written, to merge edits with.

    `unmerged` is newer text that an earlier merge could not bring together with the user's edits:
    it stands beside the file as `*.nb2pkg-new` until the user has dealt with it.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    unmerged: Mapping[str, str] = field(default_factory=dict)


def digest(data: bytes) -> str:
    """Give the SHA-256 of a file, for which it does not matter how git writes line ends."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def lock_text(notebook_file: str, proposal: Proposal, data: Mapping[str, bytes] = _NO_DATA) -> str:
    """Give the text of the lock file: the same for the same package, on every machine.

    data: further files of the package, which are no text of ours
    """
    contents = {**{path: text.encode() for path, text in proposal.files.items()}, **data}
    document = {
        "format": OUTPUT_FORMAT,
        "notebook": {"file": notebook_file, "cells_sha256": proposal.cells_sha256},
        "package": proposal.package,
        "steps": {step.name: {"cells": list(step.cells)} for step in proposal.steps},
        "files": {path: digest(contents[path]) for path in sorted(contents)},
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _cells_on_one_line(text) + "\n"


def read_lock(data: bytes, folder: str) -> Lock:
    """Read a lock file.

    Raises:
        Refused: it is damaged, or of a newer nb2pkg (NB410).
    """
    document = _object(data, folder)
    if document.get("format") != OUTPUT_FORMAT:
        raise Refused(
            "NB410",
            f"{folder}/{LOCK_PATH} has format {document.get('format')!r}; "
            f"this nb2pkg writes {OUTPUT_FORMAT}",
            hint="use the nb2pkg that wrote it, or extract into another folder with --output",
        )
    try:
        files = {str(path): str(sha) for path, sha in document["files"].items()}
        return Lock(
            notebook=str(document["notebook"]["file"]),
            cells_sha256=str(document["notebook"]["cells_sha256"]),
            package=str(document["package"]),
            files=files,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(folder) from error


def lock_in(folder: str, folders: PackageFolders) -> Lock | None:
    """Read the lock of a folder that is ours; None for any other.

    Raises:
        Refused: it is damaged, or of a newer nb2pkg (NB410).
    """
    if folders.state(folder) is not FolderState.OURS:
        return None
    return read_lock(folders.contents(folder, (LOCK_PATH,))[LOCK_PATH], folder)


def base_text(base: MergeBase) -> str:
    """Give the text of the file that keeps the merge base."""
    document: dict[str, Json] = {"files": dict(sorted(base.files.items()))}
    if base.unmerged:
        document["unmerged"] = dict(sorted(base.unmerged.items()))
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read_base(data: bytes | None) -> MergeBase:
    """Read the merge base; a missing or damaged one is empty, and then nothing merges by itself."""
    try:
        document = json.loads(data or b"{}")
        return MergeBase(
            files=_texts(document.get("files")), unmerged=_texts(document.get("unmerged"))
        )
    except (ValueError, AttributeError, RecursionError):
        return MergeBase()


def _texts(section: Json) -> dict[str, str]:
    pairs = section.items() if isinstance(section, dict) else ()
    return {path: text for path, text in pairs if isinstance(text, str)}


def _object(data: bytes, folder: str) -> Mapping[str, Json]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _damaged(folder) from error
    if not isinstance(document, dict):
        raise _damaged(folder)
    return document


def _damaged(folder: str) -> Refused:
    return Refused(
        "NB410",
        f"{folder}/{LOCK_PATH} is damaged, so nb2pkg cannot tell which files are its own",
        hint="restore it from version control, or extract into another folder with --output",
    )


def _cells_on_one_line(text: str) -> str:
    """Join the arrays of numbers, which json.dumps writes one number a line."""
    lines: list[str] = []
    open_array: list[str] | None = None
    for line in text.split("\n"):
        if open_array is not None:
            open_array.append(line.strip())
            if line.strip().startswith("]"):
                lines.append("".join(open_array[:1]) + " ".join(open_array[1:-1]) + open_array[-1])
                open_array = None
        elif line.endswith('"cells": ['):
            open_array = [line]
        else:
            lines.append(line)
    return "\n".join(lines)


def known_paths(lock: Lock | None, more: Sequence[str]) -> tuple[str, ...]:
    """Give every path that the lock or `more` names, sorted."""
    return tuple(sorted({*(lock.files if lock else ()), *more}))
