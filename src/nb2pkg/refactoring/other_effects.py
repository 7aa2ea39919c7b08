"""Would calling a function from a module have effects that the cells had not, or lose one of theirs?"""

from __future__ import annotations

import ast

from nb2pkg.analysis import Kind, Statement, resolve
from nb2pkg.dataflow import Program
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.refactoring.function_flow import FunctionFlow
from nb2pkg.refactoring.new_names import KEPT_BY_IPYTHON
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.unbound_names import unbound_names
from nb2pkg.rendering.frame_parts import name_warned_about
from nb2pkg.rendering.import_effects import imports_quietly
from nb2pkg.rendering.namespace_use import everything_stays
from nb2pkg.rendering.notebook_roles import Roles


def refuse_other_effects(plan: PackagePlan, roles: Roles, flow: FunctionFlow) -> None:
    """Stop where the notebook looks at itself, or where the order of what happens would be another.

    Raises:
        FindingsError: that is so (NB801).
    """
    whole = everything_stays(roles)
    if whole is not None:
        raise cannot("NB801", whole, hint="a function would keep some of the names to itself")
    program = roles.program
    _refuse_history(program)
    _refuse_redirected_prints(program)
    step = plan.steps[0]
    warned = name_warned_about(step, roles)
    if warned:
        raise cannot(
            "NB801",
            f"pandas would warn that '{warned}' is a part of the frame that the function was given",
            statement=program.statements[flow.body[0]],
            hint=f"make it one of its own: {warned} = {warned}.copy()",
        )
    _refuse_import_order(program, roles, flow)
    _refuse_told_places(program, roles, flow)


def _refuse_history(program: Program) -> None:
    names = {n for s in program.statements for n in s.facts.reads | s.facts.captures}
    kept = frozenset(n for n in names if KEPT_BY_IPYTHON.fullmatch(n))
    for index, statement in enumerate(program.statements):
        history = unbound_names(program, index, kept) if kept else None
        if history:
            raise cannot(
                "NB801",
                f"'{min(history)}' is what an earlier cell came to, and cells are counted anew",
                statement=statement,
                hint="give the value a name",
            )


def _refuse_redirected_prints(program: Program) -> None:
    for statement in program.statements:
        for node in statement.nodes:
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and resolve(node, program.aliases) in ("sys.stdout", "sys.stderr")
            ):
                raise cannot(
                    "NB801", "what is printed goes elsewhere, cell by cell", statement=statement
                )


def _refuse_told_places(program: Program, roles: Roles, flow: FunctionFlow) -> None:
    """A warning tells from which file and line it comes; with `stacklevel`, that of the caller."""
    reached = frozenset(
        n for i in (*flow.body, *flow.moved) for n in roles.reads(program.statements[i])
    )
    for index, statement in enumerate(program.statements):
        is_reached = index in flow.moved or (
            statement.kind is not Kind.CODE and statement.facts.may_bind & reached
        )
        if is_reached and any(
            isinstance(node, ast.Call)
            and (resolve(node.func, program.aliases) or "").startswith("warnings.warn")
            for node in statement.nodes
        ):
            raise cannot(
                "NB801", "a warning tells the place that it comes from", statement=statement
            )


def _refuse_import_order(program: Program, roles: Roles, flow: FunctionFlow) -> None:
    """The module, with what it imports, is imported where the call or the first moved definition stands."""
    first = min([flow.body[0], *flow.moved])
    used = _names_used(program, flow)
    for index, statement in enumerate(program.statements):
        if statement.kind is Kind.IMPORT and _enables_others(statement, program, used):
            raise cannot(
                "NB801",
                "this import enables others of its library, which the module would have alone",
                statement=statement,
            )
        if (
            index > first
            and statement.kind is Kind.IMPORT
            and statement.facts.may_bind & used
            and not imports_quietly(statement, roles)
        ):
            raise cannot(
                "NB801",
                f"importing {min(statement.facts.may_bind & used)} may do something, and would happen earlier",
                statement=statement,
                hint="import it in the notebook's first cell",
            )


def _enables_others(statement: Statement, program: Program, used: frozenset[str]) -> bool:
    module = getattr(statement.node, "module", None) or ""
    return module.startswith("sklearn.experimental") and any(
        program.aliases.get(name, "").startswith("sklearn.") for name in used
    )


def _names_used(program: Program, flow: FunctionFlow) -> frozenset[str]:
    return frozenset(
        name
        for index in (*flow.body, *flow.moved)
        for name in (
            program.statements[index].facts.reads | program.statements[index].facts.captures
        )
    )
