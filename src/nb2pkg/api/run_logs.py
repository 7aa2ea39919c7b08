"""What has a step of a run printed, piece by piece, as long as it does?"""

from __future__ import annotations

import os
from dataclasses import dataclass

from nb2pkg.api.running import RunRecord, log_path
from nb2pkg.problems import UsageError

_LONGEST_CHARACTER_BYTES = 4


@dataclass(frozen=True, slots=True)
class LogPiece:
    """A piece of a log, from byte `start` to before `next`; is_more: whether there is more by now."""

    text: str
    start: int
    next: int
    is_more: bool


def run_log_piece(record: RunRecord, step: str, start: int | None, most: int) -> LogPiece:
    """Give what the last attempt of a step has printed, from a byte on; or the last of it.

    most: how many bytes of it; a character that is not all there yet is left for the next piece

    Raises:
        UsageError: there is no such step (NB308).
    """
    found = next((one for one in record.steps if one.name == step), None)
    if found is None:
        known = ", ".join(one.name for one in record.steps)
        raise UsageError("NB308", f"run {record.id} has no step {step!r}", hint=f"steps: {known}")
    path = log_path(record, found)
    if path is None:
        return LogPiece("", 0, 0, is_more=False)
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            first = max(0, size - most) if start is None else min(start, size)
            file.seek(first)
            data = file.read(most)
    except OSError:  # it has printed nothing, or the run was pruned
        return LogPiece("", 0, 0, is_more=False)
    is_more = first + len(data) < size
    if is_more or not found.status.is_over:
        data = data[: _whole(data)]
    return LogPiece(
        data.decode("utf-8", "backslashreplace"), first, first + len(data), is_more=is_more
    )


def _whole(data: bytes) -> int:
    """How many bytes there are before a character that is cut off by the end."""
    for back in range(1, min(_LONGEST_CHARACTER_BYTES, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:  # where a character begins
            length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) if length <= back else len(data) - back
    return len(data)


__all__ = ["LogPiece", "run_log_piece"]
