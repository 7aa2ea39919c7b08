"""What a cell for another program, such as `%%bash`, becomes."""

from __future__ import annotations

import shlex

from nb2pkg.notebook.magics.equivalent import Becomes, Equivalent, LeftOut, MagicCall, NoEqual
from nb2pkg.notebook.magics.expansion import (
    Text,
    as_expression,
    as_literal,
    expand,
    merged,
    stripped,
)
from nb2pkg.notebook.magics.literals import block_literal, string_literal

PROGRAMS = frozenset(["bash", "sh", "perl", "ruby", "python", "python2", "python3", "pypy"])


def run_script(call: MagicCall) -> Equivalent:
    """Give the cell to the program and print what it prints; stop when it fails."""
    program = () if call.name == "script" else (call.name, " ")
    text = stripped(merged((*program, *expand(call.arguments, call.names))))
    literal = as_literal(text)
    if literal is None:
        options: tuple[str, ...] | None = () if not _has_options(text) else None
        command, out, fails = f"shlex.split({as_expression(text)})", None, True
    else:
        options, command, out, fails = _read_options(literal)
    if options is None or not text or call.wants_value:
        return NoEqual(why="asks for what plain Python does another way")
    if options and options[0] in ("true", "false"):
        return LeftOut(reason="skips the cell")
    if options and options[0] == "echo":
        return Becomes(code=f"print({string_literal(' '.join(options[1:]))})")
    body = call.body if call.body.endswith("\n") else call.body + "\n"
    run = (
        f"subprocess.run({command}, input={block_literal(body)}, text=True"
        f", stdout=subprocess.PIPE{', check=True' if fails else ''}).stdout"
    )
    imports = ("subprocess",) if literal is not None else ("shlex", "subprocess")
    code = f"{out} = {run}" if out else f'print({run}, end="")'
    return Becomes(code=code, imports=imports)


def _has_options(text: Text) -> bool:
    return any(" --" in part for part in text if isinstance(part, str))


def _read_options(line: str) -> tuple[tuple[str, ...] | None, str, str | None, bool]:
    """Read IPython's own options off the line: the words left, where the text goes, may it fail."""
    nothing = (None, "", None, True)
    try:
        words = shlex.split(line)
    except ValueError:
        return nothing
    command: list[str] = []
    out: str | None = None
    fails = True
    pending = iter(words)
    for word in pending:
        if word == "--no-raise-error":
            fails = False
        elif word == "--out":
            out = next(pending, "")
        elif word.startswith(("--out", "--err", "--bg", "--proc")):
            return nothing
        else:
            command.append(word)
    if not command or (out is not None and not out.isidentifier()):
        return nothing
    return tuple(command), "[" + ", ".join(map(string_literal, command)) + "]", out, fails
