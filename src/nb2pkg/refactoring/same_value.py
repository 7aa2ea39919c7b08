"""Would an expression give the same value further down, and is a value the same object when it is made again?"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from nb2pkg.analysis import (
    COMPREHENSIONS,
    FUNCTIONS,
    display_arguments,
    resolve,
    root_name,
    walk,
)
from nb2pkg.dataflow import Program, only_looks_at

# Calls and attributes whose value depends on more than what they are given: files, clocks, the process.
_WORLD = re.compile(
    r"read|read_\w+|load|loads?_\w+|loadtxt|genfromtxt|fromfile|memmap|open|now|today|utcnow|time|time_ns|ctime"
    r"|perf_counter|monotonic|localtime|gmtime|getcwd|cwd|home|i?glob|rglob|listdir|scandir|iterdir|walk|exists"
    r"|is_?file|is_?dir|stat|getsize|get[acm]time|environ|getenv|expanduser|expandvars|abspath|resolve"
    r"|absolute|realpath|urlopen|urlretrieve|uuid\w*|getpass|gethostname|cpu_count|input|id|hash|vars|dir"
    r"|globals|locals|getrefcount|memory_usage|execute|fetch\w*|query_db|show_versions|get_option"
    r"|random\w*|sample|shuffle|choice|getcontext|geterr\w*|get_printoptions|cache_info"
)
_STEADY_MODULES_WORDS = """
    numpy pandas math cmath string operator datetime collections itertools functools re statistics
    decimal fractions scipy sklearn copy json textwrap
"""
_STEADY_MODULES = frozenset(_STEADY_MODULES_WORDS.split())
_HISTORY = re.compile(r"_{1,3}|_+i*\d*|In|Out|_[io]h|_dh")
_STATE = ("pandas.options", "numpy.random", "matplotlib.rcParams")
_NUMBERS = frozenset(
    {
        "range",
        "len",
        "int",
        "float",
        "bool",
        "ord",
        "hex",
        "bin",
        "oct",
        "isinstance",
        "callable",
        "hasattr",
    }
)
_TEXTS = frozenset({"str", "repr", "chr", "ascii", "format"})
_ON_TEXTS_WORDS = """
    upper lower strip lstrip rstrip title capitalize casefold replace format join zfill center
    ljust rjust swapcase startswith endswith find rfind count isdigit isalpha removeprefix
    removesuffix
"""
_ON_TEXTS = frozenset(_ON_TEXTS_WORDS.split())
_PLAIN_PARTS = frozenset({"shape", "ndim"})


def looks_only(value: ast.expr, program: Program) -> str | None:
    """Why an expression is more than a look at values that the notebook has; None where it is not."""
    if not only_looks_at(program, value):
        calls = [n for n in walk(value) if isinstance(n, ast.Call)]
        unsure = [n for n in calls if not only_looks_at(program, n)]
        what = f"`{_shortened(unsure[-1])}`" if unsure else "it"
        return f"{what} may do more than look at values"
    for node in walk(value):
        if isinstance(node, ast.Name) and node.id in program.iterators:
            return f"looking at '{node.id}' may use it up"
        if (
            isinstance(node, ast.Name)
            and node.id not in program.binders
            and _HISTORY.fullmatch(node.id)
        ):
            return f"'{node.id}' is what was shown last, or before"
        if isinstance(node, ast.Name) and node.id in program.late_binders:
            return f"a function writes '{node.id}' with `global`"
        if isinstance(node, ast.Call):
            name = resolve(node.func, program.aliases) or ""
            last = name.rsplit(".", 1)[-1] or getattr(node.func, "attr", "")
            if display_arguments(node, program.aliases) is not None:
                return "it shows something"
            if _WORLD.fullmatch(last) or any(
                isinstance(a, ast.Constant) and a.value in ("now", "today") for a in node.args
            ):
                return f"what {last}() gives may be something else later"
        if isinstance(node, ast.Attribute) and root_name(node) in program.aliases:
            name = resolve(node, program.aliases) or ""
            is_path = name == "os.path" or name.startswith("os.path.")
            is_steady = name.split(".")[0] in _STEADY_MODULES and not name.startswith(_STATE)
            if not (is_path or is_steady):
                return f"'{name}' may be something else later"
    return None


def _shortened(call: ast.Call) -> str:
    text = ast.unparse(call.func)
    return f"{text}(…)" if call.args or call.keywords else f"{text}()"


def is_immutable(value: ast.expr, program: Program, known: frozenset[str] = frozenset()) -> bool:
    """Whether a value is of a kind that cannot change and that nobody tells from an equal one.

    `known` are names that are looked at already: two names may be made of one another.
    """
    match value:
        case ast.Constant():
            return True
        case ast.JoinedStr():
            return True
        case ast.Tuple(elts=parts):
            return all(is_immutable(part, program, known) for part in parts)
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.UnaryOp(operand=inner):
            return is_immutable(inner, program, known)
        case ast.BinOp(left=left, right=right):
            return is_immutable(left, program, known) and is_immutable(right, program, known)
        case ast.BoolOp(values=parts):
            return all(is_immutable(part, program, known) for part in parts)
        case ast.Compare(left=left, comparators=others):
            return all(is_immutable(part, program, known) for part in (left, *others))
        case ast.IfExp(body=one, orelse=other):
            return is_immutable(one, program, known) and is_immutable(other, program, known)
        case ast.Name(id=name):
            made = None if name in known else only_value(name, program)
            return made is not None and is_immutable(made, program, known | {name})
        case ast.Attribute(attr=part) if part in _PLAIN_PARTS:
            return root_name(value) not in program.aliases
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id=name), args=args) if name not in program.binders:
            if name == "float" and any(isinstance(a, ast.Constant) for a in args):
                return False  # `float("nan")` is another one each time
            return name in _NUMBERS | _TEXTS
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr=method)):
            return method in _ON_TEXTS
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _ON_TEXTS:
            return _is_text(inner, program)
    return False


def _is_text(value: ast.expr, program: Program) -> bool:
    match value:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _TEXTS and name not in program.binders
        case ast.Call(func=ast.Attribute(value=inner, attr=method)):
            return method in _ON_TEXTS and _is_text(inner, program)
        case ast.Name(id=name):
            made = only_value(name, program)
            return isinstance(made, (ast.Constant, ast.JoinedStr)) and _is_text(made, program)
    return False


def only_value(name: str, program: Program) -> ast.expr | None:
    """What a name is bound to, where a single plain assignment ever binds it."""
    binders = program.binders.get(name, ())
    if len(binders) != 1 or name in program.late_binders:
        return None
    match program.statements[binders[0]].node:
        case ast.Assign(targets=[ast.Name()], value=value):
            return value
    return None


def is_literal_value(value: ast.expr) -> bool:
    """Whether an expression is made of numbers and texts alone, so that it is the same anywhere."""
    return all(
        isinstance(n, (ast.Constant, ast.Tuple, ast.UnaryOp, ast.BinOp)) for n in walk(value)
    )


def is_itself(value: ast.expr, program: Program) -> bool:
    """Whether an expression gives one and the same object each time: a name, or a library's constant."""
    if isinstance(value, ast.Name):
        return True
    return (
        isinstance(value, ast.Attribute)
        and root_name(value) in program.static_imports
        and resolve(value, program.aliases) is not None
    )


def runs_once(path: Sequence[ast.AST], node: ast.AST) -> bool:
    """Whether code below these nodes runs at most once, and when its statement does."""
    for above, below in zip(path, [*path[1:], node], strict=True):
        if isinstance(above, (*FUNCTIONS, ast.ClassDef, ast.While)):
            return False
        if isinstance(above, (ast.For, ast.AsyncFor)) and below is not above.iter:
            return False
        if isinstance(above, COMPREHENSIONS) and below is not above.generators[0]:
            return False
        if isinstance(above, ast.comprehension) and below is not above.iter:
            return False
        if isinstance(above, (ast.With, ast.AsyncWith)) and not isinstance(below, ast.withitem):
            return False
        if isinstance(above, (ast.Match, ast.AnnAssign)):
            return False
    return True
