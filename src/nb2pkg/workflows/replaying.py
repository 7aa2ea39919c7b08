"""Which calls of a run are repeated for tests, and what is known of them once they are?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nb2pkg.checks import SECRET_PATTERNS
from nb2pkg.observers.type_names import union
from nb2pkg.planning.observed import (
    Kept,
    Observed,
    SeenCall,
    SeenFunction,
    SeenFunctionCall,
    SeenStep,
    SeenValue,
)
from nb2pkg.ports.extracting import Json
from nb2pkg.workflows.harmless import only_looks, tells_time
from nb2pkg.workflows.proposal import Proposal, StepSummary

# A step that takes longer than this is not called again for its tests.
_LONGEST_SECONDS = 20.0
# One that takes longer than this is called in one test only.
_SLOW = 2.0
_OF_NOW = "it asks for the time, or about the machine"
DIFFERS = "the package gives something else than the notebook here: nb2pkg verify shows what"


class RecordedLines:
    """What the recorder wrote, by step and by function."""

    def __init__(self, lines: Sequence[Json]) -> None:
        self.lost = {line["lost"]: line["why"] for line in lines if "lost" in line}
        self.steps = {line["step"]: line for line in lines if "step" in line}
        self.functions: dict[str, list[Json]] = {}
        for line in lines:
            if "function" in line:
                self.functions.setdefault(line["function"], []).append(line)


class Replay:
    """Asks for each step and function to be called by itself, and reads the answers."""

    def __init__(
        self,
        proposal: Proposal,
        lines: RecordedLines,
        differing: set[str],
        stable: set[str],
        stops: str,
    ) -> None:
        self._proposal = proposal
        self._lines = lines
        self._stable = stable
        self._stops = stops
        self._reasons: dict[str, str] = {}
        self._asked: dict[str, Json] = {}
        self._in_part: set[str] = set()
        for number, step in enumerate(proposal.steps):
            line = lines.steps.get(step.name)
            if line is None:
                self._reasons[step.name] = "the run did not come to its end"
                lost = self._lines.lost.get(f"{proposal.package}.steps.{step.name}:{step.name}")
                if lost is not None:
                    self._reasons[step.name] = f"its call could not be written down ({lost})"
            elif step.name in differing:
                self._reasons[step.name] = DIFFERS
            elif tells_time(self._code_of(step.name)):
                self._reasons[step.name] = _OF_NOW
            else:
                self._ask(step, line, proposal.steps[:number])
        self._calls = list(self._function_calls())

    def _code_of(self, module: str) -> str:
        """The text of a step's module, and of what it shares with others."""
        package = self._proposal.package
        files = self._proposal.files
        own = files.get(f"src/{package}/steps/{module}.py", "")
        shared = re.findall(rf"^from {re.escape(package)}\.steps\.(\w+) import", own, re.MULTILINE)
        others = (files.get(f"src/{package}/steps/{name}.py", "") for name in shared)
        return "\n".join([own, *others])

    def request(self) -> Json:
        """What the observers are to do."""
        return {
            "settings": self._proposal.settings,
            "secrets": list(SECRET_PATTERNS),
            "steps": list(self._asked.values()),
            "functions": self._calls,
        }

    # -- what is asked ---------------------------------------------------------------------------

    def _ask(self, step: StepSummary, line: Json, before: Sequence[StepSummary]) -> None:
        obstacle = _obstacle(line)
        arguments = line["arguments"]
        made: dict[str, tuple[str, int]] = {}
        for name, told in arguments.items():
            if "text" not in told["kept"]:
                maker = self._maker(name, before)
                if maker is None:
                    obstacle = obstacle or f"'{name}' cannot be kept: {told['kept']['why']}"
                else:
                    made[name] = maker
        is_in_part = any(told["rows"] for told in arguments.values()) or any(
            maker in self._in_part for maker, _ in made.values()
        )
        if line["seconds"] > _LONGEST_SECONDS and not is_in_part:
            obstacle = obstacle or f"it takes {line['seconds']:.0f} s"
        if obstacle is not None:
            self._reasons[step.name] = obstacle
            return
        if is_in_part:
            self._in_part.add(step.name)
        makers = [self._asked[maker] for maker, _ in made.values()]
        self._asked[step.name] = {
            "step": step.name,
            "name": step.name,
            "module": f"{self._proposal.package}.steps.{step.name}",
            "returns": list(step.returns),
            "inputs": {n: t["kept"] for n, t in arguments.items() if "text" in t["kept"]},
            "from": made,
            "random": line["random"],
            "brings": list(
                dict.fromkeys([*line["reads"], *(p for m in makers for p in m["brings"])])
            ),
            "folders": list(
                dict.fromkeys([*line["folders"], *(p for m in makers for p in m["folders"])])
            ),
            "digest": line["returns"]["digest"],
            "printed": line["printed"],
            "in_part": is_in_part,
        }

    def _maker(self, name: str, before: Sequence[StepSummary]) -> tuple[str, int] | None:
        """The step that makes a value which no file holds, if it can be called for it."""
        for step in reversed(before):
            if name in step.returns and step.name in self._asked:
                return step.name, step.returns.index(name)
            if name in step.returns or name in step.changes:
                return None
        return None

    def _function_calls(self) -> Iterator[Json]:
        number = 0
        for full, lines in self._lines.functions.items():
            module, _, name = full.partition(":")
            if tells_time(self._code_of(module.rpartition(".")[2])):
                continue
            for line in lines:
                if "arguments" not in line:
                    continue
                number += 1
                place = f"{module.rpartition('.')[2]}/{name.replace('.', '_')}_{number}_gives"
                yield {
                    "number": number,
                    "module": module,
                    "name": name,
                    "arguments": line["arguments"],
                    "digest": line["digest"],
                    "in_part": bool(line["rows"]),
                    "place": place,
                }

    # -- what is answered ------------------------------------------------------------------------

    def observed(self, answers: Sequence[Json]) -> Observed:
        """What was seen, with the calls that came out the same."""
        by_step = {a["step"]: a for a in answers if "step" in a}
        by_number = {a["number"]: a for a in answers if "number" in a}
        steps = {}
        for step in self._proposal.steps:
            line = self._lines.steps.get(step.name)
            if line is None:
                why = self._reasons[step.name]
                steps[step.name] = SeenStep(arguments={}, returns=(), why=why)
            else:
                steps[step.name] = self._seen_step(step, line, by_step)
        functions = {}
        for full, lines in self._lines.functions.items():
            module, _, name = full.partition(":")
            below = f"{module.removeprefix(self._proposal.package + '.')}:{name}"
            functions[below] = SeenFunction(
                arguments=_argument_types(lines),
                returns=union(line["returns"] for line in lines),
                calls=tuple(self._seen_calls(full, by_number)),
            )
        return Observed(steps=steps, functions=functions, stops=self._stops)

    def _seen_step(self, step: StepSummary, line: Json, answers: Mapping[str, Json]) -> SeenStep:
        why = self._reasons.get(step.name, "")
        call = None
        asked = self._asked.get(step.name)
        if asked is not None:
            answer = answers.get(step.name, {"why": "calling it by itself does not come to an end"})
            lost = [m for m, _ in asked["from"].values() if "why" in answers.get(m, {"why": ""})]
            if "why" in answer:
                why = answer["why"]
            elif lost:
                why = f"it needs what {lost[0]} makes, which is not recorded"
            else:
                call = _call(asked, line, answer)
        told = line["returns"]
        parts = told["parts"] if len(step.returns) > 1 else [told]
        shapes = told["parts"]
        if len(step.returns) == 1:
            shape = shapes[0]["shape"] if len(shapes) == 1 else None
            parts = [{"type": told["type"], "shape": shape}]
        return SeenStep(
            arguments={n: _value(t) for n, t in line["arguments"].items()},
            returns=tuple(_value(part) for part in parts) if step.returns else (),
            call=call,
            why=why,
            is_stable=step.name in self._stable,
        )

    def _seen_calls(self, full: str, answers: Mapping[int, Json]) -> Iterator[SeenFunctionCall]:
        for call in self._calls:
            answer = answers.get(call["number"], {"why": ""})
            if f"{call['module']}:{call['name']}" == full and "why" not in answer:
                arguments = {n: _kept(kept) for n, kept in call["arguments"].items()}
                yield SeenFunctionCall(
                    arguments=arguments,
                    returns=_kept(answer["returns"]),
                    by_name=tuple(answer["by_name"]),
                    is_async=answer["is_async"],
                    is_in_part=call["in_part"],
                )


def _obstacle(line: Json) -> str | None:
    """Why a step cannot be called again as it was."""
    if line["uses_network"]:
        return "it uses the network"
    for program in line["programs"]:
        if not only_looks(program):
            return f"it runs another program, {program.split()[0] if program.split() else ''!r}"
    if line["far"]:
        return f"it reads {line['far'][0]}, which is outside the notebook's folder"
    if line["reads_made"]:
        return f"it reads {line['reads_made'][0]}, which an earlier step writes"
    if "" in line["random"]:
        return "it draws from a random generator whose state cannot be kept"
    return None


def _call(asked: Json, line: Json, answer: Json) -> SeenCall:
    returns = answer["returns"]
    written = answer["written"] or {"folder": None, "others": []}
    return SeenCall(
        inputs={n: _kept(kept) for n, kept in asked["inputs"].items()},
        made_by=asked["from"],
        random_state=tuple(asked["random"]),
        brings=tuple(answer["brings"]),
        folders=tuple(asked["folders"]),
        returns=tuple(_kept(one) if "text" in one else None for one in returns),
        summaries={n: one["summary"] for n, one in enumerate(returns) if "summary" in one},
        changed=tuple(answer["changed"]),
        after={n: _kept(kept) for n, kept in answer["after"].items() if "text" in kept},
        printed=answer["printed"],
        written=written["folder"],
        others=tuple(written["others"]),
        drawn=answer["drawn"],
        is_in_part=asked["in_part"],
        in_part={n: tuple(t["rows"]) for n, t in line["arguments"].items() if t["rows"]},
        is_slow=answer["seconds"] > _SLOW,
        touches=answer["touches"],
    )


def _kept(answer: Json) -> Kept:
    return Kept(text=answer["text"], imports=tuple(answer["imports"]))


def _value(told: Json) -> SeenValue:
    shape = told["shape"] or {}
    columns = shape.get("columns")
    lengths = shape.get("shape")
    return SeenValue(
        type=told["type"],
        rows=shape.get("rows"),
        columns=None if columns is None else dict(zip(columns, shape["dtypes"], strict=True)),
        lengths=None if lengths is None else tuple(lengths),
        of=shape.get("of"),
        kinds=shape.get("kinds"),
        notes=shape.get("notes"),
    )


def _argument_types(lines: Sequence[Json]) -> dict[str, str]:
    names = dict.fromkeys(name for line in lines for name in line["types"])
    return {
        name: union(line["types"][name] for line in lines if name in line["types"])
        for name in names
    }
