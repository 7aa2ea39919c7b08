"""What does the package's README say?"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Sequence

from nb2pkg.planning.plan import LeftOut, PackagePlan, Parameter, Step
from nb2pkg.rendering.docstrings import one_line, paragraphs_of
from nb2pkg.rendering.option_names import flag_of
from nb2pkg.rendering.readme_graph import step_graph
from nb2pkg.rendering.readme_markdown import (
    markdown_code,
    markdown_paragraph,
    markdown_text,
    wrap_markdown,
)

_LONGEST_SUMMARY = 600
_LONGEST_LINE = 160
_MOST_REASONS = 4
_FIRST_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)")
_QUOTED = re.compile(r"'[^']*'")
# A folder's name that is plain in a shell, in Markdown and to a reader.
_PLAIN_WAY = re.compile(r"\.|(?:\.\./)*(?:\.\.|[\w.-][\w. -]*)(?:/[\w.-][\w. -]*)*")
_SUFFIX = re.compile(r"\.(?:ipynb|py)$", re.IGNORECASE)


def readme(plan: PackagePlan, *, root: str, has_constraints: bool) -> str:
    """The text of README.md.

    root: the way from the package's folder to the notebook's
    has_constraints: whether constraints.txt is written, too
    """
    parts = [
        f"# {markdown_text(plan.title, _LONGEST_LINE) or markdown_text(plan.package)}",
        markdown_paragraph(plan.summary, _LONGEST_SUMMARY),
        *_steps(plan),
        *_running(plan, root, has_constraints),
        *_options(plan),
        *_testing(plan),
        *_contracts(plan),
        *_left_out(plan.left_out),
        wrap_markdown(
            f"Extracted from {markdown_code(notebook_file(plan))}; "
            "nothing of the tool that did it is needed to run, test or install this package."
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def notebook_file(plan: PackagePlan) -> str:
    """The notebook's file name, which the plan may hold without its ending."""
    name = one_line(plan.notebook)
    return name if _SUFFIX.search(name) else f"{name}.ipynb"


# -- steps


def _steps(plan: PackagePlan) -> list[str]:
    if not plan.steps:
        return []
    lines = [f"{number}. {_step_line(step)}" for number, step in enumerate(plan.steps, 1)]
    parts = ["## Steps", "\n".join(lines)]
    if len(plan.steps) > 1:
        parts.append(f"```mermaid\n{step_graph(plan)}\n```")
    return parts


def _step_line(step: Step) -> str:
    told = [one_line(step.title)]
    paragraphs = paragraphs_of(step.prose)
    if paragraphs:
        told.append(_first_sentence(paragraphs[0]))
    sentences = [s if s[-1] in ".!?…:" else f"{s}." for s in told if s]
    # A title that only repeats the name says nothing new.
    if sentences and _only_repeats(sentences[0], step.name):
        sentences = sentences[1:]
    said = markdown_text(" ".join(sentences), _LONGEST_LINE) or _from_and_to(step)
    return f"{markdown_code(step.name)}: {said}" if said else markdown_code(step.name)


def _from_and_to(step: Step) -> str:
    taken, given = (", ".join(map(markdown_code, n)) for n in (step.parameters, step.returns))
    ends = [f"from {taken}" if taken else "", f"to {given}" if given else ""]
    return " ".join(end for end in ends if end)


def _first_sentence(paragraph: str) -> str:
    line = one_line(paragraph)
    match = _FIRST_SENTENCE.match(line)
    return match.group(1) if match else line


def _only_repeats(sentence: str, name: str) -> bool:
    told, named = _words(sentence), _words(name)
    more = named[len(told) :]
    return named[: len(told)] == told and all(w == "step" or w.isdigit() for w in more)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


# -- running and testing


def _running(plan: PackagePlan, root: str, has_constraints: bool) -> list[str]:
    install = "pip install -e ."
    lines = [install]
    if _PLAIN_WAY.fullmatch(root) and root != ".":
        lines.append(f"cd {shlex.quote(root)}  # the notebook's folder: relative paths start there")
    lines.append(f"python -m {plan.package}")
    parts = ["## Run", "```sh\n" + "\n".join(lines) + "\n```"]
    told = "" if len(lines) > 2 or root == "." else "Run it in the notebook's folder. "
    if has_constraints:
        told += f"`{install} -c constraints.txt` installs the versions that the notebook had."
    return [*parts, told.strip()]


def _options(plan: PackagePlan) -> list[str]:
    if not plan.parameters:
        return []
    rows = [
        f"| {markdown_code(_option(p, flag_of(p.name, plan)))} | {markdown_code(p.default)} | "
        f"{markdown_text(p.comment or '', _LONGEST_LINE)} |".replace("|  |", "| |")
        for p in plan.parameters
    ]
    return ["\n".join(["| Option | Default | |", "|---|---|---|", *rows])]


def _option(parameter: Parameter, flag: str) -> str:
    return f"--{flag}, --no-{flag}" if parameter.annotation == "bool" else f"--{flag}"


def _testing(plan: PackagePlan) -> list[str]:
    parts = ["## Test", "```sh\npip install pytest\npytest\n```"]
    if any(seen.call is not None for seen in plan.observed.steps.values()):
        parts.append(
            wrap_markdown(
                "The tests call each step with what it was given when the notebook ran, and compare what "
                "it gives: `tests/data` holds these values. Look through them before you share them."
            )
        )
    return parts


def _contracts(plan: PackagePlan) -> list[str]:
    if not plan.contracts:
        return []
    return [
        "## Contracts",
        wrap_markdown(
            f"`src/{plan.package}/contracts.py` says what the tables between the steps have to look like, "
            "and `run` checks it after every step. What is there was inferred from one run, and is loose "
            'where one run cannot know. To tighten a column, put another in its place: with a dtype (`pa.Column("int64")`), '
            "a range (`checks=pa.Check.in_range(0, 120)`), no gaps (`nullable=False`) or no duplicates "
            "(`unique=True`); `strict=True` in a schema forbids further columns."
        ),
    ]


# -- what was left out


def _left_out(left_out: Sequence[LeftOut]) -> list[str]:
    if not left_out:
        return []
    counts = Counter(_QUOTED.sub("it", one_line(entry.reason)) for entry in left_out)
    common = counts.most_common(_MOST_REASONS)
    told = [f"{markdown_text(reason, _LONGEST_LINE)} ({count})" for reason, count in common]
    others = len(left_out) - sum(count for _, count in common)
    if others:
        told.append(f"other reasons ({others})")
    total = len(left_out)
    noun = "1 line or cell" if total == 1 else f"{total} lines or cells"
    verb = "is" if total == 1 else "are"
    return [
        "## Left out",
        wrap_markdown(
            f"{noun} of the notebook {verb} not in the package, and why: {'; '.join(told)}."
        ),
    ]
