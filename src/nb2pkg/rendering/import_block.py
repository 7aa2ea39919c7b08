"""How are a module's imports written: merged, grouped and sorted as ruff sorts them?"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

_STANDARD = frozenset(sys.stdlib_module_names)


def import_block(statements: Iterable[str], package: str) -> str:
    """Imports as text: future, standard library, other packages, this package; sorted in each."""
    sections: dict[int, set[str]] = {}
    members: dict[tuple[int, str], set[tuple[str, str | None]]] = {}
    comments: dict[str, str] = {}
    for statement in statements:
        code, _, comment = statement.partition("  # ")
        node = ast.parse(code).body[0]
        if isinstance(node, ast.ImportFrom) and not comment and node.names[0].name != "*":
            module = "." * node.level + (node.module or "")
            section = _section(module, package)
            names = members.setdefault((section, module), set())
            names.update((a.name, a.asname) for a in node.names)
        else:
            module = (
                node.names[0].name
                if isinstance(node, ast.Import)
                else getattr(node, "module", "") or ""
            )
            sections.setdefault(_section(module, package), set()).add(code)
            if comment:
                comments[code] = comment
    for (section, module), names in members.items():
        plain = sorted({n for n, a in names if a is None}, key=_member_key)
        if plain:
            sections.setdefault(section, set()).add(_from_import(module, plain))
        for name, alias in names:
            if alias is not None:
                sections.setdefault(section, set()).add(f"from {module} import {name} as {alias}")
    return "\n\n".join(
        "\n".join(
            line + (f"  # {comments[line]}" if line in comments else "")
            for line in sorted(sections[number], key=_statement_key)
        )
        for number in sorted(sections)
    )


def _from_import(module: str, names: list[str]) -> str:
    return f"from {module} import {', '.join(names)}"


def _section(module: str, package: str) -> int:
    top = module.split(".")[0]
    if top == "__future__":
        return 0
    if not top or top == package:
        return 3
    return 1 if top in _STANDARD else 2


def _statement_key(line: str) -> tuple[bool, str, str]:
    """isort's order: plain imports first, then from-imports, each by module."""
    words = line.split()
    return (words[0] == "from", words[1].casefold(), line)


def _member_key(name: str) -> tuple[int, str, str]:
    """Constants, then classes, then the rest, as isort sorts members."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, name.casefold(), name)
