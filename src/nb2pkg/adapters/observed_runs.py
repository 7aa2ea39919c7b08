"""A notebook in a fresh kernel, and its package in a fresh process: what is seen of them as they run."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from nb2pkg.adapters.notebook_kernel import CellRun, started_kernel
from nb2pkg.adapters.observer_programs import PACKAGE_PROGRAM, observer_sources
from nb2pkg.adapters.processes import end_group, signal_name
from nb2pkg.adapters.scratch_folder import ScratchFolder
from nb2pkg.observers.pictures import Pictures
from nb2pkg.ports.extracting import CellToRun, FailedTest, Json, RecordingRequest
from nb2pkg.verification import Boundary, Failure, Figure, Observation, Seen

_LONGEST_LOOK = 300.0
_SHORTEST_LOOK = 10.0
_DATA = os.path.join("tests", "data")
_PASSED_ON_TO_NOBODY = (
    "PYTHONSTARTUP",
    "PYTHONPATH",
    "PYTHONHOME",
    "MPLBACKEND",
    "COLUMNS",
    "LINES",
)


class ObservedRuns:
    """The port `Runs`, in a copy of the notebook's folder."""

    def __init__(self, interpreter: str, package: str, scratch: ScratchFolder) -> None:
        self._interpreter = interpreter
        self._package = package
        self._scratch = scratch
        self._runs = 0

    def notebook(
        self,
        cells: Sequence[CellToRun],
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
        hash_seed: int = 0,
    ) -> Observation:
        """Run the cells, and look at what each step should give."""
        folder = self._scratch.renew()
        own = self._new_folder()
        pictures = Pictures(str(own))
        ends: dict[int, list[Boundary]] = {}
        for boundary in boundaries:
            ends.setdefault(boundary.last_cell, []).append(boundary)
        seen: list[Seen] = []
        printed: list[tuple[int, str]] = []
        figures: list[Figure] = []
        failure = None
        started = time.monotonic()
        environment = _environment(hash_seed)
        with started_kernel(self._interpreter, str(folder), environment) as kernel:
            for cell in cells:
                left = timeout_seconds - (time.monotonic() - started)
                done = kernel.run(cell.source, max(left, 0.1))
                printed.append((cell.position, "".join(done.text)))
                for png in done.figures:
                    pictures.keep(base64.b64decode(png))
                figures += [_figure(own / name, cell.position) for name in pictures.taken()]
                if done.stop or (done.error and not cell.may_fail):
                    failure = _cell_failure(cell.position, done, seen)
                    break
                for boundary in ends.get(cell.position, ()):
                    left = max(timeout_seconds - (time.monotonic() - started), _SHORTEST_LOOK)
                    values = kernel.values(list(boundary.names), list(boundary.detailed), left)
                    seen.append(_seen(boundary.step, values, printed, figures))
                    printed, figures = [], []
        seen.append(_seen("", {}, printed, figures))
        return Observation(
            seen=tuple(seen),
            failure=failure,
            seconds=time.monotonic() - started,
            files=self._scratch.written(self._package),
        )

    def package(
        self, source: str, boundaries: Sequence[Boundary], timeout_seconds: float
    ) -> Observation:
        """Run the package, importable from the folder `source`, as `python -m` does."""
        return self._programs(source, [None], boundaries, timeout_seconds)

    def recorded_package(
        self,
        home: str,
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
        recording: RecordingRequest,
    ) -> tuple[Observation, Sequence[Json]]:
        """Run the package in the folder `home`, and give what its functions took and gave."""
        calls = self._new_folder() / "calls.jsonl"
        about = {
            "calls": str(calls),
            "ours": str(self._scratch.own),
            "base": str(self._scratch.base),
            "steps": dict(recording.steps),
            "secrets": list(recording.secrets),
            "data": os.path.join(home, _DATA),
        }
        source = os.path.join(home, "src")
        found = self._programs(source, [None], boundaries, timeout_seconds, recording=about)
        return found, _json_lines(calls)

    def replay(self, home: str, timeout_seconds: float, request: Json) -> Sequence[Json]:
        """Call the functions of the package in `home` by themselves, beside the notebook's data."""
        folder = self._scratch.renew()
        own = self._new_folder()
        result = own / "replay.jsonl"
        spec = {
            "sources": observer_sources(),
            "source": os.path.join(home, "src"),
            "package": self._package,
            "replay": {
                **request,
                "result": str(result),
                "work": str(own),
                "base": str(self._scratch.base),
                "folder": str(folder),
                "data": os.path.join(home, _DATA),
            },
        }
        self._process(spec, folder, own, timeout_seconds)
        return _json_lines(result)

    def failing_tests(
        self, files: Mapping[str, str | bytes], timeout_seconds: float
    ) -> Sequence[FailedTest] | None:
        """Run the tests of a package beside the notebook's data; None where they cannot be run."""
        home = self._scratch.renew() / f"{self._package}-tested"
        own = self._new_folder()
        report = own / "tests.xml"
        _write_files(home, files)
        command = [self._interpreter, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        # Sets in another order and another time zone: what depends on them fails here and not later.
        environment = {**_environment(1), "TZ": "Pacific/Kiritimati"}
        environment.pop("PYTEST_ADDOPTS", None)
        self._run(
            [*command, f"--junitxml={report}", "--rootdir=.", "tests"],
            home,
            own,
            environment,
            timeout_seconds,
        )
        return list(_failed_tests(report)) if report.exists() else None

    def data(self, home: str) -> Mapping[str, bytes]:
        """The files that were kept for the tests of the package in `home`."""
        root = Path(home)
        paths = sorted(path for path in (root / _DATA).rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    def step_notebooks(
        self,
        source: str,
        notebooks: Sequence[Sequence[str]],
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
    ) -> Observation:
        """Run the step notebooks' cells, a process each, with nothing between them but what they store."""
        return self._programs(source, notebooks, boundaries, timeout_seconds)

    def _programs(
        self,
        source: str,
        programs: Sequence[Sequence[str] | None],
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
        **additions: Json,
    ) -> Observation:
        """Run programs one after the other in the same folder, until one fails."""
        folder = self._scratch.renew()
        spec = {
            "sources": observer_sources(),
            "source": source,
            "package": self._package,
            "steps": {
                b.step: {local: name in b.detailed for name, local in b.names.items()}
                for b in boundaries
            },
            **additions,
        }
        started = time.monotonic()
        seen: list[Seen] = []
        failure = None
        for cells in programs:
            left = max(timeout_seconds - (time.monotonic() - started), 0.1)
            more, failure = self._program({**spec, "cells": cells}, folder, left)
            seen += more
            if failure is not None:
                break
        if failure is None and boundaries and not any(one.step for one in seen):
            failure = Failure(message="none of its steps was run", is_stop=True)
        return Observation(
            seen=_joined(seen),
            failure=failure,
            seconds=time.monotonic() - started,
            files=self._scratch.written(self._package),
        )

    def _program(
        self, spec: Mapping[str, Any], folder: Path, timeout_seconds: float
    ) -> tuple[list[Seen], Failure | None]:
        own = self._new_folder()
        result = own / "seen.jsonl"
        whole = {**spec, "result": str(result), "pictures": str(own)}
        stop, text = self._process(whole, folder, own, timeout_seconds)
        seen, failure, has_ended = _read_result(result, text)
        if failure is None and (stop is not None or not has_ended):
            after = next((s.step for s in reversed(seen) if s.step), None)
            message = stop or "it ended before its last step, without an error"
            failure = Failure(message=message, after=after, is_stop=True)
        return seen, failure

    def picture(self, figure: Figure) -> bytes:
        """A picture that one of these runs showed, as PNG."""
        return Path(figure.file).read_bytes()

    def picture_shares(self, pairs: Sequence[tuple[Figure, Figure]]) -> Sequence[float | None]:
        """The share of pixels that differ in pairs of pictures; None where it is not known."""
        own = self._new_folder()
        result = own / "shares.json"
        spec = {
            "sources": observer_sources(),
            "pairs": [(one.file, other.file) for one, other in pairs],
            "result": str(result),
        }
        self._process(spec, own, own, _LONGEST_LOOK)
        found: list[float | None] = [None] * len(pairs)
        return json.loads(result.read_text(encoding="utf-8")) if result.exists() else found

    def put(self, files: Mapping[str, str]) -> str:
        """Write a package's files beside the copy of the notebook's folder; give the folder."""
        folder = self._new_folder()
        _write_files(folder, files)
        return str(folder)

    def _process(
        self, spec: Mapping[str, Any], folder: Path, own: Path, timeout_seconds: float
    ) -> tuple[str | None, bytes]:
        """Run a watched process to its end; say why it was stopped, if it was, and what it printed."""
        (own / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        command = [self._interpreter, "-c", PACKAGE_PROGRAM, str(own / "spec.json")]
        code = self._run(command, folder, own, _environment(0), timeout_seconds)
        stop = _how(code) if code is not None else f"it took longer than {timeout_seconds:g} s"
        return stop, (own / "stdout.txt").read_bytes()

    def _run(
        self,
        command: Sequence[str],
        folder: Path,
        own: Path,
        environment: Mapping[str, str],
        timeout_seconds: float,
    ) -> int | None:
        """Run a program and all that it starts; give its exit code, None where it took too long."""
        with open(own / "stdout.txt", "ab") as stdout, open(own / "stderr.txt", "ab") as stderr:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=os.name == "posix",
            )
            try:
                return process.wait(timeout=timeout_seconds)
            except subprocess.TimeoutExpired:
                return None
            finally:  # by whatever way it is left: nothing that it started goes on
                end_group(process)

    def _new_folder(self) -> Path:
        self._runs += 1
        folder = self._scratch.own / f"run-{self._runs}"
        folder.mkdir()
        return folder


def _write_files(folder: Path, files: Mapping[str, str] | Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def _failed_tests(report: Path) -> Iterator[FailedTest]:
    """Read pytest's report in the format of JUnit."""
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            name, where = case.get("name", ""), case.get("classname", "")
            # A module that cannot be imported is a case without a class.
            module = (where or name).rpartition(".")[2]
            yield FailedTest(module, name if where else "")


def _json_lines(path: Path) -> list[Json]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _environment(hash_seed: int) -> dict[str, str]:
    """The user's own, but for what would make a notebook and a program show things differently."""
    kept = {n: v for n, v in os.environ.items() if n not in _PASSED_ON_TO_NOBODY}
    return {**kept, "PYTHONHASHSEED": str(hash_seed), "PYTHONUNBUFFERED": "", "NO_COLOR": "1"}


def _seen(
    step: str, values: Mapping[str, Any], printed: list[tuple[int, str]], figures: list[Figure]
) -> Seen:
    return Seen(step=step, values=values, printed=tuple(printed), figures=tuple(figures))


def _joined(seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """What several processes showed as if one had: what follows a step counts to the next."""
    found: list[Seen] = []
    printed: tuple[tuple[int, str], ...] = ()
    figures: tuple[Figure, ...] = ()
    for one in seen:
        printed, figures = (*printed, *one.printed), (*figures, *one.figures)
        if one.step:
            found.append(replace(one, printed=printed, figures=figures))
            printed, figures = (), ()
    return (*found, _seen("", {}, list(printed), list(figures)))


def _cell_failure(position: int, done: CellRun, seen: Sequence[Seen]) -> Failure:
    after = seen[-1].step if seen else None
    if done.stop:
        return Failure(message=done.stop, cell=position, after=after, is_stop=True)
    assert done.error is not None
    name, message, traceback = done.error
    return Failure(
        message=f"{name}: {message}" if message else name,
        cell=position,
        after=after,
        traceback=traceback,
    )


def _read_result(path: Path, text: bytes) -> tuple[list[Seen], Failure | None, bool]:
    """What the process wrote down, with the text it printed between lines; whether it came to its end."""
    seen: list[Seen] = []
    failure = None
    has_ended = False
    start = 0
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        told = json.loads(line)
        piece = text[start : told["printed"]].decode("utf-8", "replace")
        start = told["printed"]
        step = told.get("seen", "")
        figures = [_figure(path.parent / name) for name in told["figures"]]
        seen.append(_seen(step, told.get("values", {}), [(0, piece)], figures))
        has_ended = has_ended or "ended" in told
        if "failed" in told:
            failure = _package_failure(told["failed"])
    return seen, failure, has_ended


def _figure(path: Path, cell: int = 0) -> Figure:
    """A picture that `Pictures` kept, under a name that ends in a digest of what it shows."""
    return Figure(str(path), path.stem.rpartition("-")[2], cell)


def _package_failure(told: Mapping[str, Any]) -> Failure:
    message = f"{told['type']}: {told['message']}" if told["message"] else told["type"]
    place = f"{told['file']}:{told['line']}" if told["file"] else None
    return Failure(message=message, place=place, after=told["after"], traceback=told["traceback"])


def _how(code: int) -> str | None:
    if code >= 0:
        return None if code in (0, 1) else f"it ended with exit code {code}"
    return f"it was killed by {signal_name(-code)}"
