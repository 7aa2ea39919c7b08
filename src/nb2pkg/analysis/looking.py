"""Does an expression only look at values, so that leaving it out changes nothing?"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from nb2pkg.analysis.dotted_names import Aliases, resolve, root_name
from nb2pkg.analysis.effect_tables import MUTATING_FUNCTIONS, PURE_BUILTINS, SETUP_CALLS
from nb2pkg.analysis.effects import Effects
from nb2pkg.analysis.syntax_tree import walk

_DISPLAYS = frozenset(
    {
        "display",
        "IPython.display.display",
        "IPython.display.HTML",
        "IPython.display.Markdown",
        "IPython.display.Image",
        "IPython.display.SVG",
        "IPython.display.Math",
        "IPython.display.Latex",
        "IPython.core.display.HTML",
        "IPython.core.display.display",
        "IPython.display.display_html",
        "IPython.display.display_markdown",
        "IPython.display.clear_output",
        "IPython.display.IFrame",
    }
)
# Functions of pure modules that still have an effect: they draw numbers, print, write or wait.
_NOT_LOOKING = frozenset(
    {
        "print",
        "input",
        "open",
        "exec",
        "eval",
        "next",
        "setattr",
        "delattr",
        "compile",
        "exit",
        "quit",
    }
)
# Modules whose functions only compute, save those whose names say otherwise.
_COMPUTING = (
    "numpy", "pandas", "math", "cmath", "statistics", "operator", "itertools", "collections", "re",
    "json", "datetime", "string", "textwrap", "copy", "decimal", "fractions", "os.path", "sympy",
    "sklearn.metrics", "scipy.stats", "scipy.special", "scipy.linalg", "scipy.spatial.distance",
)  # fmt: skip
# How functions are called that change the state of their module.
_SETTING = re.compile(
    r"(?:set_|setcontext|seterr|setbuf|reset|register|unregister|enable|disable|init_|use_|clear|purge"
    r"|configure|install|add_|remove_|update|write|dump|save|tofile)"
)
# Keywords that name something to write to.
_WRITING_KEYWORDS = frozenset({"inplace", "out", "file", "buf", "ax", "path_or_buf"})
_QUERY_NAME = re.compile(r"@(\w+)")
# Keywords that take a seed or a generator of random numbers.
RANDOM_KEYWORDS = frozenset({"random_state", "rng", "generator", "seed", "prng"})
# Methods and builtins that call what they are given.
_CALLING = frozenset(
    [
        "map",
        "filter",
        "agg",
        "aggregate",
        "transform",
        "sorted",
        "min",
        "max",
        "groupby",
        "rename",
        "combine",
        "combine_first",
    ]
)
# Names that pure and impure types share: told apart by how they are called.
_NEEDS_CARE: Mapping[str, Callable[[ast.Call], bool]] = {
    # str and DataFrame have it; a thread's `join()` waits
    "join": lambda call: bool(call.args),
    # dict has it; a queue's `get()` takes an item away
    "get": lambda call: bool(call.args),
    # str and DataFrame take two arguments or keywords; `Path.replace(target)` moves a file
    "replace": lambda call: len(call.args) + len(call.keywords) >= 2,
    # without a file to write to they give the text
    "to_html": lambda call: not call.args,
    "to_latex": lambda call: not call.args,
    "to_markdown": lambda call: not call.args,
    "to_string": lambda call: not call.args,
    # DataFrame is called with keywords; `Path.rename(target)` moves a file
    "rename": lambda call: not call.args,
}
_EFFECTFUL_PARTS = frozenset(
    {
        "random",
        "at",
        "putmask",
        "put",
        "place",
        "testing",
        "core",
        "options",
        "ctypeslib",
        "DataReader",
        "read_clipboard",
        "to_clipboard",
        "apply_along_axis",
        "vectorize",
        "frompyfunc",
        "pyplot",
        "pprint",
        "sleep",
        "seed",
        "rvs",
        "resample",
        "bootstrap",
        "plotting",
        "eval",
        "permutation_test",
        "monte_carlo_test",
        "save",
        "savez",
        "savetxt",
        "to_csv",
        "dump",
        "mkdir",
        "makedirs",
        "remove",
        "rename",
        "unlink",
        "rmdir",
        "chdir",
        "system",
        "popen",
        "putenv",
        "set_option",
        "set_printoptions",
        "seterr",
        "seaborn",
        "walk",
    }
)
_SAFE_NODES = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr,
    ast.FormattedValue, ast.Starred, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.comprehension, ast.keyword, ast.arguments, ast.arg, ast.Call,
)  # fmt: skip
# Looking at these runs no special method but those of attributes.
_WITHOUT_OPERATORS = (
    ast.Name, ast.Constant, ast.Attribute, ast.Tuple, ast.List,
)  # fmt: skip


def only_looks(expression: ast.expr, effects: Effects, iterators: Collection[str] = ()) -> bool:
    """Whether evaluating this can be left out: nothing is changed, printed, drawn or consumed.

    `iterators` are names whose values are used up by being looked at.
    """
    nodes = list(walk(expression))
    if effects.own_values and _runs_own_code(nodes, effects):
        return False
    if _hands_over(nodes, effects):
        return False
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in iterators and node is not expression:
            return False  # whatever is done with an iterator may use it up
        if not isinstance(node, _SAFE_NODES):
            return False
        if isinstance(node, ast.Attribute) and node.attr in effects.noisy:
            return False
        if (
            effects.filling
            and isinstance(node, ast.Subscript)
            and root_name(node) in effects.filling
        ):
            return False  # `groups["new"]` of a defaultdict adds the key
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.LShift, ast.RShift)):
            return False  # `a >> b` chains tasks in more than one library
        if isinstance(node, ast.Call) and not call_only_looks(node, effects):
            return False
    return True


def _hands_over(nodes: Sequence[ast.AST], effects: Effects) -> bool:
    """Whether a call may run a noisy function of the notebook, or draw from a generator."""
    if not any(isinstance(n, ast.Call) for n in nodes):
        # `frame.loc[pick]` calls what it is given as well.
        return any(
            isinstance(n, ast.Subscript)
            and isinstance(n.slice, ast.Name)
            and n.slice.id in effects.noisy_functions
            for n in nodes
        )
    handed = effects.noisy_functions | effects.random_sources
    return any(
        n.id in handed
        if isinstance(n, ast.Name)
        # `frame.query("@is_good(a)")` looks its names up where it is called.
        else isinstance(n, ast.Constant)
        and isinstance(n.value, str)
        and any(name in effects.noisy_functions for name in _QUERY_NAME.findall(n.value))
        for n in nodes
    )


def _runs_own_code(nodes: Sequence[ast.AST], effects: Effects) -> bool:
    """Whether special methods of the notebook's own classes may run, and do more than look."""
    if not any(isinstance(n, ast.Name) and n.id in effects.own_values for n in nodes):
        return False
    if effects.noisy_lookups and any(isinstance(n, ast.Attribute) for n in nodes):
        return True
    return effects.noisy_operators and not all(isinstance(n, _WITHOUT_OPERATORS) for n in nodes)


def display_arguments(expression: ast.expr, aliases: Aliases) -> list[ast.expr] | None:
    """The arguments of a call to `display`, or None where it is something else."""
    if isinstance(expression, ast.Call) and resolve(expression.func, aliases) in _DISPLAYS:
        return list(expression.args)
    return None


def call_only_looks(node: ast.Call, effects: Effects) -> bool:
    """Whether a call, its arguments aside, can be left out."""
    aliases = effects.aliases
    if any(k.arg in _WRITING_KEYWORDS or k.arg is None for k in node.keywords):
        return False
    if any(
        k.arg in RANDOM_KEYWORDS and resolve(k.value, aliases) == "numpy.random"
        for k in node.keywords
    ):
        return False
    last = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if last in _CALLING and not _gives_known_functions(node, aliases):
        return False
    name = resolve(node.func, aliases)
    if name is not None and (name in _DISPLAYS or name in effects.pure_calls):
        return True
    if name is not None and "." not in name:
        return name in PURE_BUILTINS
    if name is not None and _is_module(node.func, aliases):
        if name in SETUP_CALLS or _SETTING.match(name.rsplit(".", 1)[-1]):
            return False
        if not any(name.startswith(module + ".") for module in _COMPUTING):
            return False
        if any(isinstance(argument, ast.Lambda) for argument in node.args):
            return False
        parts = set(name.split("."))
        return not parts & _EFFECTFUL_PARTS and name.rsplit(".")[-1] not in MUTATING_FUNCTIONS
    if isinstance(node.func, ast.Attribute):
        method = node.func.attr
        if method == "sample":
            return any(k.arg == "random_state" for k in node.keywords)
        if method in _NEEDS_CARE and not _NEEDS_CARE[method](node):
            return False
        if method == "format" and isinstance(node.func.value, ast.Constant):
            return True
        return effects.is_pure_method(method) and (
            f"*.{method}" in effects.pure_calls
            or not (effects.changes_receiver(method) or method in _NOT_LOOKING)
        )
    return False


def _is_module(function: ast.expr, aliases: Aliases) -> bool:
    """Whether the dotted name starts at an imported module rather than at a variable."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id in aliases


def _gives_known_functions(node: ast.Call, aliases: Aliases) -> bool:
    """Whether functions handed over are lambdas (looked into), builtins or a module's own."""
    for argument in (*node.args, *(k.value for k in node.keywords)):
        if isinstance(argument, ast.Name) and argument.id not in PURE_BUILTINS:
            data = isinstance(node.func, ast.Name) or node.func.attr == "groupby"  # type: ignore[attr-defined]
            if not data or (
                argument is node.args[0] and getattr(node.func, "id", "") in ("map", "filter")
            ):
                return False
        if isinstance(argument, ast.keyword) and argument.arg == "key":
            return False
    return not any(k.arg == "key" and isinstance(k.value, ast.Name) for k in node.keywords)
