"""Step by step: is what the package did what the notebook did?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from nb2pkg.verification.boundaries import Boundary
from nb2pkg.verification.differences import Difference, differences
from nb2pkg.verification.observation import Failure, Observation, Seen

# What `%time` prints; the package does not have it.
_CLOCK = re.compile(r"CPU times: user |Wall time: \d")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_CLASS_PATH = re.compile(r"<(class ')?(?:[^\W\d]\w*\.)+(?=\w)")


class Outcome(str, Enum):
    """What a comparison found."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_REACHED = "not reached"  # a run ended before it


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDifference:
    """The first line at which printed text parts; None where a side prints nothing more."""

    expected: str | None
    found: str | None
    cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """How one step compares.

    compared: how many values; not_compared: what no digest could say anything about, with the reason
    """

    step: str
    cells: tuple[int, ...]
    outcome: Outcome
    compared: int = 0
    values: tuple[Difference, ...] = ()
    text: TextDifference | None = None
    figures: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a whole run compares; `steps` are in the package's order."""

    steps: tuple[StepResult, ...]
    notebook_failure: Failure | None = None
    package_failure: Failure | None = None
    files: tuple[Difference, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Same, or not, or the notebook itself ended too early to say."""
        differs = any(s.outcome is Outcome.DIFFERS for s in self.steps) or self.files
        if differs or (self.package_failure and not self.notebook_failure):
            return Outcome.DIFFERS
        return Outcome.NOT_REACHED if self.notebook_failure else Outcome.SAME

    @property
    def first_difference(self) -> StepResult | None:
        """The first step at which they part."""
        return next((s for s in self.steps if s.outcome is Outcome.DIFFERS), None)


def compare(
    notebook: Observation,
    package: Observation,
    boundaries: Sequence[Boundary],
    may_lack_text: Collection[int] = (),
) -> Comparison:
    """Compare the two runs at every boundary that both have reached.

    `may_lack_text` are cells of which parts were left out that print: their text may be missing.
    """
    expected = {s.step: s for s in notebook.seen}
    found = {s.step: s for s in package.seen}
    texts = _text_differences(notebook, package, may_lack_text)
    steps = [
        _step(boundary, expected.get(boundary.step), found.get(boundary.step), texts)
        for boundary in boundaries
    ]
    steps.extend(_rest(expected.get(""), found.get(""), texts))
    return Comparison(
        steps=tuple(steps),
        notebook_failure=notebook.failure,
        package_failure=package.failure,
        # What ended early may have written less: that it did is told already.
        files=() if notebook.failure or package.failure else tuple(_files(notebook, package)),
    )


def _step(
    boundary: Boundary,
    expected: Seen | None,
    found: Seen | None,
    texts: Mapping[str, TextDifference],
) -> StepResult:
    if expected is None or found is None:
        return StepResult(step=boundary.step, cells=boundary.cells, outcome=Outcome.NOT_REACHED)
    values: list[Difference] = []
    unknown: list[str] = []
    compared = 0
    for name, local in boundary.names.items():
        if name not in expected.values and local not in found.values:
            continue
        node = expected.values.get(name)
        values += differences(name, node, found.values.get(local))
        if node is not None and "not_compared" in node:
            unknown.append(f"{name}: {node['not_compared']}")
            continue
        compared += 1
        unknown += [f"{name}{inside}" for inside in (node or {}).get("inside", ())]
    text = texts.get(boundary.step)
    figures = _figures(expected, found)
    differs = bool(values or text or figures)
    return StepResult(
        step=boundary.step,
        cells=boundary.cells,
        outcome=Outcome.DIFFERS if differs else Outcome.SAME,
        compared=compared,
        values=tuple(values),
        text=text,
        figures=figures,
        not_compared=tuple(unknown),
    )


def _rest(
    expected: Seen | None, found: Seen | None, texts: Mapping[str, TextDifference]
) -> Iterator[StepResult]:
    """What is printed and drawn before the first step counts to it; what follows the last, here."""
    if expected is None or found is None:
        return
    figures = _figures(expected, found)
    if "" in texts or figures:
        yield StepResult(
            step="", cells=(), outcome=Outcome.DIFFERS, text=texts.get(""), figures=figures
        )


# -- text --------------------------------------------------------------------------------------------


def _text_differences(
    notebook: Observation, package: Observation, may_lack_text: Collection[int]
) -> dict[str, TextDifference]:
    """The first line at which the texts part, for each step in which they do.

    Printed text is one stream: lines are matched over the whole of it, so that a line more or less in
    one step says nothing about the next.
    """
    one, other = list(_lines(notebook, may_lack_text)), list(_lines(package))
    if [line for _, _, line in one] == [line for _, _, line in other]:
        return {}
    reached = {s.step for s in package.seen} & {s.step for s in notebook.seen}
    matcher = difflib.SequenceMatcher(
        None, [line for _, _, line in one], [line for _, _, line in other], autojunk=False
    )
    found: dict[str, TextDifference] = {}
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        i = next((n for n in range(i, j) if one[n][1] not in may_lack_text), j)
        if i == j and k == m:
            continue
        step = one[i][0] if i < j else other[k][0]
        if step in reached and step not in found:
            found[step] = TextDifference(
                expected=one[i][2] if i < j else None,
                found=other[k][2] if k < m else None,
                cell=one[i][1] if i < j else 0,
            )
    return found


def _lines(run: Observation, apart: Collection[int] = ()) -> Iterator[tuple[str, int, str]]:
    """Step, cell and text of each printed line that says something.

    A line that one cell begins the next may end, but for the cells `apart`.
    """
    rest = ""
    at = ("", 0)
    for seen in run.seen:
        for cell, text in seen.printed:
            if not rest:
                at = (seen.step, cell)
            *whole, last = (rest + text).split("\n")
            for number, line in enumerate(whole):
                step, where = at if number == 0 else (seen.step, cell)
                if line.strip() and not _CLOCK.match(line):
                    yield step, where, _steady(line)
            if whole:
                at = (seen.step, cell)
            rest = last
            if cell in apart and rest:
                yield (*at, _steady(rest))
                rest = ""
    if rest.strip():
        yield (*at, _steady(rest))


def _steady(line: str) -> str:
    """A line without addresses, and with classes named as they are wherever they are defined."""
    # What a carriage return has written over is not to be seen.
    line = line.rstrip().rsplit("\r", 1)[-1].rstrip()
    return _CLASS_PATH.sub("<", _ADDRESS.sub("0x", line))


# -- pictures and files ------------------------------------------------------------------------------


def _figures(expected: Seen, found: Seen) -> tuple[str, ...]:
    """What differs in the pictures; each is named by a digest of its pixels."""
    one = [_content(name) for name in expected.figures]
    other = [_content(name) for name in found.figures]
    if len(one) != len(other):
        return (f"{len(one)} pictures in the notebook, {len(other)} in the package",)
    return tuple(
        f"picture {number} is another one"
        for number, (a, b) in enumerate(zip(one, other, strict=True), 1)
        if a != b
    )


def _content(name: str) -> str:
    return name.rpartition("-")[2]


def _files(notebook: Observation, package: Observation) -> Iterator[Difference]:
    for path in sorted({*notebook.files, *package.files}):
        one, other = notebook.files.get(path), package.files.get(path)
        if one != other:
            others = ", with other contents" if one and other else ""
            yield Difference(path=path, expected=_done(one), found=_done(other) + others)


def _done(digest: str | None) -> str:
    return "not written" if digest is None else "written" if digest else "removed"
