"""What editors are told of a pipeline agrees with what is read."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from nb2pkg.pipeline import reading
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.pipeline.reading_schedules import SCHEDULE_KEYS
from nb2pkg.pipeline.yaml_text import plain, read_yaml
from nb2pkg.problems import BadPipeline

_ROOT = Path(__file__).parents[3]
_TEXT = (_ROOT / "src" / "nb2pkg" / "pipeline" / "pipeline.schema.json").read_text(encoding="utf-8")
_EXAMPLES = sorted((_ROOT / "examples").glob("*/*/pipeline.yaml"))
SCHEMA = json.loads(_TEXT)
VALIDATOR = Draft202012Validator(SCHEMA)


def is_read(text: str) -> bool:
    try:
        read_pipeline(text.encode())
    except BadPipeline:
        return False
    return True


def steps(entry: str, name: str = "a") -> str:
    return f'steps:\n  "{name}": {{{entry}}}\n'


def of(entry: str) -> str:
    return steps(f"notebook: a.ipynb, {entry}")


def schedule(entry: str) -> str:
    return f"steps: {{}}\nschedule: {{n: {{cron: 0 2 * * *, timezone: UTC, {entry}}}}}\n"


def parameters(entry: str) -> str:
    return f"parameters: {{{entry}}}\nsteps: {{}}\n"


def test_the_schema_is_one_and_names_no_place_in_the_web() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$id"] == "urn:nb2pkg:pipeline:1"
    assert "://" not in _TEXT


def test_it_has_the_keys_that_are_read_in_their_order() -> None:
    defs = SCHEMA["$defs"]

    assert tuple(SCHEMA["properties"]) == reading._TOP
    assert tuple(defs["parameter"]["properties"]) == reading._PARAMETER
    assert tuple(defs["step"]["properties"]) == reading._STEP
    assert tuple(defs["schedule"]["properties"]) == SCHEDULE_KEYS


def properties(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for value in schema.values():
            yield from properties(value)


@pytest.mark.parametrize(("key", "property"), [*properties(SCHEMA)])
def test_every_key_has_a_title_and_says_what_it_means(key: str, property: dict[str, Any]) -> None:
    assert property["title"]
    assert property["description"].endswith(".")


def test_it_refuses_the_keywords_of_python() -> None:
    assert SCHEMA["$defs"]["name"]["not"]["enum"] == keyword.kwlist


@pytest.mark.parametrize("path", _EXAMPLES, ids=[path.parent.name for path in _EXAMPLES])
def test_the_examples_are_valid(path: Path) -> None:
    VALIDATOR.validate(plain(read_yaml(path.read_bytes())))


GOOD = {
    "steps": "steps: {}",
    "null": "steps:\nparameters:\nschedule:\n",
    "name": "name: My run-2.0\nsteps: {}",
    "number as name": "name: 2024\nsteps: {}",
    "root": "root: ../..\nsteps: {}",
    "short": parameters("a: 1, b: x, c: [1, [2]], d: null, e: true, größe: .5"),
    "long": parameters("a: {type: int | None, default: null, about: x, secret: true}"),
    "choices": parameters("a: {choices: [1, b, null, true]}"),
    "any default": parameters("a: {default: {b: [c]}}"),
    "empty": parameters("a: {}"),
    "soft keyword": parameters("case: 1, _x: 2"),
    "about nothing": parameters('a: {about: ""}'),
    "about lines": 'parameters: {a: {about: "one\\ntwo"}}\nsteps: {}',
    "function": steps("function: a.b:c"),
    "function umlaut": steps("function: ä.b:ü"),
    "step name": steps("notebook: a.ipynb", "Über-9_x"),
    "digit": steps("notebook: a.ipynb", "1"),
    "nearly a device": steps("notebook: a.ipynb", "com10"),
    "kernel": of("kernel: python3"),
    "one need": "steps: {a: {notebook: x, needs: b}, b: {notebook: y}}",
    "needs": "steps: {a: {notebook: x, needs: [b, 1]}, b: {notebook: y}, 1: {notebook: z}}",
    "no needs": of("needs: null, inputs: [], env:  ~"),
    "outputs": of("outputs: [a, [b, c], d.csv, e/f, [], ../g.x]"),
    "inputs": of('inputs: "../data/*.csv"'),
    "env": of("env: [HOME, A]"),
    "own parameters": of("parameters: {a: [1], b: {c: 1}}"),
    "retries": of("retries: 100, retry_delay: 0.5"),
    "times": of("timeout: 30m, cell_timeout: ' 1h 30m '"),
    "seconds in a text": of('timeout: "90"'),
    "a year": of("timeout: 31622400"),
    "cache": of("cache: true"),
    "cache auto": of("cache: auto"),
    "dots within": steps("notebook: a/../..b.ipynb"),
    "schedule": schedule("overlap: cancel-old, catch_up: none, retries: 2"),
    "schedule times": schedule("jitter: 5m, grace: 90"),
    "schedule parameters": "parameters: {a: 1}\n" + schedule("parameters: {a: 2}"),
    "schedule no parameters": schedule("parameters: "),
    "schedule words": "steps: {}\nschedule: {a-1: {cron: weekdays at 7:30, timezone: America/Port-au-Prince}}",
    "schedule alias": "steps: {}\nschedule: {n: {cron: '@daily', timezone: Etc/GMT+5}}",
}
BAD = {
    "text": "a",
    "list": "[]",
    "no steps": "name: a",
    "unknown": "steps: {}\nstep: {}",
    "steps list": "steps: []",
    "name": "name: a/b\nsteps: {}",
    "name null": "name: null\nsteps: {}",
    "name empty": "name: ''\nsteps: {}",
    "name number": "name: -1\nsteps: {}",
    "root absolute": "root: /a\nsteps: {}",
    "root drive": "root: 'C:\\x'\nsteps: {}",
    "parameter name": parameters('"a=1;import os": 1'),
    "parameter keyword": parameters("class: 1"),
    "parameter dunder": parameters("__a: 1"),
    "parameter underscore": parameters("_: 1"),
    "parameter digit": parameters("1: 1"),
    "parameter key": parameters("a: {value: 1}"),
    "type list": parameters("a: {type: [int]}"),
    "type null": parameters("a: {type: null}"),
    "type empty": parameters("a: {type: ''}"),
    "choices empty": parameters("a: {choices: []}"),
    "choices nested": parameters("a: {choices: [[1]]}"),
    "choices text": parameters("a: {choices: a}"),
    "about list": parameters("a: {about: []}"),
    "secret": parameters("a: {secret: 1}"),
    "neither": steps("needs: []"),
    "both": steps("notebook: a, function: a:b"),
    "both and a kernel": steps("notebook: a, function: a:b, kernel: c"),
    "function with kernel": steps("function: a:b, kernel: c"),
    "function": steps("function: a.b"),
    "function code": steps('function: "a:b(1)"'),
    "step text": "steps: {a: b}",
    "step null": "steps: {a: }",
    "step key": of("retry: 1"),
    "step slash": steps("notebook: a", "a/b"),
    "step dot": steps("notebook: a", "a.b"),
    "step dash": steps("notebook: a", "-a"),
    "step device": steps("notebook: a", "Con"),
    "step port": steps("notebook: a", "lpt9"),
    "step long": steps("notebook: a", "x" * 121),
    "step empty": steps("notebook: a", ""),
    "notebook absolute": steps("notebook: /a"),
    "notebook home": steps("notebook: ~/a"),
    "notebook above": steps("notebook: ../a"),
    "notebook folder": steps("notebook: a/"),
    "notebook here": steps("notebook: ."),
    "notebook null": steps("notebook: ~"),
    "notebook lines": steps('notebook: "a\\nb"'),
    "kernel list": of("kernel: []"),
    "needs mapping": of("needs: {}"),
    "needs nested": of("needs: [[a]]"),
    "needs true": of("needs: true"),
    "needs twice": "steps: {a: {notebook: x, needs: [b, b]}, b: {notebook: y}}",
    "outputs text": of("outputs: a"),
    "output keyword": of("outputs: [class]"),
    "output space": of("outputs: [a b]"),
    "output number": of("outputs: [1.5]"),
    "output null": of("outputs: [null]"),
    "output nested": of("outputs: [[[a]]]"),
    "output twice": of("outputs: [a, a]"),
    "output file in group": of("outputs: [[a.csv]]"),
    "output absolute": of("outputs: [/a]"),
    "output folder": of("outputs: [a/]"),
    "output dots": of("outputs: [..]"),
    "inputs absolute": of("inputs: [/a]"),
    "inputs home": of("inputs: ~/a"),
    "env mapping": of("env: {}"),
    "retries": of("retries: -1"),
    "retries many": of("retries: 101"),
    "retries text": of('retries: "1"'),
    "retries half": of("retries: 0.5"),
    "timeout zero": of("timeout: 0"),
    "timeout null": of("timeout: null"),
    "timeout text": of("timeout: soon"),
    "timeout unclear": of("timeout: 1h30"),
    "timeout long": of("timeout: 31622401"),
    "timeout very long": of(f"timeout: '{'1s' * 25}'"),
    "cache": of("cache: no"),
    "cache null": of("cache: null"),
    "own parameters": of("parameters: [a]"),
    "own parameter": of("parameters: {class: 1}"),
    "schedule text": "steps: {}\nschedule: {n: x}",
    "schedule key": schedule("tz: y"),
    "schedule name": "steps: {}\nschedule: {a/b: {cron: '@daily', timezone: UTC}}",
    "schedule no cron": "steps: {}\nschedule: {n: {timezone: UTC}}",
    "schedule no zone": "steps: {}\nschedule: {n: {cron: '@daily'}}",
    "schedule cron number": "steps: {}\nschedule: {n: {cron: 5, timezone: UTC}}",
    "schedule cron lines": 'steps: {}\nschedule: {n: {cron: "0 0 * * *\\n1", timezone: UTC}}',
    "schedule cron empty": "steps: {}\nschedule: {n: {cron: '', timezone: UTC}}",
    "schedule cron long": f"steps: {{}}\nschedule: {{n: {{cron: '{'0,' * 500}0 0 * * *', timezone: UTC}}}}",
    "schedule zone path": "steps: {}\nschedule: {n: {cron: '@daily', timezone: ../UTC}}",
    "schedule zone list": "steps: {}\nschedule: {n: {cron: '@daily', timezone: [UTC]}}",
    "schedule overlap": schedule("overlap: wait"),
    "schedule catch up": schedule("catch_up: ~"),
    "schedule retries": schedule("retries: -1"),
    "schedule jitter": schedule("jitter: 0"),
    "schedule grace": schedule("grace: soon"),
    "schedule parameters": schedule("parameters: [a]"),
}  # fmt: skip
# What only reading tells: names that are not there, words and numbers of one type among those of another.
ONLY_READ = {
    "cycle": "steps: {a: {notebook: x, needs: [a]}}",
    "missing": of("needs: [b]"),
    "type": parameters("a: {type: flot}"),
    "default": parameters("a: {type: int, default: x}"),
    "not NFKC": parameters("ﬁ: 1"),
    "way up": steps("notebook: a/../../b"),
    "times": "steps: {}\nschedule: {n: {cron: '61 * * * *', timezone: UTC}}",
    "never": "steps: {}\nschedule: {n: {cron: 0 0 31 2 *, timezone: UTC}}",
    "zone": "steps: {}\nschedule: {n: {cron: '@daily', timezone: Mars/Base}}",
    "schedule parameter": schedule("parameters: {a: 1}"),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_what_is_read_is_valid(text: str) -> None:
    assert is_read(text)
    assert VALIDATOR.is_valid(plain(read_yaml(text.encode())))


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_refused_is_not_valid(text: str) -> None:
    assert not is_read(text)
    assert not VALIDATOR.is_valid(plain(read_yaml(text.encode())))


@pytest.mark.parametrize("text", ONLY_READ.values(), ids=ONLY_READ.keys())
def test_what_no_schema_can_say_is_refused_all_the_same(text: str) -> None:
    assert not is_read(text)
    assert VALIDATOR.is_valid(plain(read_yaml(text.encode())))


def test_its_defaults_are_those_that_are_read() -> None:
    pipeline = read_pipeline(schedule("").replace("{}", "{a: {notebook: a.ipynb}}", 1).encode())
    [step], [one] = pipeline.steps, pipeline.schedules

    assert {key: value["default"] for key, value in properties(SCHEMA) if "default" in value} == {
        "root": pipeline.root,
        "retries": step.retries,
        "retry_delay": step.retry_delay_seconds,
        "cache": step.cache.value,
        "overlap": one.timing.overlap.value,
        "catch_up": one.timing.catch_up.value,
    }
    assert SCHEMA["$defs"]["schedule"]["properties"]["retries"]["default"] == one.timing.retries
