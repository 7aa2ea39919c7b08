"""What `!command` and the magics that run one become."""

from __future__ import annotations

import re

from nb2pkg.notebook.magics.equivalent import Becomes, Equivalent, MagicCall, NoEqual
from nb2pkg.notebook.magics.expansion import (
    Text,
    as_expression,
    as_literal,
    expand,
    merged,
    stripped,
)
from nb2pkg.notebook.magics.installs import calls_installer, read_install
from nb2pkg.notebook.magics.literals import text_literal

_ALIASED = {
    "ls": "ls -F",
    "ll": "ls -F -o",
    "lf": "ls -F -o {} | grep ^-",
    "lk": "ls -F -o {} | grep ^l",
    "ldir": "ls -F -o {} | grep /$",
    "lx": "ls -F -o {} | grep ^-..x",
}
# What bash reads another way than the plain shell that subprocess uses.
_BASH_ONLY = re.compile(
    r"\[\[|<\(|>\(|<<<|&>|\|&|\$'|\*\*"
    r"|(?:^|[;&|])[ \t]*(?:source|shopt|declare|pushd|popd|function)\b"
)
_BRACES = re.compile(r"\{([^{}\s]*)\}")
_SHELL_OPERATORS = frozenset("|&;<>`$()\n")
# Installs programs: that changes the machine, not the package.
_SYSTEM_INSTALL = re.compile(
    r"(?:^|[;&|])[ \t]*(?:sudo +)?(?:apt|apt-get|aptitude|yum|dnf|apk|brew|choco|npm|snap)\s"
)


def system(call: MagicCall) -> Equivalent:
    """Run a command and print what it printed, errors among the rest."""
    installed = read_install(call.arguments)
    if installed is not None and not call.wants_value:
        return installed
    if call.wants_value:
        return NoEqual(why="gives no value", hint="Write 'x = !command' for what it prints.")
    command = _filled_in(call)
    if isinstance(command, NoEqual):
        return command
    return _printed(_in_columns(command))


def getoutput(call: MagicCall) -> Equivalent:
    """Run a command and give the lines of what it printed."""
    installed = read_install(call.arguments)
    if installed is not None and not call.wants_value:
        return installed
    command = _filled_in(call)
    if isinstance(command, NoEqual):
        return command
    return Becomes(code=f"{_run(command)}.stdout.splitlines()", imports=("subprocess",))


def getoutput_cell(call: MagicCall) -> Equivalent:
    """Run the commands of a cell and give the lines of what they printed."""
    words = call.arguments.split()
    target = words[1] if len(words) == 2 and words[0] in ("--out", "-o") else None
    if words and (target is None or not target.isidentifier() or call.wants_value):
        return NoEqual()
    code = f"{_run(expand(call.body, call.names))}.stdout.splitlines()"
    return Becomes(code=f"{target} = {code}" if target else code, imports=("subprocess",))


def alias(call: MagicCall) -> Equivalent:
    """Run the command that IPython's alias of that name stands for."""
    if call.wants_value:
        return NoEqual(why="gives no value", hint="Write 'x = !command' for what it prints.")
    command = _ALIASED.get(call.name, call.name)
    arguments = expand(call.arguments, call.names)
    before, _, after = command.partition("{}")
    text: Text = (before.rstrip(), " ", *stripped(arguments), " ", after.lstrip())
    return _printed(_in_columns(stripped(merged(text))))


def _filled_in(call: MagicCall) -> Text | NoEqual:
    command = call.arguments
    if command.rstrip().endswith("&"):
        return NoEqual(
            why="would run in the background, which IPython refuses",
            hint="Start it with subprocess.Popen().",
        )
    if _SYSTEM_INSTALL.search(command) or calls_installer(command):
        return NoEqual(
            why="changes the machine, which is no part of a package",
            hint="Say in the README what has to be installed first.",
        )
    return stripped(expand(command, call.names))


def _printed(command: Text) -> Becomes:
    return Becomes(code=f'print({_run(command)}.stdout, end="")', imports=("subprocess",))


def _run(command: Text) -> str:
    literal = as_literal(command)
    written = as_expression(command) if literal is None else text_literal(literal)
    plain = "".join(part for part in command if isinstance(part, str))
    bash = ', executable="/bin/bash"' if _is_bash(plain) else ""
    return (
        f"subprocess.run({written}, shell=True{bash}, check=False, text=True"
        ", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)"
    )


def _is_bash(command: str) -> bool:
    braces = any("," in inside or ".." in inside for inside in _BRACES.findall(command))
    escapes = "echo" in command and ("\\" in command or "echo -e" in command)
    return braces or escapes or _BASH_ONLY.search(command) is not None


def _in_columns(command: Text) -> Text:
    """Have a lone `ls` list in columns: a notebook is a terminal to it, a pipe is not."""
    first = command[0] if command and isinstance(command[0], str) else ""
    plain = "".join(part for part in command if isinstance(part, str))
    if not re.match(r"ls(?:\s|$)", first) or _SHELL_OPERATORS & set(plain):
        return command
    options = [word for word in plain.split() if word.startswith("-")]
    if any(set(word) & set("lo1gnmxC") for word in options if not word.startswith("--")):
        return command
    return (f"ls -C{first[2:]}", *command[1:])
