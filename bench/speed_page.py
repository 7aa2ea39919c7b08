"""How do measurements get into docs/explanation/speed.md? Between two comments, as tables."""

from __future__ import annotations

from peers import ROOT
from run_bench import Results, Verdict

_PAGE = ROOT / "docs" / "explanation" / "speed.md"
_BEGIN = "<!-- speed tables: written by `python bench/bench.py --page` -->"
_END = "<!-- end of the speed tables -->"
_MEGABYTE = 1_000_000


def write_page(results: Results) -> None:
    """Replace the tables of the page by these results."""
    text = _PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    _PAGE.write_text(f"{head}{_BEGIN}\n\n{_tables(results)}\n\n{_END}{tail}", encoding="utf-8")


def _tables(results: Results) -> str:
    parts = [" ".join(results.about)]
    lines = ["| what | wall, s | CPU, s |", "|---|--:|--:|"]
    for title, rows in results.tables.items():
        lines.append(f"| **{title}** | | |")
        for row in rows:
            timing = row.timing
            shown = timing.failure or f"{timing.wall:.2f} | {timing.cpu:.2f}"
            lines.append(f"| {row.what} | {shown} |")
    parts.append("\n".join(lines))
    parts.append(_memory(results))
    lines = ["| limit | measured | at most | |", "|---|--:|--:|---|"]
    lines += [_verdict(verdict) for verdict in results.verdicts]
    parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _memory(results: Results) -> str:
    roles = list(dict.fromkeys(r for memory in results.memory.values() for r in memory.peaks))
    heads = " | ".join(roles)
    lines = [
        f"| memory at most, MB | {heads} | all at once | wall, s |",
        "|---" + "|--:" * (len(roles) + 2) + "|",
    ]
    for title, memory in results.memory.items():
        peaks = [memory.peaks.get(role) for role in roles]
        cells = ["" if peak is None else f"{peak / _MEGABYTE:.0f}" for peak in peaks]
        lines.append(
            f"| {title} | {' | '.join(cells)} | {memory.in_all / _MEGABYTE:.0f} | {memory.wall:.1f} |"
        )
    return "\n".join(lines)


def _verdict(verdict: Verdict) -> str:
    measured = "" if verdict.measured is None else f"{verdict.measured:.3g} {verdict.unit}"
    word = {"ok": "ok", "MISSED": "**missed**"}.get(verdict.word, verdict.word)
    return f"| {verdict.what} | {measured} | {verdict.most:g} {verdict.unit} | {word} |"
