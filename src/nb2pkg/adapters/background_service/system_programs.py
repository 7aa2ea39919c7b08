"""How are the programs of the system asked, so that none of them keeps us waiting or asks back?"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from nb2pkg.problems import EnvironmentFailure

_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a program ended, what it gave, and what it said of it."""

    code: int
    given: bytes
    said: str

    @property
    def is_yes(self) -> bool:
        """Whether it did what it was asked for."""
        return self.code == 0


def is_there(program: str) -> bool:
    """Whether a program is installed."""
    return shutil.which(program) is not None


def ask(program: str, *words: str, data: bytes = b"") -> Answer:
    """Run a program of the system, with `data` for its input.

    Raises:
        EnvironmentFailure: it is not there, or does not come to an end (NB548).
    """
    try:
        done = subprocess.run(
            [program, *words],
            input=data,
            env=_environment(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        raise _failed(f"{program}: {error.strerror or error}") from error
    except subprocess.TimeoutExpired as error:
        raise _failed(f"{program} {words[0]} takes more than {_SECONDS:g} seconds") from error
    said = done.stderr.decode("utf-8", "replace").strip()
    return Answer(code=done.returncode, given=done.stdout, said=said)


def _environment() -> dict[str, str]:
    # What they say is read.
    found = {**os.environ, "LC_ALL": "C"}
    if "XDG_RUNTIME_DIR" not in found and hasattr(os, "getuid"):
        # After `su` it is missing; systemd is there all the same.
        usual = f"/run/user/{os.getuid()}"
        if os.path.isdir(usual):
            found["XDG_RUNTIME_DIR"] = usual
    return found


def _failed(problem: str) -> EnvironmentFailure:
    return EnvironmentFailure(
        "NB548", problem, hint="let whatever starts programs here run: nb2pkg schedule run"
    )
