"""nb2pkg, of which strace has one thread, or the interpreters that it starts: `struck_run.py COMMAND...`.

STRUCK_THREAD: the name of a thread, and strace's words for it, as JSON: it has the thread from its first call on
STRUCK_INTERPRETER: what is started in place of this Python
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

from nb2pkg.cli.main import main


def strike(name: str, words: list[str]) -> None:
    """Give threads of a name into strace's hands when they begin."""
    before = threading.Thread.run

    def run(self: threading.Thread) -> None:
        if self.name == name:
            strace = subprocess.Popen(
                [*words, "-p", str(threading.get_native_id())],
                stderr=subprocess.PIPE,
                env={},
                text=True,
            )
            assert strace.stderr is not None
            # From when it says so on, no call passes it by.
            assert "attached" in strace.stderr.readline()
        before(self)

    threading.Thread.run = run  # type: ignore[method-assign]


if __name__ == "__main__":
    if "STRUCK_THREAD" in os.environ:
        strike(*json.loads(os.environ["STRUCK_THREAD"]))
    sys.executable = os.environ.get("STRUCK_INTERPRETER", sys.executable)
    main(sys.argv[1:])
