"""Which values end when no name holds them any more, so that it shows?"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

from nb2pkg.analysis import Statement, own_nodes, resolve
from nb2pkg.dataflow import Program
from nb2pkg.refactoring.holding import Origin, holders, with_functions
from nb2pkg.refactoring.refusals import cannot

# What these give does something when it ends: it removes a folder, ends processes, lets go of a lock.
_OPENING_WORDS = """
    connect TemporaryDirectory NamedTemporaryFile TemporaryFile SpooledTemporaryFile HDFStore ExcelWriter
    Popen Pool ThreadPool ThreadPoolExecutor ProcessPoolExecutor ExitStack AsyncExitStack socket
"""
_OPENING = frozenset(_OPENING_WORDS.split())
# A file that is only read can end at any time: nobody sees it.
_BY_MODE = frozenset(
    {"open", "fdopen", "ZipFile", "TarFile", "File", "Dataset", "GzipFile", "BZ2File"}
)
_MODE = re.compile(r"(?=.*[wax+])[rwaxbtU+:gz|*]{1,6}")
# Whoever uses these can tell how long any value lives, or which functions run.
_WATCHING = (
    "weakref", "tracemalloc", "cProfile", "profile.run", "sys.getrefcount", "sys.settrace", "sys.setprofile",
    "gc.get_objects", "gc.get_referrers", "gc.garbage", "gc.callbacks",
)  # fmt: skip


def lasting_names(program: Program, statements: Sequence[int]) -> frozenset[str]:
    """The names that hold, after these statements, what would end if nothing held it."""
    return holders((program.statements[i].node for i in statements), _origin(program))


def refuse_other_lifetimes(program: Program, body: Sequence[int], start: int) -> None:
    """Stop where a value would live longer or shorter in a function, and the notebook could tell.

    A function's arguments live as long as it runs, whatever it does with their names. `start` is the
    first selected statement.

    Raises:
        FindingsError: that is so (NB801).
    """
    for statement in program.statements:
        word = _watching(statement, program)
        if word is not None:
            raise cannot(
                "NB801",
                f"{word} tells how long values live: those of a function end with it",
                statement=statement,
            )
    held = lasting_names(program, range(start))
    for index in body:
        facts = program.statements[index].facts
        ended = sorted((facts.may_bind | facts.deletes) & held)
        if ended:
            raise cannot(
                "NB801",
                f"'{ended[0]}' holds what is open until nothing names it, and the notebook would name it "
                "longer",
                statement=program.statements[index],
                hint=f"close it: {ended[0]}.close()",
            )


def _watching(statement: Statement, program: Program) -> str | None:
    for node in statement.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "__del__":
            return "__del__"
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = resolve(node, program.aliases) or ""
            for word in _WATCHING:
                if name == word or name.startswith(word + "."):
                    return word
    return None


def _origin(program: Program) -> Origin:
    own = {s.facts.order[0] for s in program.statements if isinstance(s.node, _DEFINITIONS)}
    return with_functions(
        Origin(starts=lambda call: _opens(call, own)), program, makers=_ends_with_more
    )


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _opens(call: ast.expr, own: Collection[str]) -> bool:
    if not isinstance(call, ast.Call):
        return False
    function = call.func
    word = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Name) and word in own:
        return False
    return word in _OPENING or (word in _BY_MODE and _writes(call, word))


def _writes(call: ast.Call, word: str) -> bool:
    modes = [*call.args, *(k.value for k in call.keywords if k.arg == "mode")]
    on = call.func.value if isinstance(call.func, ast.Attribute) else None
    if word == "open" and getattr(on, "id", "") in ("shelve", "dbm"):
        return True
    for place, mode in enumerate(modes):
        if place == 0 and call.args and (on is None or len(modes) > 1):
            continue  # the path, though it may look like a mode
        if isinstance(mode, ast.Constant):
            if isinstance(mode.value, str) and _MODE.fullmatch(mode.value):
                return True
        elif word == "open" and (place == 1 or place >= len(call.args)):
            return True  # the mode is known when it runs
    return False


def _ends_with_more(function: ast.AST) -> bool:
    """Whether it is a generator that does something when it is closed."""
    own = list(own_nodes(getattr(function, "body", [])))
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own) and any(
        isinstance(n, (ast.Try, ast.With, ast.AsyncWith)) for n in own
    )
