"""What does the unit say that has systemd keep the daemon running?

What of it is not obvious:

- `WorkingDirectory=/`: `python -m` imports from the folder that it is started in, and in a home there may well be a
  `random.py`. Nobody but root puts files into `/`.
- `Restart=always`, `StartLimitIntervalSec=0`: systemd else gives up after five failures in ten seconds, for ever. A
  store that is away overnight would end all schedules.
- `KillMode=mixed`: the daemon alone is told to stop. Its runs are not: it waits for them. What is left after it goes.
- `TimeoutStopSec=1h`: as long it may wait for them, before all are killed. systemd's usual 90 seconds would cost most
  runs; without an end, `systemctl restart` could wait for days. At a logout or shutdown two minutes are all that
  systemd gives to everything of a user.
- `OOMPolicy=continue`: a step that takes all memory is killed by the system. systemd would then stop the daemon, too,
  and with it every other run.
- Nothing that hardens: jobs are the user's own programs, and may write wherever the user may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nb2pkg.problems import EnvironmentFailure

UNIT = "nb2pkg-schedule.service"
MARKER = "# nb2pkg schedule"
SECRETS = "~/.config/nb2pkg/schedule.env"

_HEAD = f"""\
{MARKER}
# Written by `nb2pkg schedule install`; `nb2pkg schedule uninstall` takes it back.
# What is changed here is lost at the next install; what `systemctl --user edit nb2pkg-schedule` adds is not.
"""
_START = """
[Unit]
Description=nb2pkg starts scheduled runs
StartLimitIntervalSec=0

[Service]
Type=exec
WorkingDirectory=/
"""
_END = """\
EnvironmentFile=-%h/.config/nb2pkg/schedule.env
Restart=always
RestartSec=10
KillMode=mixed
TimeoutStopSec=1h
OOMPolicy=continue

[Install]
WantedBy=default.target
"""
_PLAIN = re.compile(r"[A-Za-z0-9_./+,:=@-]+")
# systemd takes no program whose path has one of these, and no variable's value that has one of those.
_NOT_IN_PROGRAM = re.compile(r"[\x00-\x1f\x7f\"'\\$\ud800-\udfff]")
_NOT_IN_VALUE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\"\\\ud800-\udfff]")


def unit_text(
    words: Iterable[str], environment: Mapping[str, str], secrets: Iterable[str] = ()
) -> str:
    """Write the unit for a command line.

    secrets: the variables that have to be given in a file of their own

    Raises:
        EnvironmentFailure: a variable has a value that no unit can hold (NB548).
    """
    lines = [f"# Not here, as it may hold a password, but in {SECRETS}: {name}" for name in secrets]
    variables = [_variable(name, value) for name, value in sorted(environment.items())]
    own = "".join(f"{line}\n" for line in (f"ExecStart={_command(tuple(words))}", *variables))
    return _HEAD + "".join(f"{line}\n" for line in lines) + _START + own + _END


def is_ours(text: str) -> bool:
    """Whether a unit was written here."""
    return text.split("\n", 1)[0].rstrip("\r") == MARKER


def _command(words: tuple[str, ...]) -> str:
    program, *rest = words
    if _NOT_IN_PROGRAM.search(program):
        # A shell starts programs of any name, and is itself gone with it.
        return " ".join(
            ("/bin/sh", "-c", _argument('exec "$0" "$@"'), *(_argument(w) for w in words))
        )
    return " ".join((_quoted(program), *(_argument(word) for word in rest)))


def _variable(name: str, value: str) -> str:
    if _NOT_IN_VALUE.search(value):
        raise EnvironmentFailure(
            "NB548",
            f"{name} is {value!r}: no unit can hold that",
            hint="change it, or let something else run: nb2pkg schedule run",
        )
    return f"Environment={_quoted(f'{name}={value}')}"


def _argument(word: str) -> str:
    """A word that systemd would put variables into."""
    return _quoted(word.replace("$", "$$"))


def _quoted(text: str) -> str:
    """A text as one word, and as it is."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + _ESCAPED.sub(_escape, text).replace("%", "%%") + '"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in '"\\':
        return "\\" + character
    # A byte that is no UTF-8 is a low surrogate in Python's paths.
    return f"\\x{ord(character) & 0xFF:02x}"
