"""How does a module read with a function more, its own text left as it is?"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence

from nb2pkg.analysis import Effects, ModuleNames, import_aliases, module_names, star_names
from nb2pkg.analysis.captures import annotations_of
from nb2pkg.dataflow import BUILTINS
from nb2pkg.refactoring.only_defines import first_effect
from nb2pkg.refactoring.refusals import cannot
from nb2pkg.rendering.import_block import import_block

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FUTURE = "from __future__ import"
# By line: `#!…` or PEP 263's encoding in the first, the encoding in the second.
_ENCODING = r"#.*?coding[:=][ \t]*[-\w.]+"
_MUST_BE_FIRST = (re.compile(rf"#!|{_ENCODING}"), re.compile(_ENCODING))


def with_code(
    before: str | None,
    path: str,
    imports: Sequence[str],
    code: str,
    package: str,
    made: str | None = None,
) -> str:
    """The module's text with more code at its end, and with the imports that this needs.

    before: the module as it is, None where it is to be made; imports: one name each; code: laid out
    made: the function of it whose annotations nobody has seen yet; None: nobody has seen any

    Raises:
        FindingsError: the module cannot take it (NB804).
    """
    if before is None:
        block = import_block(imports, package) if imports else ""
        return "\n\n\n".join(part for part in (block, code.strip("\n")) if part) + "\n"
    newline = "\r\n" if "\r\n" in before else "\n"
    text = before.replace("\r\n", "\n")
    tree = _parsed(text, path)
    _refuse(tree, path, imports, code)
    _refuse_other_annotations(tree, path, imports, code, made)
    there = {name: meaning for node in tree.body for name, meaning in _bound(node).items()}
    wanted = [one for one in imports if not _is_there(one, there)]
    if wanted:
        text = _with_imports(text, tree, wanted, package)
    joined = text.rstrip("\n")
    text = (f"{joined}\n\n\n" if joined.strip() else joined) + code.strip("\n") + "\n"
    _refuse_unread(text, path)
    return text.replace("\n", newline)


def names_in(text: str) -> frozenset[str]:
    """The names that a module binds; none where it is not Python."""
    try:
        return module_names(text).binds
    except SyntaxError:
        return frozenset()


def _parsed(text: str, path: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        raise cannot(
            "NB804", f"{path}{where} is not Python: nothing is added to it", hint="mend it first"
        ) from None


def _refuse_unread(text: str, path: str) -> None:
    """Refuse where the imports have no place: `from __future__` below other code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        raise cannot(
            "NB804", f"{path} has no place for the imports", hint="choose another module"
        ) from None


def _refuse(tree: ast.Module, path: str, imports: Sequence[str], code: str) -> None:
    """Refuse a module that has such names, gives ours other meanings, or does something when imported."""
    new = module_names(code)
    there = {name for node in tree.body for name in _bound_names(node)}
    for name in sorted(new.binds & there):
        raise cannot(
            "NB804",
            f"{path} has a '{name}' already",
            hint="choose another name, or another module",
        )
    wanted = _meanings(imports)
    known = {name: meaning for node in tree.body for name, meaning in _bound(node).items()}
    for name in sorted((new.reads - new.binds) & (there | known.keys())):
        if known.get(name) is None or known[name] != wanted.get(name):
            raise cannot(
                "NB804",
                f"'{name}' means something else in {path}",
                hint="choose another module",
            )
    for name in sorted(there & BUILTINS & new.reads):
        raise cannot(
            "NB804", f"'{name}' is not Python's own in {path}", hint="choose another module"
        )
    _refuse_stars(tree, path, new, wanted)
    effects = Effects(aliases=known)
    does = first_effect(tree, effects, there)
    if does is not None:
        raise cannot(
            "NB804",
            f"{path} does something when it is imported: line {does.lineno}",
            hint='choose another module, or put that below `if __name__ == "__main__":`',
        )


def _meanings(imports: Sequence[str]) -> Mapping[str, str]:
    return {
        name: meaning
        for text in imports
        for name, meaning in import_aliases(ast.parse(text.partition("  # ")[0]).body[0]).items()
    }


def _bound(node: ast.stmt) -> Mapping[str, str]:
    return import_aliases(node) if isinstance(node, (ast.Import, ast.ImportFrom)) else {}


def _bound_names(node: ast.stmt) -> Collection[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return ()
    return module_names(ast.unparse(node)).binds


def _is_there(text: str, there: Mapping[str, str]) -> bool:
    wanted = _meanings([text])
    return bool(wanted) and all(there.get(name) == meaning for name, meaning in wanted.items())


def _refuse_stars(tree: ast.Module, path: str, new: ModuleNames, wanted: Mapping[str, str]) -> None:
    """Refuse a star import that may give a name of ours another value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            brought = None if node.level else star_names(node.module)
            if brought is None or brought & (new.reads | wanted.keys()):
                raise cannot(
                    "NB804",
                    f"{path} imports everything from a module, and may have other values for our "
                    f"names: line {node.lineno}",
                    hint="choose another module",
                )


def _refuse_other_annotations(
    tree: ast.Module, path: str, imports: Sequence[str], code: str, made: str | None
) -> None:
    """Refuse annotations that would be texts in one place, and values in the other."""
    are_texts, were_texts = _has_future(tree), any(one.startswith(_FUTURE) for one in imports)
    if are_texts and not were_texts and made is not None:
        changed = any(_is_annotated(node) for node in _moved(ast.parse(code), made))
    else:
        changed = were_texts and not are_texts and any(map(_is_annotated, ast.walk(tree)))
    if changed:
        raise cannot(
            "NB804",
            f"annotations mean something else in {path}: only one of it and the notebook has "
            f"`{_FUTURE} annotations`",
            hint="choose another module",
        )


def _has_future(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def _moved(tree: ast.Module, made: str) -> Iterator[ast.AST]:
    """The nodes of code that the notebook had: not the signature of the function that is made."""
    for node in tree.body:
        parts: Sequence[ast.stmt] = [node]
        if isinstance(node, _FUNCTIONS) and node.name == made:
            parts = node.body
        for part in parts:
            yield from ast.walk(part)


def _is_annotated(node: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        return any(isinstance(part, ast.AnnAssign) for part in node.body)
    return bool(annotations_of(node))


def _with_imports(text: str, tree: ast.Module, wanted: Sequence[str], package: str) -> str:
    """The text with more imports: among the others where those are in order, else below them."""
    lines = text.split("\n")
    head = list(_head(tree))
    there = [node for node in head if isinstance(node, (ast.Import, ast.ImportFrom))]
    if there:
        first, last = there[0].lineno - 1, there[-1].end_lineno or there[-1].lineno
        own = "\n".join(lines[first:last])
        single = [text for node in there for text in _one_by_one(node)]
        if own == import_block(single, package):
            lines[first:last] = import_block([*single, *wanted], package).split("\n")
        else:
            new = import_block(wanted, package).split("\n")
            lines[last:last] = [line for line in new if line]
        return "\n".join(lines)
    # Without imports, the head is the docstring or nothing.
    place = (head[0].end_lineno or 0) if head else _lines_of_comments_first(lines)
    above, below = "\n".join(lines[:place]).rstrip(), "\n".join(lines[place:]).strip("\n")
    begins_with_definition = any(
        isinstance(node, (*_FUNCTIONS, ast.ClassDef)) for node in tree.body[len(head) :][:1]
    )
    gap = "\n\n\n" if begins_with_definition else "\n\n"
    block = import_block(wanted, package)
    return gap.join(["\n\n".join(part for part in (above, block) if part), below])


def _lines_of_comments_first(lines: Sequence[str]) -> int:
    """How many lines a module begins with that are comments of the whole, and not of the code below them."""
    comments = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if comments < len(lines) and lines[comments].strip():
        # They are about the code below, all but what must be first.
        first = zip(_MUST_BE_FIRST, lines, strict=False)
        return max((n for n, (must, line) in enumerate(first, 1) if must.match(line)), default=0)
    return comments


def _one_by_one(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """An import statement as one statement for each name."""
    for alias in node.names:
        name = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
        if isinstance(node, ast.Import):
            yield f"import {name}"
        else:
            yield f"from {'.' * node.level}{node.module or ''} import {name}"


def _head(tree: ast.Module) -> Iterator[ast.stmt]:
    """The docstring and the imports that a module begins with."""
    for number, node in enumerate(tree.body):
        is_docstring = (
            number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
        if not is_docstring and not isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        yield node
