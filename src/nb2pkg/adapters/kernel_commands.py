"""Which command starts the kernel of a notebook?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2pkg.adapters.kernel_interpreter import (
    described_kernels,
    interpreter_of_kernel,
)
from nb2pkg.problems import EnvironmentFailure

_LAUNCHER = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelCommand:
    """How a kernel is started.

    interpreter: the Python that it runs on; None for another language
    is_plain: whether it is IPython's own kernel, with no arguments of its own
    """

    name: str
    argv: tuple[str, ...]
    interpreter: str | None
    is_plain: bool
    environment: Mapping[str, str] = field(default_factory=dict)


def kernel_command(kernel: str | None, interpreter: str, language: str) -> KernelCommand:
    """The command for a kernel's name; a Python kernel runs on `interpreter` where one is given.

    Raises:
        EnvironmentFailure: there is no such kernel (NB518).
    """
    name = kernel or "python3"
    described = described_kernels().get(name.lower())
    spec: dict[str, Any] = {}
    if described is not None:
        try:
            spec = json.loads(Path(described).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            spec = {}
    argv = spec.get("argv")
    is_list = isinstance(argv, list) and argv and all(isinstance(word, str) for word in argv)
    words = list(argv) if is_list and isinstance(argv, list) else []
    environment = spec.get("env") if isinstance(spec.get("env"), dict) else {}
    own = {str(k): str(v) for k, v in (environment or {}).items()}
    if language == "python":
        found = interpreter
        if not found and words:
            answer = interpreter_of_kernel(name)
            found = str(answer) if isinstance(answer, Path) else ""
        if found:
            plain = (
                not words or words[1:] == _LAUNCHER or words[1:3] == ["-Xfrozen_modules=off", "-m"]
            )
            rest = _LAUNCHER if plain or interpreter else words[1:]
            return KernelCommand(
                name=name,
                argv=(found, *rest),
                interpreter=found,
                is_plain=list(rest) == _LAUNCHER,
                environment=own,
            )
    if not words:
        known = ", ".join(sorted(described_kernels())) or "none"
        raise EnvironmentFailure(
            "NB518",
            f"kernel {name!r} is not there",
            hint=f"kernels here: {known}; say which with --kernel",
        )
    return KernelCommand(
        name=name, argv=tuple(words), interpreter=None, is_plain=False, environment=own
    )
