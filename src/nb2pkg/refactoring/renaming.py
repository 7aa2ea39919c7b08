"""How does the notebook read when one of its variables has another name?"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence

from nb2pkg.analysis import ParsedCell
from nb2pkg.dataflow import BUILTINS, KERNEL_NAMES, Program, assemble
from nb2pkg.notebook import Notebook
from nb2pkg.planning.grouping import PARAMETER_TAGS
from nb2pkg.problems import Diagnostic, FindingsError, Location, Severity
from nb2pkg.refactoring.cell_code import CellCode, Span, code_of
from nb2pkg.refactoring.edits import Refactoring, edited
from nb2pkg.refactoring.name_places import Means, Place
from nb2pkg.refactoring.name_text import renamed
from nb2pkg.refactoring.new_names import (
    KEPT_BY_IPYTHON,
    cells_with_word,
    refuse_bad_name,
    refuse_taken_name,
)
from nb2pkg.refactoring.reading_again import not_sound, read_again, same_tree
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.seen_names import Found, seen_name
from nb2pkg.refactoring.text_uses import TextUses
from nb2pkg.refactoring.whole_looks import bringers, whole_look

_BY_HAND = "rename it by hand, or change that place first"


def rename_variable(
    notebook: Notebook, cells: Sequence[ParsedCell], old: str, new: str
) -> Refactoring:
    """Give one of the notebook's variables, imports or functions another name wherever it is meant.

    Comments, texts and the layout stay as they are, character by character.

    Raises:
        FindingsError: the new name cannot be given (NB803), or not every use of the old one can be followed
            for sure (NB805).
    """
    refuse_bad_name(new)
    if new == old:
        raise cannot("NB803", f"'{old}' is its name already", hint="choose another name")
    codes = code_of(cells)
    program = assemble(cells)
    found = [(code, p) for code in codes for p in code.places if p.name == old]
    found = [(code, p) for code, p in found if p.means is not Means.OWN]
    texts = TextUses(codes, program.aliases)
    _refuse_foreign(old, found, codes, texts)
    _refuse_unread_cells(notebook, codes, old)
    _refuse_unseen_uses(old, found, codes, program, texts)
    refuse_taken_name(
        new, notebook, codes, texts, [(c.place_of(p.node), p.scopes) for c, p in found]
    )
    sources = _new_sources(old, new, found)
    result = edited(notebook.cells, sources)
    again = read_again(notebook, result, {code.position for code in codes})
    _require_the_same(codes, again, found, new)
    return Refactoring(
        title=f"Rename {old} to {new}",
        cells=result,
        findings=tuple(_findings(notebook, old, new, found)),
    )


def _refuse_foreign(old: str, found: Found, codes: Sequence[CellCode], texts: TextUses) -> None:
    """Stop where the name is none that the notebook gives a value."""
    if KEPT_BY_IPYTHON.fullmatch(old) or (old.startswith("__") and old.endswith("__")):
        raise cannot("NB805", f"'{old}' has a meaning of its own for IPython or Python")
    if any(_binds(place) for _, place in found):
        return
    for bringer in bringers(codes):
        if (bringer.names is None and found) or old in (bringer.names or ()):
            message = f"no cell binds '{old}': '{bringer.text}' may bring it"
            hint = (
                f"write 'import {old}' there for what is to be renamed" if bringer.names else None
            )
            raise cannot("NB805", message, location=bringer.place, hint=hint)
    own = {p.name for code in codes for p in code.places if p.means is not Means.OWN and _binds(p)}
    used = texts.of(old)
    if found and used is not None:
        raise _unfollowed(f"'{old}' {used.how}, and no cell binds it in Python", used.place)
    close = difflib.get_close_matches(old, sorted(own), n=1)
    hint = f"did you mean '{close[0]}'?" if close else "only names that cells bind can be renamed"
    if any(p.name == old for code in codes for p in code.places):
        message = f"no cell binds '{old}' for the notebook: it is only used inside functions"
        if found:
            message = f"no cell binds '{old}', it is only read"
        raise cannot("NB805", message, hint=hint)
    raise cannot("NB805", f"no cell binds '{old}'", hint=hint)


def _binds(place: Place) -> bool:
    if place.means is not Means.NOTEBOOK or isinstance(place.node, ast.Global):
        return False
    return not isinstance(place.node, ast.Name) or isinstance(place.node.ctx, ast.Store)


def _refuse_unread_cells(notebook: Notebook, codes: Sequence[CellCode], old: str) -> None:
    """Stop where a code cell that could not be read has the name."""
    for cell in cells_with_word(notebook, codes, old):
        message = f"cell {cell.position} cannot be read as Python, and has '{old}' in it"
        raise _unfollowed(message, Location(cell=cell.position))


def _refuse_unseen_uses(
    old: str, found: Found, codes: Sequence[CellCode], program: Program, texts: TextUses
) -> None:
    """Stop where the name is used in ways that cannot be followed from place to place."""
    look = whole_look(codes, program.binders.keys())
    if look is not None:
        raise _unfollowed(f"cell {look.place.cell} {look.what}", look.place)
    used = texts.of(old)
    if used is not None:
        raise _unfollowed(f"'{old}' {used.how}", used.place)
    for code, place in found:
        where = code.place_of(place.node)
        if place.means is Means.EITHER:
            what = "means the class's own value or the notebook's: that shows when it runs"
            raise _unfollowed(f"'{old}' {what}", where)
        if place.mangled:
            raise _unfollowed(f"'{old}' is written '__{old.partition('__')[2]}' in a class", where)
        if isinstance(place.parent, ast.ImportFrom) and place.parent.module == "__future__":
            raise _unfollowed(f"'{old}' is an instruction to Python, no variable", where)
    seen = seen_name(old, found, codes, program)
    if seen is not None:
        raise _unfollowed(f"'{old}' {seen.how}", seen.place)
    _refuse_other_bringers(old, codes, program)


def _refuse_other_bringers(old: str, codes: Sequence[CellCode], program: Program) -> None:
    """Stop where a value of that name may come from elsewhere: a star import, a script, a builtin."""
    touching = [i for i, s in enumerate(program.statements) if old in _touched(s.facts)]
    if not touching:
        return  # only annotated: `x: int`
    first = program.statements[touching[0]]
    is_bound_first = (
        old in first.facts.binds
        and old not in first.facts.reads
        and old not in program.deleted
        and not any(old in s.facts.deletes for s in program.statements)
    )
    for bringer in bringers(codes):
        if bringer.names is not None and old not in bringer.names:
            continue
        place = (bringer.place.cell or 0, bringer.place.line or 0)
        if not is_bound_first or place > (first.cell, first.line):
            raise _unfollowed(f"'{bringer.text}' may bring a '{old}', too", bringer.place)
    if (old in BUILTINS or old in KERNEL_NAMES) and not is_bound_first:
        message = f"'{old}' is a builtin, too: which one a place means shows when it runs"
        raise _unfollowed(message, Location(cell=first.cell, line=first.line))


def _touched(facts: object) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    for kind in ("reads", "may_bind", "captures", "captured_binds", "deletes", "all_reads"):
        names |= getattr(facts, kind)
    return names


def _unfollowed(message: str, place: Location) -> FindingsError:
    return cannot("NB805", message, location=place, hint=_BY_HAND)


def _new_sources(old: str, new: str, found: Found) -> dict[int, str | None]:
    """The new text of every cell in which the name stands."""
    edits: dict[CellCode, list[tuple[Span, str]]] = {}
    for code, place in found:
        edit = renamed(code, place, new)
        if edit is None:
            message = f"it cannot be told for sure which characters of this are '{old}'"
            if isinstance(place.node, ast.alias):
                message = f"'import {place.node.name}' binds '{old}', and only by that name"
            raise _unfollowed(message, code.place_of(place.node))
        edits.setdefault(code, []).append(edit)
    sources: dict[int, str | None] = {}
    for code, changes in edits.items():
        text = code.edited(changes)
        if text is None:
            message = (
                f"cell {code.position} is not read as it is written where '{old}' stands in it"
            )
            raise _unfollowed(message, Location(cell=code.position))
        sources[code.position] = text
    return sources


def _require_the_same(
    before: Sequence[CellCode], after: Sequence[CellCode], found: Found, new: str
) -> None:
    """Stop unless the notebook is the same but for the name, and the name means the same everywhere."""
    nodes = {place.node for _, place in found}
    places = {place for _, place in found}
    if len(before) != len(after):
        raise not_sound(None)
    for one, other in zip(before, after, strict=True):
        meant = [(new if p in places else p.name, p.means) for p in one.places]
        if not same_tree(one.tree, other.tree, nodes) or meant != [
            (p.name, p.means) for p in other.places
        ]:
            raise not_sound(one.position)


def _findings(notebook: Notebook, old: str, new: str, found: Found) -> Iterator[Diagnostic]:
    """What the user has to change besides, where the name is known outside the notebook."""
    tagged = {c.position for c in notebook.cells if PARAMETER_TAGS & set(c.tags)}
    for code, place in found:
        if code.position in tagged and _binds(place) and not place.scopes:
            yield Diagnostic(
                code="NB805",
                severity=Severity.WARNING,
                message=f"'{old}' is a parameter: runs, schedules and pipelines that give it by its old name "
                f"must give '{new}' from now on",
                location=code.place_of(place.node),
                hint=f"look for '{old}' in pipeline.yaml, in schedules and where papermill is called",
            )
            return
