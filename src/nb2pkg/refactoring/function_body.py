"""What does a function do, as code that could stand where it is called?"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import (
    FUNCTIONS,
    NameFacts,
    SourceText,
    Statement,
    local_names,
    name_facts,
    namespace_uses,
    own_nodes,
    walk,
)
from nb2pkg.analysis.source_text import lines_inside_strings
from nb2pkg.dataflow import BUILTINS
from nb2pkg.planning.static_values import is_literal, is_mutable_display
from nb2pkg.problems import FindingsError
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.refactoring.replaced_text import parsed, shape

# What lives as long as a name for it does, and does something when it ends.
_OPENING_WORDS = """
    open connect TemporaryDirectory NamedTemporaryFile TemporaryFile SpooledTemporaryFile ZipFile TarFile
    HDFStore ExcelWriter File Dataset Popen Pool ThreadPool ThreadPoolExecutor ProcessPoolExecutor
    ExitStack urlopen socket catch_warnings Session
"""
_OPENING = frozenset(_OPENING_WORDS.split())
_LOOKING_UP_WORDS = """
    _getframe currentframe getframeinfo super warn warn_explicit print_exc format_exc print_stack
    format_stack extract_stack
"""
_LOOKING_UP = frozenset(_LOOKING_UP_WORDS.split())
_SCOPES = (*FUNCTIONS, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunctionBody:
    """The body of a function, without its docstring and its `return`.

    text: its code at the left margin, comments included
    returned: what it gives, if anything, with its text and the comment behind it
    local: names that it keeps to itself, its parameters among them
    bound: those that its body binds, changes or deletes
    """

    name: str
    arguments: ast.arguments
    is_async: bool
    statements: tuple[ast.stmt, ...]
    text: str
    returned: ast.expr | None
    returned_text: str
    returned_comment: str
    local: frozenset[str]
    bound: frozenset[str]


def body_of(definition: Statement, at: Statement) -> FunctionBody:
    """Take a function's definition apart.

    at: the statement of the notebook to which refusals point

    Raises:
        FindingsError: its body cannot stand anywhere else (NB806).
    """
    node = definition.node
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    reason = next(_obstacles(node, definition), None)
    if reason is not None:
        raise _refusal(node.name, reason, at)
    body = list(node.body)
    docstring = body.pop(0) if _is_text(body[0]) else None
    last = body.pop() if body and isinstance(body[-1], ast.Return) else None
    local = frozenset(local_names(node)[0])
    facts = _facts([*body, *([last] if last else [])])
    unbound = (facts.reads & local) - {a.arg for a in _parameters(node.args)}
    if unbound:
        raise _refusal(node.name, f"'{min(unbound)}' may have no value yet where it is read", at)
    statements = tuple(s for s in body if not isinstance(s, ast.Pass))
    text = _text(node, docstring, body, last, definition.source)
    tree = parsed(text)
    if tree is None or shape([s for s in tree.body if not isinstance(s, ast.Pass)]) != shape(
        list(statements)
    ):
        raise _refusal(node.name, "its text cannot be taken out of the definition", at)
    if not statements:  # nothing but comments, perhaps, and `pass`
        text = "\n".join(line for line in text.split("\n") if line.lstrip().startswith("#"))
    returned = last.value if isinstance(last, ast.Return) else None
    if isinstance(returned, ast.Constant) and returned.value is None:
        returned = None
    return FunctionBody(
        name=node.name,
        arguments=node.args,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        statements=statements,
        text=text,
        returned=returned,
        returned_text=definition.source.slice(returned) if returned else "",
        returned_comment=_comment_behind(last, definition.source) if last else "",
        local=local,
        bound=(facts.may_bind | facts.deletes) & local,
    )


def _refusal(name: str, reason: str, at: Statement) -> FindingsError:
    return cannot("NB806", f"{name}() cannot be inlined: {reason}", statement=at)


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _facts(body: Sequence[ast.stmt]) -> NameFacts:
    found = NameFacts()
    for statement in body:
        found = found.then(name_facts(statement))
    return found


# -- what is refused ---------------------------------------------------------------------------------


def _obstacles(
    node: ast.FunctionDef | ast.AsyncFunctionDef, definition: Statement
) -> Iterator[str]:
    if node.decorator_list:
        yield "it has a decorator"
    if node.args.vararg or node.args.kwarg:
        yield "it takes any number of arguments"
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if default is not None and not (is_literal(default) and _is_fixed(default)):
            yield "a parameter has a default value that is no plain number or text"
    for annotation in _annotations(node):
        if any(isinstance(n, (ast.Call, ast.NamedExpr)) for n in walk(annotation)):
            yield "its annotations call something"
    own = list(own_nodes(node.body))
    returns = [n for n in own if isinstance(n, ast.Return)]
    if len(returns) > 1 or (returns and returns[0] is not node.body[-1]):
        yield "it returns from more than one place, or before its end"
    if any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own):
        yield "it is a generator"
    if node.name in definition.facts.captures:
        yield "it calls itself"
    yield from _obstacles_in_the_body(node, own)


def _obstacles_in_the_body(
    node: ast.FunctionDef | ast.AsyncFunctionDef, own: Sequence[ast.AST]
) -> Iterator[str]:
    nodes = [n for statement in node.body for n in walk(statement)]
    for inner in nodes:
        if isinstance(inner, ast.Global):
            yield f"it binds '{inner.names[0]}' with `global`"
        if isinstance(inner, ast.Nonlocal):
            yield f"a function in it binds '{inner.names[0]}' with `nonlocal`"
        if isinstance(inner, ast.ClassDef):
            yield f"it defines a class, '{inner.name}'"
        if isinstance(inner, (ast.Name, ast.Attribute)):
            word = inner.id if isinstance(inner, ast.Name) else inner.attr
            if word in _LOOKING_UP:
                yield f"it uses {word}, which tells where it is called"
        if isinstance(inner, ast.keyword) and inner.arg == "stacklevel":
            yield "it warns in the name of the code that calls it"
    if any(True for _ in namespace_uses(node)):
        yield "it looks at its names as a whole"
    for inner in own:
        if isinstance(inner, ast.AnnAssign) and not _is_plain_annotation(inner.annotation):
            yield "a variable in it has an annotation, which a function does not evaluate"
        if isinstance(inner, ast.Assign) and _opens(inner.value) and not _is_closed(inner, node):
            yield f"'{ast.unparse(inner.targets[0])}' is open until the function ends"


def _is_fixed(value: ast.expr) -> bool:
    return not any(is_mutable_display(n) for n in walk(value) if isinstance(n, ast.expr))


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    for argument in _parameters(node.args):
        if argument.annotation is not None:
            yield argument.annotation
    if node.returns is not None:
        yield node.returns


def _is_plain_annotation(annotation: ast.expr) -> bool:
    return all(
        not isinstance(n, (ast.Call, ast.Attribute)) and getattr(n, "id", "int") in BUILTINS
        for n in walk(annotation)
    )


def _opens(value: ast.expr) -> bool:
    if isinstance(value, ast.Await):
        value = value.value
    return (
        isinstance(value, ast.Call)
        and getattr(value.func, "attr", getattr(value.func, "id", "")) in _OPENING
    )


def _is_closed(binding: ast.Assign, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether what is opened is given back, or closed by a statement of the body itself."""
    names = [t.id for t in binding.targets if isinstance(t, ast.Name)]
    for statement in node.body:
        match statement:
            case ast.Return(value=ast.Name(id=name)) if name in names:
                return True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=word))):
                if name in names and word in ("close", "cleanup", "shutdown"):
                    return True
    return False


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


# -- its text ----------------------------------------------------------------------------------------


def _text(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    docstring: ast.stmt | None,
    body: Sequence[ast.stmt],
    last: ast.stmt | None,
    source: SourceText,
) -> str:
    """The code of the body at the left margin."""
    start = source.end(docstring) if docstring is not None else _behind_header(node, source)
    end = source.start(last) if last is not None else source.end(node)
    newline = source.text.find("\n", start)
    first = body[0] if body else last
    if first is None or newline < 0 or newline > source.start(first):
        # It stands on the line of its header: there are no comments in between.
        return "\n".join(source.slice(s) for s in body)
    text = source.text[newline + 1 : end].rstrip()
    if last is not None and body and body[-1].end_lineno == last.lineno:
        text = text.removesuffix(";")  # `total = a + b; return total`
    stop = source.text.find("\n", source.end(node))
    behind = source.text[source.end(node) : len(source.text) if stop < 0 else stop]
    if last is None:
        text += behind if behind.lstrip().startswith("#") else ""
    line = source.text.rfind("\n", 0, source.start(first)) + 1
    margin = source.text[line : source.start(first)]
    return _dedented(text, margin)


def _behind_header(node: ast.FunctionDef | ast.AsyncFunctionDef, source: SourceText) -> int:
    """Where the colon ends behind which the body stands."""
    start = source.offset(node.lineno, node.col_offset)
    text = source.text[start : source.end(node)]
    own = SourceText(text)
    depth = 0
    for token in tokenize.generate_tokens(iter([f"{line}\n" for line in own.lines]).__next__):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                return start + own.starts[token.end[0] - 1] + token.end[1]
    raise AssertionError("a definition has a colon")


def _dedented(text: str, margin: str) -> str:
    kept = {n - 1 for n in lines_inside_strings("if 1:\n" + text)}
    lines = [
        line
        if number in kept
        else line[len(margin) :]
        if line.startswith(margin)
        else line.lstrip()
        if line.lstrip().startswith("#") or not line.strip()
        else line
        for number, line in enumerate(text.split("\n"))
    ]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)


def _comment_behind(statement: ast.stmt, source: SourceText) -> str:
    end = source.end(statement)
    line = source.text[end:].partition("\n")[0].lstrip(" \t;\f")
    return line if line.startswith("#") else ""
