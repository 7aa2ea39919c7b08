"""nb2pkg run: run a pipeline, or a single notebook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION, stop_json
from nb2pkg.cli.durations import Duration
from nb2pkg.cli.messages import show_stop
from nb2pkg.cli.options import terminal_of, terminal_options
from nb2pkg.cli.parameter_words import RunLikeCommand, texts_of, values_of_files
from nb2pkg.problems import Nb2pkgError, UsageError

if TYPE_CHECKING:
    from nb2pkg.api.running import RunOptions, RunResult
    from nb2pkg.cli.terminal import Terminal

_SIGNALLED = 128


@click.command("run", cls=RunLikeCommand)
@click.argument("target", metavar="[TARGET]", default=".")
@click.argument("output_notebook", metavar="[OUTPUT]", required=False)
@click.option("-p", "--parameter", "--parameters", "pairs", multiple=True, metavar="NAME=VALUE",
              help="Set a parameter; its value is read as the type that is declared.")  # fmt: skip
@click.option("-r", "--raw", "--parameters_raw", "raw", multiple=True, metavar="NAME=TEXT",
              help="The same, for papermill's sake.")  # fmt: skip
@click.option("-f", "--parameters-file", "--parameters_file", "files", multiple=True, metavar="FILE",
              help="Read parameters from a YAML or JSON file.")  # fmt: skip
@click.option("-y", "--parameters-yaml", "--parameters_yaml", "yaml_texts", multiple=True, metavar="YAML",
              help="Read parameters from YAML text.")  # fmt: skip
@click.option("-o", "--output", metavar="PATH",
              help="Where the executed notebook goes, a folder for those of a pipeline; may have {parameter}s.")  # fmt: skip
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, metavar="N", show_default=True,
              help="Run up to N steps at once.")  # fmt: skip
@click.option("--force", is_flag=True, help="Run every step, whatever ran before.")
@click.option("--only", multiple=True, metavar="STEP", help="Only this step and what it needs.")
@click.option(
    "--from", "start", multiple=True, metavar="STEP", help="Run this step and all after it anew."
)
@click.option("--keep-going", is_flag=True, help="After a failure, run what does not build on it.")
@click.option("--resume", metavar="RUN", help="Go on from a run that did not reach its end.")
@click.option(
    "-n", "--dry-run", is_flag=True, help="Say which steps would run, and why; run nothing."
)
@click.option(
    "--timeout", type=Duration(), metavar="TIME", help="The most time for a step, such as 30m."
)
@click.option("--cell-timeout", "--execution-timeout", type=Duration(), metavar="TIME",
              help="The most time for a cell.")  # fmt: skip
@click.option("--start-timeout", "--start_timeout", type=Duration(), default=60.0, metavar="TIME",
              help="The most time for a kernel to start (default 60 s).")  # fmt: skip
@click.option("-k", "--kernel", metavar="NAME", help="The kernel for notebooks.")
@click.option(
    "--python", metavar="PATH", help="The Python that steps run on (default: the kernel's)."
)
@click.option("--cwd", metavar="DIR", help="The folder that steps run in.")
@click.option("--warm/--no-warm", default=None,
              help="Start steps from a process that has done the imports (default: on Linux).")  # fmt: skip
@click.option("--wait", is_flag=True, help="Wait for another run that writes the same output.")
@click.option("--report-mode/--no-report-mode", default=False, help="Hide the code in the output.")
@click.option(
    "--prepare-only", is_flag=True, help="Write the notebook with its parameters; run nothing."
)
@click.option("--log-output/--no-log-output", default=False, help="Show what steps print.")
@click.option("--progress-bar/--no-progress-bar", default=True, help="Show how far it is.")
@click.option(
    "--mlflow", metavar="URI", help="Log the run to MLflow, at a tracking URI or in a folder."
)
@click.option(
    "--mlflow-experiment", metavar="NAME", help="The experiment (default: the pipeline's name)."
)
@click.option("--lineage", metavar="FILE", help="Send OpenLineage events to a file or an address.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
@click.option("--json-lines", is_flag=True, help="Print a JSON object for each thing that happens.")
@terminal_options
def command(
    target: str,
    output_notebook: str | None,
    pairs: tuple[str, ...],
    raw: tuple[str, ...],
    files: tuple[str, ...],
    yaml_texts: tuple[str, ...],
    output: str | None,
    dry_run: bool,
    log_output: bool,
    progress_bar: bool,
    as_json: bool,
    json_lines: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
    **more: Any,
) -> int:
    """Run a pipeline, or a single notebook.

    TARGET is a pipeline.yaml, a folder with one, a package that `extract` wrote, or a notebook. Steps
    that ran on the same code, parameters, data and packages before are not run again. Exit 0: it reached
    its end, 1: a step did not succeed, 130 or 143: it was stopped.

    \b
    Examples:
      nb2pkg run churn -p test_size=0.3 -j 2
      nb2pkg run churn --dry-run
      nb2pkg run report.ipynb -p region=EU -o out.ipynb
      nb2pkg run churn --resume last
    """
    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    try:
        from nb2pkg.api import running

        if output is not None and output_notebook is not None:
            raise UsageError("NB011", "the output is given twice")
        options = _options(more, output or output_notebook, log_output or verbose)
        values = values_of_files(files, yaml_texts)
        texts = texts_of(pairs, raw)
        if dry_run:
            return _plan(target, values, options, texts, terminal, as_json=as_json)
        result = _watched(
            target, values, options, texts, terminal, is_shown=progress_bar, json_lines=json_lines,
            tells=not as_json,
        )  # fmt: skip
        code = _exit_code(result)
        if as_json:
            from nb2pkg.cli.run_json import run_json

            answer = {
                "schema_version": SCHEMA_VERSION,
                **run_json(result.record),
                "exit_code": code,
            }
            terminal.out(json.dumps({**answer, "outputs": dict(result.outputs)}, indent=2))
        elif not json_lines:
            from nb2pkg.cli.show_run import show_result

            show_result(result, terminal)
        del running
        return code
    except Nb2pkgError as error:
        code = exit_codes.code_of(error)
        if as_json:
            terminal.out(json.dumps(stop_json(target, error, code), indent=2))
        else:
            show_stop(error, error.notebook or target, terminal)
        return code


def _options(more: dict[str, Any], output: str | None, tells_lines: bool) -> RunOptions:
    from nb2pkg.api.running import RunOptions

    return RunOptions(
        jobs=more["jobs"],
        force=more["force"],
        only=more["only"],
        start=more["start"],
        keeps_going=more["keep_going"],
        resume=more["resume"],
        output=output,
        root=more["cwd"],
        python=more["python"],
        kernel=more["kernel"],
        warm=more["warm"],
        waits=more["wait"],
        report_mode=more["report_mode"],
        prepare_only=more["prepare_only"],
        start_timeout_seconds=more["start_timeout"],
        cell_timeout_seconds=more["cell_timeout"],
        timeout_seconds=more["timeout"],
        tells_lines=tells_lines,
        mlflow=more["mlflow"],
        mlflow_experiment=more["mlflow_experiment"],
        lineage=more["lineage"],
    )


def _plan(
    target: str, values: Any, options: RunOptions, texts: Any, terminal: Terminal, *, as_json: bool
) -> int:
    from nb2pkg.api import running

    planned = running.plan(target, values, options, texts=texts)
    if as_json:
        steps = [{"name": s.name, "fate": s.fate, "why": s.why} for s in planned.steps]
        answer = {
            "schema_version": SCHEMA_VERSION,
            "pipeline": planned.pipeline,
            "parameters": dict(planned.parameters),
            "steps": steps,
        }
        terminal.out(json.dumps(answer, indent=2))
    else:
        from nb2pkg.cli.show_run import show_plan

        show_plan(planned, terminal)
    return exit_codes.OK


def _watched(
    target: str,
    values: Any,
    options: RunOptions,
    texts: Any,
    terminal: Terminal,
    *,
    is_shown: bool,
    json_lines: bool,
    tells: bool,
) -> RunResult:
    from nb2pkg.api import running
    from nb2pkg.cli.run_display import progress_for

    with progress_for(
        terminal,
        is_shown=is_shown,
        json_lines=json_lines,
        tells_lines=options.tells_lines and tells,
    ) as listen:
        return running.run(target, values, options, texts=texts, listen=listen)


def _exit_code(result: RunResult) -> int:
    from nb2pkg.api.running import RunStatus

    status = result.record.status
    if status is RunStatus.SUCCEEDED:
        return exit_codes.OK
    if status is RunStatus.CANCELLED:
        number = result.record.message.rpartition(" ")[2]
        return _SIGNALLED + int(number) if number.isdigit() else exit_codes.INTERRUPTED
    # The record says nothing of its end: others have taken it for dead, or the store is away.
    return exit_codes.ENVIRONMENT if status is RunStatus.CRASHED else exit_codes.NEGATIVE
