"""How does a statement's text change because it stands in a function now?"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import (
    FUNCTIONS,
    Access,
    Edit,
    Kind,
    Statement,
    apply_edits,
    children,
    dedent_block,
    display_arguments,
    import_aliases,
    is_main_guard,
    namespace_uses,
    occurrences,
    resolve,
    tested_name,
    walk,
)
from nb2pkg.dataflow import Program, only_looks_at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacingRules:
    """What placing needs to know of the whole.

    threads: function → notebook values that its calls pass as keywords
    flowing: names whose values are local variables of the steps
    """

    program: Program
    threads: Mapping[str, tuple[str, ...]]
    flowing: Collection[str]


def edits_for(statement: Statement, rules: PlacingRules) -> list[Edit]:
    """Every edit inside the statement's own text."""
    edits = [*_thread_edits(statement, rules)]
    names = _words(statement)
    if "__name__" in names:
        edits.extend(_dunder_name_edits(statement))
    if "global" in names:
        edits.extend(_global_edits(statement, rules.flowing))
    if names & _NAMESPACE_WORDS:
        edits.extend(_namespace_edits(statement))
    if "import" in names:
        edits.extend(repeated_import_edits(statement, rules.program))
    if "display" in names or "IPython" in names:
        edits.extend(_display_edits(statement, rules))
    return edits


def rewritten(statement: Statement, edits: list[Edit]) -> str | None:
    """The whole new text where a statement changes its shape: `if __name__ == "__main__":` goes."""
    node = statement.node
    if isinstance(node, ast.If) and is_main_guard(node.test):
        source = statement.source
        header = source.text.index(":", source.end(node.test))
        first = source.start(node.body[0])
        newline = source.text.find("\n", header, first)
        start = newline + 1 if newline >= 0 else first  # comments above the first line stay
        end = source.end(node.body[-1])
        inside = [e for e in edits if start <= e.start < end]
        return dedent_block(apply_edits(source.text[start:end], inside, start))
    handler = without_file(node)
    if handler is not None:
        source = statement.source
        start = source.text.rfind("\n", 0, source.start(handler.body[0])) + 1
        start = max(start, source.start(handler) + len("except"))
        if not source.text[start : source.start(handler.body[0])].strip():
            end = source.end(handler.body[-1])
            inside = [e for e in edits if start <= e.start < end]
            return dedent_block(apply_edits(source.text[start:end], inside, start))
    return None


def without_file(node: ast.stmt) -> ast.ExceptHandler | None:
    """What runs instead of `Path(__file__)` in a notebook, where that name has no value."""
    if not isinstance(node, ast.Try) or node.orelse or node.finalbody or len(node.handlers) != 1:
        return None
    handler = node.handlers[0]
    caught = getattr(handler.type, "id", "NameError")
    if handler.name or caught not in ("NameError", "Exception"):
        return None
    first = walk(node.body[0])
    asks = any(isinstance(n, ast.Name) and n.id == "__file__" for n in first)
    return handler if asks else None


def qualified_name(statement: Statement, program: Program) -> list[Edit]:
    """The edit that lets a data class inside a function show itself as it does in the notebook."""
    node = statement.node
    if not isinstance(node, ast.ClassDef) or not any(
        (resolve(d.func if isinstance(d, ast.Call) else d, program.aliases) or "").endswith(
            "dataclass"
        )
        for d in node.decorator_list
    ):
        return []
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    source = statement.source
    line = f'__qualname__ = "{node.name}"'
    if first.lineno == node.lineno:
        return [Edit(source.start(first), source.start(first), f"{line}; ")]
    if is_docstring and len(node.body) == 1:
        return []
    target = node.body[1] if is_docstring else first
    start = source.start(target)
    margin = source.text[source.starts[target.lineno - 1] : start]
    return [Edit(start, start, f"{line}\n\n{margin}")]


def discarded_value(statement: Statement, program: Program) -> list[Edit]:
    """`_ = meter.level` for a look that has an effect: alone on its line it would seem forgotten."""
    node = statement.node
    if (
        not isinstance(node, ast.Expr)
        or not isinstance(
            node.value, (ast.Attribute, ast.Subscript, ast.Tuple, ast.BinOp, ast.Compare)
        )
        or not statement.is_last
        or (
            isinstance(node.value, ast.BinOp)
            and isinstance(node.value.op, (ast.LShift, ast.RShift))
        )
        or "_" in program.binders
        or "_" in program.readers
    ):
        return []
    start = statement.source.start(node)
    return [Edit(start, start, "_ = ")]


def thread_signature(statement: Statement, names: tuple[str, ...]) -> Edit:
    """The edit that gives a function its notebook values as keyword-only parameters."""
    node = statement.node
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    arguments = node.args
    source = statement.source
    added = ", ".join(names)
    has_star = arguments.vararg is not None or bool(arguments.kwonlyargs)
    start = source.offset(node.lineno, node.col_offset)
    opening, closing = _parentheses(source.text, source.text.index(node.name, start + 4))
    last, comma = _before_closing(source.text, opening, closing)
    if last is None:
        return Edit(opening + 1, opening + 1, f"*, {added}")
    text = added if has_star else f"*, {added}"
    return Edit(last, last, f" {text}" if comma else f", {text}")


def _parentheses(text: str, start: int) -> tuple[int, int]:
    """The offsets of the first opening parenthesis from `start` on, and of the one that closes it."""
    opening = text.index("(", start)
    depth = 0
    for token, offset in _tokens(text, opening):
        if token.string in ("(", "[", "{"):
            depth += 1
        elif token.string in (")", "]", "}"):
            depth -= 1
            if not depth:
                return opening, offset
    raise AssertionError("a signature that parses has its closing parenthesis")


def _before_closing(text: str, opening: int, closing: int) -> tuple[int | None, bool]:
    """Where the last thing between two parentheses ends, and whether it is a comma."""
    end: int | None = None
    comma = False
    for token, offset in _tokens(text, opening):
        if offset >= closing:
            break
        if offset > opening and token.type not in _LAYOUT:
            end, comma = offset + len(token.string), token.string == ","
    return end, comma


_LAYOUT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
)


def _tokens(text: str, start: int) -> Iterator[tuple[tokenize.TokenInfo, int]]:
    """Tokens from an offset on, each with its own offset."""
    rest = text[start:]
    starts = [0]
    for line in rest.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    try:
        for token in tokenize.generate_tokens(iter(rest.splitlines(keepends=True)).__next__):
            yield token, start + starts[token.start[0] - 1] + token.start[1]
    except (tokenize.TokenError, SyntaxError):
        return  # the text goes on beyond the bracket that was asked for


def _words(statement: Statement) -> frozenset[str]:
    text = statement.text
    wanted = ("__name__", "global", "import", "display", "IPython", *_NAMESPACE_WORDS)
    return frozenset(w for w in wanted if w in text)


# -- calls of functions that take notebook values -----------------------------------------------------


def _thread_edits(statement: Statement, rules: PlacingRules) -> Iterator[Edit]:
    called = rules.threads.keys() & (statement.facts.reads | statement.facts.captures)
    if not called:
        return
    for occurrence in occurrences(statement.node, called):
        if occurrence.call is not None:
            names = rules.threads[occurrence.node.id]
            yield _pass_keywords(statement, occurrence.call, names)


def _pass_keywords(statement: Statement, call: ast.Call, names: tuple[str, ...]) -> Edit:
    added = ", ".join(f"{name}={name}" for name in names)
    source = statement.source
    closing = source.end(call) - 1
    given = [*call.args, *(k.value for k in call.keywords)]
    if not given:
        return Edit(closing, closing, added)
    if len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp) and not call.keywords:
        argument = call.args[0]
        start, end = source.start(argument), source.end(argument)
        if end == closing + 1:  # f(x for x in y): the generator borrows the call's parentheses
            return Edit(start, end, f"({source.text[start:end]}, {added})")
    last, comma = _before_closing(source.text, source.end(call.func), closing)
    assert last is not None
    return Edit(last, last, f" {added}" if comma else f", {added}")


_NAMESPACE_WORDS = frozenset({"globals", "locals", "vars", "dir", "eval"})
SNAPSHOT = "namespace"


def _namespace_edits(statement: Statement) -> Iterator[Edit]:
    """`globals()` becomes a snapshot of the step's variables, taken right before."""
    source = statement.source
    for node in statement.nodes:
        if tested_name(node) is not None:  # 'x' in globals(): the step's own variables
            assert isinstance(node, ast.Compare)
            for call in walk(node.comparators[0]):
                if isinstance(call, ast.Name) and call.id in ("globals", "vars"):
                    yield Edit(source.start(call), source.end(call), "locals")
    for use in namespace_uses(statement.node):
        start, end = source.start(use.call), source.end(use.call)
        if use.access is Access.MAPPING:
            yield Edit(start, end, SNAPSHOT)
        elif use.access is Access.NAMES:
            yield Edit(start, end, f"sorted({SNAPSHOT})")
        elif use.access is Access.EVALUATES:
            yield Edit(end - 1, end - 1, f", globals(), {SNAPSHOT}")


# -- what a module does not share with a notebook -----------------------------------------------------


def _dunder_name_edits(statement: Statement) -> Iterator[Edit]:
    """`__name__` is "__main__" in a notebook, and the module's name in a package."""
    node = statement.node
    guard = node.test if isinstance(node, ast.If) and is_main_guard(node.test) else None
    for occurrence in occurrences(node, {"__name__"}):
        if guard is None or occurrence.node not in list(walk(guard)):
            start, end = (
                statement.source.start(occurrence.node),
                statement.source.end(occurrence.node),
            )
            yield Edit(start, end, '"__main__"')


def _global_edits(statement: Statement, flowing: Collection[str]) -> Iterator[Edit]:
    """`global x` in a function becomes `nonlocal x` where it writes a value of the step.

    Where the function only reads x, Python finds it without being told.
    """
    source = statement.source
    inside = {
        id(inner) for node in statement.nodes if isinstance(node, FUNCTIONS) for inner in walk(node)
    }
    for node in statement.nodes:
        if not isinstance(node, ast.Global):
            continue
        written = [
            n for n in node.names if id(node) in inside and n in statement.facts.captured_binds
        ]
        local = [n for n in written if n in flowing]
        module = [n for n in written if n not in flowing]
        parts = [
            f"{word} {', '.join(names)}"
            for word, names in (("nonlocal", local), ("global", module))
            if names
        ]
        yield Edit(source.start(node), source.end(node), "; ".join(parts) or "pass")


# -- display ---------------------------------------------------------------------------------------


def repeated_import_edits(statement: Statement, program: Program) -> Iterator[Edit]:
    """Take imports out of loops and branches that the module has at its top anyway.

    They would make the name a local one of the function, without a value before that line.
    """
    if statement.kind is not Kind.CODE:
        return
    for body in _bodies(statement.node, into_functions=False):
        repeated = [
            node
            for node in body
            if isinstance(node, (ast.Import, ast.ImportFrom))
            and set(import_aliases(node)) <= program.static_imports
        ]
        for node in repeated:
            yield _removal(node, statement, is_only=len(repeated) == len(body) and node is body[-1])


def _removal(node: ast.stmt, statement: Statement, *, is_only: bool) -> Edit:
    """Take a statement out of the body that it stands in, with its line where it has one."""
    source = statement.source
    start, end = source.start(node), source.end(node)
    if is_only:
        return Edit(start, end, "pass")
    line_start = source.text.rfind("\n", 0, start) + 1
    line_end = source.text.find("\n", end)
    line_end = len(source.text) if line_end < 0 else line_end
    before, after = source.text[line_start:start], source.text[end:line_end]
    if not before.strip() and not after.strip(" ;\t") and line_end < len(source.text):
        return Edit(line_start, line_end + 1, "")
    return Edit(start, end, "pass")


def _display_edits(statement: Statement, rules: PlacingRules) -> Iterator[Edit]:
    """Take `display(…)` out of bodies: a program has no place to show it."""
    source = statement.source
    for body in _bodies(statement.node):
        removed = 0
        for node in body:
            if not isinstance(node, ast.Expr):
                continue
            arguments = display_arguments(node.value, rules.program.aliases)
            if arguments is None:
                continue
            start, end = source.start(node), source.end(node)
            kept = [a for a in arguments if not only_looks_at(rules.program, a)]
            if kept:
                text = ", ".join(source.text[source.start(a) : source.end(a)] for a in kept)
                yield Edit(start, end, text)
                continue
            removed += 1
            yield _removal(node, statement, is_only=removed == len(body))


def _bodies(node: ast.AST, *, into_functions: bool = True) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.Expr):
        yield [node]
    stack = [node]
    while stack:
        inner = stack.pop()
        if not into_functions and isinstance(inner, (*FUNCTIONS, ast.ClassDef)):
            continue
        stack.extend(reversed(list(children(inner))))
        for name in ("body", "orelse", "finalbody"):
            body = getattr(inner, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body
