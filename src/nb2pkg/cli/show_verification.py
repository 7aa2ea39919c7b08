"""What does the terminal show after verify? Each step, and where it parts from the notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nb2pkg.cli.printable import one_line, width
from nb2pkg.cli.show_extraction import ranges, relative
from nb2pkg.cli.terminal import Style, Terminal

if TYPE_CHECKING:
    from nb2pkg.api.extracting import Verification
    from nb2pkg.verification import Difference, Failure, StepResult

_MARKS = {
    "same": ("same", "green"),
    "differs": ("differs", "red"),
    "not reached": ("not reached", "dim"),
}


def show_verification(verification: Verification, terminal: Terminal) -> None:
    """Show how a package compares with its notebook."""
    for line in _report(verification, terminal):
        terminal.out(line)


def _report(verification: Verification, terminal: Terminal) -> Iterator[str]:
    style = terminal.out_style
    comparison = verification.comparison
    first = comparison.first_difference
    what = (
        relative(verification.folder) + "/" if verification.folder else "what extract would write"
    )
    seconds = f"{verification.notebook_seconds:.1f} s and {verification.package_seconds:.1f} s"
    name = style(one_line(verification.notebook), "bold")
    yield f"{name} beside {style(one_line(what), 'bold')}  {style(seconds, 'dim')}"
    if verification.is_stale:
        yield style("the notebook has changed since this package was extracted", "yellow")
    yield ""
    longest = max((width(s.step or _AFTER) for s in comparison.steps), default=0)
    for result in comparison.steps:
        most = _EVERY if terminal.verbosity > 0 else _OF_THE_FIRST if result is first else 1
        yield from _step(result, verification, longest, most, style)
    for step, place in verification.order_of_sets:
        told = (
            f"{step}: {place} depends on the order of a set: it is another one in another process"
        )
        yield f"  {style(one_line(told), 'yellow')}"
    yield from _failures(verification, style)
    for difference in comparison.files:
        yield f"  {style('differs', 'red')}  file {one_line(difference.path)}"
        yield f"{_IN}notebook  {difference.expected}"
        yield f"{_IN}package   {difference.found}"
    yield from _explanations(verification, style)
    yield ""
    yield _verdict(verification, style)


_IN = "           "
# How many places of a step are shown: where they part, most of them; later ones follow from it.
_OF_THE_FIRST = 5
_EVERY = 1_000
_AFTER = "after the last step"


def _step(
    result: StepResult, verification: Verification, longest: int, most: int, style: Style
) -> Iterator[str]:
    """A step in a line, and below it at most `most` of the places in which its values differ."""
    mark, colour = _MARKS[result.outcome.value]
    name = one_line(result.step or _AFTER).ljust(longest)
    cells = (
        f"cell{'s' if len(result.cells) > 1 else ''} {ranges(result.cells)}" if result.cells else ""
    )
    count = f"{result.compared} value{'' if result.compared == 1 else 's'}"
    detail = ", ".join(part for part in (cells, count) if part)
    yield f"  {style(mark.ljust(11), colour)}  {style(name, 'cyan')}  {style(detail, 'dim')}"
    for difference in result.values[:most]:
        made_at = verification.made_at(result.step, difference.path)
        yield f"{_IN}{one_line(difference.path)}{style(made_at, 'dim')}"
        yield f"{_IN}  notebook  {one_line(difference.expected)}"
        yield f"{_IN}  package   {one_line(difference.found)}"
        if most > 1:
            yield from _elements(difference)
    if len(result.values) > most:
        yield f"{_IN}{style(f'and {len(result.values) - most} more places (-v)', 'dim')}"
    if result.text is not None:
        where = f" by cell {result.text.cell}" if result.text.cell else ""
        yield f"{_IN}text printed{where}"
        yield f"{_IN}  notebook  {_line(result.text.expected)}"
        yield f"{_IN}  package   {_line(result.text.found)}"
    for figure in result.figures:
        yield f"{_IN}{figure.told}"
    cause = dict(verification.unstable).get(result.step, "")
    for place in result.unstable:
        told = f"set apart, the notebook itself does not do it twice: {one_line(place)} ({cause})"
        yield f"{_IN}{style(told, 'yellow')}"
    for reason in result.not_compared:
        yield f"{_IN}{style(f'not compared: {one_line(reason)}', 'yellow')}"


def _elements(difference: Difference) -> Iterator[str]:
    """The first elements that differ, where they are known."""
    if difference.count is not None:
        count, of = difference.count
        yield f"{_IN}  {count} of {of} differ; the first:"
    for place, expected, found in difference.elements:
        yield f"{_IN}    {place}  {one_line(expected)} in the notebook, {one_line(found)} in the package"


def _line(text: str | None) -> str:
    return "(nothing)" if text is None else one_line(text)


def _failures(verification: Verification, style: Style) -> Iterator[str]:
    comparison = verification.comparison
    for who, failure in (
        ("notebook", comparison.notebook_failure),
        ("package", comparison.package_failure),
    ):
        if failure is not None:
            yield f"  {style('stopped', 'red')}      {_stopped(who, failure)}"


def _stopped(who: str, failure: Failure) -> str:
    where = f" in cell {failure.cell}" if failure.cell is not None else ""
    where += f" at {one_line(failure.place)}" if failure.place else ""
    after = f", after step {failure.after}" if failure.after else ""
    return f"the {who}{where}{after}: {one_line(failure.message)}"


def _explanations(verification: Verification, style: Style) -> Iterator[str]:
    told = dict.fromkeys(diagnostic for _, diagnostic in verification.explained)
    if told:
        yield ""
        yield style("what extract had to say of it", "bold")
    for diagnostic in told:
        cell = f"cell {diagnostic.location.cell}: " if diagnostic.location.cell else ""
        yield f"  {diagnostic.code}  {cell}{one_line(diagnostic.message)}"


def _verdict(verification: Verification, style: Style) -> str:
    comparison = verification.comparison
    outcome = verification.outcome.value
    if outcome == "same" and not verification.package:
        return style(
            "nothing is extracted, and nothing is missed: it only looks at values", "green"
        )
    if outcome == "same":
        count = sum(step.compared for step in comparison.steps)
        text = f"the package does what the notebook does: {count} values, text, pictures and files"
        return style(text, "green")
    if outcome == "not reached":
        return style("the notebook did not come to its end, so the rest is not known", "yellow")
    first = comparison.first_difference
    if first is None:
        return style("the package does not do what the notebook does", "red")
    return style(f"they part at {first.step or _AFTER}", "red")
