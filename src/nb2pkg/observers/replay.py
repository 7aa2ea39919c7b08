"""Call the functions of a package by themselves, on what was kept of its run: do they give the same again?

What the generated tests do is done here first, twice, so that no test is written that would fail.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import io
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LONGEST_TEXT = 50_000
_MOST_FILES = 20
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?(\.\d+)?")
_LONGEST_SECONDS = 120.0
_ANY_NUMBER = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


class NotTestable(Exception):
    """A function cannot be tested on what was kept; the reason in words."""


def _is_above(path: str, expected: set[str]) -> bool:
    """Whether a path is one of these, or a folder around one."""
    return any(one == path or one.startswith(f"{path}/") for one in expected)


def _parts(step: dict[str, Any], value: Any) -> list[Any]:
    return [value] if len(step["returns"]) == 1 else [*(value or ())]


class Replay:
    """Calls each step and function in a process of its own, as far as the system can fork."""

    def __init__(self, spec: dict[str, Any], keeper: Any, observers: Any) -> None:
        self._spec = spec
        self._keeper = keeper
        self._observers = observers
        self._folder = spec["folder"]  # the notebook's, with its data
        self._steps = {step["step"]: step for step in spec["steps"]}
        for step in spec["steps"]:
            # A program may ask for a file that is not there.
            step["brings"] = [p for p in step["brings"] if os.path.isfile(self._path_of(p))]

    def _path_of(self, path: str) -> str:
        return os.path.join(self._folder, path)

    def run(self) -> None:
        """Write down, line by line, what each step and function gives."""
        sys.modules["recorded_values"] = self._keeper.recorded
        exec(self._spec["settings"], {"__name__": "settings"})
        for module in {one["module"] for one in (*self._steps.values(), *self._spec["functions"])}:
            importlib.import_module(module)
        for step in self._spec["steps"]:
            self._apart({"step": step["step"]}, self._step, step)
        for call in self._spec["functions"]:
            self._apart({"number": call["number"]}, self._function, call)

    def _apart(self, name: dict[str, Any], look: Any, what: dict[str, Any]) -> None:
        """Look in a process of its own: what it leaves behind must not help the next one."""
        if not hasattr(os, "fork"):
            self._write({**name, **self._told(look, what)})
            return
        child = os.fork()
        if not child:
            try:
                self._write({**name, **self._told(look, what)})
            finally:
                os._exit(0)
        limit = time.monotonic() + _LONGEST_SECONDS
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > limit:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.005)

    def _told(self, look: Any, what: dict[str, Any]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = look(what)
            return found
        except NotTestable as reason:
            return {"why": str(reason)}
        except Exception as error:
            message = self._keeper.without_base(str(error)).split("\n")[0][:200]
            return {"why": f"called by itself it raises {type(error).__name__}: {message}"}

    def _write(self, line: dict[str, Any]) -> None:
        with open(self._spec["result"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    # -- steps -----------------------------------------------------------------------------------

    def _step(self, step: dict[str, Any]) -> dict[str, Any]:
        first = self._called(step)
        began = time.monotonic()  # the first call may have had to import things
        second = self._called(step)
        seconds = time.monotonic() - began
        name = step["step"]
        printed = self._same_text(first["printed"], second["printed"])
        if not step["in_part"]:
            self._refuse_another(step, first)
            printed = self._as_it_was(step, printed)
        returns = [
            self._returned(step, n, one, second["parts"][n]) for n, one in enumerate(first["parts"])
        ]
        told = {
            "seconds": seconds,
            "returns": returns,
            "changed": first["changed"],
            "after": {
                n: self._keeper.keep(first["arguments"][n], f"{name}/after_{n}", n)
                for n in first["changed"]
                # What is given back is compared anyway.
                if n in step["inputs"]
                and not any(part is first["arguments"][n] for part in first["parts"])
            },
            "printed": printed,
            "brings": step["brings"],
            "touches": first["touches"] or second["touches"],
            "written": None,
            "drawn": None,
        }
        if first["files"] and first["files"].keys() == second["files"].keys():
            told["written"] = self._keep_files(name, first["files"], second["files"])
        if first["drawn"] and first["drawn"] == second["drawn"]:
            told["drawn"] = self._keep_json(first["drawn"], self._keeper.free(f"{name}/drawn"))
        return told

    def _called(self, step: dict[str, Any]) -> dict[str, Any]:
        """Call a step in an empty folder with its recorded inputs; tell all that comes of it."""
        with self._own_folder(step) as here:
            arguments = self._inputs(step)
            before = {n: self._digest(value) for n, value in arguments.items()}
            printed = io.StringIO()
            with self._drawing() as drawn:
                with contextlib.redirect_stdout(printed):
                    value = self._value(step, arguments)
                figures = json.loads(json.dumps(drawn.figures())) if drawn is not None else []
            files = dict(self._files(here, step))
            expected = {*step["brings"], *step["folders"]}
            made = [p.relative_to(here).as_posix() for p in here.rglob("*")]
            touches = bool(files) or any(not _is_above(p, expected) for p in made)
        changed = [n for n in arguments if self._digest(arguments[n]) != before[n]]
        parts = _parts(step, value)
        return {
            "arguments": arguments,
            "changed": changed,
            "value": value,
            "parts": parts,
            "printed": printed.getvalue(),
            "files": files,
            "touches": touches,
            "drawn": figures,
        }

    def _inputs(self, step: dict[str, Any]) -> dict[str, Any]:
        """Make what a step is given, as its test does."""
        made: dict[str, Any] = {}
        for maker, _ in step["from"].values():
            if maker not in made:
                earlier = self._steps[maker]
                with contextlib.redirect_stdout(io.StringIO()):
                    made[maker] = _parts(earlier, self._value(earlier, self._inputs(earlier)))
        self._keeper.recorded.restore_random_state(*step["random"])
        return {
            **{
                n: self._keeper.evaluate(k["text"], k["imports"]) for n, k in step["inputs"].items()
            },
            **{n: made[maker][place] for n, (maker, place) in step["from"].items()},
        }

    def _value(self, step: dict[str, Any], arguments: dict[str, Any]) -> Any:
        function = getattr(importlib.import_module(step["module"]), step["name"])
        value = function(**arguments)
        return asyncio.run(value) if inspect.iscoroutine(value) else value

    def _digest(self, value: Any) -> str:
        digest: str = self._keeper.describe(value)["digest"]
        return digest

    def _refuse_another(self, step: dict[str, Any], found: dict[str, Any]) -> None:
        if self._digest(found["value"]) != step["digest"]:
            raise NotTestable(
                "called by itself it gives something else than in the notebook: it depends on more than "
                "what it takes"
            )

    def _as_it_was(self, step: dict[str, Any], printed: str | None) -> str | None:
        """The text, if it is the notebook's own.

        Nothing where there is more of it here, since what a notebook shows below a cell is printed
        elsewhere; and nothing where it tells the time.
        """
        if printed is None or printed == step["printed"]:
            return printed
        found, expected = (_CLOCK.sub("", t).splitlines() for t in (printed, step["printed"]))
        rest = iter(found)
        missing = next((line for line in expected if line not in rest), None)
        if missing is None:
            return None
        raise NotTestable(
            "called by itself it prints something else than in the notebook, which has "
            f"{missing.strip()[:60]!r}"
        )

    def _returned(self, step: dict[str, Any], number: int, one: Any, other: Any) -> dict[str, Any]:
        """Keep a returned value, or what can be told of it; nothing where it is another each time."""
        if self._digest(one) != self._digest(other):
            return {"why": "it is another one each time"}
        name = step["returns"][number]
        place = self._keeper.free(f"{step['step']}/{name}")
        kept: dict[str, Any] = self._keeper.keep(one, place, name)
        if "text" in kept or "secret" in kept["why"]:
            return kept
        told, again = (self._summary(value) for value in (one, other))
        if told != again or not isinstance(told, (dict, list)):
            return kept
        file = self._keep_json(told, place)
        return {"summary": file} if file else kept

    def _summary(self, value: Any) -> Any:
        try:
            return json.loads(json.dumps(self._keeper.recorded.summary(value)))
        except Exception:  # an object of a library may raise what it likes
            return None

    def _keep_json(self, value: Any, place: str) -> str | None:
        text = self._observers("value_files").json_text(value)
        if len(text) > 4 * _LONGEST_TEXT or self._keeper.is_secret(text):
            return None
        if self._keeper.is_of_this_run(text):
            return None
        path = Path(self._keeper.data, place + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return place + ".json"

    def _same_text(self, one: str, other: str) -> str | None:
        is_fit = one == other and len(one) <= _LONGEST_TEXT
        is_fit = is_fit and not (self._keeper.is_secret(one) or self._keeper.is_of_this_run(one))
        return one if is_fit else None

    # -- the folder it works in ------------------------------------------------------------------

    @contextlib.contextmanager
    def _own_folder(self, step: dict[str, Any]) -> Iterator[Path]:
        before = os.getcwd()
        with tempfile.TemporaryDirectory(dir=self._spec["work"]) as name:
            for path in step["brings"]:
                target = Path(name, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self._path_of(path), target)
            for path in step["folders"]:
                Path(name, path).mkdir(parents=True, exist_ok=True)
            os.chdir(name)
            try:
                yield Path(name)
            finally:
                os.chdir(before)

    def _files(self, here: Path, step: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
        """The files that were written, with what is in them."""
        for path in sorted(p for p in here.rglob("*") if p.is_file()):
            name = path.relative_to(here).as_posix()
            data = path.read_bytes()
            origin = Path(self._folder, name)
            if name not in step["brings"] or data != origin.read_bytes():
                yield name, data

    def _keep_files(
        self, step: str, one: dict[str, bytes], other: dict[str, bytes]
    ) -> dict[str, Any]:
        texts, others = [], []
        for name, data in list(one.items())[:_MOST_FILES]:
            if data == other[name] and self._is_text(data):
                target = Path(self._keeper.data, step, "written", name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                texts.append(name)
            elif data:
                others.append(name)
        return {"folder": f"{step}/written" if texts else None, "others": others}

    def _is_text(self, data: bytes) -> bool:
        if len(data) > _LONGEST_TEXT or b"\0" in data:
            return False
        try:
            text = data.decode()
            return not (self._keeper.is_secret(text) or self._keeper.is_of_this_run(text))
        except UnicodeDecodeError:
            return False

    @contextlib.contextmanager
    def _drawing(self) -> Iterator[Any]:
        if "matplotlib.pyplot" not in sys.modules:
            yield None
            return
        with self._observers("recorded_figures").Drawn() as drawn:
            yield drawn

    # -- other functions -------------------------------------------------------------------------

    def _function(self, call: dict[str, Any]) -> dict[str, Any]:
        first, second = self._call(call), self._call(call)
        if self._digest(first) != self._digest(second):
            raise NotTestable("it gives something else each time")
        if not call["in_part"] and self._digest(first) != call["digest"]:
            raise NotTestable("called by itself it gives something else than in the notebook")
        if first is None:
            raise NotTestable("it gives nothing")
        kept = self._keeper.keep(first, call["place"], call["name"])
        if "text" not in kept:
            raise NotTestable(kept["why"])
        return {"returns": kept, **self._how(call)}

    def _how(self, call: dict[str, Any]) -> dict[str, Any]:
        """How the function is called: which arguments by name, and whether to wait for it."""
        function = self._named(call)
        parameters = inspect.signature(function).parameters.values()
        by_name = [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
        return {"by_name": by_name, "is_async": inspect.iscoroutinefunction(function)}

    def _named(self, call: dict[str, Any]) -> Any:
        found: Any = importlib.import_module(call["module"])
        for part in call["name"].split("."):
            found = getattr(found, part)
        return found

    def _call(self, call: dict[str, Any]) -> Any:
        function = self._named(call)
        given = {
            n: self._keeper.evaluate(kept["text"], kept["imports"])
            for n, kept in call["arguments"].items()
        }
        parameters = inspect.signature(function).parameters.values()
        if {p.kind for p in parameters} & _ANY_NUMBER:
            raise NotTestable("it takes any number of arguments")
        by_name = {p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
        with self._own_folder({"brings": [], "folders": []}) as here:
            with contextlib.redirect_stdout(io.StringIO()):
                value = function(
                    *(value for n, value in given.items() if n not in by_name),
                    **{n: value for n, value in given.items() if n in by_name},
                )
                if inspect.iscoroutine(value):
                    value = asyncio.run(value)
            if any(here.iterdir()):
                raise NotTestable("it writes files")
        return value
