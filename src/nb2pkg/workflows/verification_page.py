"""How does a verification read as a page of its own? Nothing is loaded and nothing runs in it."""

from __future__ import annotations

import base64
import os.path
from collections.abc import Iterator
from html import escape

from nb2pkg.verification import Difference, Failure, Figure, Outcome, StepResult
from nb2pkg.workflows.graph_text import visible
from nb2pkg.workflows.verifying import Verification

_STYLE = """
  body { font: 15px/1.5 ui-sans-serif, system-ui, sans-serif; color: #1f2937; background: #fff;
    max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; }
  code, td.value { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
  table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
  th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid #e5e7eb; }
  th { color: #6b7280; font-weight: 500; }
  .same { color: #047857; } .differs { color: #b91c1c; } .open { color: #92400e; }
  .quiet { color: #6b7280; }
  figure { display: inline-block; margin: .5rem 1rem .5rem 0; } figcaption { color: #6b7280; }
  img { max-width: 27rem; border: 1px solid #e5e7eb; background: #fff; }
  @media (prefers-color-scheme: dark) {
    body { color: #e5e7eb; background: #111827; } th, td { border-color: #374151; }
    .same { color: #34d399; } .differs { color: #f87171; } .open { color: #fbbf24; }
    .quiet, th, figcaption { color: #9ca3af; }
  }
"""
_CLASSES = {Outcome.SAME: "same", Outcome.DIFFERS: "differs", Outcome.NOT_REACHED: "open"}
_VERDICTS = {
    Outcome.SAME: "The package does what the notebook does.",
    Outcome.DIFFERS: "The package does not do what the notebook does.",
    Outcome.NOT_REACHED: "The notebook did not come to its end, so the rest is not known.",
}


def verification_page(verification: Verification) -> str:
    """Give the page."""
    title = f"{_text(os.path.basename(verification.notebook))}, verified"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'; img-src data:\">",
            '<meta name="viewport" content="width=device-width">',
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>",
            *_summary(verification),
            *(
                part
                for step in verification.comparison.steps
                for part in _details(step, verification)
            ),
            *_files(verification),
            *_said(verification),
            "</body>\n</html>\n",
        ]
    )


def _summary(verification: Verification) -> Iterator[str]:
    comparison = verification.comparison
    outcome = verification.outcome
    yield f'<p class="{_CLASSES[outcome]}"><strong>{_VERDICTS[outcome]}</strong></p>'
    where = verification.folder or "what extract would write"
    yield (
        f'<p class="quiet">Package <code>{_text(verification.package)}</code> ({_text(where)}), Python: '
        f"{_text(verification.python)}. The notebook took {verification.notebook_seconds:.1f} s, the "
        f"package {verification.package_seconds:.1f} s.</p>"
    )
    if verification.is_stale:
        yield '<p class="open">The notebook has changed since this package was extracted.</p>'
    for who, failure in (
        ("notebook", comparison.notebook_failure),
        ("package", comparison.package_failure),
    ):
        if failure is not None:
            yield _failure(who, failure)
    for name, place in verification.order_of_sets:
        yield (
            f'<p class="open">{_text(name)}: <code>{_text(place)}</code> depends on the order of a set: it '
            "is another one in another process.</p>"
        )
    yield "<table>\n<tr><th>step</th><th>cells</th><th>values</th><th></th></tr>"
    for step in comparison.steps:
        yield (
            f"<tr><td>{_name(step)}</td><td>{', '.join(map(str, step.cells))}</td>"
            f'<td>{step.compared}</td><td class="{_CLASSES[step.outcome]}">{step.outcome.value}</td></tr>'
        )
    yield "</table>"


def _failure(who: str, failure: Failure) -> str:
    where = f" in cell {failure.cell}" if failure.cell is not None else ""
    where += f" at {failure.place}" if failure.place else ""
    after = f", after step {failure.after}" if failure.after else ""
    return f'<p class="differs">The {who} stopped{_text(where + after)}: <code>{_text(failure.message)}</code></p>'


def _details(step: StepResult, verification: Verification) -> Iterator[str]:
    if not (step.values or step.text or step.figures or step.unstable or step.not_compared):
        return
    yield f"<h2>{_name(step)}</h2>"
    if step.values:
        yield "<table>\n<tr><th>place</th><th>in the notebook</th><th>in the package</th></tr>"
        for difference in step.values:
            yield from _rows(difference, verification.made_at(step.step, difference.path))
        yield "</table>"
    if step.text is not None:
        cell = f" by cell {step.text.cell}" if step.text.cell else ""
        yield f"<p>Printed text parts{cell}:</p>\n<table>"
        for who, line in (("notebook", step.text.expected), ("package", step.text.found)):
            shown = '<span class="quiet">nothing</span>' if line is None else _text(line)
            yield f'<tr><th>{who}</th><td class="value">{shown}</td></tr>'
        yield "</table>"
    for figure in step.figures:
        yield f"<p>{_text(figure.told)}</p>"
        yield _picture("notebook", figure.expected, verification)
        yield _picture("package", figure.found, verification)
    causes = dict(verification.unstable)
    for place in step.unstable:
        yield (
            f'<p class="open">Set apart: <code>{_text(place)}</code>; the notebook itself does not do it '
            f"twice ({_text(causes.get(step.step, ''))}).</p>"
        )
    for reason in step.not_compared:
        yield f'<p class="open">Not compared: {_text(reason)}</p>'


def _rows(difference: Difference, made_at: str) -> Iterator[str]:
    yield _row(difference.path + made_at, difference.expected, difference.found)
    if difference.count is not None:
        count, of = difference.count
        yield f'<tr><td colspan="3" class="quiet">{count} of {of} elements differ; the first:</td></tr>'
    for element in difference.elements:
        yield _row(*element)


def _row(*texts: str) -> str:
    cells = (f'<td class="value">{_text(text)}</td>' for text in texts)
    return f"<tr>{''.join(cells)}</tr>"


def _picture(who: str, figure: Figure | None, verification: Verification) -> str:
    if figure is None or figure.file not in verification.pictures:
        return ""
    data = base64.b64encode(verification.pictures[figure.file]).decode()
    return (
        f'<figure><img alt="the picture of the {who}" src="data:image/png;base64,{data}">'
        f"<figcaption>{who}</figcaption></figure>"
    )


def _files(verification: Verification) -> Iterator[str]:
    files = verification.comparison.files
    if files:
        yield "<h2>Files</h2>\n<table>\n<tr><th>file</th><th>by the notebook</th><th>by the package</th></tr>"
        yield from (_row(d.path, d.expected, d.found) for d in files)
        yield "</table>"
    for path in verification.comparison.unstable_files:
        yield (
            f'<p class="open">Set apart: file <code>{_text(path)}</code>; the notebook itself writes '
            "another one each time.</p>"
        )


def _said(verification: Verification) -> Iterator[str]:
    told = dict.fromkeys(diagnostic for _, diagnostic in verification.explained)
    if told:
        yield "<h2>What extract had to say of it</h2>\n<ul>"
    for diagnostic in told:
        cell = f"cell {diagnostic.location.cell}: " if diagnostic.location.cell else ""
        yield f"<li><code>{diagnostic.code}</code> {_text(cell + diagnostic.message)}</li>"
    if told:
        yield "</ul>"


def _name(step: StepResult) -> str:
    return _text(step.step) if step.step else "after the last step"


def _text(text: str) -> str:
    return escape(visible(text))
