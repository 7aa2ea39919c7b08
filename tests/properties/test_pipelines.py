"""Laws of pipelines: order respects needs, reading never crashes, values keep their type."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import random
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from nb2pkg.pipeline.fingerprints import canonical
from nb2pkg.pipeline.ordering import cycle_in, in_order, with_all_after, with_all_needed
from nb2pkg.pipeline.parameter_types import (
    ANYTHING,
    Anything,
    Choice,
    DictOf,
    ListOf,
    NotOfType,
    OneOf,
    ParameterType,
    Plain,
    checked_value,
    is_type_name,
    type_from_annotation,
    type_name,
    type_of_value,
    value_from_text,
)
from nb2pkg.pipeline.pipeline import NO_DEFAULT, Pipeline
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.pipeline.reading_values import can_name_files, name_problem
from nb2pkg.pipeline.yaml_text import plain, read_yaml
from nb2pkg.problems import BadPipeline
from nb2pkg.scheduling import read_expression, zone_named

EXAMPLES = settings(max_examples=300, deadline=None, derandomize=True)
_ROOT = Path(__file__).parents[2]
_PIPELINES = sorted((_ROOT / "examples").glob("*/*/pipeline.yaml"))
_SCHEMA = _ROOT / "src" / "nb2pkg" / "pipeline" / "pipeline.schema.json"
VALIDATOR = Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))

# -- order

Needs = Mapping[str, Sequence[str]]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Steps and what they need, with cycles and without; what is needed is there."""
    names = draw(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10))
    some = st.lists(st.sampled_from(names), max_size=3).map(tuple) if names else st.just(())
    return {name: draw(some) for name in names}


@st.composite
def ordered_graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Graphs without a cycle, in any order."""
    names = draw(st.permutations("abcdefghij"))
    needs = {
        name: tuple(draw(st.lists(st.sampled_from(names[:place]), max_size=4)) if place else ())
        for place, name in enumerate(names)
    }
    return {name: needs[name] for name in draw(st.permutations(names))}


def oracle_order(needs: Needs) -> tuple[str, ...] | None:
    """Again and again the first that has all it needs; None where there is none."""
    found: list[str] = []
    while len(found) < len(needs):
        ready = [n for n in needs if n not in found and set(needs[n]) <= set(found)]
        if not ready:
            return None
        found.append(ready[0])
    return tuple(found)


def oracle_needed(name: str, needs: Needs) -> set[str]:
    found: set[str] = set()
    while True:
        more = {other for n in (found | {name}) for other in needs[n]} - found
        if not more:
            return found
        found |= more


@EXAMPLES
@given(needs=ordered_graphs())
def test_each_step_comes_once_and_after_all_that_it_needs(needs: Needs) -> None:
    order = in_order(needs)

    assert sorted(order) == sorted(needs)
    assert all(order.index(o) < order.index(name) for name in needs for o in needs[name])


@EXAMPLES
@given(needs=graphs() | ordered_graphs())
def test_the_order_is_that_of_the_simple_rule(needs: Needs) -> None:
    expected = oracle_order(needs)

    assert (cycle_in(needs) is None) == (expected is not None)
    if expected is not None:
        assert in_order(needs) == expected


@EXAMPLES
@given(needs=graphs())
def test_a_cycle_that_is_told_is_one(needs: Needs) -> None:
    cycle = cycle_in(needs)

    has_one = any(name in oracle_needed(name, needs) for name in needs)
    assert (cycle is not None) == has_one
    if cycle is not None:
        assert cycle[0] == cycle[-1]
        assert len(set(cycle)) == len(cycle) - 1
        assert all(b in needs[a] for a, b in itertools.pairwise(cycle))


@EXAMPLES
@given(needs=ordered_graphs(), wanted=st.sets(st.sampled_from("abcdefghij")))
def test_what_a_wish_takes_along_is_what_is_needed_and_what_builds_on_it(
    needs: Needs, wanted: set[str]
) -> None:
    before = wanted.union(*(oracle_needed(name, needs) for name in wanted))
    after = {name for name in needs if wanted & ({name} | oracle_needed(name, needs))}

    assert with_all_needed(wanted, needs) == before
    assert with_all_after(wanted, needs) == after


@EXAMPLES
@given(needs=graphs())
def test_a_pipeline_is_refused_for_a_cycle_and_only_for_that(needs: Needs) -> None:
    unique = {name: tuple(dict.fromkeys(needed)) for name, needed in needs.items()}
    steps = {name: {"notebook": "x.ipynb", "needs": needed} for name, needed in unique.items()}
    text = json.dumps({"steps": steps}, indent=1)
    cycle = cycle_in(unique)

    if cycle is None:
        assert [s.needs for s in read_pipeline(text.encode()).steps] == list(unique.values())
    else:
        with pytest.raises(BadPipeline) as stop:
            read_pipeline(text.encode())
        assert stop.value.message.endswith(" → ".join(cycle))
        line = text.splitlines()[(stop.value.location.line or 0) - 1]
        assert line.strip().startswith(f'"{cycle[0]}":')


# -- reading

WORDS = [
    "steps", "name", "root", "parameters", "schedule", "timezone", "UTC", "0 2 * * *", "notebook", "function", "needs", "outputs", "timeout", "cron",
    "default", "type", "choices", "a", "b", "- ", ": ", ":\n  ", "\n", "  ", "{", "}", "[", "]", ", ", "&x ", "*x", "<<",
    "!!str ", "!x ", "!!python/object:os.system ", "|\n", ">-\n", "'", '"', "\\", "# ", "---\n", "...\n", "%TAG ! x\n",
    "? ", "~", "null", "1", "-1", "1e400", "0x" + "f" * 2000, ".nan", "true", "no", "int", "list[", "Literal[", "\t",
    "\r", "\x85", "\u2028", "\ufeff", "é", "😀", "\x00", "../a", "/a", "x" * 300,
]  # fmt: skip


def says(data: bytes) -> Pipeline | BadPipeline:
    try:
        return read_pipeline(data)
    except BadPipeline as stop:
        return stop


CODES = ("NB301", "NB302", "NB303", "NB304", "NB305", "NB306", "NB307", "NB309", "NB405")


def holds(said: Pipeline | BadPipeline) -> None:
    """What is true of every answer."""
    if isinstance(said, BadPipeline):
        assert 1 <= len(said.diagnostics) <= 100
        for found in said.diagnostics:
            assert found.code in CODES
            assert found.message.isprintable() and len(found.message) < 1000
            at = found.location
            if at.line is not None:
                assert at.source_line is not None and "\n" not in at.source_line
                assert 0 <= (at.column or 0) <= len(at.source_line)
        return
    order = in_order({step.name: step.needs for step in said.steps})
    assert len(order) == len(said.steps)
    for parameter in said.parameters:
        assert name_problem(parameter.name) is None
        assert type_name(parameter.type)
        if parameter.default is not NO_DEFAULT:
            assert canonical(parameter.default)
    for schedule in said.schedules:
        assert can_name_files(schedule.name)
        assert read_expression(schedule.timing.cron) == schedule.timing.expression
        assert zone_named(schedule.timing.timezone).key == schedule.timing.timezone


@EXAMPLES
@given(data=st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"")
def test_bytes_are_a_pipeline_or_a_bad_one(data: bytes) -> None:
    holds(says(data))


@settings(EXAMPLES, max_examples=1500)
@given(words=st.lists(st.sampled_from(WORDS), max_size=25))
def test_bits_of_yaml_are_a_pipeline_or_a_bad_one(words: list[str]) -> None:
    holds(says("".join(words).encode()))


@EXAMPLES
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_where_a_name_stands_is_read_or_refused(text: str) -> None:
    quoted = json.dumps(text, ensure_ascii=False)
    for document in (
        f"name: {quoted}\nsteps: {{}}",
        f"parameters: {{{quoted}: 1}}\nsteps: {{}}",
        f"parameters: {{a: {{type: {quoted}}}}}\nsteps: {{}}",
        f"steps: {{{quoted}: {{notebook: {quoted}, outputs: [{quoted}], timeout: {quoted}}}}}",
        f"steps: {{a: {{function: {quoted}, needs: {quoted}, inputs: {quoted}, cache: {quoted}}}}}",
        f"steps: {{}}\nschedule: {{{quoted}: {{cron: {quoted}, timezone: {quoted}, overlap: {quoted}}}}}",
    ):
        holds(says(document.encode()))


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them turned, lost, doubled or moved, or with something put among them."""
    for _ in range(chance.randint(1, 4)):
        a, b = sorted(chance.choices(range(len(data) + 1), k=2))
        match chance.randrange(6):
            case 0:
                data = data[:a] + bytes([chance.randrange(256)]) + data[a + 1 :]
            case 1:
                data = data[:a] + data[b:] if b - a < 40 else data[:a] + data[a + 1 :]
            case 2:
                data = data[:b] + data[a:b] + data[b:]
            case 3:
                data = data[:a] + chance.choice(WORDS).encode() + data[a:]
            case 4:
                lines = data.split(b"\n")
                chance.shuffle(lines)
                data = b"\n".join(lines)
            case _:
                lines = data.split(b"\n")
                place = chance.randrange(len(lines))
                lines[place] = chance.choice([b"  ", b"\t", b"- ", b"? "]) + lines[place]
                data = b"\n".join(lines)
    return data


@pytest.mark.parametrize("path", _PIPELINES, ids=[path.parent.name for path in _PIPELINES])
def test_a_damaged_pipeline_is_a_pipeline_or_a_bad_one(path: Path) -> None:
    data, chance = path.read_bytes(), random.Random(path.parent.name)

    for _ in range(1000):
        holds(says(mutated(data, chance)))


# -- the schema

LEAF = st.none() | st.booleans() | st.integers(-2, 200) | st.floats(-1, 99) | st.sampled_from(
    ["", "a", "b", "a.csv", "../a", "/a", "a:b", "auto", "int", "list[int]", "30m", "1h30", "class", "a b", "x\ny", "é"]
)  # fmt: skip
ANY = st.recursive(LEAF, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from("ab"), one, max_size=2), max_leaves=4)  # fmt: skip
KEY = st.sampled_from(["a", "b", "a-1", "é", "class", "_", "__x", "con", "a b", "", "case", "A"])


def entries(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mappings that mostly have some of these keys with what fits them, and sometimes something else."""
    mostly = {key: st.one_of(value, value, value, LEAF) for key, value in values.items()}
    return st.fixed_dictionaries({}, optional={**mostly}) | st.fixed_dictionaries(
        {}, optional=values
    )


TEXTS = st.lists(st.sampled_from("ab"), max_size=2) | st.sampled_from("ab")
DURATION = st.sampled_from([1, 0.5, "30m", "1h 30m", 0, "1h30"])
PARAMETER = entries(
    type=st.sampled_from(["int", "str", "any", "float | None"]), default=ANY, choices=st.lists(LEAF, max_size=3),
    about=st.sampled_from(["x", "", "x\ny"]), secret=st.booleans(),
)  # fmt: skip
STEP = st.sampled_from([{"notebook": "a.ipynb"}, {"function": "a.b:c"}, {}, {"notebook": "../a"}]).flatmap(
    lambda work: entries(
        kernel=st.just("python3"), needs=TEXTS, inputs=TEXTS, env=TEXTS, retries=st.integers(-1, 101),
        outputs=st.lists(LEAF | st.lists(st.sampled_from(["x", "y", "class"]), max_size=2), max_size=3),
        retry_delay=DURATION, timeout=DURATION, cell_timeout=DURATION, cache=st.sampled_from(["auto", True, "x"]),
        parameters=st.dictionaries(KEY, ANY, max_size=2),
    ).map(lambda entry: {**work, **entry})
)  # fmt: skip
SCHEDULE = st.sampled_from([{"cron": "0 2 * * *", "timezone": "UTC"}, {}]).flatmap(
    lambda times: entries(
        cron=st.sampled_from(["@daily", "every hour", " 0 2\t* * * ", "61 * * * *"]),
        timezone=st.sampled_from(["Europe/Stockholm", "Etc/GMT+5", "../UTC"]), retries=st.integers(-1, 101),
        parameters=st.dictionaries(KEY, ANY, max_size=1), overlap=st.sampled_from(["skip", "cancel-old", "no"]),
        catch_up=st.sampled_from(["latest", "all", "none"]), jitter=DURATION, grace=DURATION,
    ).map(lambda entry: {**times, **entry})
)  # fmt: skip
DOCUMENT = st.one_of(
    ANY,
    entries(
        name=st.sampled_from(["x", "a b", "é", 5, ""]), root=st.sampled_from([".", "..", "/a", "~"]),
        parameters=st.dictionaries(KEY, LEAF | PARAMETER, max_size=2),
        steps=st.dictionaries(KEY, STEP, max_size=2),
        schedule=st.dictionaries(KEY, SCHEDULE, max_size=1),
    ).map(lambda document: {"steps": {}, **document}),
)  # fmt: skip


@settings(EXAMPLES, max_examples=1000)
@given(document=DOCUMENT)
def test_the_schema_never_refuses_what_is_read(document: Any) -> None:
    text = json.dumps(document, ensure_ascii=False).encode()

    if isinstance(says(text), Pipeline):
        VALIDATOR.validate(plain(read_yaml(text)))


# -- values

SCALAR_TYPES = st.sampled_from(["int", "float", "str", "bool", "path", "date", "datetime", "None"])
TYPES: st.SearchStrategy[ParameterType] = st.recursive(
    SCALAR_TYPES.map(Plain) | st.just(ANYTHING),
    lambda one: st.one_of(
        one.map(lambda t: ListOf("list", t)),
        one.map(DictOf),
        st.lists(one, min_size=1, max_size=3).map(lambda ts: OneOf(tuple(ts))),
        st.lists(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3), min_size=1, max_size=4
        ).map(lambda values: Choice(tuple(values))),
    ),
    max_leaves=4,
)
ODD_WORDS = st.sampled_from(
    ["", "1", "-0", "007", "1.0", "1e5", "1e400", "nan", "-inf", "true", "No", "null", "~", "2024-03-01", "2024-02-30",
     "2024-03-01T12:00Z", "2024-03-01Z", "[1, 2]", "[a, null]", "{a: 1}", "[", "{a: {b: [1]}}", "[1e400]", "x", "\x1c5",
     "[!!python/object:x y]", "9" * 1001, "0x" + "f" * 1500, "&a [*a]", "\ud800", "1\n", "١"]
)  # fmt: skip


def is_of(value: Any, kind: ParameterType) -> bool:
    """Whether JSON's value is of a type, said in another way than the package does."""
    match kind:
        case Plain("int"):
            return type(value) is int
        case Plain("float"):
            return type(value) is float
        case Plain("bool"):
            return type(value) is bool
        case Plain("None"):
            return value is None
        case Plain("date"):
            return datetime.date.fromisoformat(value) is not None
        case Plain("datetime"):
            return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) is not None
        case Plain():
            return type(value) is str and "\0" not in value
        case ListOf(_, element):
            return type(value) is list and all(is_of(item, element) for item in value)
        case DictOf(element):
            return type(value) is dict and all(
                type(key) is str and is_of(item, element) for key, item in value.items()
            )
        case OneOf(types):
            return any(is_one_of(value, one) for one in types)
        case Choice(values):
            return any(value == one and type(value) is type(one) for one in values)
        case Anything():
            return canonical(value) is not None


def is_one_of(value: Any, kind: ParameterType) -> bool:
    try:
        return is_of(value, kind)
    except (ValueError, TypeError, AttributeError):
        return False


@settings(EXAMPLES, max_examples=2000)
@given(text=ODD_WORDS | st.text(max_size=12), kind=TYPES)
def test_a_word_is_of_the_declared_type_or_refused(text: str, kind: ParameterType) -> None:
    try:
        value = value_from_text(text, kind)
    except NotOfType as error:
        assert str(error)
    else:
        assert is_of(value, kind)


@settings(EXAMPLES, max_examples=1000)
@given(value=ANY | st.text(max_size=5) | st.floats(), kind=TYPES)
def test_a_value_is_of_the_declared_type_or_refused_and_stays_as_it_is(
    value: Any, kind: ParameterType
) -> None:
    try:
        checked = checked_value(value, kind)
    except NotOfType as error:
        assert str(error)
    else:
        assert is_of(checked, kind)
        assert canonical(checked_value(checked, kind)) == canonical(checked)


@EXAMPLES
@given(
    value=st.integers()
    | st.floats()
    | st.booleans()
    | st.text(alphabet=st.characters(exclude_characters="\0"))
)
@example(10**900)
@example(-0.0)
@example("007")
@example("null")
def test_what_python_prints_of_a_value_stands_for_it(value: float | str) -> None:
    read = value_from_text(str(value), type_of_value(value))

    assert type(read) is type(value)
    assert read == value or (value != value and math.isnan(float(read)))


ANNOTATION_PARTS = ["int", "str", "flot", "any", "list[", "dict[", "Literal[", "Optional[", "Union[", "tuple[", "]", ", ", " | ", "None", "'a'", "'int'", "1", "()", "...", "{[]: 1}", ".", "b'x'", "lambda: ", "-", "\n"]  # fmt: skip


@settings(EXAMPLES, max_examples=1500)
@given(
    text=st.lists(st.sampled_from(ANNOTATION_PARTS), max_size=9).map("".join)
    | st.text(alphabet=string.printable, max_size=20)
    | st.text(max_size=20)
)
def test_any_text_as_an_annotation_is_a_type_or_nothing_is_known_of_it(text: str) -> None:
    kind = type_from_annotation(text)

    assert type_name(kind)
    assert {kind: "a type can be compared and kept in sets"}
    if is_type_name(text):
        assert "flot" not in text or "'" in text
        assert not isinstance(kind, Anything) or "any" in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=3),
    max_leaves=5,
)


def shape(value: Any) -> Any:
    """A value in which 1, 1.0 and True differ, as Python's own equality does not have it."""
    if isinstance(value, list):
        return ("list", *map(shape, value))
    if isinstance(value, dict):
        return ("dict", frozenset((key, shape(item)) for key, item in value.items()))
    return (type(value).__name__, str(value))


@settings(EXAMPLES, max_examples=1000)
@given(a=JSON, b=JSON)
@example(1, 1.0)
@example(1, True)
@example(1, "1")
@example(0.0, -0.0)
@example({"map": {}}, {})
@example({"float": "inf"}, math.inf)
def test_two_values_have_one_text_if_they_are_one_value(a: Any, b: Any) -> None:
    assert (canonical(a) == canonical(b)) == (shape(a) == shape(b))
