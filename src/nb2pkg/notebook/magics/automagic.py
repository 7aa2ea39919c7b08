"""Whether a cell is one line that IPython takes for a magic without its `%`."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection

from nb2pkg.notebook.magics.names import STAR

ALIASES = frozenset(
    ["cat", "cp", "ldir", "lf", "lk", "ll", "ls", "lx", "mkdir", "mv", "rm", "rmdir"]
)

LINE_MAGICS = ALIASES | frozenset(
    """
    alias alias_magic autoawait autocall automagic autosave bookmark cd clear code_wrap colors
    conda config connect_info debug dhist dirs doctest_mode edit env gui hist history
    killbgscripts less load load_ext loadpy logoff logon logstart logstate logstop lsmagic macro
    magic mamba man matplotlib micromamba more notebook page pastebin pdb pdef pdoc pfile pinfo
    pinfo2 pip popd pprint precision prun psearch psource pushd pwd pycat pylab qtconsole quickref
    recall rehashx reload_ext rep rerun reset reset_selective run save sc set_env store sx system
    tb time timeit unalias unload_ext uv who who_ls whos xdel xmode
    """.split()  # noqa: SIM905 - a paragraph of names, not ninety lines
)

# The words a line starts with and what follows, as IPython's prefilter splits it.
_FIRST_WORD = re.compile(r"[ \t]*(\w+)(.*)\Z")


def without_automagic(source: str, bound: Collection[str], *, is_python: bool) -> str | None:
    """Write the `%` that a one-line magic left out; None when the cell is not one.

    A name that something else has keeps its meaning. After a star import that could be any name,
    so a line that is also Python (`who`) then stays Python.
    """
    lines = source.splitlines()
    while lines and not lines[0].strip():  # IPython takes off empty lines above, not below
        lines.pop(0)
    match = _FIRST_WORD.match(lines[0]) if len(lines) == 1 else None
    if match is None:
        return None
    name, rest = match.group(1), match.group(2)
    if name not in LINE_MAGICS or not _means_magic(rest):
        return None
    if name in bound or hasattr(builtins, name) or keyword.iskeyword(name):
        return None
    if is_python and STAR in bound:
        return None
    before, _, after = source.partition(name)
    return f"{before.rstrip(' ' + chr(9))}%{name}{after}"


def _means_magic(rest: str) -> bool:
    """Look at what follows the word: not an assignment, a call, an attribute or a string."""
    return not rest.lstrip().startswith(("=", ",", "(")) and (not rest or rest[0] in " \t?")
