"""Does the system hide a file, whatever its name?"""

from __future__ import annotations

import os
import stat
import sys


def is_marked_hidden(path: str) -> bool:
    """Whether a file has the mark by which the system hides it; links are not followed."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    if sys.platform == "win32":
        return bool(found.st_file_attributes & stat.FILE_ATTRIBUTE_HIDDEN)
    return bool(getattr(found, "st_flags", 0) & stat.UF_HIDDEN)
