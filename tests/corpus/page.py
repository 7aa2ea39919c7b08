"""The table of the page that tells users how faithful nb2pkg is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .cache import REPOSITORY

PAGE = REPOSITORY / "docs" / "explanation" / "fidelity.md"
BEGIN = "<!-- fidelity table: written by `python -m corpus page` -->"
END = "<!-- end of the fidelity table -->"
COLUMNS = ("same", "refused", "differs", "package failed", "extract crashed", "timeout")


def render_table(notebooks: Sequence[Mapping[str, Any]]) -> str:
    """Render the outcomes by distribution as a Markdown table."""
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
    return "\n".join(lines)


def _row(name: str, notebooks: Sequence[Mapping[str, Any]]) -> str:
    counted = Counter(n["verdict"]["outcome"] for n in notebooks)
    cells = [str(counted[outcome] or "") for outcome in COLUMNS]
    return f"| {name} | {len(notebooks)} | " + " | ".join(cells) + " |"


def write_page(notebooks: Sequence[Mapping[str, Any]]) -> None:
    """Put the table between the markers of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = render_table(notebooks)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
