"""May a variable of the notebook have this name, and would it stand for nothing else anywhere?"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from nb2pkg.dataflow import BUILTINS, KERNEL_NAMES
from nb2pkg.notebook import Cell, Notebook
from nb2pkg.problems import FindingsError, Location
from nb2pkg.refactoring.cell_code import CellCode, has_word
from nb2pkg.refactoring.name_places import Means, bound_in
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.text_uses import TextUses
from nb2pkg.refactoring.whole_looks import bringers

# The names that IPython gives a notebook anew after every cell.
KEPT_BY_IPYTHON = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[iods]h|_exit_code|In|Out")
_OTHER = "choose another name"


def refuse_bad_name(name: str) -> None:
    """Stop where Python, or IPython, does not let a variable or function have this name, or gives it a meaning.

    Raises:
        FindingsError: it is no name for a variable (NB803).
    """
    written = unicodedata.normalize("NFKC", name)
    if not name:
        raise cannot("NB803", "a name is needed", hint="say what the variable is to be called")
    if not name.isidentifier():
        hint = "a name has letters, digits and underscores, and does not begin with a digit"
        raise cannot("NB803", f"{name!r} is no name that code can have", hint=hint)
    if written != name:
        raise cannot("NB803", f"Python reads {name!r} as {written!r}", hint=f"write it {written!r}")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise cannot("NB803", f"'{name}' is a word of Python's own", hint=_OTHER)
    if name in BUILTINS:
        raise cannot("NB803", f"'{name}' is a builtin of Python's", hint=_OTHER)
    if name in KERNEL_NAMES or KEPT_BY_IPYTHON.fullmatch(name):
        raise cannot("NB803", f"'{name}' is IPython's own", hint=_OTHER)
    if name.startswith("__"):
        message = f"Python gives names like '{name}' a meaning of their own"
        raise cannot("NB803", message, hint="begin it with one underscore at most")


def refuse_taken_name(
    name: str,
    notebook: Notebook,
    codes: Sequence[CellCode],
    texts: TextUses,
    places: Iterable[tuple[Location, Sequence[ast.AST]]],
) -> None:
    """Stop where the name is in use already, or would mean something else at one of its places.

    `places` are where it will stand, each with the scopes around it, the innermost first.

    Raises:
        FindingsError: the name is taken (NB803).
    """
    for code in codes:
        for place in code.places:
            if place.name == name and place.means is not Means.OWN:
                raise _taken(f"the notebook has a '{name}' already", code.place_of(place.node))
    for cell in cells_with_word(notebook, codes, name):
        message = f"cell {cell.position} cannot be read as Python, and has '{name}' in it"
        raise _taken(message, Location(cell=cell.position))
    used = texts.of(name)
    if used is not None:
        raise _taken(f"'{name}' {used.how} already", used.place)
    for bringer in bringers(codes):
        if bringer.names is not None and name in bringer.names:
            raise _taken(f"'{bringer.text}' brings a '{name}', too", bringer.place)
    for location, scopes in places:
        for number, scope in enumerate(scopes):
            # A function does not see the names of the classes around it.
            if name in bound_in(scope) and not (number and isinstance(scope, ast.ClassDef)):
                what = f"'{name}' is a name of its own in {_called(scope)}"
                raise _taken(f"{what}, where the notebook's is meant", location)


def cells_with_word(notebook: Notebook, codes: Sequence[CellCode], name: str) -> Iterator[Cell]:
    """The code cells that could not be read and have a name as a word in their text."""
    read = {code.position for code in codes}
    for cell in notebook.code_cells:
        if cell.position not in read and has_word(cell.source, name):
            yield cell


def _called(scope: ast.AST) -> str:
    name = getattr(scope, "name", None)
    if isinstance(name, str):
        return f"'{name}'"
    return "a lambda" if isinstance(scope, ast.Lambda) else "a comprehension"


def _taken(message: str, location: Location) -> FindingsError:
    return cannot("NB803", message, location=location, hint=_OTHER)
