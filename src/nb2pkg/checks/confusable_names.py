"""Are there two names that look the same and are not?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_of_name
from nb2pkg.problems import Diagnostic, Severity

# Letters of other scripts that typefaces draw as a Latin one. Greek α, ν, ρ and the like are left
# aside: formulas use them beside a, v and p on purpose.
_CYRILLIC = ("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijshdqwABEKMHOPCTYXIJS")
_GREEK = ("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX")
_LOOKS_LIKE = str.maketrans(_CYRILLIC[0] + _GREEK[0], _CYRILLIC[1] + _GREEK[1])


def _find(subject: Subject) -> Iterator[Diagnostic]:
    program = subject.graph.program
    names = sorted(program.binders)
    if all(name.isascii() for name in names):
        return
    first_of: dict[str, str] = {}
    for name in sorted(names, key=lambda n: (not n.isascii(), n)):
        shape = unicodedata.normalize("NFKC", name).translate(_LOOKS_LIKE)
        other = first_of.setdefault(shape, name)
        if other != name:
            statement = program.statements[program.binders[name][0]]
            odd = ", ".join(
                f"'{c}' is {unicodedata.name(c, 'unknown').lower()}"
                for c in dict.fromkeys(name)
                if not c.isascii()
            )
            yield Diagnostic(
                code="NB203",
                severity=Severity.WARNING,
                message=f"'{name}' and '{other}' look alike and are two names ({odd})",
                location=place_of_name(statement, name),
                hint="rename one of them",
            )


CHECK = Check(
    code="NB203",
    title="two names that look the same",
    why="A Cyrillic `а` is not a Latin `a`. Two names that differ only so are two variables, and nobody "
    "who reads the package can see it.",
    remedy="Rename one of them.",
    passes=(Example(("alpha = 1\nbeta = 2",)), Example(("данные = 1",))),
    fails=(Example(("a = 1\n\u0430 = 2",)),),
    find=_find,
)
