"""Which translation each piece of IPython syntax has."""

from __future__ import annotations

from nb2pkg.notebook.magics import (
    environment,
    files,
    installs,
    plotting,
    runs,
    scripts,
    session,
    shell,
    timing,
)
from nb2pkg.notebook.magics.automagic import ALIASES
from nb2pkg.notebook.magics.equivalent import Equivalent, MagicCall, NoEqual, Translation
from nb2pkg.notebook.magics.expansion import CannotTell

_LINE: dict[str, Translation] = {
    **dict.fromkeys(session.REASONS, session.leave_out),
    "cd": environment.cd,
    "conda": installs.install,
    "config": session.config,
    "env": environment.env,
    "lprun": timing.profile,
    "mamba": installs.install,
    "matplotlib": plotting.matplotlib,
    "memit": timing.profile,
    "micromamba": installs.install,
    "mprun": timing.profile,
    "pip": installs.install,
    "precision": plotting.precision,
    "prun": timing.profile,
    "pwd": environment.pwd,
    "pylab": plotting.pylab,
    "reset": session.reset,
    "run": runs.run,
    "set_env": environment.set_env,
    "sx": shell.getoutput,
    "system": shell.getoutput,
    "time": timing.time,
    "timeit": timing.timeit,
    "uv": installs.install,
    **dict.fromkeys(ALIASES, shell.alias),
}

_CELL: dict[str, Translation] = {
    **dict.fromkeys(session.SHOWS_ONLY, session.leave_out_shown),
    **dict.fromkeys(scripts.PROGRAMS, scripts.run_script),
    "!": shell.getoutput_cell,
    "capture": timing.capture,
    "file": files.writefile,
    "prun": timing.profile_cell,
    "script": scripts.run_script,
    "sx": shell.getoutput_cell,
    "system": shell.getoutput_cell,
    "time": timing.time_cell,
    "timeit": timing.timeit,
    "writefile": files.writefile,
}


def equivalent_of(call: MagicCall) -> Equivalent:
    """Look up what the call becomes."""
    translation = _translation(call)
    if translation is None:
        return NoEqual()
    try:
        return translation(call)
    except CannotTell:
        return NoEqual(
            why="uses a name that may or may not have a value here",
            hint="Bind the name before this line, or write the command with subprocess.run().",
        )


def _translation(call: MagicCall) -> Translation | None:
    match call.kind:
        case "system":
            return shell.system
        case "getoutput":
            return shell.getoutput
        case "cell":
            return _CELL.get(call.name)
    return _LINE.get(call.name)
