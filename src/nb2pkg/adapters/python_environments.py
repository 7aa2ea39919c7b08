"""What the notebook's own Python environment is, and whether it accepts what we wrote."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.adapters.environment_distributions import InstalledPackages
from nb2pkg.adapters.environment_interpreter import (
    Interpreter,
    NoAnswer,
    ask,
    look_at_interpreter,
    this_interpreter,
)
from nb2pkg.adapters.kernel_interpreter import UnresolvedKernel, interpreter_of_kernel
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
) -> EnvironmentFacts:
    """Read what is installed where the notebook runs, for the names that it imports.

    That is the interpreter `python` if given, else the kernel's, else `$VIRTUAL_ENV`, else the
    first `python3` on PATH, else our own; `found_by` says which, and why not an earlier one.
    Nothing of the notebook and none of its packages is imported. What `requirements` name is looked
    up as well, imported or not.

    Raises:
        UsageError: `python` is not a Python interpreter (NB012).
    """
    interpreter, found_by = _choose(kernel_name, python)
    packages = InstalledPackages(interpreter.package_folders)
    distributions = packages.giving(import_names)
    asked_for = (parse_requirement(text) for text in requirements)
    keys = {normalise(requirement.name) for requirement in asked_for if requirement}
    found = ((key, packages.named(key)) for key in sorted(keys))
    beside = _local_modules(notebook_folder, import_names, distributions)
    return EnvironmentFacts(
        python_version=interpreter.version,
        interpreter=interpreter.path,
        found_by=found_by,
        distributions=distributions,
        local_modules=beside,
        local_sources=local_sources(notebook_folder, beside),
        installed={key: distribution for key, distribution in found if distribution},
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


def _choose(kernel_name: str | None, python: str | None) -> tuple[Interpreter, str]:
    if python is not None:
        return _named_by_the_user(python), "--python"
    doubts = []
    if kernel_name is None:
        doubts.append("the notebook names no kernel")
    else:
        path = interpreter_of_kernel(kernel_name)
        if isinstance(path, UnresolvedKernel):
            doubts.append(path.reason)
        elif interpreter := look_at_interpreter(path):
            return interpreter, f"kernel {kernel_name!r}"
        else:
            doubts.append(f"the Python of kernel {kernel_name!r} does not answer")
    for path, found_by in _fallbacks():
        if interpreter := look_at_interpreter(path):
            return interpreter, f"{found_by} ({'; '.join(doubts)})"
        doubts.append(f"{found_by} does not answer")
    return this_interpreter(), f"nb2pkg's own Python ({'; '.join(doubts)})"


def _fallbacks() -> Iterator[tuple[Path, str]]:
    if os.environ.get("VIRTUAL_ENV"):
        inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        yield Path(os.environ["VIRTUAL_ENV"], inside), "VIRTUAL_ENV"
    on_path = shutil.which("python3") or shutil.which("python")
    if on_path:
        yield Path(on_path), "python3 on PATH"


def _named_by_the_user(python: str) -> Interpreter:
    # As a shell does: what has no slash is a command, perhaps beside us all the same.
    path = shutil.which(python) or os.path.expanduser(python)
    interpreter = look_at_interpreter(path)
    if interpreter is None:
        hint = "give the path of a Python 3, such as .venv/bin/python"
        inside = Path(path, "bin", "python")
        if inside.is_file():
            hint = f"that is a folder: give {str(inside)!r}"
        raise UsageError("NB012", f"--python {python!r} is not a Python interpreter", hint=hint)
    return interpreter


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
