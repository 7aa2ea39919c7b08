"""Are two packages the same but for words: the same files, statements, keys, cells and headings?

`Words` says which words may differ. Everything else that differs is reported, with its place.
"""

from __future__ import annotations

import ast
import functools
import json
import keyword
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MARKER = "harmless"

Token = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What may differ: text that holds the marker, and names that come from the words.

    names: the name in the first package → the name in the second
    """

    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """How a dotted name of the first package reads in the second."""
        return ".".join(self._part(part) for part in name.split("."))

    def _part(self, part: str) -> str:
        for one, other in self.names.items():
            if part == one:
                return other
            if part.startswith(f"test_{one}_"):
                # `class_` is tested by `test_class_takes_…`.
                return f"test_{other.rstrip('_')}_{part.removeprefix(f'test_{one}_')}"
            if part == f"test_{one}":
                return f"test_{other}"
        return part

    def text(self, text: str) -> str:
        """How a text of the first package reads in the second, as far as names go."""
        return re.sub(r"\w+", lambda found: self._part(found[0]), text)

    def path(self, path: str) -> str:
        """Where a file of the first package stands in the second."""
        folder, _, file = path.rpartition("/")
        stem, dot, ending = file.rpartition(".")
        name = self.names.get(file) or self._part(stem) + dot + ending
        return "/".join([*map(self._part, folder.split("/")), name]) if folder else name

    def may_read(self, one: str, other: str) -> bool:
        """Whether a text may stand where the other one stands."""
        return self.text(one) == other or MARKER in one.lower()  # a sentence begins with a capital

    def may_be_called(self, one: str, other: str) -> bool:
        """Whether a name may stand where the other one stands; it is plain, and made of words."""
        before, marker, after = one.partition(MARKER)
        fits = other.startswith(before.rstrip("_")) and other.endswith(after)
        return bool(marker) and fits and other.isascii() and other.isidentifier()


def differences(
    one: Mapping[str, str], other: Mapping[str, str], words: Words, *, is_code: bool = False
) -> list[str]:
    """List in what way two packages, path → text, differ in more than words.

    is_code: the words are code of the notebook's own; then code may hold odd escapes and characters
    """
    paths = {words.path(path): path for path in one}
    found = [f"{path}: only in one" for path in paths if path not in other]
    found += [f"{path}: only in the other" for path in other if path not in paths]
    for path, text in other.items():
        if path in paths and text != one[paths[path]]:
            found += [
                f"{path}: {what}" for what in _file(path, one[paths[path]], text, words, is_code)
            ]
    return found


def _file(path: str, one: str, other: str, words: Words, is_code: bool) -> Iterator[str]:
    if path.endswith(".py"):
        yield from _python(one, other, words, is_code)
    elif path.endswith(".toml"):
        yield from _value(tomllib.loads(one), tomllib.loads(other), words)
        yield from _comments(one, other)
    elif path.endswith(".yaml"):
        yield from _value(yaml.safe_load(one), yaml.safe_load(other), words)
    elif path.endswith(".ipynb"):
        yield from _notebook(json.loads(one), json.loads(other), words)
    elif path.endswith(".md"):
        yield from _pairs(markdown_shape(one), markdown_shape(other))
    else:
        yield from _pairs(one.splitlines(), other.splitlines())
    if not is_code and (odd := _ODD.search(other)) and not path.endswith(".ipynb"):
        yield f"holds {odd[0]!r}"


# Direction marks, controls, halves of a pair: they hide code, or are no text at all.
_ODD = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _pairs(one: Sequence[object], other: Sequence[object]) -> Iterator[str]:
    for a, b in zip_longest(one, other):
        if a != b:
            yield f"{a!r} became {b!r}"
            return


def _comments(one: str, other: str) -> Iterator[str]:
    if len(one.splitlines()) != len(other.splitlines()):
        yield "has more or fewer lines"


# -- Python ----------------------------------------------------------------------------------------


def _python(one: str, other: str, words: Words, is_code: bool) -> Iterator[str]:
    # As Python reads a file: from bytes, where a comment may name another encoding.
    tokens = list(_tokens(_tree(one, True), words))
    for a, b in zip_longest(tokens, _tokens(_tree(other, is_code), Words()), fillvalue=("", "")):
        if a == b or (a[0] == b[0] and _MAY_DIFFER.get(a[0], _never)(words, a[1], b[1])):
            continue
        yield f"{a} became {b}"
        return
    for help_text in _helps(_tree(other, True)):
        help_text % {"default": 1, "prog": "x"}


def _never(words: Words, one: str, other: str) -> bool:
    return False


_MAY_DIFFER = {"text": Words.may_read, "name": Words.may_be_called}


@functools.lru_cache(maxsize=512)
def _tree(text: str, lenient: bool) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if lenient else "error")
        return ast.parse(text.encode())


def _tokens(node: ast.AST, words: Words) -> Iterator[Token]:
    """The tree as a line: its node types, names and values. Imports and `__all__` are sorted."""
    yield ("node", type(node).__name__)
    if isinstance(node, ast.Constant):
        value = node.value
        yield ("text", value) if isinstance(value, str) else ("value", repr(value))
        return
    for key, value in ast.iter_fields(node):
        if isinstance(value, str):
            yield ("name", words.name(value))
        elif isinstance(value, ast.AST):
            yield from _tokens(value, words)
        elif isinstance(value, list):
            yield ("list", f"{key} {len(value)}")
            yield from _listed(value, words)
        elif value is not None:
            yield ("value", repr(value))


def _listed(items: Sequence[Any], words: Words) -> Iterator[Token]:
    imports: list[list[Token]] = []
    for item in items:
        line = list(_tokens(item, words)) if isinstance(item, ast.AST) else [("value", repr(item))]
        # What is sorted by name stands elsewhere when the name is another.
        if isinstance(item, (ast.Import, ast.ImportFrom, ast.alias)):
            imports.append(line)
            continue
        for sorted_line in sorted(imports):
            yield from sorted_line
        imports.clear()
        if _is_all(item):
            yield ("list", f"__all__ {len(item.value.elts)}")
            continue
        yield from line
    for sorted_line in sorted(imports):
        yield from sorted_line


def _is_all(item: object) -> bool:
    match item:
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
            return all(
                isinstance(n, ast.Constant) and str(n.value).isidentifier()
                and not keyword.iskeyword(str(n.value)) for n in names
            )  # fmt: skip
    return False


def _helps(tree: ast.AST) -> Iterator[str]:
    """What argparse fills in with `%` when it shows its help."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="help" | "description", value=ast.Constant(value=str(text))):
                yield text


def runs_more(one: Mapping[str, str], other: Mapping[str, str], words: Words) -> list[str]:
    """List what the second package imports and calls, and the first does not.

    For code whose shape may differ by right.
    """
    code = [text for path, text in one.items() if path.endswith(".py")]
    known = {words.text(line) for text in code for line in _runs(text)}
    known.add("str()")  # IPython fills in a value as its text
    return [
        f"{path}: {line}"
        for path, text in other.items()
        if path.endswith(".py")
        for line in sorted(_runs(text) - known)
    ]


def _runs(text: str) -> frozenset[str]:
    found = set()
    for node in ast.walk(_tree(text, True)):
        if isinstance(node, ast.Import):
            found |= {f"import {alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"import {node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call):
            found.add(f"{_called(node.func)}()")
    return frozenset(found)


def _called(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_called(value)}.{name}"
        case ast.Call(func=func):
            return f"{_called(func)}()"
    return type(node).__name__


# -- values: TOML, YAML, notebooks -----------------------------------------------------------------


def _value(one: Any, other: Any, words: Words, place: str = "") -> Iterator[str]:
    if isinstance(one, str) and isinstance(other, str):
        if not words.may_read(one, other):
            yield f"{place}: {one!r} became {other!r}"
    elif type(one) is not type(other):
        yield f"{place}: {one!r} became {other!r}"
    elif isinstance(one, dict):
        keys = list(zip_longest(one, other, fillvalue=""))
        if wrong := [(k, o) for k, o in keys if not words.may_read(k, o)]:
            yield f"{place}: {wrong[0][0]!r} became {wrong[0][1]!r}"
            return
        for key, other_key in keys:
            yield from _value(one[key], other[other_key], words, f"{place}.{key}")
    elif isinstance(one, list):
        if len(one) != len(other):
            yield f"{place}: {one!r} became {other!r}"
        for number, (a, b) in enumerate(zip(one, other, strict=False)):
            yield from _value(a, b, words, f"{place}[{number}]")
    elif one != other:
        yield f"{place}: {one!r} became {other!r}"


_CELL_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")


def _notebook(one: Any, other: Any, words: Words) -> Iterator[str]:
    yield from _pairs(
        [c["cell_type"] for c in one["cells"]], [c["cell_type"] for c in other["cells"]]
    )
    yield from _value(
        {k: v for k, v in one.items() if k != "cells"},
        {k: v for k, v in other.items() if k != "cells"}, words,
    )  # fmt: skip
    for number, (a, b) in enumerate(zip(one["cells"], other["cells"], strict=False)):
        if not _CELL_ID.fullmatch(b["id"]) and MARKER not in a["id"]:
            yield f"cell {number} has the id {b['id']!r}"
        rest = [{k: v for k, v in c.items() if k not in ("id", "source")} for c in (a, b)]
        yield from _value(rest[0], rest[1], words, f"cell {number}")
        yield from _source(a, b, words)


def _source(one: Any, other: Any, words: Words) -> Iterator[str]:
    a, b = ("".join(c["source"]) for c in (one, other))
    if one["cell_type"] != "code" or not _parses(a):
        if not words.may_read(a, b):
            yield f"{a!r} became {b!r}"
        return
    yield from _python(a, b, words, True)


def _parses(text: str) -> bool:
    try:
        _tree(text, True)
    except SyntaxError:
        return False
    return True


# -- Markdown --------------------------------------------------------------------------------------

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.*?)(?<!`)\1(?!`)", re.DOTALL)
_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
_HTML = re.compile(r"<[A-Za-z/!?]")
_LINK = re.compile(r"!?\[[^\]]*\][(\[:]")


def markdown_shape(text: str) -> list[str]:
    """The blocks of a Markdown text, and what of HTML and links is in it, one a line."""
    found: list[str] = []
    paragraph: list[str] = []
    fence = ""

    def end_paragraph() -> None:
        if paragraph:
            found.append("paragraph" + _inline("\n".join(paragraph)))
            paragraph.clear()

    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                found.append("end of fence")
                fence = ""
            elif found[-1].startswith("fence mermaid"):
                found.append(re.sub(r'"[^"]*"', '""', line))
        elif mark:
            end_paragraph()
            fence = mark[1]
            found.append(f"fence {mark[2]}")
        elif block := re.match(
            r"\s*(#{1,6}(?= |$)|\d+[.)](?= |$)|[-*+](?= |$)|>|\||={3,}|-{3,})", line
        ):
            end_paragraph()
            kind = re.sub(r"\d+", "1", block[1])
            columns = len(re.findall(r"(?<!\\)\|", line)) if kind == "|" else 0
            found.append(f"{kind} {columns or ''}" + _inline(line[block.end() :]))
        elif line.strip():
            paragraph.append(line)
        else:
            end_paragraph()
    end_paragraph()
    return [*found, f"open fence {fence}" if fence else "end"]


def _inline(text: str) -> str:
    bare = _ESCAPED.sub("", _CODE_SPAN.sub("", text))
    html, link = _HTML.search(bare), _LINK.search(bare)
    return (f" with {html[0]}" if html else "") + (f" with {link[0]}" if link else "")
