"""What will each step of a run be given, and can it run at all? Everything is known before anything starts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.notebook import Limits, Notebook, NotebookFormat, read_notebook
from nb2pkg.pipeline.notebook_parameters import Declared, declared_parameters
from nb2pkg.pipeline.parameter_types import (
    NotOfType,
    checked_value,
    type_name,
    value_from_text,
)
from nb2pkg.pipeline.pipeline import (
    NO_DEFAULT,
    FunctionWork,
    Json,
    NotebookWork,
    Parameter,
    Pipeline,
    Step,
    artifact_name,
)
from nb2pkg.pipeline.reached_code import (
    OwnModules,
    Reached,
    reached_by_function,
    reached_from,
)
from nb2pkg.pipeline.secret_names import is_secret_parameter
from nb2pkg.pipeline.signatures import Signature, signature_of
from nb2pkg.pipeline.step_code import StepCode, read_step_code
from nb2pkg.ports.running import Project
from nb2pkg.problems import BadNotebook, BadPipeline, Diagnostic, Location, Severity, UsageError

_INPUT_SUFFIX = "_in"
_OUTPUT_FOLDER = "artifacts_out"
_INJECTED = "injected-parameters"
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that a step gets from an earlier one.

    parameter: what it is given as; name: of the artifact; key: within it, where several are stored together
    """

    parameter: str
    producer: str
    name: str
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedStep:
    """A step with all that it will be given, but for what earlier steps have still to make.

    source: the notebook's file as it was read, if it is one; it runs as it was then
    folder_parameter: the parameter that gets the folder to store artifacts in
    """

    step: Step
    kind: str
    code: StepCode
    parameters: Mapping[str, Json]
    takes: tuple[Taken, ...] = ()
    source: bytes | None = None
    format: NotebookFormat = "ipynb"
    language: str = "python"
    kernel: str | None = None
    folder_parameter: str | None = None
    own_files: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The step's name."""
        return self.step.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """A pipeline with its parameters' values, ready to run. secrets: values that are never written down."""

    pipeline: Pipeline
    values: Mapping[str, Json]
    steps: tuple[PreparedStep, ...]
    secrets: tuple[str, ...]

    @property
    def shown_values(self) -> Mapping[str, Json]:
        """The parameters as records may show them."""
        hidden = {parameter.name for parameter in self.pipeline.parameters if parameter.is_secret}
        return {name: "***" if name in hidden else value for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class GivenText:
    """A parameter as a word of the command line or the environment."""

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A parameter as a value of a file or a program."""

    value: Json
    origin: str


Given = GivenText | GivenValue


def pipeline_of_notebook(name: str, path: str, source: bytes, format: NotebookFormat) -> Pipeline:
    """The pipeline that stands for a single notebook: one step, and the notebook's own parameters."""
    notebook = read_notebook(source, name, format=format)
    cell = _parameters_cell(notebook)
    declared = () if cell is None else declared_parameters(cell, notebook.language)
    parameters = tuple(
        Parameter(
            name=one.name,
            type=one.type,
            default=one.default,
            about=one.about,
            is_secret=is_secret_parameter(one.name, one.type),
        )
        for one in declared
    )
    step = Step(name=_step_name(name), work=NotebookWork(path))
    return Pipeline(name=name, steps=(step,), parameters=parameters)


def values_of(pipeline: Pipeline, given: Mapping[str, Given], what: str) -> dict[str, Json]:
    """The value of each parameter: what was given, else its default; all problems at once.

    what: the pipeline or notebook, for messages

    Raises:
        UsageError: a name is unknown, a value not of its type, or one is missing (NB304).
    """
    known = {parameter.name: parameter for parameter in pipeline.parameters}
    problems = [_unknown(name, known, what) for name in given if name not in known]
    values: dict[str, Json] = {}
    for parameter in pipeline.parameters:
        one = given.get(parameter.name)
        if one is None:
            if parameter.default is not NO_DEFAULT:
                values[parameter.name] = parameter.default
            continue
        try:
            if isinstance(one, GivenText):
                values[parameter.name] = value_from_text(one.text, parameter.type)
            else:
                values[parameter.name] = checked_value(one.value, parameter.type)
        except NotOfType as error:
            shown = "***" if parameter.is_secret else _shown(one)
            problems.append(
                f"{parameter.name}={shown} ({one.origin}) {error}; "
                f"{parameter.name} is declared as {type_name(parameter.type)}"
            )
    if problems:
        more = f" (and {len(problems) - 1} more: {'; '.join(problems[1:])})" if problems[1:] else ""
        raise UsageError("NB304", problems[0] + more)
    return values


def require_all(pipeline: Pipeline, values: Mapping[str, Json]) -> None:
    """Stop where a parameter that has no default has no value.

    Raises:
        UsageError: which ones (NB304).
    """
    missing = [p.name for p in pipeline.parameters if p.is_required and p.name not in values]
    if missing:
        raise UsageError(
            "NB304",
            f"no value for {', '.join(missing)}",
            hint=f"give one: -p {missing[0]}=…",
        )


def prepare_run(pipeline: Pipeline, values: Mapping[str, Json], project: Project) -> PreparedRun:
    """Look at every step's source, and settle what it is given.

    Raises:
        BadPipeline: a step's source is not there or cannot be used, or does not fit (NB304, NB310…).
    """
    problems: list[Diagnostic] = []
    modules = OwnModules(project.module)
    by_name = {step.name: step for step in pipeline.steps}
    steps = []
    for step in pipeline.steps:
        try:
            steps.append(_prepared(step, by_name, pipeline, values, project, modules))
        except _Unfit as unfit:
            problems += [_finding(step, *problem) for problem in unfit.problems]
        except BadNotebook as stop:
            problems.append(_finding(step, stop.code, f"step {step.name!r}: {stop.message}"))
    if problems:
        raise BadPipeline(problems)
    secrets = {
        str(values[parameter.name])
        for parameter in pipeline.parameters
        if parameter.is_secret and values.get(parameter.name) not in (None, "", True, False)
    }
    return PreparedRun(
        pipeline=pipeline, values=values, steps=tuple(steps), secrets=tuple(sorted(secrets))
    )


class _Unfit(Exception):
    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__()
        self.problems = problems


def _prepared(
    step: Step,
    by_name: Mapping[str, Step],
    pipeline: Pipeline,
    values: Mapping[str, Json],
    project: Project,
    modules: OwnModules,
) -> PreparedStep:
    if isinstance(step.work, FunctionWork):
        return _function(step, step.work, by_name, values, modules)
    return _notebook(step, step.work, by_name, pipeline, values, project, modules)


# -- functions


def _function(
    step: Step,
    work: FunctionWork,
    by_name: Mapping[str, Step],
    values: Mapping[str, Json],
    modules: OwnModules,
) -> PreparedStep:
    module = modules.module(work.module)
    signature = None
    if module is not None:
        signature = signature_of(module.bindings.get(work.name, ()))
        if signature is None and not _may_define(module.text, work.name):
            said = f"step {step.name!r}: {module.path} has no function {work.name!r}"
            raise _Unfit(("NB310", said))
    reached = reached_by_function(work.module, work.name, modules)
    takes = {taken.parameter: taken for taken in _outputs_of_needed(step, by_name)}
    parameters = {name: value for name, value in values.items() if name not in takes}
    parameters.update(step.parameters)
    if signature is not None:
        problems = _misfits(step, work, signature, {*parameters, *takes})
        if problems:
            raise _Unfit(*problems)
        parameters = {n: v for n, v in parameters.items() if signature.takes(n)}
        takes = {n: taken for n, taken in takes.items() if signature.takes(n)}
    return PreparedStep(
        step=step,
        kind="function",
        code=_code([f"{work.module}:{work.name}", *reached.unparsed], reached),
        parameters=parameters,
        takes=tuple(takes.values()),
        own_files=reached.files,
    )


def _misfits(
    step: Step, work: FunctionWork, signature: Signature, available: set[str]
) -> list[tuple[str, str]]:
    """What the function wants and nobody gives, and what is given and it does not take."""
    problems = [
        (
            "NB304",
            f"step {step.name!r}: {work.path} needs {name!r}, and no parameter and no output of the steps "
            "that it needs is called so",
        )
        for name in signature.required
        if name not in available
    ]
    problems += [
        ("NB304", f"step {step.name!r}: {work.path} has no parameter {name!r}")
        for name in step.parameters
        if not signature.takes(name)
    ]
    return problems


def _may_define(source: str, name: str) -> bool:
    """Whether a module may bind a name in a way that reading does not show."""
    return re.search(rf"\b{re.escape(name)}\b|import \*|__getattr__", source) is not None


def _outputs_of_needed(step: Step, by_name: Mapping[str, Step]) -> list[Taken]:
    """All values of the steps that it needs, each under its own name; the last to give a name counts."""
    return [
        Taken(name, needed, artifact_name(group), name if len(group) > 1 else None)
        for needed in step.needs
        for group in by_name[needed].outputs
        for name in group
    ]


# -- notebooks


def _notebook(
    step: Step,
    work: NotebookWork,
    by_name: Mapping[str, Step],
    pipeline: Pipeline,
    values: Mapping[str, Json],
    project: Project,
    modules: OwnModules,
) -> PreparedStep:
    data = project.read(work.path)
    if data is None:
        raise _Unfit(("NB310", f"step {step.name!r}: there is no notebook {work.path}"))
    format: NotebookFormat = "percent" if work.path.endswith(".py") else "ipynb"
    notebook = read_notebook(data, step.name, format=format, limits=Limits())
    cell = _parameters_cell(notebook)
    declared = () if cell is None else declared_parameters(cell, notebook.language)
    problems: list[tuple[str, str]] = []
    parameters: dict[str, Json] = {}
    takes: list[Taken] = []
    for one in declared:
        try:
            if one.name in step.parameters:
                parameters[one.name] = checked_value(step.parameters[one.name], one.type)
            elif one.name in values:
                parameters[one.name] = checked_value(values[one.name], one.type)
            else:
                taken = _taken(one, step, by_name)
                takes += [taken] if taken is not None else []
        except NotOfType as error:
            where = f"{work.path}, which declares it as {type_name(one.type)}"
            problems.append(("NB304", f"step {step.name!r}: {one.name} {error} in {where}"))
    names = {one.name for one in declared}
    for name in step.parameters:
        if name not in names:
            close = _close(name, names)
            said = f"step {step.name!r}: {work.path} has no parameter {name!r}{close}"
            problems.append(("NB304", said))
    if problems:
        raise _Unfit(*problems)
    sources = [c.source for c in notebook.code_cells if _INJECTED not in c.tags]
    reached = reached_from(sources, modules)
    return PreparedStep(
        step=step,
        kind="notebook",
        code=_code([*sources, *reached.unparsed], reached),
        parameters=parameters,
        takes=tuple(takes),
        source=data,
        format=format,
        language=notebook.language,
        kernel=work.kernel or notebook.kernel_name,
        folder_parameter=_OUTPUT_FOLDER if _OUTPUT_FOLDER in names else None,
        own_files=reached.files,
    )


def _taken(declared: Declared, step: Step, by_name: Mapping[str, Step]) -> Taken | None:
    """Where a notebook's `NAME_in` comes from: the step that its default names, else one that gives NAME."""
    if not declared.name.endswith(_INPUT_SUFFIX):
        return None
    name = declared.name.removesuffix(_INPUT_SUFFIX)
    default = declared.default
    if isinstance(default, str):
        parts = default.split("/")
        if len(parts) == 3 and parts[0] == "artifacts" and parts[1] in step.needs:
            return Taken(declared.name, parts[1], parts[2])
        if len(parts) == 3 and parts[0] == "artifacts" and parts[1] in by_name:
            # What a step that is needed by way of others has made.
            return Taken(declared.name, parts[1], parts[2])
    for needed in reversed(step.needs):
        for group in by_name[needed].outputs:
            if artifact_name(group) == name:
                return Taken(declared.name, needed, name)
        if f"{name}" in by_name[needed].files:
            return Taken(declared.name, needed, name)
    return None


def _parameters_cell(notebook: Notebook) -> str | None:
    cell = next((cell for cell in notebook.code_cells if _PARAMETERS in cell.tags), None)
    return None if cell is None else cell.source


def _code(sources: Sequence[str], reached: Reached) -> StepCode:
    code = read_step_code(sources, reached.nodes)
    return replace(code, imports=code.imports | reached.imports)


# -- messages


def _finding(step: Step, code: str, message: str) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=Severity.ERROR,
        message=message,
        location=Location(line=step.line or None),
    )


def _unknown(name: str, known: Mapping[str, Parameter], what: str) -> str:
    if not known:
        return f"{what} declares no parameters, and so none called {name!r}"
    return f"{what} has no parameter {name!r}{_close(name, known)}"


def _close(name: str, known: Sequence[str] | Mapping[str, object] | set[str]) -> str:
    found = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else f"; there are: {', '.join(sorted(known))}"


def _shown(given: Given) -> str:
    text = given.text if isinstance(given, GivenText) else repr(given.value)
    return text if len(text) < 60 else text[:57] + "…"


def _step_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "_-" else "_" for c in name).strip("-")
    return kept[:100] or "notebook"
