"""What does each function of a package take and give as the package runs? Written down call by call.

Steps are kept with all that a test needs to call them again. Of other functions a few calls are kept, as
different from one another as can be, and the types of all that are looked at.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from typing import Any

_MOST_CALLS = 2000  # of a function; later ones are not looked at
_LOOKED_AT = 60  # calls of which the types are named in full
_KEPT = 8
_ALIKE = 2  # calls with values of the same sort
_TRIES = 3  # to keep the arguments of a function
_FEW_ROWS, _FEW_ELEMENTS = 8, 80


class Recorder:
    """Called by the hooks in the package's functions.

    steps: full name of a step's function → its name; output: the file that standard output goes to
    """

    def __init__(
        self,
        result: str,
        steps: dict[str, str],
        keeper: Any,
        observers: Any,
        files: Any,
        output: str,
    ) -> None:
        self._result = result
        self._steps = steps
        self._keeper = keeper
        self._names = observers("type_names")
        self._keeping = observers("keeping")
        self._files = files
        self._output = output
        self._is_busy = False
        self._functions: dict[str, _Function] = {}
        self._folders: dict[str, None] = {}
        self._made: dict[str, None] = {}
        self._done: set[str] = set()
        self._lost: set[str] = set()
        self._own_seconds = 0.0

    def entered(self, name: str, variables: dict[str, Any]) -> Any:
        """A function begins, with these arguments."""
        if self._is_busy:
            return None
        self._is_busy = True
        began = time.monotonic()
        variables = {n: value for n, value in variables.items() if n != "__class__"}
        try:
            if name in self._steps:
                return self._step_begins(name, variables)
            function = self._functions.setdefault(name, _Function())
            function.count += 1
            if function.count <= _MOST_CALLS:
                return self._call_begins(name, function, variables)
        except Exception as error:  # what is watched must not fail because it is watched
            self._lose(name, error)
        finally:
            self._is_busy = False
            self._own_seconds += time.monotonic() - began
        return None

    def left(self, call: Any, value: Any) -> Any:
        """A function gives a value, which is given on."""
        if call is not None and not self._is_busy:
            self._is_busy = True
            began = time.monotonic()
            try:
                call(value)
            except Exception as error:
                self._lose("", error)
            finally:
                self._is_busy = False
                self._own_seconds += time.monotonic() - began
        return value

    def _lose(self, name: str, error: Exception) -> None:
        """Say that a call could not be written down, once a function."""
        if name not in self._lost:
            self._lost.add(name)
            self._write({"lost": name, "why": f"{type(error).__name__}: {error}"[:200]})

    # -- steps -----------------------------------------------------------------------------------

    def _step_begins(self, name: str, arguments: dict[str, Any]) -> Any:
        step = self._steps[name]
        if step in self._done:
            return None
        self._done.add(step)
        some, shorter = self._keeping.in_part(arguments)
        told = {
            argument: {
                "type": self._names.type_name(value),
                "shape": self._keeping.shape(value),
                "kept": self._keeper.keep(some[argument], f"{step}/given_{argument}", argument),
                "rows": shorter.get(argument),
            }
            for argument, value in arguments.items()
        }
        state = _random_state()
        line: dict[str, Any] = {
            "step": step,
            "arguments": told,
            "folders": list(self._folders),
            "made": list(self._made),
        }
        self._files.forget()
        self._files.is_on = True
        start = _printed_bytes()
        began, own = time.monotonic(), self._own_seconds

        def ended(value: Any) -> None:
            line["seconds"] = time.monotonic() - began - (self._own_seconds - own)
            self._files.is_on = False
            with open(self._output, "rb") as file:
                file.seek(start)
                line["printed"] = file.read(_printed_bytes() - start).decode("utf-8", "replace")
            line["random"] = self._changed_state(step, state)
            self._tell_files(line)
            line["returns"] = {
                "type": self._names.type_name(value),
                "digest": self._keeper.describe(value)["digest"],
                "parts": [self._told_part(part) for part in _parts(value)],
            }
            self._write(line)

        return ended

    def _told_part(self, value: Any) -> dict[str, Any]:
        return {"type": self._names.type_name(value), "shape": self._keeping.shape(value)}

    def _tell_files(self, line: dict[str, Any]) -> None:
        files = self._files
        line.update(
            reads=[p for p in files.reads if p not in self._made],
            reads_made=[p for p in files.reads if p in self._made],
            far=list(files.far),
            programs=list(files.programs),
            uses_network=files.uses_network,
        )
        self._folders.update(files.folders)
        self._made.update(files.writes)

    def _changed_state(self, step: str, before: dict[str, Any]) -> list[str]:
        """Keep where the global generators stood, where the step has drawn from them."""
        after = _random_state()
        digest = {n: self._keeper.describe(s)["digest"] for n, s in after.items()}
        changed = [
            n for n, state in before.items() if self._keeper.describe(state)["digest"] != digest[n]
        ]
        kept = []
        for name in changed:
            place = f"{step}/{name}"
            found = self._keeper.keep(before[name], place)
            if "text" in found and "load(" in found["text"]:
                kept.append(found["text"][len("load(") + 1 : -2])
        return kept if len(kept) == len(changed) else [*kept, ""]

    # -- other functions -------------------------------------------------------------------------

    def _call_begins(self, name: str, function: _Function, arguments: dict[str, Any]) -> Any:
        signature = tuple(_sort(value) for value in arguments.values())
        like = function.alike.get(signature, 0)
        is_enough = like >= _ALIKE or function.failed >= _TRIES
        if function.looks >= _LOOKED_AT and is_enough:
            return None
        function.looks += 1
        types = {n: self._names.type_name(v) for n, v in arguments.items()}
        kept = None
        is_special = name.rpartition(".")[2].startswith("__")
        is_wanted = like < _ALIKE and function.kept < _KEPT and function.failed < _TRIES
        if is_wanted and not is_special and _is_own_method(name, arguments):
            kept = self._kept_arguments(name, function, arguments)
            function.failed += kept is None
            if kept is not None:
                function.alike[signature] = like + 1
        describe = self._keeper.describe

        def ended(value: Any) -> None:
            line = {"function": name, "types": types, "returns": self._names.type_name(value)}
            if kept is not None:
                line.update(kept, digest=describe(value)["digest"])
            if kept is not None or json.dumps(line) not in function.told:
                function.told.add(json.dumps(line))
                self._write(line)

        return ended

    def _kept_arguments(
        self, name: str, function: _Function, arguments: dict[str, Any]
    ) -> dict[str, Any] | None:
        some, shorter = self._keeping.in_part(arguments, _FEW_ROWS, _FEW_ELEMENTS)
        digest = "".join(self._keeper.describe(value)["digest"] for value in some.values())
        if digest in function.digests:
            function.failed -= 1  # nothing is wrong with it
            return None
        function.digests.add(digest)
        module, _, qualified = name.rpartition(":")
        folder = module.rpartition(".")[2]
        number = function.kept + 1
        kept = {}
        for argument, value in some.items():
            place = f"{folder}/{qualified.replace('.', '_')}_{number}_{argument}"
            found = self._keeper.keep(value, place, argument)
            if "text" not in found:
                return None
            kept[argument] = found
        function.kept = number
        return {"arguments": kept, "rows": shorter}

    def _write(self, line: dict[str, Any]) -> None:
        with open(self._result, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class _Function:
    """What is known of a function's calls so far."""

    def __init__(self) -> None:
        self.count = self.looks = self.kept = self.failed = 0
        self.alike: dict[tuple[Any, ...], int] = {}
        self.digests: set[str] = set()
        self.told: set[str] = set()


def _is_own_method(name: str, arguments: dict[str, Any]) -> bool:
    """Whether a call of the method by its name reaches it: no subclass has another one."""
    owner, _, _ = name.rpartition(":")[2].rpartition(".")
    return not owner or type(next(iter(arguments.values()), None)).__name__ == owner


def _printed_bytes() -> int:
    """How much has been printed so far."""
    sys.stdout.flush()
    return os.fstat(1).st_size


def _sort(value: Any) -> Any:
    """What a function may well treat in another way: types, signs, texts of another build."""
    kind = type(value)
    if kind is str:
        return re.sub(r"(.)\1+", r"\1", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "0", value[:80])))
    if isinstance(value, (int, float)):
        return kind, int(value > 0) - int(value < 0), bool(value == value)
    if kind in (list, tuple, dict, set):
        return kind, len(value) > 0
    return kind


def _parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def _random_state() -> dict[str, Any]:
    """Where the global generators stand, as values that files can hold."""
    found: dict[str, Any] = {}
    version, numbers, gauss = random.getstate()
    found["python_random_state"] = [version, list(numbers), gauss]
    np = sys.modules.get("numpy")
    if np is not None and "numpy.random" in sys.modules:
        state: Any = np.random.get_state()
        if isinstance(state, tuple) and state[0] == "MT19937":
            found["numpy_random_state"] = np.array([*state[1], *state[2:]], dtype="float64")
    return found
