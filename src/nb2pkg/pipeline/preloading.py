"""Which of a run's imports can be done once, before its steps begin, without any step noticing?"""

from __future__ import annotations

from collections.abc import Iterable

from nb2pkg.pipeline.step_code import StepCode

# Slow to import, and safe to be there before a process is forked: they start no threads of their own that a
# fork would lose, read no settings that a notebook makes, and hold no devices. Generators are seeded anew.
_SAFE = frozenset({"numpy", "pandas", "scipy", "sklearn"})
# `pyplot` looks at the shell that it is imported in; what it needs does not.
_BEHIND_PYPLOT = (
    "matplotlib.axes",
    "matplotlib.dates",
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.projections",
)
_DRAWING = frozenset({"matplotlib", "seaborn"})


def preloadable(codes: Iterable[StepCode], *, draws_inline: bool) -> tuple[str, ...]:
    """The modules to import before the steps begin; none where a step sets the environment for its imports.

    draws_inline: whether what is asked for are kernels, which draw into the notebook
    """
    codes = tuple(codes)
    if any(code.sets_environment for code in codes):
        return ()
    names = {name for code in codes for name in code.imports}
    found = sorted(name for name in names if name.partition(".")[0] in _SAFE)
    if draws_inline and any(name.partition(".")[0] in _DRAWING for name in names):
        found += _BEHIND_PYPLOT
    return tuple(found)
