"""How is a module put together, with just the imports that its code needs?"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from nb2pkg.analysis import module_names, name_facts
from nb2pkg.dataflow import BUILTINS
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.import_block import import_block

_SHADOWING_STARS = frozenset(
    {"numpy", "pylab", "matplotlib.pylab", "scipy", "sympy", "math", "os", "cmath"}
)
_WORDS = re.compile(r"\w+")


class ImportResolver:
    """Knows where every name that generated code may use comes from."""

    def __init__(self, plan: PackagePlan) -> None:
        self.plan = plan
        self.package = plan.package

    def needed_by(
        self, code: str, own_module: str, extra: Mapping[str, str] | None = None
    ) -> list[str]:
        """The import statements that `code`, standing in `own_module`, needs.

        `extra` are names that the module imports in a way of its own.
        """
        names = module_names(code)
        read, bound = names.reads, names.binds
        possible = self.plan.homes.keys() | self.plan.imports.keys()
        # What classes bind and read may be theirs, and what stands in a text may be only a word.
        mentioned: frozenset[str] = frozenset()
        if not possible.isdisjoint(names.unsure.union(_WORDS.findall(code)) - read - bound):
            facts = [name_facts(statement) for statement in ast.parse(code).body]
            read = read.union(*(f.reads | f.captures for f in facts))
            mentioned = mentioned.union(*(f.mentions for f in facts))
        found: list[str] = []
        unresolved = False
        for name in sorted(read - bound):
            if extra and name in extra:
                found.append(extra[name])
            elif name in self.plan.homes:
                if self.plan.homes[name] != own_module:
                    found.append(f"from {self.package}.{self.plan.homes[name]} import {name}")
            elif name in self.plan.imports:
                found.extend(self.plan.imports[name])
            elif name in self.plan.typing_imports:
                found.extend(self.plan.typing_imports[name])
            elif name == "display":
                found.append("from IPython.display import display")
            elif name in ("plt", "pyplot"):  # for `plt.show()` after a frame's own plot
                found.append(
                    "import matplotlib.pyplot as plt"
                    if name == "plt"
                    else "from matplotlib import pyplot"
                )
            elif name not in BUILTINS:
                unresolved = True
        for name in sorted(mentioned - read - bound):
            # A column may be called like an import; a formula uses an import by `np.log(…)`.
            if name in self.plan.homes and self.plan.homes[name] != own_module:
                found.append(
                    f"from {self.package}.{self.plan.homes[name]} import {name}  # noqa: F401 (a formula reads it)"
                )
            elif name in self.plan.imports and re.search(rf"\b{re.escape(name)}\s*[.(]", code):
                found.extend(
                    f"{text}  # noqa: F401 (a formula reads it)" for text in self.plan.imports[name]
                )
        builtins_read = read & BUILTINS - bound
        for star in self.plan.stars:
            module = star.split()[1]
            if unresolved or (builtins_read and module in _SHADOWING_STARS):
                found.append(star)
        return found


def module_text(
    docstring: str,
    parts: Sequence[str],
    imports: Sequence[str],
    package: str,
    *,
    future_annotations: bool = False,
) -> str:
    """A module: docstring, imports, then its parts two lines apart."""
    wanted = list(imports)
    if future_annotations:
        wanted.append("from __future__ import annotations")
    block = import_block(wanted, package) if wanted else ""
    return (
        "\n\n\n".join(p for p in ("\n\n".join(p for p in (docstring, block) if p), *parts) if p)
        + "\n"
    )
