"""The tables of the page that tells users how faithful nb2pkg is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from statistics import median
from typing import Any

from .cache import REPOSITORY

PAGE = REPOSITORY / "docs" / "explanation" / "fidelity.md"
COLUMNS = ("same", "refused", "differs", "package failed", "extract crashed", "timeout")
# Below this, a notebook is too short for its steps to say something about how it was cut.
CODE_CELLS_TO_COUNT = 12

Record = Mapping[str, Any]


def render_outcomes(notebooks: Sequence[Record]) -> str:
    """Render the outcomes by distribution as a Markdown table, and what is not the same below it."""
    measured = [n for n in notebooks if n["verdict"]["outcome"] in COLUMNS]
    lines = [
        "| distribution | notebooks | " + " | ".join(COLUMNS) + " |",
        "|---|" + "--:|" * (len(COLUMNS) + 1),
    ]
    for name in sorted({str(n["distribution"]) for n in measured}):
        lines.append(_row(name, [n for n in measured if n["distribution"] == name]))
    lines.append(_row("**all**", measured))
    ran = [n for n in measured if n["verdict"]["outcome"] in ("same", "differs")]
    compared = sum(n["compared"] for n in ran)
    different = sum(len(n["verdict"]["differing"]) for n in measured)
    lines += ["", f"Values compared: {compared}; different: {different}."]
    lines += _exceptions(measured)
    return "\n".join(lines)


def _row(name: str, notebooks: Sequence[Record]) -> str:
    counted = Counter(n["verdict"]["outcome"] for n in notebooks)
    cells = [str(counted[outcome] or "") for outcome in COLUMNS]
    return f"| {name} | {len(notebooks)} | " + " | ".join(cells) + " |"


def _exceptions(measured: Sequence[Record]) -> Iterator[str]:
    others = [n for n in measured if n["verdict"]["outcome"] != "same"]
    if not others:
        return
    yield from ("", "| not the same | outcome | which | announced by |", "|---|---|---|---|")
    for notebook in others:
        verdict = notebook["verdict"]
        silent = ", ".join(verdict["unannounced"])
        codes = ", ".join(notebook["codes"])
        told = f"{codes}, but not: {silent}" if silent else codes
        file = PurePosixPath(notebook["path"]).name
        where = f"{notebook['distribution']}, *{file}*"
        yield f"| {where} | {verdict['outcome']} | {verdict['detail']} | {told} |"


def render_shape(notebooks: Sequence[Record], code_cells: Mapping[str, int]) -> str:
    """Render how the step functions of the longer notebooks are cut."""
    long = [n for n in notebooks if code_cells[n["id"]] >= CODE_CELLS_TO_COUNT and n["shape"]]
    shapes = [n["shape"] for n in long]
    steps = [step for shape in shapes for step in shape["steps"]]
    largest = [
        max(step["statements"] for step in shape["steps"])
        / max(1, sum(step["statements"] for step in shape["steps"]))
        for shape in shapes
        if shape["steps"]
    ]
    three = sum(len(shape["steps"]) >= 3 for shape in shapes)
    few_in = sum(step["parameters"] <= 4 for step in steps)
    few_out = sum(step["returned"] <= 3 for step in steps)
    both = sum(step["parameters"] <= 4 and step["returned"] <= 3 for step in steps)
    fused = sum(shape["fused"] for shape in shapes)
    rows = (
        ("notebooks with three steps or more", _share(three, len(shapes))),
        ("the largest step's share of the statements, median", f"{median(largest):.1%}"),
        ("steps that take at most four parameters", _share(few_in, len(steps))),
        ("steps that return at most three values", _share(few_out, len(steps))),
        ("both", _share(both, len(steps))),
        ("steps that share a process with another one", _share(fused, len(steps))),
    )
    head = f"Of the {len(long)} notebooks with {CODE_CELLS_TO_COUNT} and more code cells:"
    lines = [head, "", "| | |", "|---|--:|", *(f"| {what} | {much} |" for what, much in rows)]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})"


def render_sweep(notebooks: Sequence[Record]) -> str:
    """Render how the extraction of every notebook ended."""
    exits = Counter(n["exit_code"] for n in notebooks)
    refused = sum(count for code, count in exits.items() if code != 0)
    failed = sum(bool(n["problems"]) for n in notebooks)
    return (
        f"All {len(notebooks):,} notebooks: {exits[0]:,} extracted, {refused} refused with a coded "
        f"diagnostic (no Python code in them, another language, not a notebook any more), "
        f"{failed} with a traceback, over a minute, or with code that does not compile or reads "
        f"an undefined name."
    )


def render_verified(notebooks: Sequence[Record]) -> str:
    """Render what verify said in both settings, and below it all that is not the same."""
    columns = ("same", "differs", "refused", "nothing to do", "could not run", "timeout", "crashed")
    lines = [
        "| setting | notebooks | " + " | ".join(columns) + " | values compared |",
        "|---|" + "--:|" * (len(columns) + 2),
    ]
    for setting in ("process", "steps"):
        own = [n for n in notebooks if n["setting"] == setting]
        counted = Counter(n["outcome"] for n in own)
        cells = [str(counted[column] or "") for column in columns]
        compared = sum(n["compared"] for n in own)
        lines.append(f"| {setting} | {len(own)} | " + " | ".join(cells) + f" | {compared:,} |")
    others = [n for n in notebooks if n["outcome"] not in ("same", "nothing to do")]
    if others:
        lines += ["", "| not the same | setting | where | extract said |", "|---|---|---|---|"]
    for n in others:
        where = f"{n['distribution']}, *{PurePosixPath(n['path']).name}*"
        told = str(n["where"]).replace("|", "\\|")
        lines.append(f"| {where} | {n['setting']} | {told} | {', '.join(n['explained'])} |")
    return "\n".join(lines)


def render_peers(others: Sequence[Record], measured: Sequence[Record]) -> str:
    """Render what other tools made of the notebooks, beside nb2pkg."""
    columns = ("same", "differs", "lacks values", "fails when run", "refused, or crashed")
    lines = [
        "| tool | notebooks | " + " | ".join(columns) + " |",
        "|---|" + "--:|" * (len(columns) + 1),
    ]
    told = {
        "nbconvert": "nbconvert, one script (splits nothing)",
        "soorgeon": "soorgeon, tasks of a pipeline",
    }
    for peer, name in told.items():
        counted = Counter(n["outcome"] for n in others if n["peer"] == peer)
        cells = [str(counted[column] or "") for column in columns]
        lines.append(f"| {name} | {counted.total()} | " + " | ".join(cells) + " |")
    own = Counter(n["verdict"]["outcome"] for n in measured if n["verdict"]["outcome"] in COLUMNS)
    failed = own["package failed"] + own["timeout"]
    cells = [own["same"], own["differs"], 0, failed, own["refused"] + own["extract crashed"]]
    lines.append(
        f"| nb2pkg, a package | {own.total()} | " + " | ".join(str(c or "") for c in cells) + " |"
    )
    return "\n".join(lines)


def write_page(tables: Mapping[str, str]) -> None:
    """Put each table between its markers on the page."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items():
        begin = f"<!-- {name} table: written by `python -m corpus page` -->"
        end = f"<!-- end of the {name} table -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    PAGE.write_text(text, encoding="utf-8")
