"""Which of the files that were kept do the tests need, each once?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from nb2pkg.planning import Observed, observed_from_json

_DATA = "tests/data/"
_TYPES = ".types.json"


def used_files(data: Mapping[str, bytes], observed: Observed) -> dict[str, bytes]:
    """The files that tests load; others were kept for calls that are not repeated."""
    texts: list[str] = []
    folders: list[str] = []
    for seen in observed.steps.values():
        call = seen.call
        if call is not None:
            kept = [*call.inputs.values(), *call.after.values(), *(k for k in call.returns if k)]
            texts += [k.text for k in kept]
            texts += [*call.random_state, *call.summaries.values(), call.drawn or ""]
            folders += [call.written] if call.written else []
    for function in observed.functions.values():
        for one in function.calls:
            texts += [one.returns.text, *(kept.text for kept in one.arguments.values())]
    named = "\n".join(texts)
    found = {}
    for path, content in data.items():
        name = path.removeprefix(_DATA)
        main = name.replace(_TYPES, ".csv")
        if name in named or main in named or any(name.startswith(f + "/") for f in folders):
            found[path] = content
    return found


def without_twins(
    observed: Observed, data: Mapping[str, bytes]
) -> tuple[Observed, dict[str, bytes]]:
    """Keep one of files that are equal: what a step takes is what an earlier one gave."""
    first: dict[tuple[str, bytes, bytes], str] = {}
    instead: dict[str, str] = {}
    for path in sorted(data, key=lambda p: ("/given_" in p, p)):
        name = path.removeprefix(_DATA)
        if path.endswith(_TYPES) or "/written/" in path:
            continue
        types = data.get(path.replace(".csv", _TYPES), b"") if path.endswith(".csv") else b""
        other = first.setdefault((name.rpartition(".")[2], data[path], types), name)
        if other != name:
            instead[name] = other
    if not instead:
        return observed, dict(data)
    text = json.dumps(asdict(observed), ensure_ascii=False)
    for name, other in instead.items():
        text = text.replace(f"'{name}'", f"'{other}'").replace(f'"{name}"', f'"{other}"')
    gone = {_DATA + name for name in instead} | {
        _DATA + name.replace(".csv", _TYPES) for name in instead if name.endswith(".csv")
    }
    left = {path: content for path, content in data.items() if path not in gone}
    return observed_from_json(json.loads(text)), left
