"""What may a test do again? Programs that only look, and code that asks for nothing that passes."""

from __future__ import annotations

import re

_LOOKING = frozenset(
    {"ls", "cat", "head", "tail", "wc", "echo", "pwd", "find", "which", "sort", "uniq", "du", "df",
     "uname", "grep", "file", "stat", "printf", "true", "test",
     # What libraries ask of the machine: joblib and numpy for its cores, matplotlib for its fonts.
     "lscpu", "nproc", "sysctl", "getconf", "ldconfig", "fc-list"}
)  # fmt: skip
_SHELLS = re.compile(r"^(?:\S*/)?(?:ba|z|da)?sh -c ")
_WRITES = re.compile(r"[>&;`]|\$\(|-delete|-exec")
_PASSING = re.compile(
    r"(?<![\w.])time\.(?!sleep)\w|perf_counter|datetime\.(?:now|today|utcnow)|\.(?:now|today|utcnow)\("
    r"|gethostname|getuser|getpid|getlogin|\bplatform\.|sys\.(?:version|platform|executable)"
    r"|Path\.home|expanduser|uuid\.uuid"
)


def only_looks(command: str) -> bool:
    """Whether running a command again certainly changes nothing."""
    bare = _SHELLS.sub("", command.strip()).strip("'\"")
    if _WRITES.search(bare):
        return False
    words = [part.split() for part in bare.split("|")]
    return all(part and part[0].rpartition("/")[2] in _LOOKING for part in words)


def tells_time(code: str) -> bool:
    """Whether code asks for what is another thing tomorrow, or on another machine."""
    return _PASSING.search(code) is not None
