"""What identifies the run of a step: its code, its parameters, what it is given, what it runs on."""

from __future__ import annotations

import ast
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.python_text import tree_of

# Part of each key: raised when the meaning of one changes, so that old entries are never found.
KEY_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyParts:
    """All that is known before a step runs and decides what it gives.

    code: what identifies the source; inputs: parameter → artifact sha256; files: declared inputs → sha256
    variables: environment variables that its source names → what identifies their values
    """

    kind: str
    code: str
    parameters: Mapping[str, Json]
    inputs: Mapping[str, str]
    files: Mapping[str, str]
    variables: Mapping[str, str]
    outputs: Sequence[Sequence[str]]
    environment: str


def key_of(parts: KeyParts) -> str:
    """The sha256 that stands for a step with all that it depends on."""
    return sha256_of(
        canonical(
            {
                "version": KEY_VERSION,
                "kind": parts.kind,
                "code": parts.code,
                "parameters": dict(parts.parameters),
                "inputs": dict(parts.inputs),
                "files": dict(parts.files),
                "variables": dict(parts.variables),
                "outputs": [list(group) for group in parts.outputs],
                "environment": parts.environment,
            }
        )
    )


def sha256_of(text: str) -> str:
    """The sha256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: Json) -> str:
    """The one JSON text of a value: `1`, `1.0` and `true` are three, the order of keys is none."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _plain(value: Json) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, Mapping):
        return {"map": {str(key): _plain(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def code_text(source: str) -> str:
    """Source as it matters: without comments and layout, where it is Python; else as it is."""
    tree = tree_of(source)
    try:
        return source if tree is None else ast.dump(tree)
    except RecursionError:
        return source
