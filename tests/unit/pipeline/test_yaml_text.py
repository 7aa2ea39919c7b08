"""What a YAML text says, where it says it, and what no pipeline may hold."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from nb2pkg.pipeline.yaml_text import (
    MAX_BYTES,
    Entries,
    Items,
    Place,
    Scalar,
    core_value,
    is_too_large,
    plain,
    read_yaml,
)
from nb2pkg.problems import BadPipeline

CORE = {
    "empty": ("", None),
    "tilde": ("~", None),
    "null": ("null", None),
    "Null": ("Null", None),
    "true": ("true", True),
    "FALSE": ("FALSE", False),
    "no": ("no", "no"),
    "on": ("on", "on"),
    "yes": ("Yes", "Yes"),
    "y": ("y", "y"),
    "mixed": ("tRUE", "tRUE"),
    "zero": ("0", 0),
    "signed": ("+12", 12),
    "minus": ("-12", -12),
    "leading zeros": ("007", 7),
    "octal": ("0o17", 15),
    "hex": ("0xFf", 255),
    "signed hex": ("-0x1", "-0x1"),
    "underscore": ("1_000", "1_000"),
    "binary": ("0b1", "0b1"),
    "float": ("1.5", 1.5),
    "no digits after": ("1.", 1.0),
    "no digits before": (".5", 0.5),
    "exponent": ("1e3", 1000.0),
    "negative": ("-1.5E-3", -0.0015),
    "inf": (".inf", math.inf),
    "plus inf": ("+.INF", math.inf),
    "minus inf": ("-.Inf", -math.inf),
    "bare inf": ("inf", "inf"),
    "dot": (".", "."),
    "sexagesimal": ("1:30", "1:30"),
    "date": ("2024-03-01", "2024-03-01"),
    "merge": ("<<", "<<"),
    "other digits": ("１２", "１２"),
}


@pytest.mark.parametrize(("text", "value"), CORE.values(), ids=CORE.keys())
def test_a_plain_scalar_is_what_the_core_schema_of_yaml_1_2_says(text: str, value: object) -> None:
    read = core_value(text)

    assert (read, type(read)) == (value, type(value))


def test_nan_is_a_float() -> None:
    assert math.isnan(float(core_value(".NaN") or 0))


@pytest.mark.parametrize("digits", ["9" * 1000, "0x" + "f" * 5000, "0o" + "7" * 5000])
def test_a_number_too_long_for_python_stays_a_text(digits: str) -> None:
    assert core_value(digits) == digits


def test_only_an_infinity_that_was_not_asked_for_is_too_large() -> None:
    assert is_too_large("1e400", core_value("1e400"))
    assert not is_too_large("-.inf", core_value("-.inf"))
    assert not is_too_large("1e300", core_value("1e300"))


DOCUMENTS: dict[str, tuple[bytes, Any]] = {
    "nothing": (b"", None),
    "a comment": (b"# only\n", None),
    "bom": (b"\xef\xbb\xbfa: 1\n", {"a": 1}),
    "crlf": (b"a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    "start and end": (b"---\na: 1\n...\n", {"a": 1}),
    "directive": (b"%YAML 1.2\n---\na: 1\n", {"a": 1}),
    "quoted": (b"a: '1'\nb: \"true\"\n", {"a": "1", "b": "true"}),
    "no is text": (b"a: no\nb: [on, off]\n", {"a": "no", "b": ["on", "off"]}),
    "blocks": (b"a: |\n  x\n  y\nb: >\n  1\n", {"a": "x\ny\n", "b": "1\n"}),
    "str tag": (b"a: !!str 1\nb: ! 2\n", {"a": "1", "b": "2"}),
    "int tag": (b"a: !!int '3'\n", {"a": 3}),
    "float tag": (b"a: !!float 1\nb: !!float 1.5\n", {"a": 1.0, "b": 1.5}),
    "null tag": (b"a: !!null ''\nb: !!bool true\n", {"a": None, "b": True}),
    "collection tags": (b"a: !!seq [1]\nb: !!map {c: 1}\n", {"a": [1], "b": {"c": 1}}),
    "keys are texts": (b"1: a\ntrue: b\nno: c\n", {"1": "a", "true": "b", "no": "c"}),
    "aliases": (b"a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n", {"a": [1, 2], "b": [1, 2], "c": 3, "d": 3}),
    "alias as key": (b"a: &x b\n*x : 1\n", {"a": "b", "b": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("data", "value"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_says_what_json_would(data: bytes, value: Any) -> None:
    read = plain(read_yaml(data))

    assert read == value
    assert repr(read) == repr(value)


def test_every_part_knows_where_it_begins() -> None:
    tree = read_yaml("é: [1,\n  - 2]\n".replace("- 2", "zwei").encode())

    assert isinstance(tree, Entries)
    [(key, value)] = tree.nodes
    assert isinstance(value, Items)
    assert (key.place, value.place) == (Place(1, 0), Place(1, 3))
    assert [item.place for item in value.nodes] == [Place(1, 4), Place(2, 2)]


def test_a_scalar_keeps_its_text_as_written() -> None:
    tree = read_yaml(b"a: 007\n")

    assert isinstance(tree, Entries)
    assert tree.get("a") == Scalar(7, "007", Place(1, 3))
    assert tree.get("b") is None


def bomb(levels: int = 12) -> bytes:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for n in range(1, levels):
        lines.append(f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]")
    return "\n".join(lines).encode()


def ladder(rungs: int = 100) -> bytes:
    """Shallow wherever one looks, and thousands of levels deep when the aliases are followed."""
    lines = ["- &a0 x", *(f"- &a{n} [[[[*a{n - 1}]]]]" for n in range(1, rungs))]
    return "\n".join(lines).encode()


BAD: dict[str, tuple[bytes, str, str, tuple[int | None, int | None]]] = {
    "unclosed": (b"a: [1, 2\nb: 3\n", "NB301", "not YAML: ", (2, 1)),
    "tab": (b"steps:\n\ta: {}\n", "NB301", "cannot start any token", (2, 0)),
    "no value": (b"a: b: c\n", "NB301", "mapping values are not allowed", (1, 4)),
    "quote": (b"a: 'x\n", "NB301", "unexpected end of stream", (2, 0)),
    "undefined handle": (b"a: !x!y 1\n", "NB301", "undefined tag handle", (1, 3)),
    "lone surrogate": (b'a: "\\ud800"\n', "NB301", "invalid Unicode", (1, 6)),
    "utf-16": ("a: 1".encode("utf-16"), "NB301", "encoded as UTF-16; save it as UTF-8", (None, None)),
    "utf-16 be": (b"\xfe\xff\0a", "NB301", "encoded as UTF-16; save it as UTF-8", (None, None)),
    "utf-16 without mark": ("a: 1".encode("utf-16-le"), "NB301", "U+0000 is not allowed", (1, 1)),
    "latin-1": (b"a: caf\xe9\n", "NB301", "byte 0xE9 at offset 6 is not UTF-8", (None, None)),
    "control": (b"a: 1\r\nb: x\x07\n", "NB301", "U+0007 is not allowed", (2, 4)),
    "form feed": (b"a: 1\n\x0cb: x\n", "NB301", "U+000C is not allowed", (2, 0)),
    "python tag": (b"a:\n  !!python/object:os.system x\n", "NB302", "tag not allowed: !!python/object:os.system", (2, 2)),
    "python apply": (b"!!python/object/apply:os.system ['x']", "NB302", "tag not allowed: !!python", (1, 0)),
    "local tag": (b"a: !Ref x\n", "NB302", "tag not allowed: !Ref", (1, 3)),
    "set tag": (b"a: !!set {x}\n", "NB302", "tag not allowed: !!set", (1, 3)),
    "binary tag": (b"a: !!binary aGk=\n", "NB302", "tag not allowed: !!binary", (1, 3)),
    "str of a list": (b"a: !!str [x]\n", "NB302", "tag not allowed: !!str", (1, 3)),
    "list of a text": (b"a: !!seq x\n", "NB302", "tag not allowed: !!seq", (1, 3)),
    "tag that a terminal obeys": (b"a: !<%1b%5b31m> x\n", "NB302", "tag not allowed: �[31m", (1, 3)),
    "int tag": (b"a: !!int x\n", "NB302", "'x' is no int", (1, 3)),
    "bool tag": (b"a: !!bool 1\n", "NB302", "'1' is no bool", (1, 3)),
    "two documents": (b"a: 1\n---\nb: 2\n", "NB302", "more than one document", (2, 0)),
    "duplicate key": (b"a: 1\nb: 2\n'a': 3\n", "NB302", "duplicate key 'a', first in line 1", (3, 0)),
    "duplicate inside": (b"x:\n- {a: 1, a: 1}\n", "NB302", "duplicate key 'a'", (2, 9)),
    "list as key": (b"? [a]\n: 1\n", "NB302", "a key must be a text", (1, 2)),
    "merge key": (b"a: &x {}\nb: {<<: *x}\n", "NB302", "merge keys", (2, 4)),
    "alias of nothing": (b"a: *x\n", "NB302", "*x stands for nothing", (1, 3)),
    "alias of itself": (b"a: &x [*x]\n", "NB302", "*x stands for nothing", (1, 7)),
    "too many aliases": (b"a: &x 1\nb: [" + b"*x, " * 101 + b"]", "NB302", "too many aliases (limit 100)", (2, 404)),
    "billion laughs": (bomb(), "NB302", "stands for more than 200,000 values", (6, 14)),
    "ladder of aliases": (ladder(), "NB302", "nested too deeply (limit 50)", (14, 11)),
    "million brackets": (b"[" * 10**6, "NB302", "nested too deeply (limit 50)", (1, 50)),
    "million braces": (b"{" * 10**6, "NB302", "nested too deeply (limit 50)", (1, 50)),
    "million dashes": (b"- " * 500_000, "NB302", "nested too deeply (limit 50)", (1, 100)),
    "million values": (b"[" + b"a," * 400_000 + b"]", "NB302", "more than 200,000 values", (1, 399_999)),
    "million directives": (b"%TAG !a! b\n" * 90_000, "NB302", "begin with '%' (limit 10)", (None, None)),
    "too big": (b"#" * (MAX_BYTES + 1), "NB302", "1,000,001 bytes > limit 1,000,000", (None, None)),
    "no float so large": (b"a: [1, 1e400]\n", "NB305", "number too large: 1e400", (1, 7)),
    "no float tagged so large": (b"a: !!float -" + b"9" * 400 + b"\n", "NB305", "number too large: -999", (1, 3)),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code", "message", "place"), BAD.values(), ids=BAD.keys())
def test_what_no_pipeline_may_hold_is_refused_where_it_stands(
    data: bytes, code: str, message: str, place: tuple[int | None, int | None]
) -> None:
    with pytest.raises(BadPipeline) as stop:
        read_yaml(data)

    location = stop.value.location
    assert (stop.value.code, location.line, location.column) == (code, *place)
    assert message in stop.value.message
    assert stop.value.message.isprintable()


@pytest.mark.parametrize(
    "data",
    [bomb(), bomb(2000), ladder(), b"[" * 10**6, b"? " * 500_000, b"%TAG !a! b\n" * 90_000],
    ids=["laughs", "many laughs", "ladder", "brackets", "questions", "directives"],
)
def test_what_would_cost_more_than_its_text_is_refused_at_once(data: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(BadPipeline):
        read_yaml(data)

    assert time.process_time() - begun < 0.5


def test_a_file_of_just_the_limit_is_read() -> None:
    assert plain(read_yaml(b"a: 1 #" + b"#" * (MAX_BYTES - 6))) == {"a": 1}


def test_fifty_levels_are_read_with_aliases_and_without() -> None:
    deep = b"[" * 50 + b"]" * 50
    aliased = b"- &x " + b"[" * 49 + b"]" * 49 + b"\n- *x\n"

    assert repr(plain(read_yaml(deep))).count("[") == 50
    assert repr(plain(read_yaml(aliased))).count("[") == 99


def test_the_line_at_fault_is_shown() -> None:
    with pytest.raises(BadPipeline) as stop:
        read_yaml("a: 1\u2028b: 2\x85é: !x 3\n".encode())

    location = stop.value.location
    assert (location.line, location.column, location.source_line) == (3, 3, "é: !x 3")
