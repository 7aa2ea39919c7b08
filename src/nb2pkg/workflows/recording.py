"""Record: run a notebook and its package once, and keep what tests and annotations need.

The notebook says what is right, the package how its functions come to it. What is kept of a step was seen
to be the same in both, and to come out the same when the step is called by itself, twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.checks import SECRET_PATTERNS
from nb2pkg.notebook import Limits, read_notebook
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
from nb2pkg.ports import Json, NotebookSource, RecordingRequest
from nb2pkg.problems import Diagnostic, Location, Severity
from nb2pkg.verification import Comparison, Outcome, compare, unstable_parts
from nb2pkg.workflows.confirming import confirmed
from nb2pkg.workflows.harmless import only_looks, tells_time
from nb2pkg.workflows.proposal import Proposal, StepSummary
from nb2pkg.workflows.recorded_files import used_files, without_twins
from nb2pkg.workflows.running import (
    OpenRuns,
    allowance_of,
    boundaries_in,
    cells_to_run,
    no_python,
)

# A step that takes longer than this is not called again for its tests.
_LONGEST_SECONDS = 20.0
# One that takes longer than this is called in one test only.
_SLOW = 2.0
_OF_NOW = "it asks for the time, or about the machine"
_DIFFERS = "the package gives something else than the notebook here: nb2pkg verify shows what"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What came of running: for signatures and tests, and the files that the tests load."""

    observed: Observed
    data: Mapping[str, bytes]
    comparison: Comparison
    diagnostics: tuple[Diagnostic, ...]
    notebook_seconds: float
    package_seconds: float

    @property
    def tested_steps(self) -> int:
        """How many steps have a test on recorded values."""
        return sum(seen.call is not None for seen in self.observed.steps.values())

    @property
    def tested_functions(self) -> int:
        """How many functions of the notebook have one."""
        return sum(bool(seen.calls) for seen in self.observed.functions.values())


def record_notebook(
    source: NotebookSource,
    proposal: Proposal,
    *,
    open_runs: OpenRuns,
    with_tests: Callable[[Observed], Mapping[str, str]],
    timeout_seconds: float,
    say: Callable[[str], None],
) -> Recording:
    """Run the notebook, then the package that is proposed for it, and record the package's calls.

    The notebook runs again where the two differ, to see whether it does twice what it did once. `say`
    is told what is run, before it is. `with_tests` gives the package's files with what was observed, as
    they are in a folder beside the notebook.

    Raises:
        EnvironmentFailure: there is no Python or no kernel to run the notebook in.
    """
    if proposal.interpreter is None:
        raise no_python()
    document = read_notebook(source.data, source.name, format=source.format, limits=Limits())
    cells = list(cells_to_run(document))
    boundaries = boundaries_in(proposal.steps)
    allowance = allowance_of(proposal)
    request = RecordingRequest(
        steps={
            f"{proposal.package}.steps.{step.name}:{step.name}": step.name
            for step in proposal.steps
        },
        secrets=SECRET_PATTERNS,
    )
    with open_runs(proposal.interpreter, proposal.package, []) as runs:
        say(f"running {source.file_name}")
        expected = runs.notebook(cells, boundaries, timeout_seconds)
        home = runs.put(proposal.files)
        say("running its package")
        found, calls = runs.recorded_package(home, boundaries, timeout_seconds, request)
        comparison = compare(expected, found, boundaries, allowance)
        if comparison.outcome is Outcome.DIFFERS:
            say("they differ: running the notebook once more, to see what it does not do twice")
            again = runs.notebook(cells, boundaries, timeout_seconds)
            unstable = unstable_parts(again, [expected], allowance.text)
            comparison = compare(again, found, boundaries, allowance, unstable)
        differing = {s.step for s in comparison.steps if s.outcome is Outcome.DIFFERS}
        lines = _Lines(calls)
        stable = {s.step for s in comparison.steps if s.outcome is Outcome.SAME and not s.unstable}
        failure = comparison.notebook_failure
        stops = "" if failure is None else f"cell {failure.cell} ends with {failure.message}"
        plan = _Replay(proposal, lines, differing, stable, stops)
        say("calling its functions by themselves, for their tests")
        answers = runs.replay(home, timeout_seconds, plan.request())
        kept = runs.data(home)
        observed, data = without_twins(plan.observed(answers), kept)

        def files_for(observed: Observed) -> Mapping[str, str | bytes]:
            return {**with_tests(observed), **data}

        say("running these tests")
        confirmation = confirmed(observed, runs, files_for, timeout_seconds)
        observed = confirmation.observed
        data = used_files(data, observed)
    return Recording(
        observed=observed,
        data=data,
        comparison=comparison,
        diagnostics=tuple(_diagnostics(comparison, observed, were_run=confirmation.were_run)),
        notebook_seconds=expected.seconds,
        package_seconds=found.seconds,
    )


class _Lines:
    """What the recorder wrote, by step and by function."""

    def __init__(self, lines: Sequence[Json]) -> None:
        self.lost = {line["lost"]: line["why"] for line in lines if "lost" in line}
        self.steps = {line["step"]: line for line in lines if "step" in line}
        self.functions: dict[str, list[Json]] = {}
        for line in lines:
            if "function" in line:
                self.functions.setdefault(line["function"], []).append(line)


class _Replay:
    """Asks for each step and function to be called by itself, and reads the answers."""

    def __init__(
        self,
        proposal: Proposal,
        lines: _Lines,
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
                self._reasons[step.name] = _DIFFERS
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
                returns=_union(line["returns"] for line in lines),
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
        name: _union(line["types"][name] for line in lines if name in line["types"])
        for name in names
    }


def _union(types: Iterator[str]) -> str:
    return union(types)


def _diagnostics(
    comparison: Comparison, observed: Observed, *, were_run: bool
) -> Iterator[Diagnostic]:
    failure = comparison.notebook_failure
    if failure is not None:
        yield Diagnostic(
            code="NB530",
            severity=Severity.WARNING,
            message=f"the notebook stops: {observed.stops}",
            location=Location(cell=failure.cell),
            hint="what comes after it was not recorded",
        )
    for step in comparison.steps:
        if step.outcome is Outcome.DIFFERS:
            yield Diagnostic(
                code="NB531",
                severity=Severity.WARNING,
                message=f"step {step.step} of the package does not give what the notebook gives",
                location=Location(cell=step.cells[0] if step.cells else None),
                hint="nb2pkg verify shows what differs",
            )
    if not were_run:
        yield Diagnostic(
            code="NB535",
            severity=Severity.NOTE,
            message="the tests were not run: the notebook's Python has no pytest, or they took too long",
            hint="each call was repeated by itself; to see them pass together, run pytest in the package",
        )
    for name, seen in observed.steps.items():
        if seen.call is None and seen.why not in ("", _DIFFERS):
            yield Diagnostic(
                code="NB532",
                severity=Severity.NOTE,
                message=f"step {name} has no test on recorded values: {seen.why}",
            )
