"""nb2pkg schedule install, uninstall and serve: what keeps schedules going, and shows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from nb2pkg.cli import exit_codes
from nb2pkg.cli.options import terminal_of, terminal_options
from nb2pkg.cli.terminal import Terminal
from nb2pkg.problems import UsageError

if TYPE_CHECKING:
    from nb2pkg.api.schedule_service import Kind

_KINDS = (
    click.option("--systemd", is_flag=True, help="As a unit of your systemd."),
    click.option("--crontab", is_flag=True, help="As a line of your crontab."),
)


@click.command("install")
@_KINDS[0]
@_KINDS[1]
@click.option("--print", "is_printed", is_flag=True, help="Print the unit or the line; change nothing.")  # fmt: skip
@click.option("--allow-root", is_flag=True, help="Run jobs as root.")
@terminal_options
def install(
    systemd: bool,
    crontab: bool,
    is_printed: bool,
    allow_root: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Have the daemon run from now on, and after each start of the machine.

    By systemd where you have one, else by cron. It needs no rights but yours, and goes on when you log out.
    """
    from nb2pkg.api import schedule_service

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    kind = _kind(systemd=systemd, crontab=crontab)
    if is_printed:
        terminal.out(schedule_service.printed(kind, allow_root).rstrip("\n"))
        return exit_codes.OK
    done = schedule_service.install(kind, allow_root)
    _say(terminal, f"installed: {done.place}")
    for message in done.messages:
        terminal.err(f"{terminal.err_style('note', 'yellow')}: {message}")
    if done.survives_logout:
        _say(terminal, "the daemon goes on when you log out; see: nb2pkg schedule list")
    return exit_codes.OK


@click.command("uninstall")
@_KINDS[0]
@_KINDS[1]
@terminal_options
def uninstall(
    systemd: bool, crontab: bool, color: str, verbose: bool, quiet: bool, debug: bool
) -> int:
    """Take back what `install` did; schedules and records stay."""
    from nb2pkg.api import schedule_service

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)
    taken = schedule_service.uninstall(_kind(systemd=systemd, crontab=crontab))
    for one in taken:
        _say(terminal, f"taken back: {one}")
    if not taken:
        _say(terminal, "nothing was installed")
    return exit_codes.OK


@click.command("serve")
@click.option("--port", type=click.IntRange(min=0, max=65535), default=8765, show_default=True, metavar="PORT",
              help="The port; 0 for any that is free.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="The address; another one than this machine's own shows the pages to others.")  # fmt: skip
@terminal_options
def serve(port: int, host: str, color: str, verbose: bool, quiet: bool, debug: bool) -> int:
    """Show schedules, runs, logs and reports in a browser; nothing can be changed there.

    The address that is printed has a token in it, which opens the pages; $NB2PKG_STATUS_TOKEN sets one.
    """
    from nb2pkg.api import schedule_service

    terminal = terminal_of(color=color, verbose=verbose, quiet=quiet, debug=debug)

    def ready(address: str) -> None:
        terminal.out(address)
        terminal.flush()

    token = os.environ.get("NB2PKG_STATUS_TOKEN") or None
    schedule_service.serve_pages(host=host, port=port, token=token, ready=ready)
    return exit_codes.OK


def _kind(*, systemd: bool, crontab: bool) -> Kind | None:
    if systemd and crontab:
        raise UsageError("NB011", "--systemd and --crontab cannot both be meant")
    if systemd:
        return "systemd"
    return "crontab" if crontab else None


def _say(terminal: Terminal, text: str) -> None:
    if terminal.verbosity >= 0:
        terminal.out(text)
