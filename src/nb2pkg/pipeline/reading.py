"""Which pipeline does the text of a `pipeline.yaml` describe, and what is wrong with it?"""

from __future__ import annotations

import keyword
import posixpath
import re
from collections.abc import Sequence

from nb2pkg.pipeline.ordering import cycle_in
from nb2pkg.pipeline.parameter_types import (
    Anything,
    Choice,
    NotOfType,
    ParameterType,
    checked_value,
    is_type_name,
    type_from_annotation,
    type_of_value,
)
from nb2pkg.pipeline.pipeline import (
    NO_DEFAULT,
    CachePolicy,
    FunctionWork,
    Json,
    NotebookWork,
    Parameter,
    Pipeline,
    Schedule,
    Step,
    Work,
    artifact_name,
)
from nb2pkg.pipeline.reading_values import (
    TooMuch,
    ValueReader,
    can_name_files,
    name_problem,
    nfkc,
    quoted,
)
from nb2pkg.pipeline.secret_names import is_secret_parameter
from nb2pkg.pipeline.yaml_text import Entries, Items, Node, Place, Scalar, plain, read_yaml
from nb2pkg.problems import BadPipeline, Diagnostic

_TOP = ("name", "root", "parameters", "steps", "schedule")
_PARAMETER = ("type", "default", "choices", "about", "secret")
_STEP = (
    "notebook", "function", "kernel", "needs", "outputs", "inputs", "parameters", "env", "retries",
    "retry_delay", "timeout", "cell_timeout", "cache",
)  # fmt: skip
_FUNCTION = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")
_MOST_STEPS = 20_000


def read_pipeline(data: bytes) -> Pipeline:
    """Read a pipeline from the bytes of its file.

    Raises:
        BadPipeline: what is wrong with it, all at once (NB301 to NB307, NB309, NB405).
    """
    node = read_yaml(data)
    reader = _Reader(data.decode("utf-8-sig"))
    try:
        pipeline = reader.pipeline(node)
    except TooMuch:
        raise BadPipeline(sorted(reader.problems, key=_where)) from None
    if reader.problems:
        raise BadPipeline(sorted(reader.problems, key=_where))
    return pipeline


def _where(problem: Diagnostic) -> tuple[int, int]:
    return problem.location.line or 0, problem.location.column or 0


class _Reader(ValueReader):
    """Reads what a pipeline consists of."""

    def pipeline(self, node: Node) -> Pipeline:
        """The whole document."""
        if not isinstance(node, Entries):
            self.note("NB309", "a pipeline is a mapping with the key 'steps'", node.place)
            return Pipeline(name="", steps=())
        self.refuse_unknown(node, _TOP, "pipeline")
        steps = self._steps(node.get("steps"), node.place)
        parameters = self._parameters(node.get("parameters"))
        return Pipeline(
            name=self.text_of(node.get("name"), "'name'", pattern=_NAME) or "pipeline",
            root=self.path(node.get("root"), "'root'", above=True) or ".",
            parameters=parameters,
            steps=steps,
            schedules=self._schedules(node.get("schedule"), parameters),
        )

    def _schedules(
        self, node: Node | None, parameters: Sequence[Parameter]
    ) -> tuple[Schedule, ...]:
        if node is None:
            return ()
        # Most pipelines have none, and need nothing of cron and time zones.
        from nb2pkg.pipeline.reading_schedules import read_schedules

        return read_schedules(node, parameters, self)

    # -- parameters

    def _parameters(self, node: Node | None) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        for key, value in self.entries(node, "'parameters'"):
            problem = name_problem(key.text)
            if problem is not None:
                said = f"{quoted(key.text)} cannot be a parameter: {problem}"
                self.note_key("NB304", said, key)
            found.append(self._parameter(key, value))
        return tuple(found)

    def _parameter(self, key: Scalar, node: Node) -> Parameter:
        if not isinstance(node, Entries):
            default = plain(node)
            kind = type_of_value(default)
            secret = is_secret_parameter(key.text, kind)
            return Parameter(name=key.text, type=kind, default=default, is_secret=secret)
        self.refuse_unknown(node, _PARAMETER, f"parameter {quoted(key.text)}")
        given = node.get("default")
        default = NO_DEFAULT if given is None else plain(given)
        kind = self._type(node, default)
        if given is not None:
            try:
                default = checked_value(default, kind)
            except NotOfType as error:
                said = f"the default of {quoted(key.text)} {error}"
                self.note("NB304", said, given.place)
        secret = is_secret_parameter(key.text, kind)
        secret_node = node.get("secret")
        return Parameter(
            name=key.text,
            type=kind,
            default=default,
            about=self.prose(node.get("about")),
            is_secret=secret if secret_node is None else self.truth(secret_node, "'secret'"),
        )

    def _type(self, node: Entries, default: Json) -> ParameterType:
        declared = self._declared_type(node.get("type"))
        if node.get("choices") is not None:
            return self._choice(node.get("choices"), declared or Anything())
        if declared is not None:
            return declared
        return Anything() if default is NO_DEFAULT else type_of_value(default)

    def _declared_type(self, node: Node | None) -> ParameterType | None:
        name = self.text_of(node, "'type'")
        if name is None:
            return None
        if not is_type_name(name):
            hint = "int, float, str, bool, path, date, datetime, list[...], dict[str, ...], X | None, any"
            said = f"{quoted(name)} is no type"
            self.note("NB309", said, node.place if node else Place(1, 0), hint=f"types: {hint}")
        return type_from_annotation(name)

    def _choice(self, node: Node | None, declared: ParameterType) -> ParameterType:
        nodes = node.nodes if isinstance(node, Items) else ()
        if node is not None and not nodes:
            self.note("NB309", "'choices' must be a list of values", node.place)
        values: list[Json] = []
        for item in nodes:
            if not isinstance(item, Scalar):
                self.note("NB309", "a choice must be a single value", item.place)
                continue
            try:
                values.append(checked_value(item.value, declared))
            except NotOfType as error:
                self.note("NB304", f"the choice {quoted(item.text)} {error}", item.place)
        return Choice(tuple(values)) if values else declared

    # -- steps

    def _steps(self, node: Node | None, top: Place) -> tuple[Step, ...]:
        if node is None:
            self.note("NB309", "missing 'steps'", top)
            return ()
        entries = self.entries(node, "'steps'")
        if len(entries) > _MOST_STEPS:
            self.note("NB309", f"more than {_MOST_STEPS:,} steps", node.place)
            return ()
        keys = {key.text: key for key, _ in entries}
        steps = tuple(self._step(key, value) for key, value in entries)
        self._check_needs(steps, entries, keys)
        return steps

    def _step(self, key: Scalar, node: Node) -> Step:
        if not can_name_files(key.text):
            said = "letters, digits, '_' and '-'; it names files"
            self.note_key("NB309", f"{quoted(key.text)} cannot be a step's name: {said}", key)
        if not isinstance(node, Entries):
            self.note("NB309", f"step {quoted(key.text)} must be a mapping", node.place)
            return Step(name=key.text, work=NotebookWork(""), line=key.place.line)
        self.refuse_unknown(node, _STEP, f"step {quoted(key.text)}")
        outputs, files = self._outputs(node.get("outputs"))
        return Step(
            name=key.text,
            work=self._work(key, node),
            needs=self.texts(node.get("needs"), "'needs'"),
            outputs=outputs,
            files=files,
            inputs=self.paths(node.get("inputs"), "'inputs'"),
            parameters=self.values(node.get("parameters"), f"the parameters of {quoted(key.text)}"),
            environment=self.texts(node.get("env"), "'env'"),
            retries=self.count(node.get("retries"), "'retries'"),
            retry_delay_seconds=self.seconds(node.get("retry_delay"), "'retry_delay'") or 1.0,
            timeout_seconds=self.seconds(node.get("timeout"), "'timeout'"),
            cell_timeout_seconds=self.seconds(node.get("cell_timeout"), "'cell_timeout'"),
            cache=self._cache(node.get("cache")),
            line=key.place.line,
        )

    def _work(self, key: Scalar, node: Entries) -> Work:
        notebook, function = node.get("notebook"), node.get("function")
        if (notebook is None) == (function is None):
            said = "both" if notebook is not None else "neither"
            message = (
                f"step {quoted(key.text)} must have a 'notebook' or a 'function', and has {said}"
            )
            self.note("NB309", message, key.place)
            return NotebookWork("")
        if notebook is not None:
            kernel = self.text_of(node.get("kernel"), "'kernel'")
            path = self.path(notebook, "'notebook'", above=False)
            if path is not None and _is_folder(path):
                self.note("NB309", f"'notebook' {quoted(path)} names a folder", notebook.place)
            return NotebookWork(path or "", kernel)
        assert function is not None
        text = self.text_of(function, "'function'")
        match = None if text is None else _FUNCTION.fullmatch(text)
        if text is not None and match is None:
            message = "a function is written as 'package.module:function'"
            self.note("NB309", message, function.place)
        unused = node.get("kernel")
        if unused is not None:
            self.note("NB309", "a function has no kernel", unused.place)
        return NotebookWork("") if match is None else FunctionWork(match[1], match[2])

    def _outputs(self, node: Node | None) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
        """The groups of values, and the files: those have a dot or a slash in them."""
        groups: list[tuple[str, ...]] = []
        files: list[str] = []
        seen: set[str] = set()
        stored: set[str] = set()
        for item in self.items(node, "'outputs'"):
            if isinstance(item, Scalar) and _is_file(item):
                files += self._output_file(item, seen)
                continue
            names = [item] if isinstance(item, Scalar) else self.items(item, "'outputs'")
            group = tuple(text for name in names for text in self._output_name(name, seen))
            if not group:
                continue
            if len(group) == len(names) and artifact_name(group) in stored:
                said = f"outputs are stored as {quoted(artifact_name(group))} twice"
                self.note("NB303", said, item.place)
            stored.add(artifact_name(group))
            groups.append(group)
        return tuple(groups), tuple(files)

    def _output_file(self, node: Scalar, seen: set[str]) -> list[str]:
        path = self.path(node, "an output", above=True)
        if path is None:
            return []
        if _is_folder(path):
            self.note("NB309", f"output {quoted(path)} names a folder", node.place)
        self._note_twice(posixpath.normpath(path), node, seen)
        return [path]

    def _output_name(self, node: Node, seen: set[str]) -> list[str]:
        text = self.text_of(node, "an output")
        if text is None:
            return []
        if not text.isidentifier() or keyword.iskeyword(text) or nfkc(text) != text:
            said = "it is no name, and no file (with a '.' or '/' in it)"
            self.note("NB309", f"{quoted(text)} cannot be an output: {said}", node.place)
            return []
        return [text] if self._note_twice(text, node, seen) else []

    def _note_twice(self, name: str, node: Node, seen: set[str]) -> bool:
        is_new = name not in seen
        if not is_new:
            self.note("NB303", f"output {quoted(name)} is there twice", node.place)
        seen.add(name)
        return is_new

    def _check_needs(
        self, steps: Sequence[Step], entries: Sequence[tuple[Scalar, Node]], keys: dict[str, Scalar]
    ) -> None:
        folded: dict[str, str] = {}
        for step in steps:
            same = folded.setdefault(nfkc(nfkc(step.name).casefold()), step.name)
            if same != step.name:
                names = f"steps {quoted(same)} and {quoted(step.name)}"
                message = f"{names} are too alike: on some systems they name the same files"
                self.note_key("NB303", message, keys[step.name])
        for step, (_, node) in zip(steps, entries, strict=True):
            needs = node.get("needs") if isinstance(node, Entries) else None
            if needs is not None:
                self._check_needed(step, needs, keys)
        cycle = cycle_in({step.name: step.needs for step in steps})
        if cycle is not None:
            shown = " → ".join(cycle if len(cycle) < 12 else (*cycle[:5], "…", *cycle[-5:]))
            self.note_key(
                "NB303", f"the steps need one another in a cycle: {shown}", keys[cycle[0]]
            )

    def _check_needed(self, step: Step, needs: Node, keys: dict[str, Scalar]) -> None:
        seen: set[str] = set()
        nodes = needs.nodes if isinstance(needs, Items) else (needs,)
        # What is no text was noted before, and is empty here.
        for needed, node in zip(step.needs, nodes, strict=False):
            needing = f"step {quoted(step.name)} needs {quoted(needed)}"
            if needed and needed not in keys:
                message = f"{needing}, and there is no such step"
                hint = self.close(needed, keys)
                self.note("NB303", message, node.place, length=len(needed), hint=hint)
            elif needed in seen:
                self.note("NB303", f"{needing} twice", node.place, length=len(needed))
            if needed:
                seen.add(needed)

    def _cache(self, node: Node | None) -> CachePolicy:
        value = "auto" if node is None else plain(node)
        if value is True or value is False or value == "auto":
            return CachePolicy(str(value).lower())
        assert node is not None
        self.note("NB309", "'cache' must be auto, true or false", node.place)
        return CachePolicy.AUTO


def _is_file(node: Scalar) -> bool:
    return isinstance(node.value, str) and ("." in node.value or "/" in node.value)


def _is_folder(path: str) -> bool:
    return posixpath.basename(path.replace("\\", "/")) in ("", ".", "..")
