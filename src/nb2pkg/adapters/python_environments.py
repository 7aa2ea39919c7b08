"""What the notebook's own Python environment is, and whether it accepts what we wrote."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nb2pkg.adapters.environment_distributions import InstalledPackages
from nb2pkg.adapters.environment_interpreter import (
    Interpreter,
    NoAnswer,
    ask,
    is_program,
    look_at_interpreter,
    read_interpreter,
    this_interpreter,
)
from nb2pkg.adapters.kernel_interpreter import (
    PYTHON_NAME,
    UnresolvedKernel,
    interpreter_of_kernel,
)
from nb2pkg.adapters.local_modules import local_sources
from nb2pkg.planning.dependencies import EnvironmentFacts, normalise, parse_requirement
from nb2pkg.planning.import_names import is_standard_library, prefixes
from nb2pkg.problems import EnvironmentFailure, UsageError

_COMPILE_TIMEOUT_SECONDS = 30.0

# Must run on any Python 3. Compiling executes nothing of the source.
_COMPILE = """
import json, sys
problems = []
for path, source in sorted(json.load(sys.stdin).items()):
    try:
        compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        problems.append([path, error.msg, error.lineno, error.offset])
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        problems.append([path, str(error) or type(error).__name__, None, None])
print(json.dumps(problems))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileProblem:
    """Why a file does not compile; `line` is 1-based and `column` 0-based, where Python says."""

    path: str
    message: str
    line: int | None
    column: int | None


def read_environment(
    kernel_name: str | None,
    notebook_folder: Path,
    import_names: Collection[str],
    python: str | None,
    *,
    requirements: Collection[str] = (),
    python_from: str | None = None,
) -> EnvironmentFacts:
    """Read what is installed where the notebook runs, for the names that it imports.

    That is the interpreter `python` if given, else the kernel's, else `$VIRTUAL_ENV`, else the
    first `python3` on PATH, else our own; `found_by` says which, and why not an earlier one.
    Nothing of the notebook and none of its packages is imported. What `requirements` name is looked
    up as well, imported or not.

    `python_from` is the file of a project that names `python`. Whoever wrote it may have written the program,
    too: what such a path leads to is read from the disk or passed over, and never run.

    Raises:
        UsageError: `python` is not a Python interpreter (NB012).
    """
    choice = _choose(kernel_name, python, python_from)
    interpreter = choice.interpreter
    packages = InstalledPackages(interpreter.package_folders)
    distributions = packages.giving(import_names)
    asked_for = (parse_requirement(text) for text in requirements)
    keys = {normalise(requirement.name) for requirement in asked_for if requirement}
    found = ((key, packages.named(key)) for key in sorted(keys))
    beside = _local_modules(notebook_folder, import_names, distributions)
    return EnvironmentFacts(
        python_version=interpreter.version,
        interpreter=interpreter.path,
        found_by=choice.found_by,
        distributions=distributions,
        local_modules=beside,
        local_sources=local_sources(notebook_folder, beside),
        installed={key: distribution for key, distribution in found if distribution},
        may_be_run=choice.may_be_run,
        passed_over=choice.passed_over,
    )


def compile_with(interpreter: str | Path, files: Mapping[str, str]) -> tuple[CompileProblem, ...]:
    """Compile files, given as path and text, on an interpreter; say which fail, by path.

    Only compiled: nothing is executed, written, or imported from them.

    Raises:
        EnvironmentFailure: the interpreter does not answer (NB514).
    """
    try:
        lines = ask(
            interpreter,
            _COMPILE,
            text=json.dumps(dict(files)),
            timeout_seconds=_COMPILE_TIMEOUT_SECONDS,
        )
        problems = json.loads(lines[-1] if lines else "")
    except (NoAnswer, ValueError) as error:
        reason = str(error) if isinstance(error, NoAnswer) else "gave no answer"
        raise EnvironmentFailure(
            "NB514",
            f"the notebook's Python {os.fspath(interpreter)!r} {reason}",
            hint="name a working interpreter with --python",
        ) from error
    return tuple(
        CompileProblem(
            path=path,
            message=message,
            line=line,
            column=None if offset is None else max(offset - 1, 0),
        )
        for path, message, line, offset in problems
    )


def compile_as(version: tuple[int, int], files: Mapping[str, str]) -> tuple[CompileProblem, ...]:
    """Say which files, given as path and text, have syntax that a version does not know; by path.

    For an interpreter that is not to be run: our own parser tells of most of what came later.
    """
    known = (version[0], min(version[1], sys.version_info[1]))
    problems = []
    for path, source in sorted(files.items()):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(source, path, feature_version=known)
        except SyntaxError as error:
            problems.append(
                CompileProblem(path=path, message=error.msg, line=error.lineno, column=None)
            )
    return tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """An interpreter, what led to it, and whether it may be run; `passed_over` as in the facts."""

    interpreter: Interpreter
    found_by: str
    may_be_run: bool = True
    passed_over: str = ""


def _choose(kernel_name: str | None, python: str | None, python_from: str | None) -> _Choice:
    if python is None:
        return _found_for(kernel_name)
    if python_from is None:
        return _Choice(interpreter=_named_by_the_user(python), found_by="--python")
    return _named_by_a_file(python, python_from, kernel_name)


def _found_for(kernel_name: str | None) -> _Choice:
    doubts = []
    if kernel_name is None:
        doubts.append("the notebook names no kernel")
    else:
        path = interpreter_of_kernel(kernel_name)
        if isinstance(path, UnresolvedKernel):
            doubts.append(path.reason)
        elif interpreter := look_at_interpreter(path):
            return _Choice(interpreter=interpreter, found_by=f"kernel {kernel_name!r}")
        else:
            doubts.append(f"the Python of kernel {kernel_name!r} does not answer")
    for path, found_by in _fallbacks():
        if interpreter := look_at_interpreter(path):
            return _Choice(interpreter=interpreter, found_by=f"{found_by} ({'; '.join(doubts)})")
        doubts.append(f"{found_by} does not answer")
    return _Choice(
        interpreter=this_interpreter(), found_by=f"nb2pkg's own Python ({'; '.join(doubts)})"
    )


def _fallbacks() -> Iterator[tuple[Path, str]]:
    if os.environ.get("VIRTUAL_ENV"):
        inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        yield Path(os.environ["VIRTUAL_ENV"], inside), "VIRTUAL_ENV"
    on_path = _on_path("python3") or _on_path("python")
    if on_path:
        yield Path(on_path), "python3 on PATH"


def _named_by_the_user(python: str) -> Interpreter:
    # As a shell does: what has no slash is a command, perhaps beside us all the same.
    path = shutil.which(python) or os.path.expanduser(python)
    interpreter = look_at_interpreter(path)
    if interpreter is None:
        raise _no_python(f"--python {python!r}", path)
    return interpreter


def _named_by_a_file(python: str, file: str, kernel_name: str | None) -> _Choice:
    name = os.path.basename(file)
    if PYTHON_NAME.fullmatch(python):
        # One of the programs that are the user's own; what lies in the folder at work is not.
        interpreter = look_at_interpreter(on_path) if (on_path := _on_path(python)) else None
        if interpreter is None:
            raise _no_python(f"{python!r} in {name}", python)
        return _Choice(interpreter=interpreter, found_by=name)
    is_path = re.search(r"[/\\]", python) is not None
    if is_path and not is_program(python):
        raise _no_python(f"{python!r} in {name}", python)
    interpreter = read_interpreter(python) if is_path else None
    if interpreter is not None:
        return _Choice(interpreter=interpreter, found_by=name, may_be_run=False)
    found = _found_for(kernel_name)
    if is_path and os.path.normpath(python) == os.path.normpath(found.interpreter.path):
        return found
    return replace(found, passed_over=f"{name} names {python!r} as the notebook's Python")


def _on_path(name: str) -> str | None:
    """A command as a shell finds it, but never one of the folder that we happen to work in."""
    found = shutil.which(name)
    return found if found is not None and os.path.isabs(found) else None


def _no_python(named: str, path: str) -> UsageError:
    hint = "give the path of a Python 3, such as .venv/bin/python"
    inside = Path(path, "bin", "python")
    if inside.is_file():
        hint = f"that is a folder: give {str(inside)!r}"
    return UsageError("NB012", f"{named} is not a Python interpreter", hint=hint)


def _local_modules(
    folder: Path, import_names: Collection[str], installed: Collection[str]
) -> frozenset[str]:
    """Tell which names are modules beside the notebook, and neither installed nor built in."""
    return frozenset(
        top
        for name in import_names
        if not is_standard_library(name)
        and not any(prefix in installed for prefix in prefixes(name))
        and _is_module(folder, top := name.partition(".")[0])
    )


def _is_module(folder: Path, name: str) -> bool:
    if not name.isidentifier():
        return False
    if (folder / f"{name}.py").is_file():
        return True
    try:
        return any(child.endswith(".py") for child in os.listdir(folder / name))
    except OSError:
        return False
