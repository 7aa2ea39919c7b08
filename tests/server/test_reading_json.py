"""What is sent is taken as it is meant, or refused with its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.problems import UsageError
from nb2pkg.server.json_schema import record_schema
from nb2pkg.server.reading_json import read_body, read_query
from nb2pkg.server.shapes import CountBounds, NumberBounds, TextBounds, record_of
from nb2pkg.server.writing_json import json_bytes


@dataclass(frozen=True)
class Inner:
    """Something within."""

    name: Annotated[str, TextBounds(longest=5, shortest=1, pattern="[a-z]+")]
    count: Annotated[int, NumberBounds(least=0, most=10)] = 3


@dataclass(frozen=True)
class Outer:
    """All kinds of members."""

    kind: Literal["one", "two"]
    inner: Inner | None = None
    many: Annotated[tuple[Inner, ...], CountBounds(most=2)] = ()
    share: Annotated[float, NumberBounds(least=0, most=1)] = 0.5
    is_so: bool = False
    values: Annotated[dict[str, Any], CountBounds(most=2)] | None = None


def read(value: Any) -> Any:
    return read_body(Outer, json.dumps(value).encode())


def test_all_that_is_right_is_taken() -> None:
    found = read(
        {
            "kind": "two",
            "inner": {"name": "abc", "count": 0},
            "many": [{"name": "a"}, {"name": "b"}],
            "share": 1,
            "is_so": True,
            "values": {"x": [1, None, {"y": "ä"}]},
        }
    )

    assert found == Outer(
        "two", Inner("abc", 0), (Inner("a"), Inner("b")), 1.0, True, {"x": [1, None, {"y": "ä"}]}
    )
    assert isinstance(found.share, float)
    assert read({"kind": "one"}) == Outer("one")
    assert read({"kind": "one", "inner": None}).inner is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "kind: it is missing"),
        ({"kind": "three"}, 'kind: "three" is none of: one, two'),
        ({"kind": None}, "kind: null is none of: one, two"),
        ({"kind": "one", "knid": 1}, "knid: there is no such member (did you mean 'kind'?)"),
        ({"kind": "one", "is_so": 1}, "is_so: true or false is wanted, and this is a number"),
        ({"kind": "one", "is_so": None}, "is_so: true or false is wanted, and this is null"),
        ({"kind": "one", "share": "1"}, "share: a number is wanted, and this is a text"),
        ({"kind": "one", "share": True}, "share: a number is wanted, and this is a truth value"),
        ({"kind": "one", "share": 1.5}, "share: it is not from 0 to 1"),
        ({"kind": "one", "inner": []}, "inner: an object is wanted, and this is an array"),
        ({"kind": "one", "inner": {"name": 1}}, "inner.name: a text is wanted, and this is a number"),
        ({"kind": "one", "inner": {"name": ""}}, "inner.name: it is empty"),
        ({"kind": "one", "inner": {"name": "abcdef"}}, "inner.name: it has more than 5 characters"),
        ({"kind": "one", "inner": {"name": "ab\n"}}, 'inner.name: "ab\\n" does not match [a-z]+'),
        ({"kind": "one", "inner": {"name": "a", "count": 1.0}}, "inner.count: a whole number is wanted"),
        ({"kind": "one", "inner": {"name": "a", "count": False}}, "inner.count: a whole number is wanted"),
        ({"kind": "one", "inner": {"name": "a", "count": 11}}, "inner.count: it is not from 0 to 10"),
        ({"kind": "one", "many": {}}, "many: an array is wanted, and this is an object"),
        ({"kind": "one", "many": [{"name": "a"}, {"nam": "b"}]}, "many[1].nam: there is no such member"),
        ({"kind": "one", "many": [{"name": "a"}] * 3}, "many: there are more than 2"),
        ({"kind": "one", "values": {"a": 1, "b": 2, "c": 3}}, "values: there are more than 2"),
        ([], "an object is wanted, and this is an array"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(value: Any, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(value)

    assert refused.value.code == "NB020"
    assert said in refused.value.message


def test_queries_are_texts_of_values() -> None:
    assert read_query(Inner, {"name": ["abc"], "count": ["7"]}) == Inner("abc", 7)
    for given_, said in (
        ({"name": ["abc"], "count": ["7.0"]}, "count: a whole number is wanted"),
        ({"name": ["abc"], "count": ["٧"]}, "count: a whole number is wanted"),
        ({"name": ["abc"], "count": ["1" * 5000]}, "count: a whole number is wanted"),
        ({"name": ["abc", "def"]}, "name: it is given more than once"),
        ({"nam": ["abc"]}, "nam: there is no such member"),
    ):
        with pytest.raises(UsageError) as refused:
            read_query(Inner, given_)
        assert said in refused.value.message


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
_INNER = st.fixed_dictionaries({"name": st.sampled_from(["a", "abc", "", "abcdef", "A"]) | _JSON},
                               optional={"count": st.integers(-2, 12) | _JSON})  # fmt: skip
_OUTER = st.fixed_dictionaries(
    {"kind": st.sampled_from(["one", "two", "three"])},
    optional={
        "inner": _INNER | _JSON,
        "many": st.lists(_INNER, max_size=3) | _JSON,
        "share": st.floats(-1, 2) | _JSON,
        "is_so": st.booleans() | _JSON,
        "values": _JSON,
        "other": _JSON,
    },
)


@given(_OUTER | _JSON)
def test_what_is_taken_is_what_the_schema_allows(value: Any) -> None:
    # JSON Schema takes 1.0 for a whole number, and we do not: who says so means another type.
    home = "#/$defs/"
    schema = {
        **record_schema(record_of(Outer), home),
        "$defs": {"Inner": record_schema(record_of(Inner), home)},
    }
    is_allowed = jsonschema.Draft202012Validator(schema).is_valid(value)
    try:
        found = read(value)
    except UsageError as error:
        assert not is_allowed or "whole number" in error.message
        return
    assert is_allowed
    again = json.loads(json_bytes(found))
    assert read(again) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), b"null"),
        (float("-inf"), b"null"),
        ({"a": (1, 2.5, None, True)}, b'{"a":[1,2.5,null,true]}'),
        ("\udcff\u2028</script>", b'"\\udcff\\u2028</script>"'),
        (Inner("a"), b'{"name":"a","count":3}'),
    ],
)
def test_answers_are_json_that_every_reader_takes(value: Any, text: bytes) -> None:
    assert json_bytes(value) == text
