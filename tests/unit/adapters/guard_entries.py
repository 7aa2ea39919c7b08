"""Work for the guard's tests: it must stand at module level, to be found by another interpreter."""

from __future__ import annotations

import faulthandler
import os
import time

from nb2pkg.ports.extracting import Json, Progress
from nb2pkg.problems import Diagnostic, FindingsError, Location, Severity, UsageError


def echo(data: bytes, options: Json, progress: Progress) -> Json:
    print("noise on standard output")
    return {"data": data.decode(), "options": options}


def crash(data: bytes, options: Json, progress: Progress) -> Json:
    progress(3)
    progress(7)
    faulthandler.disable()  # pytest's would tell us all about it
    os.abort()


def hang(data: bytes, options: Json, progress: Progress) -> Json:
    progress(2)
    time.sleep(60)
    return None


def burn(data: bytes, options: Json, progress: Progress) -> Json:
    progress(5)
    while True:
        pass


def flood(data: bytes, options: Json, progress: Progress) -> Json:
    return len(bytearray(int(options)))


def dive(data: bytes, options: Json, progress: Progress) -> Json:
    def down(depth: int) -> int:
        return 0 if depth == 0 else 1 + down(depth - 1)

    return down(int(options))


def refuse(data: bytes, options: Json, progress: Progress) -> Json:
    raise UsageError("NB404", "no", hint="yes", location=Location(cell=2, line=1))


def find(data: bytes, options: Json, progress: Progress) -> Json:
    finding = Diagnostic(
        code="NB104", severity=Severity.ERROR, message="m", location=Location(cell=4)
    )
    raise FindingsError([finding], notebook="n")


def stumble(data: bytes, options: Json, progress: Progress) -> Json:
    raise KeyError("a bug")


def answer_with_megabytes(data: bytes, options: Json, progress: Progress) -> Json:
    return "x" * int(options)
