"""Where must a figure be shown and closed, as a notebook does at the end of each cell?

The inline backend shows the figures that a cell has drawn when the cell ends, and closes them: the
next `plt.plot` starts a new one. A program has no cell ends, so they are written out where they matter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2pkg.analysis import Edit, Kind, resolve, walk
from nb2pkg.analysis.effect_tables import (
    DRAWING_METHODS,
    DRAWING_MODULES,
    NEW_FIGURE,
    PLOTTING_LIBRARIES,
    PYPLOT_NEUTRAL,
)
from nb2pkg.dataflow import Program

_INLINE = frozenset({None, "inline", "auto"})


def uses_inline_backend(program: Program, backends: Iterable[str | None]) -> bool:
    """Whether figures are shown and closed at cell ends: pyplot under the inline backend."""
    if not any(b in _INLINE for b in backends) or any(b not in _INLINE for b in backends):
        return False
    modules = {meaning.split(".")[0] for meaning in program.aliases.values()}
    if not modules & {"matplotlib", "seaborn", "pylab"} and not (
        modules & PLOTTING_LIBRARIES and _plots(program)
    ):
        return False
    return not any(
        isinstance(node, ast.Call) and resolve(node.func, program.aliases) in ("matplotlib.use", "matplotlib.pyplot.switch_backend")
        for statement in program.statements
        for node in statement.nodes
    )  # fmt: skip


def _plots(program: Program) -> bool:
    """Whether frames, or what libraries give, draw by themselves: `df.plot()`, `df.hist()`, `qqplot(r)`."""
    return any(
        (isinstance(node, ast.Attribute) and (node.attr in ("hist", "boxplot") or _plot(node.attr)))
        or (isinstance(node, ast.Call) and _plot(getattr(node.func, "id", "")))
        for statement in program.statements
        for node in statement.nodes
    )


def _plot(name: str) -> bool:
    """Whether a function is called as those that draw are: `plot_probs`, `qqplot`, `decision_plot`."""
    return name.startswith("plot") or name.endswith("plot") or "_plot_" in name


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEnds:
    """Lines and edits that do what the ends of cells, and `plt.show()` in them, do in a notebook.

    after_cell: cell → lines below its last statement; after_statement: index → lines below it;
    inside: index → edits in it
    """

    after_cell: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    after_statement: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    inside: Mapping[int, tuple[Edit, ...]] = field(default_factory=dict)


def cell_ends(
    steps: Sequence[Sequence[int]], program: Program, backends: Sequence[str | None]
) -> CellEnds:
    """Where figures must be shown, and closed because something draws on after that."""
    if not uses_inline_backend(program, [b for b in backends if b is not None] or [None]):
        return CellEnds()
    own = drawing_functions(program)
    plt = _pyplot_name(program)
    close = f'{plt}.close("all")'
    events = [e for step in steps for e in _events(step, program, own)]
    after_cell: dict[int, tuple[str, ...]] = {}
    after_statement: dict[int, tuple[str, ...]] = {}
    inside: dict[int, list[Edit]] = {}
    counted = _counts_figures(program)
    drawn_in: int | None = None  # the cell whose drawing has not been shown yet
    for number, event in enumerate(events):
        following = next((e for e in events[number + 1 :] if e.kind != "show"), None)
        goes_on = following is not None and (following.kind == "draw" or counted)
        if event.kind == "show":
            drawn_in = None
            if event.is_statement:
                if goes_on:
                    after_statement[event.index] = (close,)
            elif event.in_loop or goes_on:
                inside.setdefault(event.index, []).append(Edit(event.end, event.end, f"; {close}"))
        else:
            drawn_in = event.cell
        is_last = number + 1 == len(events) or events[number + 1].cell != event.cell
        if is_last and drawn_in is not None:
            after_cell[event.cell] = (f"{plt}.show()", close) if goes_on else (f"{plt}.show()",)
            drawn_in = None
    return CellEnds(
        after_cell=after_cell,
        after_statement=after_statement,
        inside={index: tuple(edits) for index, edits in inside.items()},
    )


def _counts_figures(program: Program) -> bool:
    """Whether the notebook asks which figures are open, or names them by number."""
    return any(
        isinstance(node, ast.Call)
        and (name := resolve(node.func, program.aliases) or "").startswith("matplotlib.pyplot.")
        and (
            name.endswith((".get_fignums", ".get_figlabels", ".fignum_exists"))
            or (
                name.endswith(".figure")
                and (node.args or any(k.arg == "num" for k in node.keywords))
            )
        )
        for statement in program.statements
        for node in statement.nodes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """Something that code does to pyplot's figures: "draw", "new" or "show"."""

    kind: str
    index: int
    cell: int
    end: int
    is_statement: bool
    in_loop: bool


def _events(step: Sequence[int], program: Program, own: frozenset[str]) -> Iterator[_Event]:
    for index in step:
        statement = program.statements[index]
        if statement.kind is not Kind.CODE:
            continue
        loops = [n for n in statement.nodes if isinstance(n, (ast.For, ast.While))]
        looped = {id(c) for loop in loops for c in walk(loop)}
        calls = _calls_in_order(statement.node)
        kinds = [(call, kind) for call in calls if (kind := _kind_of(call, program, own))]
        if not kinds and _names_a_figure(statement.node):
            kinds = [(calls[-1], "new")]
        for call, kind in kinds:
            yield _Event(
                kind=kind,
                index=index,
                cell=statement.cell,
                end=statement.source.end(call),
                is_statement=getattr(statement.node, "value", None) is call,
                in_loop=id(call) in looped and kinds[0][1] == "draw",
            )


_FIGURE_NAME = re.compile(r"(fig|figs|figure|ax|axs|axes|ax\d|fig\d+)(_\w+)?\Z")


def _names_a_figure(node: ast.stmt) -> bool:
    """`fig = corner(…)`: a call of an unknown library whose result is named like a figure."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and any(
            isinstance(name, ast.Name) and _FIGURE_NAME.match(name.id)
            for target in node.targets
            for name in walk(target)
            if isinstance(target, (ast.Name, ast.Tuple, ast.List))
        )
    )


def _pyplot_name(program: Program) -> str:
    names = (
        name
        for name, meaning in sorted(program.aliases.items())
        if meaning == "matplotlib.pyplot" and name in program.static_imports
    )
    return next(names, "plt" if "plt" not in program.binders else "pyplot")


def drawing_functions(program: Program) -> frozenset[str]:
    """The notebook's own functions that draw when they are called."""
    found: set[str] = set()
    while True:
        more = {
            s.facts.order[0]
            for s in program.statements
            if s.kind is Kind.FUNCTION
            and any(
                _kind_of(c, program, frozenset(found)) in ("draw", "new")
                for c in _calls_in_order(s.node)
            )
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _calls_in_order(node: ast.AST) -> list[ast.Call]:
    calls = [n for n in walk(node) if isinstance(n, ast.Call)]
    return sorted(calls, key=lambda c: (c.end_lineno or 0, c.end_col_offset or 0))


def _kind_of(call: ast.Call, program: Program, own: frozenset[str]) -> str | None:
    """ "draw", "new" (a figure of its own), "show", or None."""
    name = resolve(call.func, program.aliases)
    if name is not None:
        if name in own:
            return "draw"
        module, _, last = name.rpartition(".")
        root = name.split(".")[0]
        if module in DRAWING_MODULES or any(name.startswith(m + ".") for m in DRAWING_MODULES):
            if last == "show":
                return "show"
            if last in NEW_FIGURE:
                return "new"
            if (
                last in PYPLOT_NEUTRAL
                or name.split(".")[-2] in PYPLOT_NEUTRAL
                or last.startswith("set_")
            ):
                return None
            return "draw"
        if root in ("pandas", "numpy", "scipy") and "plot" not in name:
            return None
        if _plot(last):
            return "draw"
    if isinstance(call.func, ast.Attribute):
        attribute = call.func.attr
        if any(k.arg == "ax" for k in call.keywords):
            return "draw"
        if attribute in DRAWING_METHODS or _plot(attribute):
            return "draw"
        if isinstance(call.func.value, ast.Attribute) and call.func.value.attr == "plot":
            return "draw"  # df.plot.scatter(…)
    elif isinstance(call.func, ast.Name) and _plot(call.func.id):
        return "draw"
    return None
