"""Step by step: is what the package did what the notebook did?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import zip_longest

from nb2pkg.verification.boundaries import Boundary
from nb2pkg.verification.differences import EXACT, Difference, Tolerance, differences
from nb2pkg.verification.observation import Failure, Figure, Observation, Seen
from nb2pkg.verification.printed import Line, printed_lines
from nb2pkg.verification.stability import Unstable, fits


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
class FigureDifference:
    """A picture that is another one, or that one side does not show.

    share: how much of it is another one; None where that is not known, or the size is another one
    """

    told: str
    expected: Figure | None
    found: Figure | None
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """How one step compares.

    compared: how many values; not_compared: what no digest could say anything about, with the reason
    unstable: what the notebook itself does not do twice, and so was not held against the package
    """

    step: str
    cells: tuple[int, ...]
    outcome: Outcome
    compared: int = 0
    values: tuple[Difference, ...] = ()
    text: TextDifference | None = None
    figures: tuple[FigureDifference, ...] = ()
    not_compared: tuple[str, ...] = ()
    unstable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a whole run compares; `steps` are in the package's order."""

    steps: tuple[StepResult, ...]
    notebook_failure: Failure | None = None
    package_failure: Failure | None = None
    files: tuple[Difference, ...] = ()
    unstable_files: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What may be missing in the package because it was left out, as extract has said.

    text: cells of which parts were left out that print; figures: those of which parts may have drawn
    """

    text: frozenset[int] = frozenset()
    figures: frozenset[int] = frozenset()


def compare(
    notebook: Observation,
    package: Observation,
    boundaries: Sequence[Boundary],
    allowance: Allowance | None = None,
    unstable: Unstable | None = None,
    tolerance: Tolerance = EXACT,
) -> Comparison:
    """Compare the two runs at every boundary that both have reached."""
    return _Comparing(
        notebook, package, boundaries, allowance or Allowance(), unstable or Unstable(), tolerance
    ).done()


def with_shares(
    comparison: Comparison, shares: Mapping[tuple[str, str], float | None], tolerance: Tolerance
) -> Comparison:
    """The comparison once it is known how much of each picture is another one, by the pairs' files.

    Pictures of which no more than `tolerance.pixels` is another one are the same.
    """
    steps = []
    for step in comparison.steps:
        figures = tuple(_measured(step.figures, shares, tolerance))
        is_same = not (step.values or step.text or figures)
        outcome = Outcome.SAME if step.figures and is_same else step.outcome
        steps.append(replace(step, figures=figures, outcome=outcome))
    return replace(
        comparison, steps=tuple(s for s in steps if s.step or s.outcome is not Outcome.SAME)
    )


def _measured(
    figures: Sequence[FigureDifference],
    shares: Mapping[tuple[str, str], float | None],
    tolerance: Tolerance,
) -> Iterator[FigureDifference]:
    for figure in figures:
        if figure.expected is None or figure.found is None:
            yield figure
            continue
        share = shares.get((figure.expected.file, figure.found.file))
        if share is None:
            yield figure
        elif share > tolerance.pixels:
            told = f"{figure.told}: {max(share, 0.0001):.2%} of its pixels"
            yield replace(figure, told=told, share=share)


@dataclass(frozen=True, slots=True)
class _Comparing:
    notebook: Observation
    package: Observation
    boundaries: Sequence[Boundary]
    allowance: Allowance
    unstable: Unstable
    tolerance: Tolerance

    def done(self) -> Comparison:
        expected = {s.step: s for s in self.notebook.seen}
        found = {s.step: s for s in self.package.seen}
        texts = self._text_differences()
        steps = [
            self._step(b, expected.get(b.step), found.get(b.step), texts) for b in self.boundaries
        ]
        steps.extend(self._rest(expected.get(""), found.get(""), texts))
        # What ended early may have written less: that it did is told already.
        is_whole = not (self.notebook.failure or self.package.failure)
        return Comparison(
            steps=tuple(steps),
            notebook_failure=self.notebook.failure,
            package_failure=self.package.failure,
            files=tuple(self._files()) if is_whole else (),
            unstable_files=tuple(sorted(self.unstable.files)),
        )

    def _step(
        self,
        boundary: Boundary,
        expected: Seen | None,
        found: Seen | None,
        texts: Mapping[str, TextDifference],
    ) -> StepResult:
        step = boundary.step
        if expected is None or found is None:
            return StepResult(step=step, cells=boundary.cells, outcome=Outcome.NOT_REACHED)
        values: list[Difference] = []
        unknown: list[str] = []
        compared = 0
        for name, local in boundary.names.items():
            node, other = expected.values.get(name), found.values.get(local)
            if node is None and other is None:
                continue
            for difference in differences(name, node, other, tolerance=self.tolerance):
                if self.unstable.has_value(step, difference.path):
                    continue
                if difference.is_kept_look:
                    unknown.append(f"{difference.path}: only one side has looked")
                else:
                    values.append(difference)
            if node is not None and "not_compared" in node:
                unknown.append(f"{name}: {node['not_compared']}")
                continue
            compared += 1
            unknown += [f"{name}{inside}" for inside in (node or {}).get("inside", ())]
        figures = () if step in self.unstable.figures else self._figures(expected, found)
        differs = bool(values or step in texts or figures)
        return StepResult(
            step=step,
            cells=boundary.cells,
            outcome=Outcome.DIFFERS if differs else Outcome.SAME,
            compared=compared,
            values=tuple(values),
            text=texts.get(step),
            figures=figures,
            not_compared=tuple(unknown),
            unstable=self.unstable.places(step),
        )

    def _rest(
        self, expected: Seen | None, found: Seen | None, texts: Mapping[str, TextDifference]
    ) -> Iterator[StepResult]:
        """What is printed and drawn before the first step counts to it; what follows the last, here."""
        if expected is None or found is None or self.notebook.failure or self.package.failure:
            return
        figures = () if "" in self.unstable.figures else self._figures(expected, found)
        if "" in texts or figures:
            yield StepResult(
                step="", cells=(), outcome=Outcome.DIFFERS, text=texts.get(""), figures=figures
            )

    # -- text ------------------------------------------------------------------------------------

    def _text_differences(self) -> dict[str, TextDifference]:
        """The first line at which the texts part, for each step in which they do.

        Printed text is one stream: lines are matched over the whole of it, so that a line more or
        less in one step says nothing about the next.
        """
        one = list(printed_lines(self.notebook, self.allowance.text))
        other = list(printed_lines(self.package))
        found: dict[str, TextDifference] = {}
        if [line.text for line in one] == [line.text for line in other]:
            return found
        reached = {s.step for s in self.package.seen} & {s.step for s in self.notebook.seen}
        for i, j, k, m in _unequal(one, other):
            lines, others = list(range(i, j)), list(range(k, m))
            if self._fit(one, lines, other, others):
                continue
            kept = [n for n in lines if one[n].cell not in self.allowance.text]
            if not kept and not others:
                continue
            step = one[kept[0]].step if kept else other[k].step
            if step in reached and step not in found:
                found[step] = TextDifference(
                    expected=one[kept[0]].text if kept else None,
                    found=other[k].text if others else None,
                    cell=one[kept[0]].cell if kept else 0,
                )
        return found

    def _fit(
        self, one: Sequence[Line], lines: list[int], other: Sequence[Line], others: list[int]
    ) -> bool:
        """Whether all that differs here is what differs between runs of the notebook, too."""
        known, loose = self.unstable.words, self.unstable.loose
        if loose and any(n in loose for n in (*lines, *([lines[0] - 1] if lines else []))):
            return True
        if not lines:
            return bool(loose) and any(
                one[n].step == other[others[0]].step for n in loose if n < len(one)
            )
        return len(lines) == len(others) and all(
            n in known and fits(other[k].text, known[n]) for n, k in zip(lines, others, strict=True)
        )

    # -- pictures and files ----------------------------------------------------------------------

    def _figures(self, expected: Seen, found: Seen) -> tuple[FigureDifference, ...]:
        """What differs in the pictures, that was not left out."""
        one = [f.content for f in expected.figures]
        other = [f.content for f in found.figures]
        told: list[FigureDifference] = []
        matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
        for kind, i, j, k, m in matcher.get_opcodes():
            if kind == "equal":
                continue
            kept = [f for f in expected.figures[i:j] if f.cell not in self.allowance.figures]
            told += _told(kept, found.figures[k:m], i + 1)
        return tuple(told)

    def _files(self) -> Iterator[Difference]:
        ours, theirs = self.notebook.files, self.package.files
        for path in sorted({*ours, *theirs} - self.unstable.files):
            one, other = ours.get(path), theirs.get(path)
            if one != other:
                others = ", with other contents" if one and other else ""
                yield Difference(path=path, expected=_done(one), found=_done(other) + others)


def _unequal(one: Sequence[Line], other: Sequence[Line]) -> Iterator[tuple[int, int, int, int]]:
    matcher = difflib.SequenceMatcher(
        None, [line.text for line in one], [line.text for line in other], autojunk=False
    )
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield i, j, k, m


def _told(
    expected: Sequence[Figure], found: Sequence[Figure], first: int
) -> Iterator[FigureDifference]:
    for number, (one, other) in enumerate(zip_longest(expected, found), first):
        of_cell = f" of cell {one.cell}" if one is not None and one.cell else ""
        if other is None:
            told = f"a picture{of_cell} is missing in the package"
        elif one is None:
            told = "the package shows a picture that the notebook does not"
        else:
            told = f"picture {number}{of_cell} is another one"
        yield FigureDifference(told=told, expected=one, found=other)


def _done(digest: str | None) -> str:
    return "not written" if digest is None else "written" if digest else "removed"
