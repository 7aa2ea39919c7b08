"""How is a function run as a step, in a process of its own and without a kernel?

Its parameters are values from the run, and values that earlier steps have stored; what it returns is
stored under the names of its outputs. What became of it is written to a file, as JSON.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import numbers
import os
import sys
import traceback
import types
from typing import Any

PARTS: dict[str, Any] = {}


def main(spec: dict[str, Any]) -> int:
    """Run the function that `spec` describes; give the exit code."""
    sys.path[:0] = [folder for folder in spec["import_folders"] if folder not in sys.path]
    parts = prepare(spec)
    access = parts["file_access"].FileAccess(spec["run_folder"])
    artifacts = parts["artifacts"]
    outcome: dict[str, Any] = {"status": "failed"}
    try:
        values = loaded_inputs(spec["inputs"], artifacts)
        access.is_on = True
        result = called(spec["work"], {**spec["parameters"], **values})
        access.is_on = False
        named = by_name(result, spec["outputs"])
        stored(named, spec["outputs"], spec["artifacts"], artifacts)
        outcome = {"status": "succeeded", "metrics": metrics_of(named, result)}
    except Unfit as error:
        access.is_on = False
        outcome["message"] = str(error)
    except SystemExit as error:
        access.is_on = False
        if error.code in (None, 0):
            outcome["message"] = "it ended the program itself before it returned anything"
        else:
            outcome["message"] = f"SystemExit: {error.code}"
    except KeyboardInterrupt:
        access.is_on = False
        outcome["message"] = "KeyboardInterrupt"
    except BaseException as error:
        access.is_on = False
        outcome["message"] = summary(error)
        outcome["traceback"] = told(error)
        sys.stderr.write(outcome["traceback"])
    outcome["footprint"] = parts["footprint"].footprint(access)
    written(outcome, spec["outcome"])
    return 0 if outcome["status"] == "succeeded" else 1


def prepare(spec: dict[str, Any]) -> dict[str, Any]:
    """The modules that a step is watched and served with; loaded once, if this is done before processes are forked."""
    if not PARTS:
        observers = spec["observers"]
        PARTS["file_access"] = loaded("file_access", os.path.join(observers, "file_access.py"))
        PARTS["footprint"] = loaded("footprint", os.path.join(spec["programs"], "footprint.py"))
        PARTS["footprint"].own_modules()
        artifacts = types.ModuleType("_nb2pkg_artifacts")
        code = compile(spec["artifacts_source"], "<nb2pkg artifacts>", "exec")
        exec(code, artifacts.__dict__)
        PARTS["artifacts"] = artifacts
    return PARTS


class Unfit(Exception):
    """The function and the pipeline do not fit together; the message is for the user."""


def loaded(name: str, path: str) -> Any:
    """One of our own files as a module."""
    module = types.ModuleType("_nb2pkg_" + name)
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


def loaded_inputs(inputs: dict[str, Any], artifacts: Any) -> dict[str, Any]:
    """The values that earlier steps have stored, by parameter; those of one file share objects."""
    files: dict[str, Any] = {}
    found = {}
    for name, (path, key) in inputs.items():
        if path not in files:
            files[path] = artifacts.load(path)
        found[name] = files[path] if key is None else files[path][key]
    return found


def called(work: str, available: dict[str, Any]) -> Any:
    """What the function returns, given what of `available` it has parameters for."""
    module_name, _, name = work.partition(":")
    module = importlib.import_module(module_name)
    function = getattr(module, name, None)
    if not callable(function):
        raise Unfit(f"module {module_name} has no function {name}")
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    missing = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            keywords.update({n: v for n, v in available.items() if n not in keywords})
        elif parameter.kind is parameter.VAR_POSITIONAL:
            continue
        elif parameter.name in available:
            if parameter.kind is parameter.POSITIONAL_ONLY:
                positional.append(available[parameter.name])
            else:
                keywords[parameter.name] = available[parameter.name]
        elif parameter.default is parameter.empty:
            missing.append(parameter.name)
    if missing:
        raise Unfit(
            "{} needs {}: no parameter of the pipeline and no output of the steps that it needs "
            "is called so".format(work, ", ".join(missing))
        )
    result = function(*positional, **keywords)
    if inspect.iscoroutine(result):
        import asyncio

        result = asyncio.run(result)
    return result


def by_name(result: Any, outputs: list[list[str]]) -> dict[str, Any]:
    """What was returned under the names of the outputs: one value a name, in their order."""
    names = [name for group in outputs for name in group]
    if len(names) <= 1:
        return dict.fromkeys(names, result)
    if isinstance(result, dict) and set(names) <= set(result):
        return {name: result[name] for name in names}
    if not isinstance(result, (tuple, list)) and all(hasattr(result, name) for name in names):
        return {name: getattr(result, name) for name in names}
    count = len(result) if isinstance(result, (tuple, list)) else 1
    if count != len(names):
        raise Unfit(
            f"it returned {count} value{'' if count == 1 else 's'}, and its outputs are {len(names)}: "
            f"{', '.join(names)}"
        )
    return dict(zip(names, result, strict=False))


def stored(named: dict[str, Any], outputs: list[list[str]], folder: str, artifacts: Any) -> None:
    """Write each group of values as one file."""
    os.makedirs(folder, exist_ok=True)
    for group in outputs:
        value = named[group[0]] if len(group) == 1 else {name: named[name] for name in group}
        path = os.path.join(folder, "_and_".join(group))
        try:
            artifacts.save(value, path)
        except OSError:
            raise
        except Exception as error:
            raise Unfit(
                "{} cannot be stored: {}; return something that can be, or let one step do both".format(
                    " and ".join(group), summary(error)
                )
            ) from error


def metrics_of(named: dict[str, Any], result: Any) -> dict[str, float]:
    """The numbers among what was returned, and those in a dict called `metrics`."""
    found = {}
    for name, value in named.items():
        parts = value.items() if name == "metrics" and isinstance(value, dict) else [(name, value)]
        for key, part in parts:
            number = plain_number(part)
            if number is not None:
                found[str(key)] = number
    if not named and isinstance(result, dict):
        found = {str(k): n for k, v in result.items() if (n := plain_number(v)) is not None}
    return found


def plain_number(value: Any) -> float | None:
    """A value as a float; None where it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def summary(error: BaseException) -> str:
    """An exception in a line."""
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def told(error: BaseException) -> str:
    """The traceback without the frames that are ours."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    return "".join(line for line in lines if not line.startswith("Traceback (most recent"))


def written(outcome: dict[str, Any], path: str) -> None:
    """Write the outcome whole, or not at all."""
    sys.stdout.flush()
    sys.stderr.flush()
    beside = path + ".part"
    with open(beside, "w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump(outcome, file)
    os.replace(beside, path)


if __name__ == "__main__":
    # This file's own folder is nothing that a step should import from.
    sys.path.pop(0)
    sys.exit(main(json.load(sys.stdin)))
