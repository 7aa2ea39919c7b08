"""Which JSON values may a parameter have, said as JSON Schema, for forms?"""

from __future__ import annotations

from typing import Any

from nb2pkg.pipeline.parameter_types import (
    Anything,
    Choice,
    DictOf,
    ListOf,
    OneOf,
    ParameterType,
    Plain,
)

_OF_NAMES: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "path": {"type": "string", "minLength": 1},
    "date": {"type": "string", "format": "date"},
    # No `date-time`: that wants a zone, and a parameter may do without.
    "datetime": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}"},
}


def parameter_schema(kind: ParameterType) -> dict[str, Any]:
    """Give the schema of a parameter's values; all that it allows and that is not of the type is refused by a run."""
    match kind:
        case Plain(name):
            return dict(_OF_NAMES[name])
        case ListOf(_, element):
            return {"type": "array", "items": parameter_schema(element)}
        case DictOf(element):
            return {"type": "object", "additionalProperties": parameter_schema(element)}
        case OneOf(types):
            return {"anyOf": [parameter_schema(one) for one in types]}
        case Choice(values):
            return {"enum": list(values)}
        case Anything():
            return {}
