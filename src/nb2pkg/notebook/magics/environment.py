"""What the magics for the process itself become: its environment and its folder."""

from __future__ import annotations

import shlex

from nb2pkg.notebook.magics.equivalent import Becomes, Equivalent, LeftOut, MagicCall, NoEqual
from nb2pkg.notebook.magics.expansion import Text, as_expression, as_literal, expand, stripped


def env(call: MagicCall) -> Equivalent:
    """Read or set an environment variable; to set one prints it, as IPython does."""
    text = stripped(expand(call.arguments, call.names))
    literal = as_literal(text)
    if literal == "":
        if call.wants_value:
            return NoEqual(why="gives IPython's own copy of the environment", hint=_USE_ENVIRON)
        return LeftOut(reason="shows the environment")
    if literal is not None and " " not in literal and "=" not in literal:
        return Becomes(code=f"os.environ[{as_expression(text)}]", imports=("os",))
    return set_env(call)


def set_env(call: MagicCall) -> Equivalent:
    """Set an environment variable and print what was set."""
    text = stripped(expand(call.arguments, call.names))
    # IPython splits the text once it is filled in: at '=' when it has one, else at a space.
    separator = "=" if any("=" in part for part in text if isinstance(part, str)) else " "
    first = text[0] if text and isinstance(text[0], str) else ""
    name, found, value = first.partition(separator)
    name = name.strip()
    if not found or not name or len(name.split()) > 1 or call.wants_value:
        return NoEqual(why="does not say which variable to set to what", hint=_USE_ENVIRON)
    values = stripped((value, *text[1:]))
    line: Text = (f"env: {name}=", *values)
    if values and isinstance(values[0], str):
        line = (f"env: {name}={values[0]}", *values[1:])
    return Becomes(
        code=f"os.environ[{as_expression((name,))}] = {as_expression(values)}"
        f"; print({as_expression(line)})",
        imports=("os",),
    )


def cd(call: MagicCall) -> Equivalent:
    """Change the folder and print it."""
    text = stripped(expand(call.arguments, call.names))
    quiet = bool(text) and isinstance(text[0], str) and text[0].split(" ")[0] == "-q"
    if quiet:
        text = stripped((str(text[0]).removeprefix("-q"), *text[1:]))
    folder = _folder(text)
    if folder is None or call.wants_value:
        return NoEqual(
            why="depends on the folders and bookmarks of the session",
            hint="Use os.chdir() with a path.",
        )
    shown = "" if quiet else "; print(os.getcwd())"
    return Becomes(code=f"os.chdir({folder}){shown}", imports=("os",))


def pwd(call: MagicCall) -> Equivalent:
    """Give the folder."""
    return Becomes(code="os.getcwd()", imports=("os",))


_USE_ENVIRON = "Use os.environ."


def _folder(text: Text) -> str | None:
    literal = as_literal(text)
    if literal is None:
        folder = as_expression(text)
        quoted = any(isinstance(part, str) and ("'" in part or '"' in part) for part in text)
        starts = text[0] if isinstance(text[0], str) else ""
        return None if quoted or starts.startswith("-") else _expanding_user(folder, starts)
    if literal.startswith("-"):
        return None
    try:
        words = shlex.split(literal)
    except ValueError:
        return None
    folder = " ".join(words) or "~"
    return _expanding_user(as_expression((folder,)), folder)


def _expanding_user(expression: str, start: str) -> str:
    return f"os.path.expanduser({expression})" if start.startswith("~") else expression
