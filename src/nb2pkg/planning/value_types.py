"""Which types are certain without running the notebook, so that signatures can say them?

Only what the code itself makes plain: literals, constructors, pandas readers and the methods that
keep a frame a frame. A wrong annotation is worse than none.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from nb2pkg.analysis import Kind, Statement, resolve
from nb2pkg.dataflow import Program

Types = Mapping[str, str]

_FRAME = "DataFrame"
_SERIES = "Series"
_KEEPS = frozenset(
    [
        "abs",
        "assign",
        "astype",
        "bfill",
        "clip",
        "copy",
        "drop",
        "drop_duplicates",
        "dropna",
        "ffill",
        "fillna",
        "head",
        "infer_objects",
        "interpolate",
        "nlargest",
        "nsmallest",
        "query",
        "reindex",
        "rename",
        "replace",
        "reset_index",
        "round",
        "sample",
        "set_index",
        "shift",
        "sort_index",
        "sort_values",
        "tail",
        "tz_localize",
        "where",
        "mask",
    ]
)
_FRAME_READERS = frozenset(
    {
        "pandas.read_csv",
        "pandas.read_table",
        "pandas.read_parquet",
        "pandas.read_feather",
        "pandas.read_fwf",
    }
)
_FRAME_MAKERS = frozenset({"pandas.DataFrame", "pandas.get_dummies"})
_ARRAY_MAKERS = frozenset(
    f"numpy.{name}"
    for name in [
        "array",
        "asarray",
        "zeros",
        "ones",
        "empty",
        "full",
        "arange",
        "linspace",
        "logspace",
        "eye",
        "identity",
        "zeros_like",
        "ones_like",
        "vstack",
        "hstack",
        "column_stack",
        "concatenate",
        "random.rand",
        "random.randn",
        "random.normal",
        "random.uniform",
        "random.randint",
        "random.standard_normal",
        "random.permutation",
        "loadtxt",
        "genfromtxt",
    ]
)
_BUILTIN_RESULTS = {
    "len": "int", "sorted": "list", "list": "list", "dict": "dict", "set": "set", "tuple": "tuple",
    "str": "str", "int": "int", "float": "float", "bool": "bool", "range": "range", "repr": "str",
}  # fmt: skip
_MAKES_SIZED = frozenset(
    {
        "random.rand",
        "random.randn",
        "random.normal",
        "random.uniform",
        "random.randint",
        "random.standard_normal",
    }
)


def types_after(statements: Sequence[Statement], program: Program, known: Types) -> dict[str, str]:
    """The types of names after some statements run, starting from the `known` ones."""
    types = dict(known)
    for statement in statements:
        for name in statement.facts.may_bind | statement.facts.deletes:
            if not _is_plain(statement.node, name):
                types.pop(name, None)
        node = statement.node
        if isinstance(node, ast.Assign):
            found = _Inference(program, types).type_of(node.value)
            for target in node.targets:
                _bind(types, target, found, node.value, program)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            types.pop(node.target.id, None)
    return types


def _is_plain(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign)


def _bind(
    types: dict[str, str], target: ast.expr, found: str | None, value: ast.expr, program: Program
) -> None:
    if isinstance(target, ast.Name):
        if found is None:
            types.pop(target.id, None)
        else:
            types[target.id] = found
    elif isinstance(target, (ast.Tuple, ast.List)):
        parts: list[str | None] = [None] * len(target.elts)
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            parts = [_Inference(program, types).type_of(v) for v in value.elts]
        elif isinstance(value, ast.Call):
            parts = _split_types(value, program, types, len(target.elts))
        for element, part in zip(target.elts, parts, strict=False):
            _bind(types, element.value if isinstance(element, ast.Starred) else element,
                  None if isinstance(element, ast.Starred) else part, value, program)  # fmt: skip


def _split_types(call: ast.Call, program: Program, types: Types, count: int) -> list[str | None]:
    """`train_test_split(X, y)` gives two of each, of the type that it was given."""
    name = resolve(call.func, program.aliases)
    if name == "sklearn.model_selection.train_test_split" and count == 2 * len(call.args):
        inference = _Inference(program, types)
        return [t for a in call.args for t in [inference.type_of(a)] * 2]
    return [None] * count


class _Inference:
    def __init__(self, program: Program, types: Types) -> None:
        self.program = program
        self.types = types
        self.pandas = self._alias_of("pandas")
        self.numpy = self._alias_of("numpy")

    def _alias_of(self, module: str) -> str | None:
        names = (
            n
            for n, m in self.program.aliases.items()
            if m == module and n in self.program.static_imports
        )
        return min(names, default=None)

    def type_of(self, node: ast.expr) -> str | None:
        """The annotation that fits an expression, spelled with the notebook's own import aliases."""
        if isinstance(node, ast.Name):
            return self.types.get(node.id)
        if isinstance(node, ast.JoinedStr):
            return "str"
        if isinstance(node, ast.Constant):
            kind = type(node.value).__name__
            return kind if kind in ("int", "float", "str", "bool", "bytes", "complex") else None
        if isinstance(node, (ast.List, ast.ListComp)):
            return "list"
        if isinstance(node, (ast.Dict, ast.DictComp)):
            return "dict"
        if isinstance(node, (ast.Set, ast.SetComp)):
            return "set"
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        return None

    def _frame(self, kind: str) -> str | None:
        return f"{self.pandas}.{kind}" if self.pandas else None

    def _subscript(self, node: ast.Subscript) -> str | None:
        if self.type_of(node.value) != self._frame(_FRAME) or self.pandas is None:
            return None
        if isinstance(node.slice, ast.List):
            return self._frame(_FRAME)
        if isinstance(node.slice, ast.Compare) or (
            isinstance(node.slice, ast.BinOp) and isinstance(node.slice.op, (ast.BitAnd, ast.BitOr))
        ):
            return self._frame(_FRAME)
        return None

    def _call(self, node: ast.Call) -> str | None:
        name = resolve(node.func, self.program.aliases)
        keywords = {k.arg for k in node.keywords}
        if None in keywords:
            return None
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id in self.program.static_imports and name:
            return self._library_call(name, node, keywords)
        if isinstance(node.func, ast.Name):
            if node.func.id in _BUILTIN_RESULTS and node.func.id not in self.program.binders:
                return _BUILTIN_RESULTS[node.func.id]
            return self._own_class(node.func.id)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _KEEPS:
            receiver = self.type_of(node.func.value)
            inplace = "inplace" in keywords
            if receiver in (self._frame(_FRAME), self._frame(_SERIES)) and receiver and not inplace:
                if receiver == self._frame(_SERIES) and node.func.attr == "reset_index":
                    return None
                return receiver
        return None

    def _library_call(self, name: str, node: ast.Call, keywords: set[str | None]) -> str | None:
        if name in _FRAME_READERS:
            lazy = keywords & {"chunksize", "iterator", "squeeze"}
            return None if lazy else self._frame(_FRAME)
        if name in _FRAME_MAKERS:
            return self._frame(_FRAME)
        if name == "pandas.Series":
            return self._frame(_SERIES)
        if name in _ARRAY_MAKERS and self.numpy:
            if name.partition(".")[2] in _MAKES_SIZED and not (node.args or "size" in keywords):
                return None
            drawn = name.endswith(("random.normal", "random.uniform", "random.randint"))
            if drawn and "size" not in keywords and len(node.args) < 3:
                return None
            return f"{self.numpy}.ndarray"
        top, last = name.split(".")[0], name.rsplit(".", 1)[-1]
        if top == "sklearn" and last[:1].isupper():
            return ast.unparse(node.func)
        return None

    def _own_class(self, name: str) -> str | None:
        """A class of the notebook, where it is bound once."""
        binders = self.program.binders.get(name, ())
        if len(binders) == 1 and self.program.statements[binders[0]].kind is Kind.CLASS:
            node = self.program.statements[binders[0]].node
            plain = isinstance(node, ast.ClassDef) and not any(
                k.arg == "metaclass" for k in node.keywords
            )
            return name if plain else None
        return None
