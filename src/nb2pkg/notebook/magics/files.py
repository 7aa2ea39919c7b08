"""What a cell that is written to a file becomes."""

from __future__ import annotations

from nb2pkg.notebook.magics.equivalent import Becomes, Equivalent, MagicCall, NoEqual
from nb2pkg.notebook.magics.expansion import (
    Text,
    as_expression,
    as_literal,
    expand,
    merged,
    stripped,
)
from nb2pkg.notebook.magics.literals import block_literal


def writefile(call: MagicCall) -> Equivalent:
    """Write the cell to the file, and print what IPython prints about it."""
    text = stripped(expand(call.arguments, call.names))
    append, name = _filename(text)
    if name is None or call.wants_value:
        return NoEqual(
            why="does not name one file",
            hint="Write the file with pathlib.Path(…).write_text().",
        )
    shown = _path(name)
    done = "Appending to " if append else "Overwriting "
    report = (
        f"print({as_expression(merged((done, *name)))} if {shown}.exists()"
        f" else {as_expression(merged(('Writing ', *name)))})"
    )
    body = block_literal(call.body)
    if append:
        opened = f'{shown}.open("a", encoding="utf-8")'
        return Becomes(
            code=f"{report}\nwith {opened} as file:\n    file.write({body})", imports=("pathlib",)
        )
    # The last ; keeps the number of characters written from being shown.
    return Becomes(
        code=f'{report}; {shown}.write_text({body}, encoding="utf-8");', imports=("pathlib",)
    )


def _filename(text: Text) -> tuple[bool, Text | None]:
    """Read whether to append, and to which file."""
    append = False
    for option in ("-a ", "--append "):
        if text and isinstance(text[0], str) and text[0].startswith(option):
            append, text = True, stripped((text[0].removeprefix(option), *text[1:]))
    literal = as_literal(text)
    if literal is None:
        odd = any(isinstance(part, str) and set(part) & set(" \t'\"") for part in text)
        starts_odd = isinstance(text[0], str) and text[0].startswith("-")
        return append, None if odd or starts_odd else text
    if len(literal) > 2 and literal[0] == literal[-1] and literal[0] in "'\"":
        literal = literal[1:-1]
    elif len(literal.split()) != 1 or set(literal) & set("'\""):
        return append, None
    return append, None if literal.startswith("-") else (literal,)


def _path(name: Text) -> str:
    path = f"pathlib.Path({as_expression(name)})"
    home = isinstance(name[0], str) and name[0].startswith("~")
    return f"{path}.expanduser()" if home else path
