"""What may a statement print or show, as far as its text can tell? When in doubt, it may."""

from __future__ import annotations

import ast

from nb2pkg.analysis import FUNCTIONS, Kind, Statement, children, display_arguments, resolve, walk
from nb2pkg.analysis.effect_tables import PURE_BUILTINS, PURE_METHODS, PURE_MODULES, SETUP_CALLS
from nb2pkg.dataflow import Program
from nb2pkg.planning.import_names import STANDARD_LIBRARY

_QUIET_BUILTINS = PURE_BUILTINS | {
    "open",
    "next",
    "iter",
    "setattr",
    "delattr",
    "super",
    "property",
}
_QUIET_METHODS_WORDS = """
    append extend add update pop popitem popleft sort reverse insert remove discard clear
    setdefault fit fit_transform fit_predict predict predict_proba decision_function transform
    score inverse_transform set_params to_csv to_parquet to_json to_excel to_pickle to_feather
    read readlines readline write close apply cumcount ngroup size nunique strip sample choice
    integers normal uniform random standard_normal permutation shuffle mkdir exists most_common
    format_map toarray todense swaplevel droplevel assign pipe insert searchsorted set_index cat
    str dt max min normalize floor ceil total_seconds read_text write_text joinpath appendleft
    heappush group match search findall finditer sub split
"""
_QUIET_METHODS = PURE_METHODS | frozenset(_QUIET_METHODS_WORDS.split())
_TALKING_LIBRARIES = frozenset(
    [
        "statsmodels",
        "keras",
        "tensorflow",
        "torch",
        "xgboost",
        "lightgbm",
        "catboost",
        "prophet",
        "fastai",
        "transformers",
    ]
)
_GIVE_NOTHING_WORDS = """
    print display IPython.display.display matplotlib.pyplot.show matplotlib.pyplot.close
    matplotlib.pyplot.savefig matplotlib.pyplot.tight_layout matplotlib.pyplot.grid
    matplotlib.pyplot.subplots_adjust matplotlib.pyplot.clf matplotlib.pyplot.cla time.sleep
    asyncio.sleep os.makedirs os.mkdir os.remove os.unlink os.rename os.chdir os.rmdir
    random.shuffle numpy.random.shuffle heapq.heappush heapq.heapify json.dump pickle.dump
    numpy.save numpy.savez numpy.savetxt
"""
_GIVE_NOTHING = frozenset(_GIVE_NOTHING_WORDS.split()) | frozenset(
    name
    for name in SETUP_CALLS
    if name not in ("numpy.seterr", "matplotlib.pyplot.ion", "matplotlib.pyplot.ioff")
    and name.split(".")[0]
    in ("pandas", "numpy", "random", "seaborn", "warnings", "logging", "matplotlib")
)
# Methods of the types that notebooks have them from; other libraries give something back.
_METHODS_THAT_GIVE_NOTHING_WORDS = """
    append extend sort reverse clear insert appendleft extendleft tight_layout savefig
    writelines mkdir info to_pickle to_parquet to_excel
"""
_METHODS_THAT_GIVE_NOTHING = frozenset(_METHODS_THAT_GIVE_NOTHING_WORDS.split())
_SELF_RETURNING = frozenset({"fit", "set_params", "partial_fit"})


class Outputs:
    """Judges statements of one program by the outputs that they may have."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.functions: dict[str, list[Statement]] = {}
        self.methods: dict[str, list[ast.AST]] = {}
        for statement in program.statements:
            if statement.kind in (Kind.FUNCTION, Kind.CLASS):
                self.functions.setdefault(statement.facts.order[0], []).append(statement)
            for node in statement.nodes:
                if isinstance(node, ast.ClassDef):
                    for inner in node.body:
                        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                            self.methods.setdefault(inner.name, []).append(inner)
        self._asked: dict[int, bool] = {}
        roots = {meaning.split(".")[0] for meaning in program.aliases.values()}
        self.fits_talk = bool(roots & _TALKING_LIBRARIES) or any(
            isinstance(node, ast.keyword) and node.arg in ("verbose", "disp")
            for statement in program.statements
            for node in statement.nodes
        )
        # Operators and the like call these without a word in the text.
        self.operators_talk = any(
            name.startswith("__") and not all(self._is_quiet(n) for n in nodes)
            for name, nodes in sorted(self.methods.items())
        )

    def may_show(self, statement: Statement) -> bool:
        """Whether running this may print, show or draw something."""
        if statement.kind in (Kind.FUNCTION, Kind.IMPORT):
            return False
        return self.operators_talk or not self._is_quiet(statement.node)

    def _is_quiet(self, node: ast.AST) -> bool:
        key = id(node)
        if key not in self._asked:
            self._asked[key] = True  # a function that calls itself: the rest of it decides
            self._asked[key] = all(
                self._call_is_quiet(n) for n in walk(node) if isinstance(n, ast.Call)
            )
        return self._asked[key]

    def _call_is_quiet(self, call: ast.Call) -> bool:
        if any(k.arg in ("verbose", "file", "disp") for k in call.keywords):
            return False
        handed = [*call.args, *(k.value for k in call.keywords)]
        if not all(self._name_is_quiet(a.id) for a in handed if isinstance(a, ast.Name)):
            return False
        name = resolve(call.func, self.program.aliases)
        if name is not None and "." not in name:
            if name in self.functions:
                return self._name_is_quiet(name)
            return name in _QUIET_BUILTINS and name not in self.program.binders
        if name is not None and name.split(".")[0] in {
            m.split(".")[0] for m in self.program.aliases.values()
        }:
            return _module_call_is_quiet(name)
        if isinstance(call.func, ast.Attribute):
            method = call.func.attr
            if method in self.methods:
                return all(self._is_quiet(n) for n in self.methods[method])
            if method.startswith("fit") and self.fits_talk:
                return False
            return method in _QUIET_METHODS
        return False

    def _name_is_quiet(self, name: str) -> bool:
        return all(self._is_quiet(s.node) for s in self.functions.get(name, ()))

    # -- values shown at the end of a cell -------------------------------------------------------

    def gives_nothing(self, value: ast.expr) -> bool:
        """Whether an expression's value is certainly None, so that a cell shows nothing for it."""
        awaited = isinstance(value, ast.Await)
        if isinstance(value, ast.Await):
            value = value.value
        if isinstance(value, ast.Constant):
            return value.value is None
        if not isinstance(value, ast.Call):
            return False
        if display_arguments(value, self.program.aliases) is not None:
            return True
        name = resolve(value.func, self.program.aliases)
        if name in self.functions:
            return all(
                _returns_nothing(s.node) and isinstance(s.node, ast.AsyncFunctionDef) == awaited
                for s in self.functions[name]
            )
        if name in _GIVE_NOTHING and name not in self.program.binders:
            return True
        if any(
            k.arg == "inplace" and getattr(k.value, "value", None) is True for k in value.keywords
        ):
            return True
        if not isinstance(value.func, ast.Attribute) or value.func.attr in self.methods:
            return False
        if value.func.attr in ("to_csv", "to_json"):
            return bool(value.args)
        return value.func.attr in _METHODS_THAT_GIVE_NOTHING

    def shown_instead(self, statement: Statement) -> str | None:
        """The name whose value a last expression shows: `model.fit(X)` shows `model`."""
        node = statement.node
        value = node.value if isinstance(node, ast.Expr) else None
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                if method in _SELF_RETURNING and self._is_estimator(name):
                    return name
        return None

    def _is_estimator(self, name: str) -> bool:
        """Whether every binding of the name is a call of a class of scikit-learn's."""
        for index in self.program.binders.get(name, ()):
            match self.program.statements[index].node:
                case ast.Assign(value=ast.Call(func=function)):
                    made_by = resolve(function, self.program.aliases) or ""
                    if made_by.startswith("sklearn.") and made_by.rsplit(".")[-1][:1].isupper():
                        continue
            return False
        return name in self.program.binders


def _module_call_is_quiet(name: str) -> bool:
    parts = name.split(".")
    if parts[0] in ("seaborn", "matplotlib", "pprint", "sys", "subprocess", "warnings", "logging"):
        return False
    if parts[0] == "statsmodels" or parts[-1].startswith(("print", "plot", "show")):
        return False
    return parts[0] in PURE_MODULES or parts[0] in STANDARD_LIBRARY - _TALKING_STANDARD


_TALKING_STANDARD_WORDS = """
    traceback timeit cProfile pdb doctest unittest code runpy importlib dis faulthandler this os
"""
_TALKING_STANDARD = frozenset(_TALKING_STANDARD_WORDS.split())


def _returns_nothing(node: ast.AST) -> bool:
    """Whether calling a function gives None, whatever happens in it."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.decorator_list:
        return False
    stack: list[ast.AST] = list(node.body)
    while stack:
        inner = stack.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(inner, ast.Return) and inner.value is not None:
            return False
        if not isinstance(inner, (*FUNCTIONS, ast.ClassDef)):
            stack.extend(children(inner))
    return True
