"""How does the notebook read once it calls its package: same text, same outputs, same story?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.analysis import Kind, ParsedCell, Statement
from nb2pkg.notebook import Cell, CellKind, Json, Notebook, new_notebook, write_notebook
from nb2pkg.planning.plan import PackagePlan, Step
from nb2pkg.rendering.callable_steps import Calls, decide_calls, lead_statement
from nb2pkg.rendering.import_block import import_block
from nb2pkg.rendering.import_effects import first_import_place, imports_quietly
from nb2pkg.rendering.namespace_use import everything_stays
from nb2pkg.rendering.notebook_roles import (
    Role,
    Roles,
    differs_here,
    roles_of,
    step_reach,
)

_WIDTH = 88
_WORD = re.compile(r"[^\W\d]\w*")
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrittenNotebook:
    """The notebook that calls the functions.

    called: names of the steps that it calls; kept: step → why its own cells stay
    """

    text: str
    called: tuple[str, ...]
    kept: Mapping[str, str]


def rewritten_notebook(
    plan: PackagePlan, notebook: Notebook, cells: Sequence[ParsedCell]
) -> RewrittenNotebook:
    """The notebook, calling the package's functions wherever it still shows what it showed.

    `cells` are those that the plan was made of. Outputs are cleared: it has not been run.
    """
    roles = roles_of(plan, cells)
    whole = everything_stays(roles)
    if whole is not None:
        return _unchanged(plan, notebook, whole)
    calls = decide_calls(plan, roles)
    page = _Page(plan, roles, calls)
    if not page.place_imports():
        return _unchanged(plan, notebook, "there is no place where its package could be imported")
    changed = page.cells(notebook)
    return RewrittenNotebook(
        text=notebook_text(notebook, changed),
        called=tuple(step.name for n, step in enumerate(plan.steps) if n in calls.called),
        kept={plan.steps[n].name: reason for n, reason in sorted(calls.kept.items())},
    )


def _unchanged(plan: PackagePlan, notebook: Notebook, reason: str) -> RewrittenNotebook:
    return RewrittenNotebook(
        text=notebook_text(notebook, [_cleared(cell) for cell in notebook.cells]),
        called=(),
        kept={step.name: reason for step in plan.steps},
    )


def notebook_text(notebook: Notebook, cells: Sequence[Cell]) -> str:
    """An .ipynb file of these cells, in the way that the notebook's own file is written."""
    if notebook.format == "ipynb":
        return write_notebook(notebook, cells)
    return new_notebook(cells, notebook_metadata(notebook))


def notebook_metadata(notebook: Notebook) -> dict[str, Json]:
    """The kernel and language that the notebook runs with, named even where its file does not."""
    given = notebook.metadata.get("kernelspec")
    kernel = dict(given) if isinstance(given, Mapping) else {}
    return {
        "kernelspec": {**_KERNEL, **{k: v for k, v in kernel.items() if isinstance(v, str)}},
        "language_info": {"name": "python"},
    }


def _cleared(cell: Cell) -> Cell:
    if cell.kind is not CellKind.CODE or (not cell.outputs and cell.execution_count is None):
        return cell
    return replace(cell, outputs=(), execution_count=None)


def call_text(step: Step, targets: Sequence[str]) -> str:
    """The call of a step with variables of the same names: `X, y = build_features(df)`."""
    arguments = [*step.parameters, *(f"{name}={name}" for name in step.options)]
    start = f"{'await ' if step.is_async else ''}{step.name}("
    left = f"{', '.join(targets)} = " if targets else ""
    call = f"{left}{start}{', '.join(arguments)})"
    if len(call) <= _WIDTH:
        return call
    if len(left) > _WIDTH // 2:
        left = "(\n" + "".join(f"    {name},\n" for name in targets) + ") = "
    return f"{left}{start}\n" + "".join(f"    {a},\n" for a in arguments) + ")"


class _Page:
    """Puts the cells together: what stays, what is called, what is imported and where."""

    def __init__(self, plan: PackagePlan, roles: Roles, calls: Calls) -> None:
        self.plan = plan
        self.roles = roles
        self.calls = calls
        self.leads = {lead_statement(n, roles): n for n in calls.called}
        self.touched = {s.cell for s, n in roles.step_of.items() if n in calls.called}
        self.kept = self._kept_code()
        self.originals = self._originals()
        self.kept |= {roles.moved[name] for name in self.originals}
        self.imported = self._imported_definitions()
        self.import_after: Statement | None = None
        self.import_before: int | None = None

    # -- what stays ------------------------------------------------------------------------------

    def _kept_code(self) -> set[Statement]:
        """Statements that stay, imports and moved definitions left aside."""
        kept: set[Statement] = set()
        wanted: set[str] = set()
        for statement in reversed(self.roles.line):
            role = self.roles.roles[statement]
            stays = role is Role.STAYS or (
                role is Role.STEP and self.roles.step_of[statement] not in self.calls.called
            )
            if role is Role.LOOK:
                stays = statement.cell not in self.touched or self.roles.shows(statement)
            if role is Role.UNREAD:
                stays = statement.cell not in self.touched or bool(
                    statement.facts.may_bind & wanted
                )
            if statement in self.calls.instead:
                wanted.add(self.calls.instead[statement])
            if stays:
                kept.add(statement)
                wanted |= self.roles.reads(statement)
        return kept

    def _originals(self) -> frozenset[str]:
        """Moved names that the notebook must go on to define itself."""
        after = first_import_place(self.roles)
        own: set[str] = set()
        reached = {n for c in self.calls.called for n in step_reach(self.plan.steps[c], self.roles)}
        while True:
            needed = self._needed(own)
            more = {
                name
                for name in needed & self.roles.moved.keys()
                if name not in own and self._must_define(name, after, own, reached)
            }
            if not more:
                return frozenset(own)
            own |= more

    def _needed(self, own: Iterable[str]) -> set[str]:
        """Every name that the code that stays looks up."""
        statements = {*self.kept, *(self.roles.moved[name] for name in own)}
        names: set[str] = set()
        for statement in statements:
            facts = statement.facts
            names |= facts.reads | facts.captures | facts.mentions | facts.all_reads
        for cell in self.roles.cells.values():
            for text in (*cell.dropped.values(), *(() if cell.is_editable else (cell.raw.text,))):
                names |= set(_WORD.findall(text))
        return names

    def _must_define(self, name: str, after: int, own: set[str], reached: set[str]) -> bool:
        statement = self.roles.moved[name]
        placed = self.roles.placed[statement]
        if not self.roles.cells[statement.cell].is_editable:
            return True
        if differs_here(placed, self.roles) or self.roles.place[statement] <= after:
            return True
        # Its functions look these names up in the notebook; so does whoever is called from there.
        facts = statement.facts
        if (
            facts.captures | facts.reads | facts.mentions
        ) & own and statement.kind is not Kind.CODE:
            return True
        return statement.kind is Kind.CLASS and name not in reached and _shows_its_module(statement)

    def _imported_definitions(self) -> dict[str, str]:
        """Moved names that the code that stays takes from the package: name → import."""
        needed = self._needed(self.originals) & self.roles.moved.keys() - self.originals
        return {
            name: f"from {self.plan.package}.{self.plan.homes[name]} import {name}"
            for name in sorted(needed)
        }

    # -- imports ---------------------------------------------------------------------------------

    def place_imports(self) -> bool:
        """Choose where the package is imported; False where there is no such place."""
        uses = list(self.leads)
        uses += [s for s in self.kept if self._names(s) & self.imported.keys()]
        if not uses:
            return True
        first = min(self.roles.place[s] for s in uses)
        after = max(
            [first_import_place(self.roles)]
            + [self.roles.place[p.statement] for p in self.plan.early]
        )
        if after >= first:
            return False
        candidates = [
            s
            for s in self.roles.line[max(after, 0) : first]
            if self.roles.roles[s] is Role.IMPORT
            and s.number >= 0
            and self.roles.cells[s.cell].is_editable
        ]
        if candidates:
            cell = candidates[0].cell
            self.import_after = [s for s in candidates if s.cell == cell][-1]
            return True
        self.import_before = self.roles.line[first].cell
        return after < self.roles.place[self.roles.cells[self.import_before].cell.statements[0]]

    def _names(self, statement: Statement) -> frozenset[str]:
        facts = statement.facts
        return facts.reads | facts.captures | facts.mentions | facts.all_reads

    def package_imports(self) -> str:
        """The import lines of what the notebook uses of its package."""
        package = self.plan.package
        wanted = [
            f"from {package} import {self.plan.steps[n].name}" for n in sorted(self.calls.called)
        ]
        return "\n".join(
            _folded(line)
            for line in import_block([*wanted, *self.imported.values()], package).split("\n")
        )

    def _import_text(self, statement: Statement, needed: set[str]) -> str | None:
        """An import with only the names that are still needed; None where nothing is."""
        node = statement.node
        assert isinstance(node, (ast.Import, ast.ImportFrom))
        bound = statement.facts.may_bind
        if getattr(node, "module", None) == "__future__" or not bound:
            return statement.text
        if bound <= needed or not imports_quietly(statement, self.roles):
            return statement.text
        names = [a for a in node.names if (a.asname or a.name.split(".")[0]) in needed]
        if not names:
            return None
        listed = ", ".join(f"{a.name} as {a.asname}" if a.asname else a.name for a in names)
        if isinstance(node, ast.Import):
            return f"import {listed}"
        return _folded(f"from {node.module} import {listed}")

    # -- cells -----------------------------------------------------------------------------------

    def cells(self, notebook: Notebook) -> list[Cell]:
        """The notebook's cells as they are now; those with nothing left are gone."""
        has_package = bool(self.leads or self.imported)
        needed = self._needed(self.originals) | set(self.calls.instead.values())
        found: list[Cell] = []
        for cell in notebook.cells:
            if has_package and self.import_before == cell.position:
                found.append(Cell(position=0, kind=CellKind.CODE, source=self.package_imports()))
            source = self._source(cell, needed) if has_package else cell.source
            if source is None:
                continue
            now = _cleared(cell)
            found.append(replace(now, source=source) if source != cell.source else now)
        return found

    def _source(self, cell: Cell, needed: set[str]) -> str | None:
        editable = self.roles.cells.get(cell.position)
        if editable is None or not editable.is_editable or not editable.cell.statements:
            return cell.source
        kept: dict[Statement, str | None] = {}
        after: dict[Statement, str] = {}
        instead: dict[Statement, str] = {}
        changed = False
        for statement in editable.cell.statements:
            role = self.roles.roles[statement]
            if statement in self.leads:
                instead[statement] = self._call(self.leads[statement])
            if statement in self.calls.instead:
                after[statement] = self.calls.instead[statement]
            if statement in self.kept:
                kept[statement] = None
            elif role is Role.IMPORT and statement.number >= 0:
                text = self._import_text(statement, needed)
                if text == statement.text:
                    kept[statement] = None
                elif text is not None:
                    kept[statement] = text
                    changed = True
                else:
                    changed = True
            else:
                changed = True
            if statement is self.import_after:
                after[statement] = (
                    f"\n{self.package_imports()}"
                    if self._is_last_import(statement)
                    else self.package_imports()
                )
                changed = True
        if not changed:
            return cell.source
        source = editable.text(kept, after, instead).strip("\n")
        return source or (None if not cell.tags or "parameters" not in cell.tags else "")

    def _call(self, number: int) -> str:
        step = self.plan.steps[number]
        return call_text(step, step.returns)

    def _is_last_import(self, statement: Statement) -> bool:
        following = self.roles.place[statement] + 1
        return (
            following >= len(self.roles.line) or self.roles.line[following].kind is not Kind.IMPORT
        )


def _shows_its_module(statement: Statement) -> bool:
    """Whether printing an instance would name the module that its class was made in."""
    node = statement.node
    assert isinstance(node, ast.ClassDef)
    if node.bases or node.decorator_list:
        return False
    return not any(
        isinstance(n, ast.FunctionDef) and n.name in ("__repr__", "__str__") for n in node.body
    )


def _folded(line: str) -> str:
    """A long import over several lines."""
    head, _, names = line.partition(" import ")
    if len(line) <= _WIDTH or "#" in line or not line.startswith("from "):
        return line
    return f"{head} import (\n" + "".join(f"    {n},\n" for n in names.split(", ")) + ")"
