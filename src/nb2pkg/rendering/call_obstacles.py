"""Why would a notebook show something else if it called a step instead of running its cells?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2pkg.analysis import Statement
from nb2pkg.analysis.effect_tables import DRAWING_MODULES, SETUP_CALLS
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.frame_parts import name_warned_about
from nb2pkg.rendering.notebook_cells import is_quiet_by_semicolon
from nb2pkg.rendering.notebook_roles import (
    Role,
    Roles,
    differs_here,
    modules_called,
    step_reach,
)

_SILENT_LINES = (
    "%matplotlib", "%config", "%load_ext", "%autoreload", "%reload_ext", "%pylab", "%precision"
)  # fmt: skip


def call_obstacle(
    plan: PackagePlan, number: int, roles: Roles, after: int
) -> tuple[str | None, dict[Statement, str]]:
    """The first reason to keep a step's own cells, or None where it can be called.

    The package is imported after the statement at the place `after`. With the reason come the last expressions whose value a name shows after the call: statement → the name.
    """
    judge = _Judge(plan, number, roles, after)
    return next(judge.reasons(), None), judge.instead


class _Judge:
    """Looks for a reason to leave one step's code in the notebook."""

    def __init__(self, plan: PackagePlan, number: int, roles: Roles, after: int) -> None:
        self.roles = roles
        self.after = after
        self.step = plan.steps[number]
        self.own = set(roles.body_of[number])
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
                yield f"cell {position} is read as other code than it says: IPython's own syntax, or a star import"
            for text in cell.dropped.values():
                if not text.lstrip().startswith(_SILENT_LINES):
                    yield f"cell {position} has {text.split()[0]!r}, which only a notebook does"

    def _neighbours(self) -> Iterator[str]:
        if self.first <= self.after:
            yield "a module that is imported further down may do something when it is imported"
        for statement in self.span:
            role = self.roles.roles[statement]
            if role is Role.STAYS or (role is Role.STEP and statement not in self.own):
                yield f"cell {statement.cell} stands in between and does something else"

    def _code(self) -> Iterator[str]:
        for name in sorted(step_reach(self.step, self.roles)):
            statement = self.roles.moved[name]
            placed = self.roles.placed[statement]
            if statement in self.roles.displaying:
                yield f"'{name}' displays values, which its function in the package leaves out"
            if differs_here(placed, self.roles) and not _is_plain(statement):
                yield f"'{name}' is made in the notebook, with values of its own"
        for statement in self.span:
            if statement not in self.own:
                continue
            if statement in self.roles.displaying:
                yield f"cell {statement.cell} displays values in the middle of its code"
            if any(
                n.split(".")[0] == "warnings"
                for n in modules_called(statement.nodes, self.roles.program)
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
        for statement in self._every_statement():
            if (
                statement in self.instead
                or (self.roles.roles[statement] is Role.LOOK and self.roles.shows(statement))
            ) and self._draws_in(statement.cell):
                yield f"cell {statement.cell} shows a value before its figure"

    def _every_statement(self) -> Iterator[Statement]:
        """Every statement of the cells that the step has code in."""
        for position in self.cells:
            yield from self.roles.cells[position].cell.statements

    def _draws_in(self, position: int) -> bool:
        for statement in self.own:
            if statement.cell != position:
                continue
            if any(".show()" in line for line in self.roles.placed[statement].after):
                return True
            names = modules_called(statement.nodes, self.roles.program)
            if any(n.startswith(m + ".") for n in names for m in DRAWING_MODULES):
                return True
        return False


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
    if any(name in SETUP_CALLS for name in modules_called(statement.nodes, roles.program)):
        return True
    return any(
        isinstance(n, (ast.Attribute, ast.Subscript))
        and isinstance(n.ctx, ast.Store)
        and "option" in ast.dump(n)
        for n in statement.nodes
    )


def _reads_world(statement: Statement, roles: Roles) -> bool:
    return any(
        name in ("open", "os.listdir", "time.time")
        or name.rsplit(".")[-1].startswith("read_")
        or name.endswith((".now", ".today", ".exists", ".clear_output", ".getcwd", ".glob"))
        for name in modules_called(statement.nodes, roles.program)
    )
