"""Which steps can a notebook call, and still show what it shows with its own cells?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import Kind, Statement
from nb2pkg.analysis.effect_tables import DRAWING_MODULES, PURE_MODULES, SETUP_CALLS
from nb2pkg.dataflow import is_star
from nb2pkg.planning.import_names import STANDARD_LIBRARY
from nb2pkg.planning.plan import PackagePlan, Step
from nb2pkg.rendering.notebook_cells import is_quiet_by_semicolon
from nb2pkg.rendering.notebook_roles import (
    Role,
    Roles,
    differs_here,
    has_display,
    modules_called,
    step_reach,
)

# Libraries whose import does nothing that a notebook would notice, wherever it stands.
_QUIET_LIBRARIES = PURE_MODULES | (STANDARD_LIBRARY - {"this", "antigravity"}) | frozenset(
    ["IPython", "PIL", "altair", "bokeh", "bs4", "catboost", "cv2", "dask", "dateutil", "gensim", "geopandas", "imblearn", "ipywidgets", "joblib", "keras", "lightgbm", "lxml", "mpl_toolkits", "nltk", "numba", "openpyxl", "plotly", "polars", "pyarrow", "pydantic", "pytz", "requests", "shap", "skimage", "sqlalchemy", "spacy", "sympy", "tabulate", "tensorflow", "torch", "torchvision", "tqdm", "transformers", "xgboost", "yaml", "pylab", "umap", "wordcloud", "yfinance"]
)  # fmt: skip
_NAMESPACE = frozenset({"globals", "locals", "exec", "eval", "get_ipython"})
_NAMESPACE_MAGICS = re.compile(
    r"%(who|whos|who_ls|store|reset|reset_selective|recall|rerun|history|hist|macro|save|xdel|psearch)\b"
)
_SILENT_LINES = (
    "%matplotlib",
    "%config",
    "%load_ext",
    "%autoreload",
    "%reload_ext",
    "%pylab",
    "%precision",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The decision: steps that are called, and why the others keep their own code.

    called: numbers of steps; kept: step number → reason
    instead: last expressions whose value a name shows after the call: statement → the name
    """

    called: frozenset[int]
    kept: Mapping[int, str]
    instead: Mapping[Statement, str]


def everything_stays(roles: Roles) -> str | None:
    """Why the whole notebook must stay as it is, if it must: code that sees the namespace itself."""
    for cell in roles.cells.values():
        found_magic = (
            _NAMESPACE_MAGICS.search(cell.raw.text)
            if cell.raw.text != cell.cell.source.text
            else None
        )
        if found_magic:
            return (
                f"cell {cell.cell.position} uses {found_magic[0]}, which sees every name there is"
            )
    has_begun = False
    for statement in roles.line:
        has_begun = has_begun or roles.roles[statement] in (Role.STEP, Role.MOVED)
        if has_begun and is_star(statement):
            return (
                f"cell {statement.cell} imports everything from a module, over names that are there"
            )
        names = statement.facts.all_reads | statement.facts.reads | statement.facts.captures
        found = names & _NAMESPACE
        if _asks_for_every_name(statement):
            return f"cell {statement.cell} asks for every name there is"
        if found and not (found == {"eval"} and _is_literal_eval(statement)):
            return f"cell {statement.cell} uses {min(found)}(), which sees every name there is"
        if roles.roles[statement] is Role.STAYS and statement not in roles.index:
            # A cell that the package does not have; what it changes must reach nothing that moved.
            moved = roles.moved.keys() | roles.program.static_imports
            if statement.facts.may_bind & moved and statement.kind is not Kind.IMPORT:
                return f"cell {statement.cell}, which is left out, gives moved names other values"
            if (
                names
                & {"_", "__", "___", "In", "Out", "_i", "_ii", "_ih", "_oh"} - statement.facts.binds
            ):
                return f"cell {statement.cell} uses the history of outputs"
    return None


def _asks_for_every_name(statement: Statement) -> bool:
    """Whether `dir()` or `vars()` is called without an argument, save for `"name" in dir()`."""
    asked = [
        n
        for n in ast.walk(statement.node)
        if isinstance(n, ast.Call) and getattr(n.func, "id", "") in ("dir", "vars") and not n.args
    ]
    in_tests = {
        id(c) for n in ast.walk(statement.node) if isinstance(n, ast.Compare) for c in n.comparators
    }
    return any(id(n) not in in_tests for n in asked)


def _is_literal_eval(statement: Statement) -> bool:
    return all(
        not (isinstance(n, ast.Call) and getattr(n.func, "id", "") == "eval")
        or (bool(n.args) and isinstance(n.args[0], ast.Constant))
        for n in ast.walk(statement.node)
    )


def decide_calls(plan: PackagePlan, roles: Roles) -> Calls:
    """Decide for each step, and take back calls that lose a name which something left reads."""
    kept: dict[int, str] = {}
    instead: dict[Statement, str] = {}
    for number, step in enumerate(plan.steps):
        judge = _Judge(plan, roles, number, step)
        reason = next(judge.reasons(), None)
        if reason is not None:
            kept[number] = reason
        else:
            instead.update(judge.instead)
    while True:
        called = frozenset(range(len(plan.steps))) - kept.keys()
        lost = _lost_name(plan, roles, called, instead)
        if lost is None:
            break
        number, reason = lost
        kept[number] = reason
    instead = {s: n for s, n in instead.items() if roles.step_of[s] in called}
    return Calls(called=called, kept=kept, instead=instead)


def first_import_place(roles: Roles) -> int:
    """The place of the last import that may have an effect, or -1: the package is imported after it."""
    places = [
        roles.place[s]
        for s in roles.line
        if roles.roles[s] is Role.IMPORT and not imports_quietly(s)
    ]
    return max(places, default=-1)


def imports_quietly(statement: Statement) -> bool:
    """Whether an import brings in only libraries that do nothing when they are imported."""
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        return not node.level and (node.module or "").split(".")[0] in _QUIET_LIBRARIES
    assert isinstance(node, ast.Import)
    return all(alias.name.split(".")[0] in _QUIET_LIBRARIES for alias in node.names)


def lead_statement(number: int, roles: Roles) -> Statement:
    """The first statement of a step, in whose place its call stands."""
    return min((s for s, n in roles.step_of.items() if n == number), key=roles.place.__getitem__)


class _Judge:
    """Looks for a reason to leave one step's code in the notebook."""

    def __init__(self, plan: PackagePlan, roles: Roles, number: int, step: Step) -> None:
        self.plan = plan
        self.roles = roles
        self.step = step
        self.own = {s for s, n in roles.step_of.items() if n == number}
        places = sorted(roles.place[s] for s in self.own)
        self.span = roles.line[places[0] : places[-1] + 1]
        self.first = places[0]
        self.cells = sorted({s.cell for s in self.own})
        self.instead: dict[Statement, str] = {}

    def reasons(self) -> Iterator[str]:
        """Reasons to keep it; none where it can be called."""
        yield from self._cells()
        yield from self._neighbours()
        yield from self._code()
        yield from self._last_values()
        yield from self._looks()
        if warned_name := name_warned_about(self.step, self.roles):
            yield f"pandas would warn that '{warned_name}' is a part of the frame that it was given"

    def _cells(self) -> Iterator[str]:
        for position in self.cells:
            cell = self.roles.cells[position]
            if not cell.is_editable:
                yield f"cell {position} is written in IPython's own syntax"
            for text in cell.dropped.values():
                if not text.lstrip().startswith(_SILENT_LINES):
                    yield f"cell {position} has {text.split()[0]!r}, which only a notebook does"

    def _neighbours(self) -> Iterator[str]:
        if self.first <= first_import_place(self.roles):
            yield "a module that is imported further down may do something when it is imported"
        for statement in self.span:
            role = self.roles.roles[statement]
            if role is Role.STAYS or (role is Role.STEP and statement not in self.own):
                yield f"cell {statement.cell} stands in between and does something else"

    def _code(self) -> Iterator[str]:
        for name in sorted(step_reach(self.step, self.roles)):
            statement = self.roles.moved[name]
            placed = self.roles.placed[statement]
            if has_display(statement.node, self.roles.program):
                yield f"'{name}' displays values, which its function in the package leaves out"
            if differs_here(placed, self.roles) and not _is_plain(statement):
                yield f"'{name}' is made in the notebook, with values of its own"
        for statement in self.span:
            if statement not in self.own:
                continue
            if has_display(statement.node, self.roles.program):
                yield f"cell {statement.cell} displays values in the middle of its code"
            if any(
                n.split(".")[0] == "warnings"
                for n in modules_called(statement.node, self.roles.program)
            ):
                yield f"cell {statement.cell} warns, or chooses how warnings are shown"

    def _last_values(self) -> Iterator[str]:
        """Values that the notebook shows because an expression with an effect ends a cell."""
        for statement in self.span:
            node = statement.node
            if statement not in self.own or not statement.is_last or not isinstance(node, ast.Expr):
                continue
            if is_quiet_by_semicolon(statement) or self.roles.outputs.gives_nothing(node.value):
                continue
            name = self.roles.outputs.shown_instead(statement)
            if name is None:
                yield f"cell {statement.cell} shows the value of its last line, which also has an effect"
            else:
                self.instead[statement] = name

    def _looks(self) -> Iterator[str]:
        """Looks that would come too late: after other output, or after their values have changed."""
        changed: set[str] = set()
        output_in: int | None = None
        sets = False
        for statement in reversed(self.span):
            if statement in self.own and statement not in self.instead:
                changed |= self.roles.changes(statement)
                sets = sets or _sets_options(statement, self.roles)
                if self.roles.outputs.may_show(statement):
                    output_in = statement.cell
                continue
            role = self.roles.roles[statement]
            shows = statement in self.instead or (role is Role.LOOK and self.roles.shows(statement))
            needs = (
                {self.instead[statement]}
                if statement in self.instead
                else self.roles.reads(statement)
            )
            if shows or role is Role.UNREAD:
                if needs & changed:
                    yield f"cell {statement.cell} shows '{min(needs & changed)}' before it changes"
                if shows and output_in is not None:
                    yield f"cell {statement.cell} shows a value before cell {output_in} may show more"
                if shows and sets:
                    yield f"cell {statement.cell} shows a value before an option is set"
                if _reads_world(statement, self.roles):
                    yield f"cell {statement.cell} looks at something outside the notebook"
            if statement in self.instead:
                changed |= self.roles.changes(statement)
                if self.roles.outputs.may_show(statement):
                    output_in = statement.cell
        for statement in self.span_of_cells():
            if self._draws_in(statement.cell) and (
                statement in self.instead
                or (self.roles.roles[statement] is Role.LOOK and self.roles.shows(statement))
            ):
                yield f"cell {statement.cell} shows a value before its figure"

    def span_of_cells(self) -> Iterator[Statement]:
        """Every statement of the cells that the step has code in."""
        for position in self.cells:
            yield from self.roles.cells[position].cell.statements

    def _draws_in(self, position: int) -> bool:
        for statement in self.own:
            if statement.cell != position:
                continue
            if any(".show()" in line for line in self.roles.placed[statement].after):
                return True
            names = modules_called(statement.node, self.roles.program)
            if any(n.startswith(m + ".") for n in names for m in DRAWING_MODULES):
                return True
        return False


# What gives a part of a frame that pandas takes for a copy of it, as long as the whole frame lives.
_PARTS = frozenset({"drop_duplicates", "dropna", "query", "head", "tail", "filter", "truncate"})


def name_warned_about(step: Step, roles: Roles) -> str | None:
    """A parameter that becomes a part of itself and is then written to, as in `df = df[df.x > 0]`.

    A notebook lets the whole frame go at once; a function's caller still has it, and then pandas
    (before 3) prints a SettingWithCopyWarning.
    """
    if not any(m.split(".")[0] == "pandas" for m in roles.program.aliases.values()):
        return None
    parts: set[str] = set()
    for placed in step.body:
        node = placed.statement.node
        written = {
            _root(n)
            for n in ast.walk(node)
            if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)
        }
        written |= {
            _root(n.func) for n in ast.walk(node) if isinstance(n, ast.Call) and _is_in_place(n)
        }
        found = sorted(parts & {name for name in written if name})
        if found:
            return found[0]
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                parts.discard(name)
                if name in step.parameters and _root(value) == name and _is_part(value):
                    parts.add(name)
    return None


def _is_part(value: ast.expr) -> bool:
    match value:
        case ast.Subscript(slice=ast.Constant() | ast.List()):
            return False
        case ast.Subscript(value=ast.Attribute(attr="str" | "dt")):
            return False
        case ast.Subscript():
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _PARTS
    return False


def _is_in_place(call: ast.Call) -> bool:
    return any(k.arg == "inplace" and getattr(k.value, "value", False) for k in call.keywords)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_plain(statement: Statement) -> bool:
    """Whether two copies of a function are as good as one: no decorators, no defaults that hold state."""
    node = statement.node
    return (
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and not node.decorator_list
        and all(
            isinstance(d, (ast.Constant, ast.UnaryOp, ast.Name, ast.Attribute))
            for d in (*node.args.defaults, *node.args.kw_defaults)
            if d is not None
        )
    )


def _sets_options(statement: Statement, roles: Roles) -> bool:
    node = statement.node
    if any(name in SETUP_CALLS for name in modules_called(node, roles.program)):
        return True
    return any(
        isinstance(n, (ast.Attribute, ast.Subscript))
        and isinstance(n.ctx, ast.Store)
        and "option" in ast.dump(n)
        for n in ast.walk(node)
    )


def _reads_world(statement: Statement, roles: Roles) -> bool:
    return any(
        name in ("open", "os.listdir", "time.time")
        or name.rsplit(".")[-1].startswith("read_")
        or name.endswith((".now", ".today", ".exists", ".clear_output", ".getcwd", ".glob"))
        for name in modules_called(statement.node, roles.program)
    )


# -- names ------------------------------------------------------------------------------------------


def _lost_name(
    plan: PackagePlan, roles: Roles, called: frozenset[int], instead: Mapping[Statement, str]
) -> tuple[int, str] | None:
    """A call that leaves a name unbound, or bound to an older value, that the notebook goes on to read."""
    lost: dict[str, int] = {}
    leads = {lead_statement(n, roles): n for n in called}
    for statement in roles.line:
        needed: frozenset[str] = frozenset()
        number = roles.step_of.get(statement)
        if number in called:
            if statement in leads:
                step = plan.steps[leads[statement]]
                needed = frozenset((*step.parameters, *step.options))
            blamed = _blame(needed, lost)
            if statement in leads:
                _call_effect(leads[statement], plan, roles, lost)
            if statement in instead:
                blamed = blamed or _blame(frozenset({instead[statement]}), lost)
        elif roles.roles[statement] in (Role.MOVED, Role.IMPORT) or _goes(statement, called, roles):
            continue
        else:
            blamed = _blame(roles.reads(statement), lost)
            if (
                blamed
                and roles.roles[statement] is Role.UNREAD
                and _stands_in(statement, called, roles)
            ):
                # It may go too, unless something reads what it makes.
                lost.update(dict.fromkeys(statement.facts.may_bind, blamed[0]))
                continue
            for name in statement.facts.binds:
                lost.pop(name, None)
        if blamed:
            reason = (
                f"cell {statement.cell} goes on to use '{blamed[1]}', which stays in its function"
            )
            return blamed[0], reason
    return None


def _goes(statement: Statement, called: frozenset[int], roles: Roles) -> bool:
    """Whether a look goes with the step around it, because it shows nothing where it stands."""
    return (
        roles.roles[statement] is Role.LOOK
        and not roles.shows(statement)
        and _stands_in(statement, called, roles)
    )


def _stands_in(statement: Statement, called: frozenset[int], roles: Roles) -> bool:
    """Whether a statement shares its cell with a called step and no other."""
    return any(
        roles.step_of.get(other) in called for other in roles.cells[statement.cell].cell.statements
    )


def _call_effect(number: int, plan: PackagePlan, roles: Roles, lost: dict[str, int]) -> None:
    step = plan.steps[number]
    for statement, owner in roles.step_of.items():
        if owner == number:
            for name in statement.facts.may_bind | statement.facts.captured_binds:
                lost[name] = number
    for name in step.returns:
        lost.pop(name, None)


def _blame(names: frozenset[str], lost: Mapping[str, int]) -> tuple[int, str] | None:
    found = sorted(names & lost.keys())
    return (lost[found[0]], found[0]) if found else None
