"""Which looks may make an object compute something and remember it?

`markov.steady_state` alone in a cell shows a value, and the object may keep what it computed for that.
Such a line stays, where the object is one of a library that the tables do not know and is used again.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator

from nb2pkg.analysis import Kind, Statement, import_aliases, resolve, root_name
from nb2pkg.dataflow import Program

# Libraries whose objects are known not to change when an attribute is looked up.
_PLAIN_LIBRARIES = frozenset(
    [
        "numpy",
        "pandas",
        "polars",
        "scipy",
        "sklearn",
        "matplotlib",
        "mpl_toolkits",
        "pylab",
        "seaborn",
        "IPython",
        "tqdm",
        "joblib",
        "yaml",
        "dateutil",
        "pytz",
        "torch",
        "PIL",
        "networkx",
        "sympy",
    ]
)
_PLAIN_ATTRIBUTES = frozenset(
    [
        "shape",
        "columns",
        "index",
        "dtype",
        "dtypes",
        "size",
        "ndim",
        "values",
        "T",
        "name",
        "names",
        "loc",
        "iloc",
        "at",
        "iat",
        "str",
        "dt",
        "cat",
        "data",
        "target",
        "feature_names",
        "target_names",
        "real",
        "imag",
        "params",
        "model",
        "classes",
    ]
)
_FRAME_METHODS = frozenset(
    [
        "head",
        "tail",
        "describe",
        "info",
        "groupby",
        "merge",
        "fillna",
        "dropna",
        "drop",
        "sort_values",
        "value_counts",
        "iterrows",
        "reset_index",
        "set_index",
        "astype",
        "loc",
        "iloc",
        "columns",
    ]
)


def remembering_looks(program: Program, looks: Collection[int]) -> frozenset[int]:
    """Those of the `looks` (indices of statements) that have to stay."""
    candidates = {i: names for i in looks if (names := set(_looked_into(program.statements[i])))}
    if not candidates:
        return frozenset()
    foreign = _foreign_values(program, looks)
    return frozenset(
        index
        for index, names in candidates.items()
        if any(_is_read_again(name, index, program, looks) for name in names & foreign)
    )


def _is_read_again(name: str, index: int, program: Program, looks: Collection[int]) -> bool:
    """Whether anything reads what `name` holds at that statement, before it is bound anew."""
    later = [r for r in program.readers.get(name, ()) if r > index and r not in looks]
    if not later:
        return False
    if any(program.statements[r].kind is not Kind.CODE for r in program.readers[name]):
        return True  # a function reads it whenever it is called
    anew = (
        b
        for b in program.binders.get(name, ())
        if b > index and name in program.statements[b].facts.binds
    )
    return min(later) <= min(anew, default=min(later))


def _looked_into(statement: Statement) -> Iterator[str]:
    """The names into which a statement looks by an attribute that may be computed."""
    called = {id(n.func) for n in statement.nodes if isinstance(n, ast.Call)}
    for node in statement.nodes:
        if isinstance(node, ast.Attribute) and id(node) not in called:
            plain = node.attr in _PLAIN_ATTRIBUTES or node.attr.endswith("_")
            name = root_name(node)
            if name is not None and not plain:
                yield name


def _foreign_values(program: Program, looks: Collection[int]) -> frozenset[str]:
    """Names that may hold an object of a library that the tables do not know."""
    known = sys.stdlib_module_names | _PLAIN_LIBRARIES
    found = {
        name
        for s in program.statements
        for node in s.nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name, meaning in import_aliases(node).items()
        if meaning.split(".")[0] not in known
    }
    if not found:
        return frozenset()
    imported = frozenset(found)
    while True:
        more = {
            name
            for index, s in enumerate(program.statements)
            if index not in looks
            and (s.facts.reads | s.facts.captures) & found
            and not (s.kind is Kind.CODE and _gives_plain_value(s, program, known))
            for name in s.facts.may_bind
        } - found
        if not more:
            break
        found |= more
    return frozenset(found - imported) - _frames(program)


def _gives_plain_value(statement: Statement, program: Program, known: Collection[str]) -> bool:
    """Whether it assigns what a known library, or a builtin, makes of its arguments."""
    value = getattr(statement.node, "value", None)
    if not isinstance(statement.node, (ast.Assign, ast.AnnAssign)):
        return False
    if isinstance(value, (ast.Constant, ast.JoinedStr, ast.Compare)):
        return True
    if not isinstance(value, ast.Call):
        return False
    root = root_name(value.func)
    name = resolve(value.func, program.aliases)
    if name is None or root is None:
        return False
    if root in program.aliases:
        return name.split(".")[0] in known
    return name in ("len", "str", "int", "float", "bool", "sum", "range", "round")


def _frames(program: Program) -> frozenset[str]:
    """Names that the notebook uses as data frames."""
    return frozenset(
        node.value.id
        for s in program.statements
        for node in s.nodes
        if isinstance(node, (ast.Attribute, ast.Subscript))
        and isinstance(node.value, ast.Name)
        and (
            node.attr in _FRAME_METHODS
            if isinstance(node, ast.Attribute)
            else isinstance(node.slice, (ast.List, ast.Compare))
            or (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str))
        )
    )
