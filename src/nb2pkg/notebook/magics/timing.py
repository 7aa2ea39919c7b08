"""What the magics that time, profile or capture code become: the code itself."""

from __future__ import annotations

import ast
import shlex

from nb2pkg.notebook.magics.equivalent import (
    Equivalent,
    LeftOut,
    MagicCall,
    NoEqual,
    Remark,
    Unwrapped,
)
from nb2pkg.notebook.magics.ipython_input import parse_python
from nb2pkg.problems import Severity

# Options of the profilers that come before the statement: those that take a value, and the others.
_PROFILER_OPTIONS = {
    "prun": ("sl", "q"),
    "lprun": ("fmu", "sz"),
    "mprun": ("f", "c"),
    "memit": ("rti", "c"),
}
_CAPTURE_SWITCHES = ("--no-stdout", "--no-stderr", "--no-display")


def time(call: MagicCall) -> Equivalent:
    """Run the statement without timing it."""
    statement = call.arguments.strip().removeprefix("--no-raise-error").strip()
    if statement:
        return Unwrapped(code=statement)
    if call.wants_value:
        return NoEqual(why="is used for a value that only IPython has")
    return LeftOut(reason="times code")


def timeit(call: MagicCall) -> Equivalent:
    """Leave the repeated runs out: nothing that they bind reaches the notebook."""
    if call.wants_value:
        return NoEqual(
            why="gives the measured times to the code around it",
            hint="Measure with timeit.timeit() or time.perf_counter().",
        )
    return LeftOut(reason="times code")


def profile(call: MagicCall) -> Equivalent:
    """Run the statement without profiling it."""
    statement = _without_options(call.arguments, *_PROFILER_OPTIONS[call.name])
    if statement is None or call.wants_value:
        return NoEqual(
            why="keeps a profile that plain Python does not make",
            hint="Run the statement itself, or profile with cProfile.",
        )
    return Unwrapped(code=_unshown(statement)) if statement else LeftOut(reason="profiles code")


def time_cell(call: MagicCall) -> Equivalent:
    """Run the cell without timing it."""
    said = call.arguments.strip().removeprefix("--no-raise-error").strip()
    if said and not said.startswith("#"):
        return NoEqual(
            why="stops with an error: nothing may stand beside it",
            hint="Put the statement on the next line.",
        )
    return Unwrapped(code=call.body)


def profile_cell(call: MagicCall) -> Equivalent:
    """Run the cell without profiling it."""
    if _without_options(call.arguments, *_PROFILER_OPTIONS["prun"]) != "":
        return NoEqual(why="keeps a profile that plain Python does not make")
    return Unwrapped(code=call.body)


def capture(call: MagicCall) -> Equivalent:
    """Run the cell with its printed text thrown away."""
    words = call.arguments.split()
    if any(word.startswith("-") and word not in _CAPTURE_SWITCHES for word in words):
        return NoEqual()
    names = [word for word in words if not word.startswith("-")]
    silenced = [s for s in ("stdout", "stderr") if f"--no-{s}" not in words]
    redirections = ", ".join(f"contextlib.redirect_{s}(io.StringIO())" for s in silenced)
    return Unwrapped(
        code=call.body,
        header=f"with {redirections}:" if silenced else "",
        imports=("contextlib", "io") if silenced else (),
        remarks=tuple(_captured_name(name) for name in names),
    )


def _captured_name(name: str) -> Remark:
    return Remark(
        severity=Severity.WARNING,
        message=f"'{name}' will not hold what '%%capture' captured; the cell's code is kept",
        hint=f"If '{name}' is read later, use contextlib.redirect_stdout() with a StringIO.",
    )


def _unshown(statement: str) -> str:
    """End an expression with the ; that keeps IPython from showing its value."""
    tree = parse_python(statement)
    shows = tree is not None and any(isinstance(node, ast.Expr) for node in tree.body[-1:])
    return f"{statement};" if shows and not statement.endswith(";") else statement


def _without_options(arguments: str, with_value: str, switches: str) -> str | None:
    """Take the options off a profiler's line; None when one of them makes something to keep."""
    rest = arguments.strip()
    while rest.startswith("-") and parse_python(rest) is None:
        word, _, rest = rest.partition(" ")
        letter, attached = word[1:2], word[2:]
        rest = rest.lstrip()
        if letter in with_value and letter and not attached:
            rest = _without_word(rest)
        elif not letter or letter not in with_value + switches:
            return None
    return rest


def _without_word(text: str) -> str:
    lexer = shlex.shlex(text, posix=False, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        word = lexer.get_token() or ""
    except ValueError:
        return ""
    return text[len(word) :].lstrip()
