"""What the magics of matplotlib and numpy become."""

from __future__ import annotations

from nb2pkg.notebook.magics.equivalent import Becomes, Equivalent, LeftOut, MagicCall, NoEqual
from nb2pkg.notebook.magics.expansion import Bound

_PYLAB = (
    "import numpy",
    "import matplotlib",
    "from matplotlib import mlab, pylab, pyplot",
    "import numpy as np",
    "import matplotlib.pyplot as plt",
)
_PYLAB_STARS = ("from matplotlib.pylab import *", "from numpy import *")


def matplotlib(call: MagicCall) -> Equivalent:
    """Leave the choice of a backend to whoever runs the package, and say which one it was."""
    if call.wants_value:
        return NoEqual(why="is used for a value that only IPython has")
    words = _words(call.arguments)
    if words and words[0] in ("-l", "--list"):
        return LeftOut(reason="lists the plot backends")
    return LeftOut(reason="chooses how plots are shown", backend=_backend(words))


def pylab(call: MagicCall) -> Equivalent:
    """Import what `%pylab` imports."""
    words = _words(call.arguments)
    only_modules = "--no-import-all" in words
    if call.wants_value or not (call.at_module_level or only_modules):
        return NoEqual(why="imports everything where Python cannot")
    lines = _PYLAB if only_modules else _PYLAB + _PYLAB_STARS
    names = [word for word in words if not word.startswith("-")]
    return Becomes(code="; ".join(lines), backend=_backend(names))


def precision(call: MagicCall) -> Equivalent:
    """Set numpy's print precision, the part of `%precision` that changes printed text."""
    digits = call.arguments.strip() or "8"
    name = next((n for n in ("np", "numpy") if call.names.look_up(n) is Bound.YES), None)
    if not digits.isascii() or not digits.isdigit() or name is None or call.wants_value:
        return NoEqual(
            why="changes how numbers are shown",
            hint="Call np.set_printoptions(precision=…) or format the numbers where they print.",
        )
    return Becomes(code=f"{name}.set_printoptions(precision={int(digits)})")


def _words(arguments: str) -> list[str]:
    return arguments.partition("#")[0].split()


def _backend(words: list[str]) -> str:
    return words[0].strip("'\"").lower() if words else "auto"
