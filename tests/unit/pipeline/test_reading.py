"""Which pipeline a file describes, and what is wrong with one that describes none."""

from __future__ import annotations

import keyword
import time
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.pipeline.parameter_types import (
    ANYTHING,
    Choice,
    DictOf,
    ListOf,
    OneOf,
    ParameterType,
    Plain,
)
from nb2pkg.pipeline.pipeline import (
    NO_DEFAULT,
    CachePolicy,
    FunctionWork,
    NotebookWork,
    Parameter,
    Pipeline,
    Schedule,
    Step,
)
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.pipeline.reading_values import name_problem
from nb2pkg.problems import BadPipeline, Diagnostic
from nb2pkg.scheduling import Timing, read_expression

_ROOT = Path(__file__).parents[3]
_EXAMPLES = sorted((_ROOT / "examples").glob("*/*/pipeline.yaml"))
WORK = "notebook: a.ipynb"


def read(text: str) -> Pipeline:
    return read_pipeline(text.encode())


def problems(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(BadPipeline) as stop:
        read(text)
    return stop.value.diagnostics


def step(entry: str) -> Step:
    return read(f"steps:\n  a: {{{entry}}}\n").steps[0]


def parameter(entry: str) -> Parameter:
    return read(f"parameters:\n  p: {entry}\nsteps: {{}}\n").parameters[0]


# -- good ones


def test_a_pipeline_is_read_as_it_is_written() -> None:
    text = """\
name: churn
root: ..
parameters:
  size: 0.2
  data: {type: path, default: data/churn.csv, about: the customers}
steps:
  load: {notebook: notebooks/load.ipynb, kernel: python3, inputs: ["data/*.csv"], env: [REGION], outputs: [df]}
  train: {function: churn.train:train, needs: [load], retries: 2, retry_delay: 5s, timeout: 30m, cache: false,
          outputs: [[X, y], report.html, model], parameters: {depth: 3}}
schedule:
  nightly: {cron: "0 2 * * *", timezone: UTC}
"""

    assert read(text) == Pipeline(
        name="churn",
        root="..",
        parameters=(
            Parameter(name="size", type=Plain("float"), default=0.2),
            Parameter(
                name="data", type=Plain("path"), default="data/churn.csv", about="the customers"
            ),
        ),
        steps=(
            Step(
                name="load",
                work=NotebookWork("notebooks/load.ipynb", "python3"),
                inputs=("data/*.csv",),
                environment=("REGION",),
                outputs=(("df",),),
                line=7,
            ),
            Step(
                name="train",
                work=FunctionWork("churn.train", "train"),
                needs=("load",),
                outputs=(("X", "y"), ("model",)),
                files=("report.html",),
                parameters={"depth": 3},
                retries=2,
                retry_delay_seconds=5.0,
                timeout_seconds=1800.0,
                cache=CachePolicy.NEVER,
                line=8,
            ),
        ),
        schedules=(
            Schedule(
                name="nightly",
                timing=Timing(
                    cron="0 2 * * *", expression=read_expression("0 2 * * *"), timezone="UTC"
                ),
                line=11,
            ),
        ),
    )


@pytest.mark.parametrize("path", _EXAMPLES, ids=[path.parent.name for path in _EXAMPLES])
def test_the_examples_are_pipelines(path: Path) -> None:
    pipeline = read_pipeline(path.read_bytes())

    assert pipeline.name == path.parent.name
    assert all((path.parent / step.work.path).is_file() for step in pipeline.steps)


def test_only_steps_have_to_be_there() -> None:
    assert read("steps: {}") == Pipeline(name="pipeline", steps=())
    assert read("\ufeffsteps:\nparameters:\nschedule:\n") == Pipeline(name="pipeline", steps=())


PARAMETERS: dict[str, tuple[str, ParameterType, Any]] = {
    "int": ("1", Plain("int"), 1),
    "text that looks like no": ("no", Plain("str"), "no"),
    "day": ("2024-03-01", Plain("str"), "2024-03-01"),
    "nothing": ("", ANYTHING, None),
    "list": ("[1, 2]", ListOf("list", Plain("int")), [1, 2]),
    "required": ("{}", ANYTHING, NO_DEFAULT),
    "required int": ("{type: int}", Plain("int"), NO_DEFAULT),
    "default only": ("{default: 1}", Plain("int"), 1),
    "default none": ("{default: null}", ANYTHING, None),
    "int as float": ("{type: float, default: 1}", Plain("float"), 1.0),
    "quoted": ('{type: str, default: "007"}', Plain("str"), "007"),
    "optional": ("{type: int | None, default: null}", OneOf((Plain("None"), Plain("int"))), None),
    "list of": ('{type: "list[float]", default: [1]}', ListOf("list", Plain("float")), [1.0]),
    "mapping": ("{default: {a: 1}}", DictOf(ANYTHING), {"a": 1}),
    "any": ("{type: any, default: [1, {a: b}]}", ANYTHING, [1, {"a": "b"}]),
    "choices": ("{choices: [a, 2, null], default: 2}", Choice(("a", 2, None)), 2),
    "choices of a type": ("{type: float, choices: [1, 2.5], default: 1}", Choice((1.0, 2.5)), 1.0),
}


@pytest.mark.parametrize(("entry", "kind", "default"), PARAMETERS.values(), ids=PARAMETERS.keys())
def test_a_parameter_has_a_type_and_a_default(
    entry: str, kind: ParameterType, default: Any
) -> None:
    read_one = parameter(entry)

    assert (read_one.type, read_one.default) == (kind, default)
    assert type(read_one.default) is type(default)


def test_a_parameter_is_secret_by_its_name_unless_it_says_otherwise() -> None:
    text = "parameters: {api_key: x, max_tokens: {default: 5, secret: false}, salt: {secret: true}, n: 1}\nsteps: {}"

    assert [p.name for p in read(text).parameters if p.is_secret] == ["api_key", "salt"]


def test_what_a_parameter_is_for_may_take_several_lines() -> None:
    folded = "parameters:\n  p:\n    about: >\n      one\u00a0of\n      many\n\n    default: 1\nsteps: {}\n"

    assert read(folded).parameters[0].about == "one of many"
    assert parameter('{about: ""}').about == ""
    assert parameter("{about: 5}").about == "5"


ENTRIES: dict[str, tuple[str, str, Any]] = {
    "one need": (f"{WORK}, env: HOME", "environment", ("HOME",)),
    "no needs": (f"{WORK}, needs: []", "needs", ()),
    "null needs": (f"{WORK}, needs: null", "needs", ()),
    "one input": (f"{WORK}, inputs: ../data.csv", "inputs", ("../data.csv",)),
    "numbers as texts": (f"{WORK}, env: [2024, 007]", "environment", ("2024", "007")),
    "file above": (f"{WORK}, outputs: [../out/x]", "files", ("../out/x",)),
    "hidden file": (f"{WORK}, outputs: [.done]", "files", (".done",)),
    "names with marks": (f"{WORK}, outputs: [größe, _x]", "outputs", (("größe",), ("_x",))),
    "soft keyword": (f"{WORK}, outputs: [match]", "outputs", (("match",),)),
    "empty group": (f"{WORK}, outputs: [[]]", "outputs", ()),
    "most retries": (f"{WORK}, retries: 100", "retries", 100),
    "cell timeout": (f"{WORK}, cell_timeout: 1h 30m", "cell_timeout_seconds", 5400.0),
    "usual delay": (WORK, "retry_delay_seconds", 1.0),
    "cache auto": (f"{WORK}, cache: auto", "cache", CachePolicy.AUTO),
    "cache true": (f"{WORK}, cache: true", "cache", CachePolicy.ALWAYS),
    "parameters": (f"{WORK}, parameters: {{case: [1]}}", "parameters", {"case": [1]}),
    "no parameters": (f"{WORK}, parameters: ~", "parameters", {}),
    "inner dots": ("notebook: a/../b.ipynb", "work", NotebookWork("a/../b.ipynb")),
    "spaces": ("notebook: a b.ipynb", "work", NotebookWork("a b.ipynb")),
    "function": ("function: größe:maß", "work", FunctionWork("größe", "maß")),
}


@pytest.mark.parametrize(("entry", "field", "value"), ENTRIES.values(), ids=ENTRIES.keys())
def test_a_step_says_what_its_entry_says(entry: str, field: str, value: Any) -> None:
    assert getattr(step(entry), field) == value


@pytest.mark.parametrize("name", ["a", "A-1", "1", "über", "_", "true", "null", "com10", "x" * 120])
def test_a_step_may_be_called_by_letters_digits_and_dashes(name: str) -> None:
    assert read(f"steps: {{{name}: {{{WORK}}}}}").steps[0].name == name


def test_steps_may_stand_in_any_order_and_be_many() -> None:
    lines = [f"  s{n}: {{{WORK}, needs: [s{n + 1}]}}" for n in range(9000)]

    steps = read("\n".join(["steps:", *lines, f"  s9000: {{{WORK}}}"])).steps

    assert len(steps) == 9001
    assert steps[0].needs == ("s1",)


# -- bad ones


def doc(*steps: str, **top: str) -> str:
    head = "".join(f"{key}: {value}\n" for key, value in top.items())
    return head + "steps:\n" + "".join(f"  {entry}\n" for entry in steps)


def one(entry: str) -> str:
    return doc(f"a: {{{entry}}}")


# The text, the code, a part of the message, and what stands where it points to.
BAD: dict[str, tuple[str, str, str, str]] = {
    # the document
    "nothing": ("", "NB309", "a pipeline is a mapping with the key 'steps'", ""),
    "a list": ("- a", "NB309", "a pipeline is a mapping", "-"),
    "no steps": ("name: x", "NB309", "missing 'steps'", "name"),
    "steps are a list": ("steps: [a]", "NB309", "'steps' must be a mapping", "[a]"),
    "parameters are a text": (doc(parameters="x"), "NB309", "'parameters' must be a mapping", "x"),
    "unknown key": (doc(paramters="{}"), "NB309", "unknown key 'paramters' in pipeline", "paramters"),
    "null name": (doc(name="null"), "NB309", "'name' must be a text", "null"),
    "odd name": (doc(name="a/b"), "NB309", "'name' has characters in it that it may not have", "a/b"),
    "odd number as name": (doc(name="-5"), "NB309", "'name' has characters", "-5"),
    "long name": (doc(name="x" * 101), "NB309", "'name' has characters", "xxxxxxxxxxxxxxxxxxxx"),
    "absolute root": (doc(root="/srv"), "NB405", "'root' '/srv' must be a relative path", "/srv"),
    "home as root": (doc(root="~/x"), "NB405", "must be a relative path", "~/x"),
    "too many steps": ("steps:\n" + "".join(f" s{n}:\n" for n in range(20_001)), "NB309", "more than 20,000 steps", "s0"),
    # parameters
    "code as a name": (doc(parameters='{"a=1;import os": 1}'), "NB304", "'a=1;import os' cannot be a parameter: it is no Python name", "\"a=1;import"),
    "keyword": (doc(parameters="{class: 1}"), "NB304", "it is a word of Python's own", "class"),
    "dunder": (doc(parameters="{__name__: 1}"), "NB304", "names with two underscores", "__name__"),
    "underscore": (doc(parameters="{_: 1}"), "NB304", "it is a word of Python's own", "_: "),
    "not NFKC": (doc(parameters="{ﬁt: 1}"), "NB304", "it is no Python name", "ﬁt"),
    "empty name": (doc(parameters='{"": 1}'), "NB304", "it is no Python name", "\"\""),
    "number": (doc(parameters="{1: 1}"), "NB304", "it is no Python name", "1: "),
    "key of a parameter": (doc(parameters="{p: {defualt: 1}}"), "NB309", "unknown key 'defualt' in parameter 'p'", "defualt"),
    "default of another type": (doc(parameters="{p: {type: int, default: 1.5}}"), "NB304", "the default of 'p' is no int but a float", "1.5"),
    "number for a text": (doc(parameters="{p: {type: str, default: 007}}"), "NB304", "is no str but an int", "007"),
    "default beside the choices": (doc(parameters="{p: {choices: [1, 2], default: 3}}"), "NB304", "the default of 'p' is not one of 1, 2", "3}"),
    "choice of another type": (doc(parameters="{p: {type: int, choices: [1, b]}}"), "NB304", "the choice 'b' is no int but a str", "b]"),
    "list as a choice": (doc(parameters="{p: {choices: [1, [2]]}}"), "NB309", "a choice must be a single value", "[2"),
    "no choice": (doc(parameters="{p: {choices: []}}"), "NB309", "'choices' must be a list of values", "["),
    "text as choices": (doc(parameters="{p: {choices: ab}}"), "NB309", "'choices' must be a list of values", "ab"),
    "unknown type": (doc(parameters="{p: {type: flot}}"), "NB309", "'flot' is no type", "flot"),
    "unknown type inside": (doc(parameters='{p: {type: "list[flot]"}}'), "NB309", "'list[flot]' is no type", "\"list[flot"),
    "type that crashes": (doc(parameters='{p: {type: "Optional[()]"}}'), "NB309", "is no type", "\"Optional[()"),
    "null as type": (doc(parameters="{p: {type: null}}"), "NB309", "'type' must be a text", "null"),
    "secret maybe": (doc(parameters="{p: {secret: maybe}}"), "NB309", "'secret' must be true or false", "maybe"),
    "about a list": (doc(parameters="{p: {about: [x]}}"), "NB309", "'about' must be a text", "[x"),
    "default too large": (doc(parameters="{p: 1e400}"), "NB305", "number too large: 1e400", "1e400"),
    # steps
    "step is a text": (doc("a: x.ipynb"), "NB309", "step 'a' must be a mapping", "x.ipynb"),
    "step key": (one(f"{WORK}, retry: 1"), "NB309", "unknown key 'retry' in step 'a'", "retry"),
    "neither": (one("needs: []"), "NB309", "must have a 'notebook' or a 'function', and has neither", "a: {"),
    "both": (one(f"{WORK}, function: a:b"), "NB309", "must have a 'notebook' or a 'function', and has both", "a: {"),
    "step called a device": (doc(f"con: {{{WORK}}}"), "NB309", "'con' cannot be a step's name", "con: "),
    "step called a port": (doc(f"LPT1: {{{WORK}}}"), "NB309", "'LPT1' cannot be a step's name", "LPT1"),
    "step called a path": (doc(f"a/b: {{{WORK}}}"), "NB309", "'a/b' cannot be a step's name", "a/b"),
    "step called an option": (doc(f"-f: {{{WORK}}}"), "NB309", "'-f' cannot be a step's name", "-f"),
    "step with a long name": (doc(f"{'x' * 121}: {{{WORK}}}"), "NB309", "x…' cannot be a step's name", "xxxxxxxxxxxxxxxxxxxx"),
    "step with many bytes": (doc(f"{'表' * 90}: {{{WORK}}}"), "NB309", "cannot be a step's name", "表表表表表表表表表表表表表表表表表表表表"),
    "notebook is a list": (one("notebook: [a]"), "NB309", "'notebook' must be a text", "[a"),
    "notebook is empty": (one("notebook: ''"), "NB309", "'notebook' must be a text", "''"),
    "notebook is true": (one("notebook: true"), "NB309", "'notebook' must be a text", "true"),
    "absolute notebook": (one("notebook: /tmp/a.ipynb"), "NB405", "'notebook' '/tmp/a.ipynb' must be a relative path below", "/tmp/a.ipynb"),
    "notebook above": (one("notebook: ../a.ipynb"), "NB405", "must be a relative path below the pipeline's folder", "../a.ipynb"),
    "notebook above after all": (one("notebook: a/../../b.ipynb"), "NB405", "below the pipeline's folder", "a/../../b.ipynb"),
    "notebook above on Windows": (one("notebook: ..\\a.ipynb"), "NB405", "below the pipeline's folder", "..\\a.ipynb"),
    "notebook on a drive": (one("notebook: C:a.ipynb"), "NB405", "must be a relative path", "C:a"),
    "notebook on a share": (one("notebook: \\\\host\\a.ipynb"), "NB405", "must be a relative path", "\\\\host\\a.ipynb"),
    "notebook is a folder": (one("notebook: a/"), "NB309", "'notebook' 'a/' names a folder", "a/"),
    "notebook that turns around": (one('notebook: "a\\u202Eb"'), "NB309", "'notebook' has characters", "\"a\\u202Eb\""),
    "function": (one("function: train"), "NB309", "written as 'package.module:function'", "train"),
    "function is code": (one('function: "os:system(1)"'), "NB309", "written as 'package.module:function'", "\"os:"),
    "function is a list": (one("function: [a]"), "NB309", "'function' must be a text", "[a"),
    "function with a kernel": (one("function: a:b, kernel: python3"), "NB309", "a function has no kernel", "python3"),
    "needs a mapping": (one(f"{WORK}, needs: {{b: c}}"), "NB309", "'needs' must be a list, such as [a, b]", "{b"),
    "needs a list": (one(f"{WORK}, needs: [[b]]"), "NB309", "'needs' must be a text", "[b"),
    "needs nothing": (one(f"{WORK}, needs: [null]"), "NB309", "'needs' must be a text", "null"),
    "absolute input": (one(f"{WORK}, inputs: [/etc/passwd]"), "NB405", "'inputs' '/etc/passwd' must be a relative path", "/etc/passwd"),
    "retries below": (one(f"{WORK}, retries: -1"), "NB305", "'retries' must be a whole number from 0 to 100", "-1"),
    "retries above": (one(f"{WORK}, retries: 101"), "NB305", "'retries' must be a whole number", "101"),
    "retries too large": (one(f"{WORK}, retries: 1e400"), "NB305", "number too large: 1e400", "1e400"),
    "half a retry": (one(f"{WORK}, retries: 0.5"), "NB305", "'retries' must be a whole number", "0.5"),
    "retries true": (one(f"{WORK}, retries: true"), "NB305", "'retries' must be a whole number", "true"),
    "retries null": (one(f"{WORK}, retries: null"), "NB305", "'retries' must be a whole number", "null"),
    "timeout zero": (one(f"{WORK}, timeout: 0"), "NB305", "'timeout' must be a time above 0", "0}"),
    "timeout nan": (one(f"{WORK}, timeout: .nan"), "NB305", "'timeout' must be a time above 0", ".nan"),
    "timeout unclear": (one(f"{WORK}, timeout: 1h30"), "NB305", "'timeout' must be a time above 0", "1h30"),
    "cell timeout": (one(f"{WORK}, cell_timeout: 2 years"), "NB305", "'cell_timeout' must be a time", "2 years"),
    "delay": (one(f"{WORK}, retry_delay: []"), "NB305", "'retry_delay' must be a time", "[]"),
    "cache": (one(f"{WORK}, cache: yes"), "NB309", "'cache' must be auto, true or false", "yes"),
    "cache null": (one(f"{WORK}, cache: null"), "NB309", "'cache' must be auto, true or false", "null"),
    "step parameter": (one(f'{WORK}, parameters: {{"a b": 1}}'), "NB304", "'a b' cannot be a parameter", "\"a"),
    # outputs
    "outputs a text": (one(f"{WORK}, outputs: df"), "NB309", "'outputs' must be a list", "df"),
    "output is no name": (one(f"{WORK}, outputs: [a b]"), "NB309", "'a b' cannot be an output: it is no name, and no file", "a"),
    "output is a keyword": (one(f"{WORK}, outputs: [class]"), "NB309", "'class' cannot be an output", "class"),
    "output not NFKC": (one(f"{WORK}, outputs: [ﬁt]"), "NB309", "cannot be an output", "ﬁt"),
    "output is a number": (one(f"{WORK}, outputs: [1.5]"), "NB309", "'1.5' cannot be an output", "1.5"),
    "output is null": (one(f"{WORK}, outputs: [null]"), "NB309", "an output must be a text", "null"),
    "group of groups": (one(f"{WORK}, outputs: [[[a]]]"), "NB309", "an output must be a text", "[a"),
    "group of a mapping": (one(f"{WORK}, outputs: [{{a: b}}]"), "NB309", "'outputs' must be a list", "{a"),
    "file in a group": (one(f"{WORK}, outputs: [[a.csv]]"), "NB309", "'a.csv' cannot be an output", "a.csv"),
    "absolute output": (one(f"{WORK}, outputs: [/tmp/a.csv]"), "NB405", "an output '/tmp/a.csv' must be a relative path", "/tmp/a.csv"),
    "output is a folder": (one(f"{WORK}, outputs: [out/]"), "NB309", "output 'out/' names a folder", "out/"),
    "output twice": (one(f"{WORK}, outputs: [a, a]"), "NB303", "output 'a' is there twice", "a]}"),
    "output twice in a group": (one(f"{WORK}, outputs: [a, [b, a]]"), "NB303", "output 'a' is there twice", "a]]"),
    "file twice": (one(f"{WORK}, outputs: [a.csv, ./a.csv]"), "NB303", "output 'a.csv' is there twice", "./a.csv"),
    "outputs of one name": (one(f"{WORK}, outputs: [[X, y], X_and_y]"), "NB303", "outputs are stored as 'X_and_y' twice", "X_and_y"),
    # how steps fit together
    "missing": (doc(f"load: {{{WORK}}}", f"b: {{{WORK}, needs: [laod]}}"), "NB303", "step 'b' needs 'laod', and there is no such step", "laod"),
    "missing, alone": (one(f"{WORK}, needs: gone"), "NB303", "step 'a' needs 'gone', and there is no such step", "gone"),
    "itself": (one(f"{WORK}, needs: [a]"), "NB303", "the steps need one another in a cycle: a → a", "a: {"),
    "cycle": (doc(f"z: {{{WORK}}}", f"a: {{{WORK}, needs: [b, z]}}", f"b: {{{WORK}, needs: [a]}}"), "NB303", "cycle: a → b → a", "a: {"),
    "needed twice": (doc(f"a: {{{WORK}}}", f"b: {{{WORK}, needs: [a, a]}}"), "NB303", "step 'b' needs 'a' twice", "a]}"),
    "same but for case": (doc(f"load: {{{WORK}}}", f"Load: {{{WORK}}}"), "NB303", "steps 'load' and 'Load' are too alike: on some systems they name the same files", "Load"),
    "step called by parts of letters": (doc(f"e\u0301t: {{{WORK}}}"), "NB309", "cannot be a step's name", "ét"),
    "same but for width": (doc(f"A: {{{WORK}}}", f"Ａ: {{{WORK}}}"), "NB303", "steps 'A' and 'Ａ' are too alike", "Ａ"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message", "at"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_said_where_it_stands(text: str, code: str, message: str, at: str) -> None:
    first = problems(text)[0]

    assert first.code == code
    assert message in first.message
    assert (first.location.source_line or "")[first.location.column :].startswith(at)
    assert first.message.isprintable()


SAID_ONCE = {
    "no text": one("function: [a]"),
    "no choice": doc(parameters="{p: {choices: {}}}"),
    "no need": one(f"{WORK}, needs: [null]"),
    "folder": one(f"{WORK}, outputs: [a/, b]"),
    "missing": one(f"{WORK}, needs: [gone]"),
    "itself": one(f"{WORK}, needs: [a]"),
}


@pytest.mark.parametrize("text", SAID_ONCE.values(), ids=SAID_ONCE.keys())
def test_a_fault_is_said_once(text: str) -> None:
    assert len(problems(text)) == 1


HINTS = {
    "key": (doc(paramters="{}"), "did you mean 'parameters'?"),
    "far key": (doc(xyzzy="{}"), "keys: name, root, parameters, steps, schedule"),
    "parameter key": (doc(parameters="{p: {defualt: 1}}"), "did you mean 'default'?"),
    "step key": (one("notebok: a.ipynb"), "did you mean 'notebook'?"),
    "need": (
        doc(f"load_data: {{{WORK}}}", f"b: {{{WORK}, needs: [load-data]}}"),
        "did you mean 'load_data'?",
    ),
    "type": (
        doc(parameters="{p: {type: flot}}"),
        "types: int, float, str, bool, path, date, datetime, list[...], dict[str, ...], X | None, any",
    ),
}


@pytest.mark.parametrize(("text", "hint"), HINTS.values(), ids=HINTS.keys())
def test_what_may_be_meant_is_said(text: str, hint: str) -> None:
    assert hint in [problem.hint for problem in problems(text)]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_text() -> None:
    text = "nmae: x\nparameters: {class: 1}\nsteps:\n  a: {notebook: /a, retries: -1, needs: [b]}\n  c: {notebook: x, needs: [d]}\n  d: {notebook: x, needs: [c]}\n"

    found = problems(text)

    assert [(p.code, p.location.line) for p in found] == [
        ("NB309", 1),
        ("NB304", 2),
        ("NB405", 4),
        ("NB305", 4),
        ("NB303", 4),
        ("NB303", 5),
    ]


def test_the_word_at_fault_is_marked_in_its_line() -> None:
    location = problems("steps:\n  a: {notebok: x}\n")[-1].location

    assert (location.column, location.end_column) == (6, 13)
    assert location.source_line == "  a: {notebok: x}"


def test_a_long_cycle_is_shown_by_its_ends() -> None:
    steps = [f"s{n}: {{{WORK}, needs: [s{(n + 1) % 40}]}}" for n in range(40)]

    [problem] = problems(doc(*steps))

    assert problem.message.endswith("s0 → s1 → s2 → s3 → s4 → … → s36 → s37 → s38 → s39 → s0")


MANY = {
    "keys": "steps: {}\n" + "".join(f"k{n}: 1\n" for n in range(50_000)),
    "names": "parameters:\n" + "".join(f"  {n}: 1\n" for n in range(60_000)) + "steps: {}",
    "outputs": one(f"{WORK}, outputs: [{'a,' * 90_000}]"),
    "needs": doc(*(f"step_{n}: {{{WORK}, needs: [stop_{n}]}}" for n in range(5000))),
    "one list of needs": doc(
        *(f"s{n}: {{{WORK}}}" for n in range(19_000)),
        f"last: {{{WORK}, needs: [{', '.join(f's{n}' for n in range(19_000))}, gone]}}",
    ),
    "long needs": doc(f"{'ab' * 20_000}: {{{WORK}}}", f"b: {{{WORK}, needs: [{'ba' * 20_000}]}}"),
    "deep aliases": doc(
        "a:",
        "  notebook: a.ipynb",
        "  parameters:",
        "    p0: &p0 1",
        *(f"    p{n}: &p{n} {'[' * 40}*p{n - 1}{']' * 40}" for n in range(1, 90)),
    ),
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY.keys())
def test_however_much_is_wrong_it_is_said_soon_and_not_more_than_a_hundred_times(text: str) -> None:
    begun = time.process_time()
    found = problems(text)

    assert 1 <= len(found) <= 100
    assert time.process_time() - begun < 10


def test_messages_stay_short() -> None:
    found = problems(f"{'x' * 5000}: 1\nsteps: {{a: {{notebook: /{'y' * 5000}}}}}")

    assert all(len(problem.message) < 200 for problem in found)


@pytest.mark.parametrize("name", ["x", "größe", "_x", "case", "match", "type", "print", "self"])
def test_a_parameter_may_have_the_name_of_a_variable(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a b", "a=1;import os", "a\n", "x.y", "ﬁ", "x⁵", "__x", "_", "\ud800", *keyword.kwlist],
    ids=ascii,
)  # fmt: skip
def test_no_other_name_gets_into_code(name: str) -> None:
    assert name_problem(name) is not None
