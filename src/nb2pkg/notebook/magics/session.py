"""Which magics only serve the person at the keyboard, and why a program can do without them."""

from __future__ import annotations

from nb2pkg.notebook.magics.equivalent import Equivalent, LeftOut, MagicCall, NoEqual

_SHOWS_HELP = "shows help"
_LISTS_NAMES = "lists the session's names"
_SETS_SESSION = "sets up the interactive session"
_SHOWS_HISTORY = "shows the session's history"
_DEBUGS = "sets up debugging"

REASONS = {
    **dict.fromkeys(("pinfo", "pinfo2", "psearch", "quickref", "magic", "lsmagic"), _SHOWS_HELP),
    **dict.fromkeys(("pdoc", "pdef", "pfile", "psource", "pycat"), "shows a source or its help"),
    **dict.fromkeys(("who", "whos"), _LISTS_NAMES),
    **dict.fromkeys(("history", "hist", "tb", "logstate"), _SHOWS_HISTORY),
    **dict.fromkeys(("logstart", "logstop", "logon", "logoff"), "logs the interactive session"),
    **dict.fromkeys(("xmode", "pdb", "debug"), _DEBUGS),
    **dict.fromkeys(
        ("autoawait", "autocall", "automagic", "colors", "doctest_mode", "gui", "page", "pprint"),
        _SETS_SESSION,
    ),
    **dict.fromkeys(("autosave", "clear", "connect_info", "qtconsole", "rehashx"), _SETS_SESSION),
    "killbgscripts": _SETS_SESSION,
    "autoreload": "reloads modules while they are edited",
    "load_ext": "adds magics; those that are used are looked at where they stand",
    "reload_ext": "adds magics; those that are used are looked at where they stand",
    "unload_ext": "takes magics away",
    **dict.fromkeys(("load", "loadpy", "recall", "rep"), "puts text into a new cell, runs nothing"),
    **dict.fromkeys(("less", "more", "man"), "shows a file in a pager"),
    **dict.fromkeys(("notebook", "save", "pastebin"), "saves the session itself"),
    "watermark": "shows versions",
    "timeit": "times code",
}

SHOWS_ONLY = frozenset({"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"})


def leave_out(call: MagicCall) -> Equivalent:
    """Leave a magic of the session out, unless the code goes on with what it returns."""
    if call.wants_value:
        return NoEqual(why="is used for a value that only IPython has")
    return LeftOut(reason=REASONS[call.name])


def leave_out_shown(call: MagicCall) -> Equivalent:
    """Leave out a cell that only shows what it holds."""
    return LeftOut(reason="only shows what the cell holds")


def reset(call: MagicCall) -> Equivalent:
    """Leave `%reset` out where there is nothing to forget."""
    if call.names.is_empty() and not call.wants_value:
        return LeftOut(reason="clears the session, which is empty here")
    return NoEqual(
        why="would forget names that earlier code binds",
        hint="Remove it, or delete the names you mean with 'del'.",
    )


def config(call: MagicCall) -> Equivalent:
    """Leave out what only tells the session how to show things."""
    if call.wants_value:
        return NoEqual(why="is used for a value that only IPython has")
    option = call.arguments.partition("=")[0].strip()
    if option in ("InlineBackend.rc", "InlineBackend.close_figures"):
        return NoEqual(
            why=f"sets {option}, which changes the figures themselves",
            hint="Set plt.rcParams in a cell, or close figures with plt.close().",
        )
    return LeftOut(reason="sets how the notebook shows things")
