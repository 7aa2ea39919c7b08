"""How is a shape said as JSON Schema?"""

from __future__ import annotations

from typing import Any

from nb2pkg.server.shapes import (
    Anything,
    ListOf,
    MapOf,
    Maybe,
    Number,
    OneOf,
    Record,
    Shape,
    Text,
    Truth,
    Whole,
)


def schema_of(shape: Shape, home: str) -> dict[str, Any]:
    """Give the schema of a shape; records are referred to, as they stand below `home`."""
    match shape:
        case Text(bounds):
            found: dict[str, Any] = {"type": "string"}
            if bounds is None:
                return found
            found["maxLength"] = bounds.longest
            if bounds.shortest:
                found["minLength"] = bounds.shortest
            if bounds.pattern is not None:
                found["pattern"] = f"^(?:{bounds.pattern})$"
            return found
        case Whole(limits) | Number(limits):
            found = {"type": "integer" if isinstance(shape, Whole) else "number"}
            if limits is not None:
                found |= {"minimum": limits.least, "maximum": limits.most}
            return found
        case Truth():
            return {"type": "boolean"}
        case Anything():
            return {}
        case OneOf(words):
            return {"type": "string", "enum": list(words)}
        case ListOf(element, count):
            found = {"type": "array", "items": schema_of(element, home)}
            return found | ({"maxItems": count.most} if count else {})
        case MapOf(element, count):
            found = {"type": "object", "additionalProperties": schema_of(element, home)}
            return found | ({"maxProperties": count.most} if count else {})
        case Maybe(inner):
            return {"anyOf": [schema_of(inner, home), {"type": "null"}]}
        case Record():
            return {"$ref": f"{home}{shape.name}"}


def record_schema(record: Record, home: str) -> dict[str, Any]:
    """Give the schema of a record itself."""
    return {
        "type": "object",
        "description": record.about,
        "properties": {member.name: schema_of(member.shape, home) for member in record.members},
        "required": [member.name for member in record.members if member.is_required],
        "additionalProperties": False,
    }
