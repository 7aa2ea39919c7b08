"""Which steps can a notebook call, and still show what it shows with its own cells?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nb2pkg.analysis import Statement
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.call_obstacles import call_obstacle
from nb2pkg.rendering.import_effects import first_import_place
from nb2pkg.rendering.notebook_roles import Role, Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The decision: steps that are called, and why the others keep their own code.

    called: numbers of steps; kept: step number → reason
    instead: last expressions whose value a name shows after the call: statement → the name
    """

    called: frozenset[int]
    kept: Mapping[int, str]
    instead: Mapping[Statement, str]


def decide_calls(plan: PackagePlan, roles: Roles) -> Calls:
    """Decide for each step, and take back calls that lose a name which something left reads."""
    kept: dict[int, str] = {}
    instead: dict[Statement, str] = {}
    after = first_import_place(roles)
    for number in range(len(plan.steps)):
        if number not in roles.body_of:
            kept[number] = "nothing of it stands in the notebook"
            continue
        reason, shown = call_obstacle(plan, number, roles, after)
        if reason is not None:
            kept[number] = reason
        else:
            instead.update(shown)
    while True:
        called = frozenset(range(len(plan.steps))) - kept.keys()
        lost = _lost_name(plan, roles, called, instead)
        if lost is None:
            break
        number, reason = lost
        kept[number] = reason
    instead = {s: n for s, n in instead.items() if roles.step_of[s] in called}
    return Calls(called=called, kept=kept, instead=instead)


def lead_statement(number: int, roles: Roles) -> Statement:
    """The first statement of a step, in whose place its call stands."""
    return min(roles.body_of[number], key=roles.place.__getitem__)


# -- names that a function keeps to itself ------------------------------------------------------


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
    for statement in roles.body_of[number]:
        for name in statement.facts.may_bind | statement.facts.captured_binds:
            lost[name] = number
    for name in step.returns:
        lost.pop(name, None)


def _blame(names: frozenset[str], lost: Mapping[str, int]) -> tuple[int, str] | None:
    found = sorted(names & lost.keys())
    return (lost[found[0]], found[0]) if found else None
