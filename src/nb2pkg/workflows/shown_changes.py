"""Is what would be written now what was shown before?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from nb2pkg.problems import Refused
from nb2pkg.workflows.changes import Content, FileChange


def digest_of_changes(folder: str, cells_sha256: str, changes: Sequence[FileChange]) -> str:
    """Give the SHA-256 of what would become of a folder: of every file, before and after, and of what it is made from."""
    digest = hashlib.sha256()
    for part in (folder, cells_sha256):
        digest.update(_framed(part))
    for change in changes:
        kind = json.dumps([change.path, change.kind.value, change.is_edited])
        for content in (kind, change.before, change.after, change.offered):
            digest.update(_framed(content))
    return digest.hexdigest()


def refuse_other_than_shown(shown: str | None, now: str) -> None:
    """Stop where somebody was shown something else than what is to be written now.

    Raises:
        Refused: the notebook, the folder or the environment has changed since (NB413).
    """
    if shown is not None and shown != now:
        raise Refused(
            "NB413",
            "the notebook or the package's folder has changed since this was shown; nothing was written",
            hint="look at it once more",
        )


def _framed(content: Content | None) -> bytes:
    """A content with its length, so that no two lists of contents look the same; no content has none."""
    if content is None:
        return b"-"
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return b"%d:%s" % (len(data), data)
