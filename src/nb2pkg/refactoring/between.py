"""What happens between two statements of a notebook, as far as the value of an expression depends on it?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2pkg.analysis import Kind, Statement, resolve, root_name, walk
from nb2pkg.analysis.effect_tables import SETUP_CALLS
from nb2pkg.dataflow import Program, trace_aliases
from nb2pkg.planning.setup import is_setup
from nb2pkg.refactoring.changed_values import ChangedValues
from nb2pkg.refactoring.import_barriers import Against, barriers
from nb2pkg.refactoring.whole_text import WholeText

# How libraries call what sets an option, or goes into another context.
_SETTING = re.compile(
    r"(?:set|reset|register|enable|disable|use|configure|install|update)(?:_\w+)?"
    r"|seterr\w*|\w*context|errstate|rc|style|setlocale"
)


class Between:
    """Judges what happens between two statements of a notebook."""

    def __init__(self, whole: WholeText) -> None:
        self.whole = whole
        self.program = whole.program
        self.aliasing = trace_aliases(whole.program)
        self.changed = ChangedValues(whole.program, self.aliasing)
        self.barriers = [b for b in barriers(whole) if b.against is not Against.DRAWING]
        self.setting = self._setting_functions()

    def changes(self, value: ast.expr, first: int, last: int) -> str | None:
        """Why an expression of statement `first` would give another value right above statement `last`."""
        statements = self.program.statements
        names = {n.id for n in walk(value) if isinstance(n, ast.Name)}
        is_plain = _is_plain(value)
        for index in range(first + 1, last):
            statement = statements[index]
            facts = statement.facts
            bound = names & (facts.may_bind | facts.deletes)
            if bound:
                return f"cell {statement.cell} gives '{min(bound)}' another value"
            changed = self.touched(value, index)
            if changed:
                return f"cell {statement.cell} may change '{min(changed)}'"
            reason = None if is_plain else self.sets_state(statement)
            if reason is not None:
                return f"cell {statement.cell} {reason}"
        start, end = self.whole.key_of(statements[first]), self.whole.key_of(statements[last])
        for barrier in self.barriers if names else ():
            if start < barrier.key < end and (barrier.against is Against.EVERY or not is_plain):
                return f"cell {barrier.key[0]} {barrier.what}"
        for position, text in self.whole.texts.items():
            lines = [n for n, _ in text.foreign if start < (position, n, 0) < end]
            if lines and names & text.words:
                return f"cell {position} names '{min(names & text.words)}' in a line of IPython's"
        return None

    def touched(self, value: ast.expr, index: int) -> frozenset[str]:
        """The names of an expression that a statement binds, or whose values it may change where that matters."""
        facts = self.program.statements[index].facts
        names = frozenset(n.id for n in walk(value) if isinstance(n, ast.Name))
        return (names & (facts.may_bind | facts.deletes)) | (
            _looked_into(value) & self.changed.at(index)
        )

    def sets_state(self, statement: Statement) -> str | None:
        """What a statement may set that expressions elsewhere depend on: options, contexts, parts of classes."""
        if statement.kind is Kind.FUNCTION:
            return None
        if statement.kind is Kind.CODE and is_setup(statement, self.program):
            return "sets an option"
        reason = next(_settings(statement, self.program), None)
        if reason is not None:
            return reason
        called = self.setting & (statement.facts.reads | statement.facts.captures)
        return f"calls {min(called)}(), which sets something" if called else None

    def _setting_functions(self) -> frozenset[str]:
        definitions = [s for s in self.program.statements if s.kind in (Kind.FUNCTION, Kind.CLASS)]
        found = {s.facts.order[0] for s in definitions if any(_settings(s, self.program))}
        while True:
            more = {s.facts.order[0] for s in definitions if s.facts.captures & found} - found
            if not more:
                return frozenset(found)
            found |= more


def _is_plain(value: ast.expr) -> bool:
    """Whether an expression only puts values together, and looks into none."""
    return all(
        isinstance(n, (ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict))
        for n in walk(value)
    )


def _looked_into(value: ast.expr) -> frozenset[str]:
    """The names in an expression whose values matter, and not only which objects they are."""
    if isinstance(value, (ast.Name, ast.Constant)):
        return frozenset()
    if isinstance(value, (ast.Tuple, ast.List)):
        return frozenset().union(*(_looked_into(part) for part in value.elts))
    return frozenset(n.id for n in walk(value) if isinstance(n, ast.Name))


def _settings(statement: Statement, program: Program) -> Iterator[str]:
    for node in statement.nodes:
        if isinstance(node, ast.Call):
            name = resolve(node.func, program.aliases) or ""
            last = name.rsplit(".", 1)[-1]
            is_library = root_name(node.func) in program.aliases
            if name in SETUP_CALLS or (is_library and _SETTING.fullmatch(last)):
                yield f"calls {last}()"
            elif name in ("setattr", "delattr"):
                yield f"calls {name}()"
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            root = root_name(node)
            if root in program.aliases or _is_class(root, program):
                yield f"changes '{ast.unparse(node)}'"


def _is_class(name: str | None, program: Program) -> bool:
    return any(
        program.statements[i].kind is Kind.CLASS for i in program.binders.get(name or "", ())
    )
