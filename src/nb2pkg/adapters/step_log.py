"""Where does what a step prints go? Into two files: as text, and line by line with its time."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

MOST_BYTES = 50_000_000


class StepLog:
    """The log of one attempt; what is more than its limit is counted and not kept."""

    def __init__(self, text_path: str, lines_path: str, *, secrets: Sequence[str] = ()) -> None:
        """Begin the log; `secrets` are written as `***`."""
        # Line by line: what was said before a crash is there after it.
        self._text = open(text_path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._lines = open(lines_path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._rest: dict[str, bytes] = {}
        self._secrets = [secret.encode("utf-8") for secret in secrets]
        self._held: dict[str, bytes] = {}
        self._room = MOST_BYTES
        self._dropped = 0

    def take(self, stream: str, data: bytes) -> list[str]:
        """Write down what was printed; give the lines that it completes."""
        data = self._without_secrets(stream, data)
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
        for stream, held in self._held.items():
            self._text.write(held)
            self._rest[stream] = self._rest.get(stream, b"") + held
        for stream, rest in self._rest.items():
            if rest:
                self._put(stream, [rest])
        if self._dropped:
            said = f"[nb2pkg: {self._dropped:,} more bytes were printed and are not kept]"
            self._text.write(b"\n" + said.encode() + b"\n")
            self._put("nb2pkg", [said.encode()])
        self._text.close()
        self._lines.close()

    def _without_secrets(self, stream: str, data: bytes) -> bytes:
        """Hide secrets, and hold back an end that may be the beginning of one."""
        if not self._secrets:
            return data
        data = self._held.pop(stream, b"") + data
        for secret in self._secrets:
            data = data.replace(secret, b"***")
        longest = max(
            (
                n
                for secret in self._secrets
                for n in range(1, len(secret))
                if data.endswith(secret[:n])
            ),
            default=0,
        )
        if longest:
            data, self._held[stream] = data[:-longest], data[-longest:]
        return data

    def _put(self, stream: str, lines: list[bytes]) -> list[str]:
        texts = [line.decode("utf-8", "backslashreplace") for line in lines]
        at = round(time.time(), 3)
        if texts:
            entries = (json.dumps({"at": at, "stream": stream, "text": text}) for text in texts)
            self._lines.write("".join(entry + "\n" for entry in entries).encode("utf-8"))
        return texts
