"""The command `nb2pkg`: which command was asked for, and how does it end?"""

from __future__ import annotations

import contextlib
import difflib
import errno
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn, TextIO

import click

from nb2pkg import __version__
from nb2pkg.cli import exit_codes
from nb2pkg.cli.messages import show_stop
from nb2pkg.cli.terminal import Terminal
from nb2pkg.problems import EnvironmentFailure, InternalError, Nb2pkgError, UsageError

# Command → where it stands, and what `nb2pkg --help` says of it: its module is imported only when it
# is used.
COMMANDS = {
    "extract": ("extract_command", "Turn notebooks into packages."),
    "verify": ("verify_command", "Run a notebook and its package: do they do the same?"),
    "run": ("run_command", "Run a pipeline, or a notebook, and keep a record of it."),
    "runs": ("runs_command", "List, show and compare runs; reports and logs of them."),
    "schedule": ("schedule_command", "Have pipelines and notebooks run by themselves."),
    "check": ("check_command", "List what stands between notebooks and packages."),
    "graph": ("graph_command", "Show what flows between the steps of a notebook."),
    "refactor": ("refactor_command", "Change a notebook without changing what it does."),
    "tag": ("tag_command", "Write into a notebook which cells make which step."),
    "explain": ("explain_command", "Say what a code such as NB104 means."),
}

# Of a disk, a user's rights or limits; whatever is called, it is no fault of who calls it.
_REFUSALS = {
    errno.EIO,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENAMETOOLONG,
}

_EXAMPLES = """
\b
Examples:
  nb2pkg check churn.ipynb               is the notebook ready?
  nb2pkg extract churn.ipynb             write the package churn/ beside it
  nb2pkg extract churn.ipynb --diff      show what another extract would change
  nb2pkg graph churn.ipynb               show what flows from step to step
"""


class _Commands(click.Group):
    """The commands, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = importlib.import_module(f"nb2pkg.cli.{module}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"commands: {', '.join(COMMANDS)}"
            if name.endswith((".ipynb", ".py")):
                hint = f"did you mean: nb2pkg extract {name}"
            raise UsageError("NB002", f"no such command: {name!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(
    cls=_Commands,
    help="Turn a Jupyter notebook into an installable package of small functions.\n" + _EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(__version__, "-V", "--version", message="nb2pkg %(version)s")
def group() -> None:
    """Hold the commands together; every one has its own options."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process with its exit code."""
    # A short life: looking for garbage among what was only just imported costs more than it frees.
    gc.set_threshold(50_000, 20, 100)
    _make_streams_lenient()
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _run(words)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # it was told of before, if it could be
            _forget(stream)
    sys.exit(code)


def _run(words: list[str]) -> int:
    terminal = Terminal(color=_color_asked_for(words), debug="--debug" in words)
    try:
        code = group.main(words, prog_name="nb2pkg", standalone_mode=False)
        terminal.flush()
        return code if isinstance(code, int) else exit_codes.OK
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.err(error.format_message())
        return exit_codes.USAGE
    except click.UsageError as error:
        show_stop(_as_usage_error(error), None, terminal)
        return exit_codes.USAGE
    except Nb2pkgError as error:
        show_stop(error, error.notebook, terminal)
        return exit_codes.code_of(error)
    except (KeyboardInterrupt, click.Abort):
        terminal.err("interrupted")
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        _forget(sys.stdout)
        return exit_codes.OK
    except Exception as error:
        stop = _stop_for(error)
        with contextlib.suppress(OSError):
            show_stop(stop, None, terminal)
        return exit_codes.code_of(stop)


def _stop_for(error: Exception) -> Nb2pkgError:
    """What to say of an exception that nobody has made sense of.

    The machine may refuse anything at any time. The rest are bugs: the user gets a short message, the traceback
    with --debug.
    """
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        where = f"{error.filename}: " if error.filename else ""
        return EnvironmentFailure("NB502", f"{where}{error.strerror}")
    bug = InternalError("NB799", f"{type(error).__name__}: {error}")
    bug.trace = traceback.format_exc()
    return bug


def _as_usage_error(error: click.UsageError) -> UsageError:
    hint = None
    message = error.format_message().rstrip(".")
    if isinstance(error, click.NoSuchOption):
        message = f"no such option: {error.option_name}"
        if error.possibilities:
            hint = f"did you mean {' or '.join(sorted(error.possibilities)[:3])}?"
    if hint is None and error.ctx is not None:
        hint = f"see {error.ctx.command_path} --help"
    return UsageError("NB002", message[:1].lower() + message[1:], hint=hint)


def _color_asked_for(words: list[str]) -> str:
    """Find --color before the command line is understood: its own errors are coloured too."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        value = word.partition("=")[2] if word.startswith("--color=") else following
        if word.startswith("--color") and value in ("always", "never"):
            return value
    return "auto"


def _make_streams_lenient() -> None:
    """Let no character that the terminal cannot show end the program, nor one that is closed."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for as long as the program
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - the same
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _forget(stream: TextIO) -> None:
    """It takes nothing more: keep Python from saying so when it closes the stream."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
