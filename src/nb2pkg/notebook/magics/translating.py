"""What a cell with IPython syntax is in plain Python."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import replace

from nb2pkg.notebook.magics.automagic import without_automagic
from nb2pkg.notebook.magics.calls import FoundCall, find_calls
from nb2pkg.notebook.magics.equivalent import (
    Becomes,
    Equivalent,
    LeftOut,
    MagicCall,
    NoEqual,
    Unwrapped,
)
from nb2pkg.notebook.magics.ipython_input import CellMagic, PythonText, parse_python, read_ipython
from nb2pkg.notebook.magics.names import VisibleNames, shadowed_in, visible_names
from nb2pkg.notebook.magics.place import Asked, Place, facts_about, joined
from nb2pkg.notebook.magics.plain_cell import PlainCell
from nb2pkg.notebook.magics.splicing import Edit, Positions, indented, splice
from nb2pkg.notebook.magics.table import equivalent_of

_DEEPEST = 20  # cell magics inside cell magics; people write two


def to_plain_python(
    source: str,
    position: int,
    *,
    bound: Collection[str] = (),
    shadowed: Collection[str] = (),
) -> PlainCell:
    """Translate the IPython syntax of a cell to plain Python of the same effect.

    `position` is the cell's in the document. `bound` are the names that earlier cells bound, with
    "*" among them after a star import; `shadowed` are those that `shadowed_names` found in earlier
    cells. A cell without IPython syntax comes back as it is, and so does one that does not parse:
    saying so is the parser's part. Nothing of the notebook runs.
    """
    lines = tuple(source.split("\n"))
    place = Place(position=position, lines=lines, bound=bound, shadowed=frozenset(shadowed))
    return _translate(source, place)


def _translate(source: str, place: Place) -> PlainCell:
    tree = parse_python(source)
    magic = without_automagic(source, place.bound, is_python=tree is not None)
    if magic is None and tree is not None:
        if "get_ipython" not in source:
            return PlainCell(source=source, tree=tree)
        return _translate_calls(source, tree, {}, place)
    read = read_ipython(magic or source)
    ending = "\n" if source.endswith("\n") else ""
    match read:
        case CellMagic():
            cell = _translate_cell_magic(read, place)
            return replace(cell, source=_ending_in(cell.source, ending))
        case PythonText(text=text, last_lines=last_lines):
            text = _ending_in(text, ending)
            tree = parse_python(text)
            if tree is None:
                return PlainCell(source=text)
            return _translate_calls(text, tree, last_lines, place)
    return PlainCell(source=source)


def _ending_in(text: str, ending: str) -> str:
    return text.removesuffix("\n") + ending


def _translate_cell_magic(magic: CellMagic, place: Place) -> PlainCell:
    call = MagicCall(
        kind="cell",
        name=magic.name,
        arguments=magic.arguments,
        body=magic.body,
        line=place.above + magic.line,
        wants_value=False,
        at_module_level=True,
        names=VisibleNames(bound=place.bound, here=(), later=()),
    )
    outcome = _usable(equivalent_of(call), call, place)
    cell = facts_about(Asked(call=call, last_line=call.line, column=0), outcome, place)
    above = "\n" * (magic.line - 1)
    match outcome:
        case Becomes(code=code):
            return replace(cell, source=above + code)
        case Unwrapped():
            return joined(cell, _unwrapped_cell(outcome, above, _inside(place, call.line)))
    return cell


def _unwrapped_cell(outcome: Unwrapped, above: str, place: Place) -> PlainCell:
    """Translate the body of a cell magic; its header takes the line of the magic."""
    if place.depth > _DEEPEST:
        return PlainCell(source=f"{above}\n{outcome.code}")
    body = _translate(outcome.code, place)
    tree = parse_python(body.source)
    if outcome.header and tree is not None:
        nothing = "" if tree.body else "    pass\n"
        inside = indented(body.source, "    ")
        return replace(body, source=f"{above}{outcome.header}\n{nothing}{inside}")
    return replace(body, source=f"{above}\n{body.source}")


def _translate_calls(
    source: str, tree: ast.Module, last_lines: dict[int, int], place: Place
) -> PlainCell:
    """Replace the `get_ipython()` calls of a cell that is otherwise Python."""
    positions = Positions(source)
    place = replace(place, shadowed=place.shadowed | shadowed_in(tree))
    cell = PlainCell(source=source)
    edits: list[Edit] = []
    emptied: list[ast.stmt] = []
    for found in find_calls(tree):
        asked = _asked(found, tree, positions, last_lines, place)
        outcome = _usable(equivalent_of(asked.call), asked.call, place)
        if not found.whole and not isinstance(outcome, Becomes):
            continue  # another stage speaks of what is left of get_ipython
        written = _written(found, outcome, positions, _inside(place, asked.line - 1))
        if written is None and not isinstance(outcome, LeftOut | NoEqual):
            outcome = NoEqual(why="does not fit into the line it stands in")
        if written is None:
            emptied.append(found.statement)
        else:
            start, end = positions.span(found.statement if found.is_statement else found.node)
            edits.append(Edit(start=start, end=end, text=written.source))
            cell = joined(cell, written)
        cell = joined(cell, facts_about(asked, outcome, place))
    edits += _cuts(tree, emptied, positions)
    return replace(cell, source=splice(source, edits))


def _asked(
    found: FoundCall,
    tree: ast.Module,
    positions: Positions,
    last_lines: dict[int, int],
    place: Place,
) -> Asked:
    node = found.node
    line, end = place.above + node.lineno, node.end_lineno or node.lineno
    call = MagicCall(
        kind=found.kind,
        name=found.name,
        arguments=found.arguments,
        body=found.body,
        line=line,
        wants_value=not found.is_statement,
        at_module_level=not found.scopes,
        names=visible_names(tree, found.scopes, node.lineno, place.bound),
    )
    last_line = place.above + last_lines.get(node.lineno, end)
    return Asked(call=call, last_line=last_line, column=_column(found, positions, place))


def _column(found: FoundCall, positions: Positions, place: Place) -> int:
    """Find the column in the cell as written, which may be indented or have prompts."""
    line = place.above + found.node.lineno
    written = place.lines[line - 1] if line <= len(place.lines) else ""
    column = positions.column(found.node)
    before = positions.lines[found.node.lineno - 1][:column]
    same = place.depth == 0 and written.startswith(before)
    return column if same else len(written) - len(written.lstrip())


def _written(
    found: FoundCall, outcome: Equivalent, positions: Positions, place: Place
) -> PlainCell | None:
    """Write what takes the place of a call, as `source`; None when nothing can stand there."""
    match outcome:
        case Becomes(code=code):
            written = PlainCell(source=code)
        case Unwrapped(code=code) if place.depth <= _DEEPEST:
            written = _translate(code, place)
            if outcome.header:
                written = replace(
                    written, source=f"{outcome.header}\n{indented(written.source, '    ')}"
                )
        case _:
            return None
    if not found.is_statement:
        text = written.source.strip().removesuffix(";")
        return replace(written, source=text) if _is_expression(text) else None
    if positions.stands_alone(found.statement):
        margin = positions.margin(found.statement)
        return replace(written, source=indented(written.source, margin).removeprefix(margin))
    return written if _is_simple(written.source) else None


def _is_expression(code: str) -> bool:
    tree = parse_python(code)
    return tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)


def _is_simple(code: str) -> bool:
    tree = parse_python(code)
    if tree is None or "#" in code:
        return False
    return not any(hasattr(s, "body") or isinstance(s, ast.Match) for s in tree.body)


def _usable(outcome: Equivalent, call: MagicCall, place: Place) -> Equivalent:
    """Refuse a translation that would not mean what it says where it stands."""
    match outcome:
        case LeftOut() if call.wants_value:
            return NoEqual(why="is used for a value that only IPython has")
        case Becomes(imports=imports, code=code):
            needed = {*imports, "print"} if "print(" in code else set(imports)
        case Unwrapped(imports=imports):
            needed = set(imports)
        case _:
            return outcome
    missing = sorted(needed & place.shadowed)
    if not missing:
        return outcome
    return NoEqual(
        why=f"needs '{missing[0]}', which is something else in this notebook",
        hint=f"Give your own '{missing[0]}' another name.",
    )


def _inside(place: Place, above: int) -> Place:
    return replace(place, above=above, depth=place.depth + 1)


def _cuts(tree: ast.Module, emptied: list[ast.stmt], positions: Positions) -> Iterator[Edit]:
    """Cut the statements that are left out; a block that would have none left keeps a `pass`."""
    gone = {id(statement) for statement in emptied}
    keeps_pass = {
        id(block[0]) for block in _inner_blocks(tree) if all(id(s) in gone for s in block)
    }
    for statement in emptied:
        if id(statement) in keeps_pass or not positions.stands_alone(statement):
            start, end = positions.span(statement)
            yield Edit(start=start, end=end, text="pass")
        else:
            start, end = positions.emptied(statement)
            yield Edit(start=start, end=end, text="")


def _inner_blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and not isinstance(node, ast.Module):
                yield block
