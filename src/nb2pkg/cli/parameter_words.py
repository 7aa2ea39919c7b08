"""Which parameters do the words of a command line give a run?"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from nb2pkg.problems import BadPipeline, UsageError

if TYPE_CHECKING:
    from nb2pkg.api.running import GivenText

_TAKING_PAIRS = ("-p", "--parameter", "--parameters", "-r", "--raw", "--parameters_raw")


def joined_pairs(words: Sequence[str]) -> list[str]:
    """Write papermill's `-p name value` as `-p name=value`; what has an `=` already stays."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        found.append(word)
        if word == "--":
            return found + rest
        if word in _TAKING_PAIRS and rest and "=" not in rest[0] and rest[0].isidentifier():
            name = rest.pop(0)
            if not rest or (rest[0] in _TAKING_PAIRS or rest[0].startswith("--")):
                raise UsageError(
                    "NB304", f"{word} {name} has no value", hint=f"write {word} {name}=VALUE"
                )
            found.append(f"{name}={rest.pop(0)}")
    return found


def texts_of(pairs: Sequence[str], raw: Sequence[str]) -> dict[str, GivenText]:
    """The parameters given as `name=value`.

    Raises:
        UsageError: one has no value, or is given twice (NB304).
    """
    from nb2pkg.api.running import GivenText

    found: dict[str, GivenText] = {}
    for option, words in (("-p", pairs), ("-r", raw)):
        for word in words:
            name, equals, text = word.partition("=")
            if not equals:
                raise UsageError(
                    "NB304", f"{option} {word} has no value", hint=f"write {option} {word}=VALUE"
                )
            if name in found:
                raise UsageError("NB304", f"parameter {name!r} is given twice")
            found[name] = GivenText(text, f"{option} {name}")
    return found


def values_of_files(paths: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
    """The parameters of YAML or JSON files, and of YAML texts; later ones count more.

    Raises:
        UsageError: a file is not there, or holds no mapping (NB304).
    """
    found: dict[str, Any] = {}
    for path in paths:
        try:
            with open(path, "rb") as file:
                found.update(_mapping(file.read(), path))
        except OSError as error:
            said = error.strerror or str(error)
            raise UsageError("NB304", f"-f {path} cannot be read: {said}") from error
    for text in texts:
        found.update(_mapping(text.encode("utf-8", "replace"), "-y"))
    return found


def _mapping(data: bytes, origin: str) -> Mapping[str, Any]:
    from nb2pkg.pipeline.yaml_text import Entries, plain, read_yaml

    try:
        if origin.endswith(".json"):
            value = json.loads(data)
        else:
            node = read_yaml(data)
            value = plain(node) if isinstance(node, Entries) or plain(node) is not None else {}
    except (BadPipeline, ValueError) as error:
        raise UsageError("NB304", f"{os.path.basename(origin)}: {error}") from error
    if not isinstance(value, dict):
        raise UsageError("NB304", f"{origin} must map names to values")
    return value


class RunLikeCommand(click.Command):
    """A command that takes `-p name value` as papermill does, too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join pairs before they are taken apart."""
        return super().parse_args(ctx, joined_pairs(args))
