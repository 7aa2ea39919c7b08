"""What does a YAML text say, and where does each part of it stand?

Values are those of YAML 1.2's core schema: `no` and `on` are text, `1e3` is a number, a date is text.
Built from the parser's events, so that nothing nested, tagged or aliased can cost more than its text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from nb2pkg.problems import BadPipeline, Diagnostic, Location, Severity

MAX_BYTES = 1_000_000
_MAX_DEPTH = 50
_MAX_ALIASES = 100
_MAX_NODES = 200_000
# The parser compares each directive with all before it; nobody needs even one.
_MAX_DIRECTIVES = 10
_LONGEST_DIGITS = 1000
_SHOWN = 60

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"
_DIRECTIVE = re.compile(rf"(?:^|{_BREAK})%")
_NOT_YAML = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STANDARD = "tag:yaml.org,2002:"
_SCALARS = ("null", "bool", "int", "float", "str")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins: the 1-based line, the 0-based column."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, and its text as written."""

    value: bool | int | float | str | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    nodes: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping; its keys are texts, each there once."""

    nodes: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        return next((value for name, value in self.nodes if name.text == key), None)


Node: TypeAlias = "Scalar | Items | Entries"


def read_yaml(data: bytes) -> Node:
    """Read the one document of a YAML text.

    Raises:
        BadPipeline: it is no YAML (NB301), or holds what a pipeline may not (NB302), or a number that
            no computer holds (NB305).
    """
    if len(data) > MAX_BYTES:
        said = f"{len(data):,} bytes > limit {MAX_BYTES:,}"
        raise BadPipeline([_problem("NB302", f"the file is too big: {said}")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte 0x{data[error.start]:02X} at offset {error.start} is not UTF-8"
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            said = "it is encoded as UTF-16; save it as UTF-8"
        raise BadPipeline([_problem("NB301", said)]) from error
    _refuse_characters(text)
    try:
        return _Tree(text).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        place = None if mark is None else Place(mark.line + 1, mark.column)
        raise BadPipeline([_problem("NB301", f"not YAML: {said}", place, text)]) from error
    except yaml.YAMLError as error:
        raise BadPipeline([_problem("NB301", f"not YAML: {error}".split("\n", 1)[0])]) from error


def _refuse_characters(text: str) -> None:
    """What the parser would refuse without saying where, or not in time."""
    found = _NOT_YAML.search(text)
    if found is not None:
        lines = re.split(_BREAK, text[: found.start()])
        place = Place(len(lines), len(lines[-1]))
        said = f"not YAML: the character U+{ord(found[0]):04X} is not allowed"
        raise BadPipeline([_problem("NB301", said, place, text)])
    if sum(1 for _ in _DIRECTIVE.finditer(text)) > _MAX_DIRECTIVES:
        said = f"too many lines that begin with '%' (limit {_MAX_DIRECTIVES})"
        raise BadPipeline([_problem("NB302", said)])


def plain(node: Node) -> Any:
    """The value of a node, as JSON has it."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    return {key.text: plain(value) for key, value in node.nodes}


def core_value(text: str) -> bool | int | float | str | None:
    """What a plain, unquoted scalar says in YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        # Python refuses to read or show longer numbers; they are nobody's parameters.
        if len(text) >= _LONGEST_DIGITS:
            return text
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def is_too_large(text: str, value: object) -> bool:
    """Whether a number was written that became an infinity which nobody has asked for."""
    return isinstance(value, float) and math.isinf(value) and text not in _WORDS


def problem_at(
    code: str,
    message: str,
    place: Place | None,
    text: str,
    *,
    length: int = 1,
    hint: str | None = None,
) -> Diagnostic:
    """A finding about a place of a YAML text; `length`: how many characters are marked."""
    return _problem(code, message, place, text, length=length, hint=hint)


def _problem(
    code: str,
    message: str,
    place: Place | None = None,
    text: str = "",
    *,
    length: int = 1,
    hint: str | None = None,
) -> Diagnostic:
    location = Location()
    if place is not None:
        lines = text.splitlines()
        source = lines[place.line - 1] if place.line <= len(lines) else ""
        location = Location(
            line=place.line,
            column=place.column,
            end_line=place.line,
            end_column=place.column + max(1, length),
            source_line=source,
        )
    return Diagnostic(
        code=code, severity=Severity.ERROR, message=message, location=location, hint=hint
    )


class _Tree:
    """Builds the tree of one text, holding to the limits."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._anchors: dict[str, _Built] = {}
        self._aliases = 0
        self._nodes = 0

    def read(self) -> Node:
        events = yaml.parse(self._text, Loader=_Loader)
        root: Node | None = None
        open_ones: list[_Open] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self._stop("NB302", "there is more than one document in it", event)
            if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                is_list = isinstance(event, yaml.SequenceStartEvent)
                self._refuse_tag(event, ("seq",) if is_list else ("map",))
                self._refuse_depth(len(open_ones) + 1, event)
                open_ones.append(_Open(event, _place(event), self._nodes))
                self._count(1, event)
                continue
            done = self._finished(event, open_ones)
            if done is None:
                continue
            if open_ones:
                open_ones[-1].add(done)
            else:
                root = done.node
        return root if root is not None else Scalar(None, "", Place(1, 0))

    def _finished(self, event: Any, open_ones: list[_Open]) -> _Built | None:
        """What an event completes."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event, _SCALARS)
            self._count(1, event)
            node: Node = Scalar(self._value(event), event.value, _place(event))
            return self._remembered(event.anchor, _Built(node, size=1, height=0))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, len(open_ones))
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            ended = open_ones.pop()
            whole: Node
            if isinstance(event, yaml.SequenceEndEvent):
                whole = Items(tuple(ended.parts), ended.place)
            else:
                whole = Entries(tuple(self._pairs(ended)), ended.place)
            built = _Built(whole, self._nodes - ended.nodes_before, ended.height)
            return self._remembered(ended.event.anchor, built)
        return None

    def _pairs(self, ended: _Open) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Place] = {}
        for key, value in zip(ended.parts[::2], ended.parts[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise self._bad("NB302", "a key must be a text", key.place)
            if key.text == "<<" and key.value == "<<":
                raise self._bad("NB302", "merge keys ('<<') are not supported", key.place)
            if key.text in seen:
                raise self._bad(
                    "NB302",
                    f"duplicate key {_printable(key.text)!r}, first in line {seen[key.text].line}",
                    key.place,
                    length=len(key.text),
                )
            seen[key.text] = key.place
            yield key, value

    def _alias(self, event: Any, depth: int) -> _Built:
        self._aliases += 1
        if self._aliases > _MAX_ALIASES:
            self._stop("NB302", f"too many aliases (limit {_MAX_ALIASES})", event)
        if event.anchor not in self._anchors:
            said = f"alias *{event.anchor[:_SHOWN]} stands for nothing before it"
            self._stop("NB302", said, event)
        built = self._anchors[event.anchor]
        self._count(built.size, event)
        self._refuse_depth(depth + built.height, event)
        return built

    def _remembered(self, anchor: str | None, built: _Built) -> _Built:
        if anchor is not None:
            self._anchors[anchor] = built
        return built

    def _refuse_depth(self, depth: int, event: Any) -> None:
        if depth > _MAX_DEPTH:
            self._stop("NB302", f"nested too deeply (limit {_MAX_DEPTH})", event)

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > _MAX_NODES:
            self._stop("NB302", f"it stands for more than {_MAX_NODES:,} values", event)

    def _refuse_tag(self, event: Any, allowed: Collection[str]) -> None:
        tag = event.tag
        if tag is None or tag == "!" or tag in {_STANDARD + name for name in allowed}:
            return
        shown = "!!" + tag[len(_STANDARD) :] if tag.startswith(_STANDARD) else tag
        self._stop("NB302", f"tag not allowed: {_printable(shown)}", event)

    def _value(self, event: Any) -> bool | int | float | str | None:
        tag = (event.tag or "").removeprefix(_STANDARD)
        is_plain = event.style is None or (not event.style and event.implicit[0])
        if tag in ("str", "!") or not (tag or is_plain):
            return str(event.value)
        value = core_value(event.value)
        kind = "null" if value is None else type(value).__name__
        if tag == "float" and isinstance(value, int) and not isinstance(value, bool):
            value, kind = _as_float(value), "float"
        if tag and kind != tag:
            self._stop("NB302", f"{_printable(event.value)!r} is no {tag}", event)
        if is_too_large(event.value, value):
            self._stop("NB305", f"number too large: {_printable(event.value)}", event)
        return value

    def _stop(self, code: str, message: str, event: Any) -> None:
        raise self._bad(code, message, _place(event))

    def _bad(self, code: str, message: str, place: Place, *, length: int = 1) -> BadPipeline:
        return BadPipeline([_problem(code, message, place, self._text, length=length)])


@dataclass(frozen=True, slots=True)
class _Built:
    """A node, how many nodes it stands for, and how many levels lie below it."""

    node: Node
    size: int
    height: int


@dataclass(slots=True)
class _Open:
    """A sequence or mapping that has begun, and what came in it so far."""

    event: Any
    place: Place
    nodes_before: int
    parts: list[Node] = field(default_factory=list)
    height: int = 1

    def add(self, built: _Built) -> None:
        self.parts.append(built.node)
        self.height = max(self.height, built.height + 1)


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column)


def _printable(text: str) -> str:
    """The beginning of a text, without what a terminal would obey."""
    return "".join(c if c.isprintable() else "�" for c in text[:_SHOWN])


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
