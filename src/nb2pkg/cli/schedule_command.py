"""nb2pkg schedule: have pipelines and notebooks run by themselves."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION
from nb2pkg.cli.durations import Duration
from nb2pkg.cli.options import terminal_of, terminal_options
from nb2pkg.cli.parameter_words import RunLikeCommand, texts_of, values_of_files
from nb2pkg.cli.schedule_service_commands import install, serve, uninstall

if TYPE_CHECKING:
    from nb2pkg.cli.terminal import Terminal

_LONGEST_PREVIEW = 1000
_COUNT = click.IntRange(min=0, max=_LONGEST_PREVIEW)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group("schedule")
def command() -> None:
    """Have pipelines and notebooks run by themselves.

    \b
    Examples:
      nb2pkg schedule add churn --cron "0 2 * * *" --tz Europe/Stockholm
      nb2pkg schedule list
      nb2pkg schedule install
    """


@command.command("add", cls=RunLikeCommand)
@click.argument("target", metavar="TARGET")
@click.option("--cron", required=True, metavar="TIMES",
              help="When: five fields as in a crontab, @daily, or words such as 'weekdays at 07:30'.")  # fmt: skip
@click.option("--tz", "timezone", metavar="ZONE", help="The zone that is meant: Europe/Stockholm, UTC.")  # fmt: skip
@click.option("--name", metavar="NAME", help="What to call it (default: the target's name).")
@click.option("-p", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE",
              help="Set a parameter of its runs.")  # fmt: skip
@click.option("-f", "--parameters-file", "files", multiple=True, metavar="FILE",
              help="Read parameters from a YAML or JSON file, now.")  # fmt: skip
@click.option("--overlap", type=click.Choice(["skip", "queue", "allow", "cancel-old"]), default="skip",
              show_default=True, help="What to do when the run before has not ended.")  # fmt: skip
@click.option("--catch-up", type=click.Choice(["latest", "all", "none"]), default="latest",
              show_default=True, help="Which runs to make up for that were missed.")  # fmt: skip
@click.option("--retries", type=click.IntRange(min=0, max=100), default=0, metavar="N", show_default=True,
              help="Try a run that failed or crashed again, up to N times.")  # fmt: skip
@click.option("--jitter", type=Duration(), default=None, metavar="TIME",
              help="Begin up to so much later, by chance.")  # fmt: skip
@click.option("--grace", type=Duration(), default=None, metavar="TIME",
              help="Count as missed what cannot begin within this time (default: begin however late).")  # fmt: skip
@click.option("-o", "--output", metavar="PATH",
              help="Where executed notebooks go; may have {parameter}s and {pm[current_datetime_utc]:%Y-%m-%d}.")  # fmt: skip
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, metavar="N", show_default=True,
              help="Run up to N steps of a run at once.")  # fmt: skip
@click.option("--timeout", type=Duration(), metavar="TIME", help="The most time for a step, such as 30m.")  # fmt: skip
@click.option("-k", "--kernel", metavar="NAME", help="The kernel for notebooks.")
@click.option("--python", metavar="PATH", help="The Python that steps run on.")
@click.option("--notify-command", metavar="COMMAND", help="A program that is told when a run fails, recovers or is missed.")  # fmt: skip
@click.option("--notify-webhook", metavar="URL", help="An address that is told, or $VARIABLE that holds it.")  # fmt: skip
@click.option("--notify-email", "emails", multiple=True, metavar="ADDRESS", help="Somebody who is told by e-mail.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Change the schedule of that name.")
@click.option("-n", "--dry-run", is_flag=True, help="Show when it would run; keep nothing.")
@json_option
@terminal_options
def add(
    target: str,
    cron: str,
    timezone: str | None,
    name: str | None,
    pairs: tuple[str, ...],
    files: tuple[str, ...],
    replace: bool,
    dry_run: bool,
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
    **more: Any,
) -> int:
    """Have TARGET run by itself.

    TARGET is what `nb2pkg run` takes: a pipeline, a folder with one, a package, or a notebook. It runs as
    the user who adds it, as long as a daemon does: see `nb2pkg schedule install`.

    \b
    Examples:
      nb2pkg schedule add churn --cron "0 2 * * *" --tz Europe/Stockholm
      nb2pkg schedule add report.ipynb --cron "weekdays at 07:30" --tz UTC -p region=EU
    """
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import scheduled_json
    from nb2pkg.cli.show_schedules import show_paused, show_scheduled, show_without_daemon

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    command_words = more["notify_command"]
    webhook = more["notify_webhook"]
    wanted = scheduling.Wanted(
        cron=cron,
        timezone=timezone,
        name=name,
        overlap=more["overlap"],
        catch_up=more["catch_up"],
        retries=more["retries"],
        jitter_seconds=more["jitter"] or 0.0,
        grace_seconds=more["grace"],
        options=scheduling.JobOptions(
            jobs=more["jobs"],
            output=more["output"],
            timeout_seconds=more["timeout"],
            kernel=more["kernel"],
            python=more["python"],
        ),
        notify_command=(command_words,) if command_words is not None else (),
        notify_webhooks=(webhook,) if webhook is not None else (),
        notify_emails=more["emails"],
    )
    values = values_of_files(files, ())
    scheduled = scheduling.add_schedule(
        target, wanted, values, texts=texts_of(pairs, ()), replaces=replace, is_only_shown=dry_run
    )
    if as_json:
        _print({"schedule": scheduled_json(scheduled), "is_kept": not dry_run}, terminal)
        return exit_codes.OK
    show_scheduled(scheduled, terminal, is_kept=not dry_run)
    if scheduled.change == "changed" and scheduling.schedule(scheduled.job.name, 0).state.is_paused:
        show_paused(scheduled.job.name, terminal)
    if not dry_run and not scheduling.daemons():
        show_without_daemon(terminal)
    return exit_codes.OK


@command.command("sync")
@click.argument("target", metavar="[TARGET]", default=".")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would change; keep nothing.")
@json_option
@terminal_options
def sync(
    target: str, dry_run: bool, as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Keep the schedules that a pipeline's own file names.

    New ones are added, others changed, and those that are gone from the file removed.
    """
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import scheduled_json
    from nb2pkg.cli.show_schedules import show_synced, show_without_daemon

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    found = scheduling.sync_schedules(target, is_only_shown=dry_run)
    if as_json:
        _print(
            {"schedules": [scheduled_json(one) for one in found], "is_kept": not dry_run}, terminal
        )
        return exit_codes.OK
    show_synced(found, target, terminal, is_kept=not dry_run)
    if found and not dry_run and not scheduling.daemons():
        show_without_daemon(terminal)
    return exit_codes.OK


@command.command("list")
@json_option
@terminal_options
def list_schedules(as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """List schedules: the next run, the last ones, and how late."""
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import daemon_json, view_json
    from nb2pkg.cli.show_schedules import show_list, show_without_daemon

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    views = scheduling.schedules()
    alive = scheduling.daemons()
    if as_json:
        answer = {
            "schedules": [view_json(view) for view in views],
            "daemons": [daemon_json(one) for one in alive],
        }
        _print(answer, terminal)
        return exit_codes.OK
    show_list(views, terminal)
    if views and not alive:
        show_without_daemon(terminal)
    return exit_codes.OK


@command.command("show")
@click.argument("name", metavar="NAME")
@click.option("--next", "count", type=_COUNT, default=5, show_default=True, metavar="N",
              help="The next N times.")  # fmt: skip
@json_option
@terminal_options
def show(
    name: str, count: int, as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Show a schedule: what it runs, when, and what became of it."""
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import moment_json, view_json
    from nb2pkg.cli.show_schedules import show_schedule

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    view = scheduling.schedule(name)
    dues = () if view.state.is_paused else scheduling.next_dues(view.state.job.timing, count)
    if as_json:
        _print({**view_json(view), "next": [moment_json(due) for due in dues]}, terminal)
    else:
        show_schedule(view, dues, terminal)
    return exit_codes.OK


@command.command("history")
@click.argument("name", metavar="NAME")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
              help="At most N, the newest.")  # fmt: skip
@json_option
@terminal_options
def history(
    name: str, limit: int, as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """List what became of each time that a schedule was due, newest first."""
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import tick_json
    from nb2pkg.cli.show_schedules import show_history

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    ticks = scheduling.schedule_history(name, limit)
    if as_json:
        _print({"schedule": name, "ticks": [tick_json(tick) for tick in ticks]}, terminal)
    else:
        show_history(ticks, scheduling.schedule(name, 0).state.job.timing.timezone, terminal)
    return exit_codes.OK


@command.command("pause")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@json_option
@terminal_options
def pause(
    names: tuple[str, ...], as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Have schedules start nothing more; what runs goes on."""
    from nb2pkg.api import scheduling

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    changed = scheduling.pause_schedules(names)
    words = {True: "is paused", False: "is paused already"}
    _tell_changed(changed, words, terminal, is_paused=True, as_json=as_json)
    return exit_codes.OK


@command.command("resume")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@json_option
@terminal_options
def resume(
    names: tuple[str, ...], as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Have paused schedules go on; what was due in between is not made up for."""
    from nb2pkg.api import scheduling

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    changed = scheduling.resume_schedules(names)
    words = {True: "goes on", False: "is not paused"}
    _tell_changed(changed, words, terminal, is_paused=False, as_json=as_json)
    return exit_codes.OK


@command.command("remove")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@json_option
@terminal_options
def remove(
    names: tuple[str, ...], as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Forget schedules and their histories; the records of their runs stay."""
    from nb2pkg.api import scheduling

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    removed = list(dict.fromkeys(names))
    scheduling.remove_schedules(removed)
    if as_json:
        _print({"removed": removed}, terminal)
        return exit_codes.OK
    for name in removed:
        _say(terminal, f"{name} is removed")
    return exit_codes.OK


@command.command("trigger")
@click.argument("name", metavar="NAME")
@json_option
@terminal_options
def trigger(name: str, as_json: bool, color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """Have a schedule run once, now."""
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import tick_json
    from nb2pkg.cli.show_schedules import show_without_daemon

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    tick = scheduling.trigger_schedule(name)
    if as_json:
        _print({"schedule": name, "tick": tick_json(tick)}, terminal)
        return exit_codes.OK
    _say(terminal, f"a run of {name} is asked for; see: nb2pkg schedule history {name}")
    if not scheduling.daemons():
        show_without_daemon(terminal)
    return exit_codes.OK


@command.command("preview")
@click.argument("cron", metavar="TIMES")
@click.option("--tz", "timezone", metavar="ZONE", help="The zone that is meant.")
@click.option("-n", "--count", type=_COUNT, default=10, show_default=True, metavar="N",
              help="The next N times.")  # fmt: skip
@json_option
@terminal_options
def preview(
    cron: str,
    timezone: str | None,
    count: int,
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Show the next moments that TIMES stands for; nothing is kept.

    \b
    Examples:
      nb2pkg schedule preview "30 2 * * *" --tz Europe/Stockholm
      nb2pkg schedule preview "weekdays at 07:30" --tz UTC -n 3
    """
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import moment_json
    from nb2pkg.cli.show_schedules import show_preview
    from nb2pkg.scheduling import crontab_text

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    timing, dues = scheduling.preview(cron, timezone, count)
    if as_json:
        answer = {
            "cron": cron,
            "crontab": crontab_text(timing.expression),
            "timezone": timezone,
            "next": [moment_json(due) for due in dues],
        }
        _print(answer, terminal)
    else:
        show_preview(timing, dues, terminal)
    return exit_codes.OK


@command.command("check")
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("--within", type=Duration(), metavar="TIME",
              help="How long after it was due a run may take to succeed "
                   "(default: twice the longest of the last, 10 minutes at least).")  # fmt: skip
@json_option
@terminal_options
def check(
    names: tuple[str, ...],
    within: float | None,
    as_json: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Exit 1 where a schedule's last success is older than it should be.

    Those that are paused are left out.
    """
    from nb2pkg.api import scheduling
    from nb2pkg.cli.schedule_json import view_json
    from nb2pkg.cli.show_schedules import show_stale

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    checked = scheduling.checked_schedules(names, within)
    stale = [view for view in checked if view.freshness.is_stale]
    if as_json:
        answer = {"is_fresh": not stale, "schedules": [view_json(view) for view in checked]}
        _print(answer, terminal)
    else:
        looked_at = {view.name for view in checked}
        show_stale(checked, [name for name in names if name not in looked_at], terminal)
    return exit_codes.NEGATIVE if stale else exit_codes.OK


@command.command("run")
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=None, metavar="N",
              help="At most N runs at once (default: as many as there are CPUs, 2 at least).")  # fmt: skip
@click.option("--unless-running", is_flag=True, help="Do nothing where this user's daemon runs here already.")  # fmt: skip
@click.option("--health-port", type=click.IntRange(min=0, max=65535), metavar="PORT",
              help="Answer /healthz and /metrics on this port of 127.0.0.1.")  # fmt: skip
@click.option("--allow-root", is_flag=True, help="Run jobs as root.")
@click.option("--json-lines", is_flag=True, help="Print a JSON object for each thing that happens.")
@terminal_options
def run(
    jobs: int | None,
    unless_running: bool,
    health_port: int | None,
    allow_root: bool,
    json_lines: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Run what is due, until it is stopped.

    SIGTERM or Ctrl-C: begin nothing more, and wait for what runs; again: end what runs. Any number of these
    daemons may share a store of records: each due run is started by one of them.
    """
    from nb2pkg.api import schedule_daemon
    from nb2pkg.cli.show_daemon import daemon_teller, show_running_already, show_start

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    tell = daemon_teller(terminal, json_lines=json_lines)
    schedule_daemon.refuse_as_root(allow_root)
    if not (json_lines or unless_running):
        show_start(terminal)
    is_alone = schedule_daemon.run_daemon(
        jobs=jobs or max(2, os.cpu_count() or 2),
        tell=tell,
        allows_root=allow_root,
        unless_running=unless_running,
        health_port=health_port,
    )
    if not is_alone:
        show_running_already(terminal)
    return exit_codes.OK


def _tell_changed(
    changed: dict[str, bool],
    words: dict[bool, str],
    terminal: Terminal,
    *,
    is_paused: bool,
    as_json: bool,
) -> None:
    if as_json:
        listed = [
            {"name": name, "is_paused": is_paused, "is_changed": is_new}
            for name, is_new in changed.items()
        ]
        _print({"schedules": listed}, terminal)
        return
    for name, is_new in changed.items():
        _say(terminal, f"{name} {words[is_new]}")


def _print(answer: dict[str, Any], terminal: Terminal) -> None:
    terminal.out(json.dumps({"schema_version": SCHEMA_VERSION, **answer}, indent=2))


def _say(terminal: Terminal, text: str) -> None:
    if terminal.verbosity >= 0:
        terminal.out(text)


command.add_command(install)
command.add_command(uninstall)
command.add_command(serve)
