"""A form that goes by the schema of a parameter asks for what a run takes."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from nb2pkg.pipeline.parameter_schema import parameter_schema
from nb2pkg.pipeline.parameter_types import NotOfType, checked_value, type_from_annotation

_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 7, -3, 1.5, "", "a", "2024-03-01", "2024-03-01T12:00:00", [], [1], [1, "a"],
    [None], {}, {"a": 1}, {"a": "b"}, {"a": [1.5]},
)  # fmt: skip
_TYPES = (
    "int", "float", "str", "bool", "None", "path", "date", "datetime", "list", "list[int]", "dict",
    "dict[str, float]", "dict[str, list[float]]", "int | None", "Optional[str]", "int | str", "Any",
    "Literal['a', 7]", "Literal[True, None]", "list[int | None]", "nobody_knows",
)  # fmt: skip


@pytest.mark.parametrize("annotation", _TYPES)
def test_all_that_a_run_takes_is_allowed_by_the_schema(annotation: str) -> None:
    kind = type_from_annotation(annotation)
    schema = parameter_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for value in _VALUES:
        try:
            checked_value(value, kind)
        except NotOfType:
            continue

        assert validator.is_valid(value), f"{value!r} is {annotation}, and {schema} refuses it"


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("int", {"type": "integer"}),
        ("float | None", {"anyOf": [{"type": "null"}, {"type": "number"}]}),
        ("Literal['small', 'large']", {"enum": ["small", "large"]}),
        ("list[str]", {"type": "array", "items": {"type": "string"}}),
        ("Any", {}),
    ],
)
def test_types_are_said_as_forms_understand_them(annotation: str, schema: dict[str, Any]) -> None:
    assert parameter_schema(type_from_annotation(annotation)) == schema
