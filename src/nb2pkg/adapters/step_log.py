"""Where does what a step prints go? Into two files: as text, and line by line with its time."""

from __future__ import annotations

import json
import time

MOST_BYTES = 50_000_000


class StepLog:
    """The log of one attempt; what is more than its limit is counted and not kept."""

    def __init__(self, text_path: str, lines_path: str) -> None:
        # Line by line: what was said before a crash is there after it.
        self._text = open(text_path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._lines = open(lines_path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._rest: dict[str, bytes] = {}
        self._room = MOST_BYTES
        self._dropped = 0

    def take(self, stream: str, data: bytes) -> list[str]:
        """Write down what was printed; give the lines that it completes."""
        if len(data) > self._room:
            self._dropped += len(data) - self._room
            data = data[: self._room]
        self._room -= len(data)
        if not data:
            return []
        self._text.write(data)
        *whole, rest = (self._rest.pop(stream, b"") + data).split(b"\n")
        if len(rest) > 100_000:
            whole, rest = [*whole, rest], b""
        self._rest[stream] = rest
        return self._put(stream, whole)

    def close(self) -> None:
        """Write what no line end has completed, and how much was dropped."""
        for stream, rest in self._rest.items():
            if rest:
                self._put(stream, [rest])
        if self._dropped:
            said = f"[nb2pkg: {self._dropped:,} more bytes were printed and are not kept]"
            self._text.write(b"\n" + said.encode() + b"\n")
            self._put("nb2pkg", [said.encode()])
        self._text.close()
        self._lines.close()

    def _put(self, stream: str, lines: list[bytes]) -> list[str]:
        texts = [line.decode("utf-8", "backslashreplace") for line in lines]
        at = round(time.time(), 3)
        if texts:
            entries = (json.dumps({"at": at, "stream": stream, "text": text}) for text in texts)
            self._lines.write("".join(entry + "\n" for entry in entries).encode("utf-8"))
        return texts
