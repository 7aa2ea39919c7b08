"""nb2pkg check: list what stands between notebooks and packages."""

from __future__ import annotations

from collections import Counter

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.finding_formats import Report, as_github, as_json, as_sarif
from nb2pkg.cli.messages import message_text, short_text
from nb2pkg.cli.options import max_size_option, notebooks_argument, terminal_of, terminal_options
from nb2pkg.cli.printable import one_line
from nb2pkg.cli.settings import settings_for
from nb2pkg.cli.terminal import Terminal
from nb2pkg.problems import Nb2pkgError, Severity


@click.command("check")
@notebooks_argument
@click.option(
    "--output-format", type=click.Choice(["text", "json", "github", "sarif"]), default="text",
    help="text for people, github for annotations, json and sarif for tools.",
)  # fmt: skip
@click.option("--json", "wants_json", is_flag=True, help="The same as --output-format json.")
@max_size_option
@terminal_options
def command(
    notebooks: tuple[str, ...],
    output_format: str,
    wants_json: bool,
    max_size: int | None,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """List what stands between notebooks and packages; nothing is executed or written.

    Ends with 1 when there are warnings or errors, with 3 when a file is no notebook. What a code
    means, says: nb2pkg explain CODE.

    \b
    Examples:
      nb2pkg check *.ipynb
      nb2pkg check analysis.ipynb --output-format github
    """
    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    reports = [_check(notebook, max_size) for notebook in notebooks]
    if wants_json:
        output_format = "json"
    if output_format == "text":
        _show(reports, terminal)
    else:
        formats = {"json": as_json, "github": as_github, "sarif": as_sarif}
        text = formats[output_format](reports)
        if text:
            terminal.out(text)
    return exit_codes.worst(report.exit_code for report in reports)


def _check(notebook: str, max_size: int | None) -> Report:
    from nb2pkg.api import extracting

    try:
        settings = settings_for(notebook, max_size=max_size)
        report = extracting.check(
            notebook, max_bytes=settings.max_bytes, pure_calls=settings.pure_calls
        )
    except Nb2pkgError as error:
        return Report(notebook, error.findings, exit_codes.code_of(error))
    is_clean = all(f.severity is Severity.NOTE for f in report.findings)
    return Report(notebook, report.findings, exit_codes.OK if is_clean else exit_codes.NEGATIVE)


def _show(reports: list[Report], terminal: Terminal) -> None:
    style = terminal.out_style
    counts: Counter[Severity] = Counter()
    for report in reports:
        for finding in report.findings:
            counts[finding.severity] += 1
            if finding.severity is not Severity.NOTE or terminal.verbosity > 0:
                terminal.out(message_text(finding, report.notebook, style) + "\n")
            elif terminal.verbosity == 0:
                terminal.out(short_text(finding, report.notebook, style))
    if terminal.verbosity < 0:
        return
    terminal.flush()
    found = [
        f"{counts[severity]} {severity.value}{'s' if counts[severity] > 1 else ''}"
        for severity in Severity
        if counts[severity]
    ]
    where = one_line(reports[0].notebook) if len(reports) == 1 else f"{len(reports)} notebooks"
    err_style = terminal.err_style
    if counts[Severity.ERROR] or counts[Severity.WARNING]:
        terminal.err(f"{where}: found {', '.join(found)}")
    else:
        also = f" ({', '.join(found)})" if found else ""
        terminal.err(f"{where}: {err_style('ready to extract', 'green')}{also}")
