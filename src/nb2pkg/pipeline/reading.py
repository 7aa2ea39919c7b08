"""Which pipeline does the text of a `pipeline.yaml` describe, and what is wrong with it?"""

from __future__ import annotations

import difflib
import keyword
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nb2pkg.pipeline.durations import seconds_of
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
    Step,
    Work,
    artifact_name,
)
from nb2pkg.pipeline.secret_names import is_secret_name
from nb2pkg.pipeline.yaml_text import (
    Entries,
    Items,
    Node,
    Place,
    Scalar,
    plain,
    problem_at,
    read_yaml,
)
from nb2pkg.problems import BadPipeline, Diagnostic

_TOP = ("name", "root", "parameters", "steps", "schedule")
_PARAMETER = ("type", "default", "choices", "about", "secret")
_STEP = (
    "notebook", "function", "kernel", "needs", "outputs", "inputs", "parameters", "env", "retries",
    "retry_delay", "timeout", "cell_timeout", "cache",
)  # fmt: skip
_SCHEDULE = (
    "cron", "timezone", "parameters", "overlap", "catch_up", "retries", "jitter", "grace",
)  # fmt: skip
_FUNCTION = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")
_DEVICE = re.compile(r"(?i)con|prn|aux|nul|(?:com|lpt)[0-9¹²³]")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")
_MOST_RETRIES = 100
_MOST_STEPS = 20_000
_MOST_PROBLEMS = 100
_MOST_HINTS = 10
_LONGEST_NAME_BYTES = 200
_SHOWN = 60


def read_pipeline(data: bytes) -> Pipeline:
    """Read a pipeline from the bytes of its file.

    Raises:
        BadPipeline: what is wrong with it, all at once (NB301 to NB305, NB309, NB405).
    """
    node = read_yaml(data)
    reader = _Reader(data.decode("utf-8-sig"))
    try:
        pipeline = reader.pipeline(node)
    except _TooMuch:
        raise BadPipeline(sorted(reader.problems, key=_where)) from None
    if reader.problems:
        raise BadPipeline(sorted(reader.problems, key=_where))
    return pipeline


def _where(problem: Diagnostic) -> tuple[int, int]:
    return problem.location.line or 0, problem.location.column or 0


class _TooMuch(Exception):
    """So much is wrong that more of it would help nobody."""


class _Reader:
    """Reads node by node; what is wrong is noted, and something harmless takes its place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.problems: list[Diagnostic] = []

    def pipeline(self, node: Node) -> Pipeline:
        """The whole document."""
        if not isinstance(node, Entries):
            self._note("NB309", "a pipeline is a mapping with the key 'steps'", node.place)
            return Pipeline(name="", steps=())
        self._refuse_unknown(node, _TOP, "pipeline")
        steps = self._steps(node.get("steps"), node.place)
        return Pipeline(
            name=self._text_of(node.get("name"), "'name'", pattern=_NAME) or "pipeline",
            root=self._path(node.get("root"), "'root'", above=True) or ".",
            parameters=self._parameters(node.get("parameters")),
            steps=steps,
            schedules=self._schedules(node.get("schedule")),
        )

    # -- parameters

    def _parameters(self, node: Node | None) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        for key, value in self._entries(node, "'parameters'"):
            problem = name_problem(key.text)
            if problem is not None:
                said = f"{_quoted(key.text)} cannot be a parameter: {problem}"
                self._note_key("NB304", said, key)
            found.append(self._parameter(key, value))
        return tuple(found)

    def _parameter(self, key: Scalar, node: Node) -> Parameter:
        secret = is_secret_name(key.text)
        if not isinstance(node, Entries):
            default = plain(node)
            return Parameter(
                name=key.text, type=type_of_value(default), default=default, is_secret=secret
            )
        self._refuse_unknown(node, _PARAMETER, f"parameter {_quoted(key.text)}")
        given = node.get("default")
        default = NO_DEFAULT if given is None else plain(given)
        kind = self._type(node, default)
        if given is not None:
            try:
                default = checked_value(default, kind)
            except NotOfType as error:
                said = f"the default of {_quoted(key.text)} {error}"
                self._note("NB304", said, given.place)
        secret_node = node.get("secret")
        return Parameter(
            name=key.text,
            type=kind,
            default=default,
            about=self._prose(node.get("about")),
            is_secret=secret if secret_node is None else self._truth(secret_node, "'secret'"),
        )

    def _type(self, node: Entries, default: Json) -> ParameterType:
        declared = self._declared_type(node.get("type"))
        if node.get("choices") is not None:
            return self._choice(node.get("choices"), declared or Anything())
        if declared is not None:
            return declared
        return Anything() if default is NO_DEFAULT else type_of_value(default)

    def _declared_type(self, node: Node | None) -> ParameterType | None:
        name = self._text_of(node, "'type'")
        if name is None:
            return None
        if not is_type_name(name):
            hint = "int, float, str, bool, path, date, datetime, list[...], dict[str, ...], X | None, any"
            said = f"{_quoted(name)} is no type"
            self._note("NB309", said, node.place if node else Place(1, 0), hint=f"types: {hint}")
        return type_from_annotation(name)

    def _choice(self, node: Node | None, declared: ParameterType) -> ParameterType:
        nodes = node.nodes if isinstance(node, Items) else ()
        if node is not None and not nodes:
            self._note("NB309", "'choices' must be a list of values", node.place)
        values: list[Json] = []
        for item in nodes:
            if not isinstance(item, Scalar):
                self._note("NB309", "a choice must be a single value", item.place)
                continue
            try:
                values.append(checked_value(item.value, declared))
            except NotOfType as error:
                self._note("NB304", f"the choice {_quoted(item.text)} {error}", item.place)
        return Choice(tuple(values)) if values else declared

    # -- steps

    def _steps(self, node: Node | None, top: Place) -> tuple[Step, ...]:
        if node is None:
            self._note("NB309", "missing 'steps'", top)
            return ()
        entries = self._entries(node, "'steps'")
        if len(entries) > _MOST_STEPS:
            self._note("NB309", f"more than {_MOST_STEPS:,} steps", node.place)
            return ()
        keys = {key.text: key for key, _ in entries}
        steps = tuple(self._step(key, value) for key, value in entries)
        self._check_needs(steps, entries, keys)
        return steps

    def _step(self, key: Scalar, node: Node) -> Step:
        if not _is_step_name(key.text):
            said = "letters, digits, '_' and '-'; it names files"
            self._note_key("NB309", f"{_quoted(key.text)} cannot be a step's name: {said}", key)
        if not isinstance(node, Entries):
            self._note("NB309", f"step {_quoted(key.text)} must be a mapping", node.place)
            return Step(name=key.text, work=NotebookWork(""), line=key.place.line)
        self._refuse_unknown(node, _STEP, f"step {_quoted(key.text)}")
        outputs, files = self._outputs(node.get("outputs"))
        return Step(
            name=key.text,
            work=self._work(key, node),
            needs=self._texts(node.get("needs"), "'needs'"),
            outputs=outputs,
            files=files,
            inputs=self._paths(node.get("inputs"), "'inputs'"),
            parameters=self._values(
                node.get("parameters"), f"the parameters of {_quoted(key.text)}"
            ),
            environment=self._texts(node.get("env"), "'env'"),
            retries=self._count(node.get("retries"), "'retries'"),
            retry_delay_seconds=self._seconds(node.get("retry_delay"), "'retry_delay'") or 1.0,
            timeout_seconds=self._seconds(node.get("timeout"), "'timeout'"),
            cell_timeout_seconds=self._seconds(node.get("cell_timeout"), "'cell_timeout'"),
            cache=self._cache(node.get("cache")),
            line=key.place.line,
        )

    def _work(self, key: Scalar, node: Entries) -> Work:
        notebook, function = node.get("notebook"), node.get("function")
        if (notebook is None) == (function is None):
            said = "both" if notebook is not None else "neither"
            message = (
                f"step {_quoted(key.text)} must have a 'notebook' or a 'function', and has {said}"
            )
            self._note("NB309", message, key.place)
            return NotebookWork("")
        if notebook is not None:
            kernel = self._text_of(node.get("kernel"), "'kernel'")
            path = self._path(notebook, "'notebook'", above=False)
            if path is not None and _is_folder(path):
                self._note("NB309", f"'notebook' {_quoted(path)} names a folder", notebook.place)
            return NotebookWork(path or "", kernel)
        assert function is not None
        text = self._text_of(function, "'function'")
        match = None if text is None else _FUNCTION.fullmatch(text)
        if text is not None and match is None:
            message = "a function is written as 'package.module:function'"
            self._note("NB309", message, function.place)
        unused = node.get("kernel")
        if unused is not None:
            self._note("NB309", "a function has no kernel", unused.place)
        return NotebookWork("") if match is None else FunctionWork(match[1], match[2])

    def _outputs(self, node: Node | None) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
        """The groups of values, and the files: those have a dot or a slash in them."""
        groups: list[tuple[str, ...]] = []
        files: list[str] = []
        seen: set[str] = set()
        stored: set[str] = set()
        for item in self._items(node, "'outputs'"):
            if isinstance(item, Scalar) and _is_file(item):
                files += self._output_file(item, seen)
                continue
            names = [item] if isinstance(item, Scalar) else self._items(item, "'outputs'")
            group = tuple(text for name in names for text in self._output_name(name, seen))
            if not group:
                continue
            if len(group) == len(names) and artifact_name(group) in stored:
                said = f"outputs are stored as {_quoted(artifact_name(group))} twice"
                self._note("NB303", said, item.place)
            stored.add(artifact_name(group))
            groups.append(group)
        return tuple(groups), tuple(files)

    def _output_file(self, node: Scalar, seen: set[str]) -> list[str]:
        path = self._path(node, "an output", above=True)
        if path is None:
            return []
        if _is_folder(path):
            self._note("NB309", f"output {_quoted(path)} names a folder", node.place)
        self._note_twice(posixpath.normpath(path), node, seen)
        return [path]

    def _output_name(self, node: Node, seen: set[str]) -> list[str]:
        text = self._text_of(node, "an output")
        if text is None:
            return []
        if not text.isidentifier() or keyword.iskeyword(text) or _nfkc(text) != text:
            said = "it is no name, and no file (with a '.' or '/' in it)"
            self._note("NB309", f"{_quoted(text)} cannot be an output: {said}", node.place)
            return []
        return [text] if self._note_twice(text, node, seen) else []

    def _note_twice(self, name: str, node: Node, seen: set[str]) -> bool:
        is_new = name not in seen
        if not is_new:
            self._note("NB303", f"output {_quoted(name)} is there twice", node.place)
        seen.add(name)
        return is_new

    def _check_needs(
        self, steps: Sequence[Step], entries: Sequence[tuple[Scalar, Node]], keys: dict[str, Scalar]
    ) -> None:
        folded: dict[str, str] = {}
        for step in steps:
            same = folded.setdefault(_nfkc(_nfkc(step.name).casefold()), step.name)
            if same != step.name:
                names = f"steps {_quoted(same)} and {_quoted(step.name)}"
                message = f"{names} are too alike: on some systems they name the same files"
                self._note_key("NB303", message, keys[step.name])
        for step, (_, node) in zip(steps, entries, strict=True):
            needs = node.get("needs") if isinstance(node, Entries) else None
            if needs is not None:
                self._check_needed(step, needs, keys)
        cycle = cycle_in({step.name: step.needs for step in steps})
        if cycle is not None:
            shown = " → ".join(cycle if len(cycle) < 12 else (*cycle[:5], "…", *cycle[-5:]))
            self._note_key(
                "NB303", f"the steps need one another in a cycle: {shown}", keys[cycle[0]]
            )

    def _check_needed(self, step: Step, needs: Node, keys: dict[str, Scalar]) -> None:
        seen: set[str] = set()
        nodes = needs.nodes if isinstance(needs, Items) else (needs,)
        # What is no text was noted before, and is empty here.
        for needed, node in zip(step.needs, nodes, strict=False):
            needing = f"step {_quoted(step.name)} needs {_quoted(needed)}"
            if needed and needed not in keys:
                message = f"{needing}, and there is no such step"
                hint = self._close(needed, keys)
                self._note("NB303", message, node.place, length=len(needed), hint=hint)
            elif needed in seen:
                self._note("NB303", f"{needing} twice", node.place, length=len(needed))
            if needed:
                seen.add(needed)

    # -- schedules: read as they stand; what is due when is not decided here

    def _schedules(self, node: Node | None) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, value in self._entries(node, "'schedule'"):
            if not isinstance(value, Entries):
                self._note("NB309", f"schedule {_quoted(key.text)} must be a mapping", value.place)
                continue
            self._refuse_unknown(value, _SCHEDULE, f"schedule {_quoted(key.text)}")
            if value.get("cron") is None:
                self._note_key("NB309", f"schedule {_quoted(key.text)} has no 'cron'", key)
            found[key.text] = plain(value)
        return found

    # -- single values

    def _count(self, node: Node | None, what: str) -> int:
        if node is None:
            return 0
        value = plain(node)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_RETRIES:
            return value
        message = f"{what} must be a whole number from 0 to {_MOST_RETRIES}"
        self._note("NB305", message, node.place)
        return 0

    def _seconds(self, node: Node | None, what: str) -> float | None:
        if node is None:
            return None
        seconds = seconds_of(plain(node))
        if seconds is None:
            message = (
                f"{what} must be a time above 0, such as 90, 30m or 1h 30m, and at most a year"
            )
            self._note("NB305", message, node.place)
        return seconds

    def _cache(self, node: Node | None) -> CachePolicy:
        value = "auto" if node is None else plain(node)
        if value is True or value is False or value == "auto":
            return CachePolicy(str(value).lower())
        assert node is not None
        self._note("NB309", "'cache' must be auto, true or false", node.place)
        return CachePolicy.AUTO

    def _truth(self, node: Node, what: str) -> bool:
        value = plain(node)
        if not isinstance(value, bool):
            self._note("NB309", f"{what} must be true or false", node.place)
        return value is True

    def _text_of(
        self, node: Node | None, what: str, *, pattern: re.Pattern[str] | None = None
    ) -> str | None:
        if node is None:
            return None
        text = node.value if isinstance(node, Scalar) else None
        if isinstance(node, Scalar) and _is_number(node):
            # A name such as 2024 is a text to whoever writes it.
            text = node.text
        if not isinstance(text, str) or not text:
            self._note("NB309", f"{what} must be a text", node.place)
            return None
        if not text.isprintable() or (pattern and not pattern.fullmatch(text)):
            self._note("NB309", f"{what} has characters in it that it may not have", node.place)
            return None
        return text

    def _prose(self, node: Node | None) -> str:
        """A text that may have several lines, on one."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            text = " ".join(node.value.split())
            return self._text_of(replace(node, value=text), "'about'") or "" if text else ""
        return self._text_of(node, "'about'") or ""

    def _texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        if isinstance(node, Scalar) and node.value is not None:
            return (self._text_of(node, what) or "",)
        return tuple(self._text_of(item, what) or "" for item in self._items(node, what))

    def _paths(self, node: Node | None, what: str) -> tuple[str, ...]:
        is_one = isinstance(node, Scalar) and node.value is not None
        nodes = (node,) if is_one else self._items(node, what)
        found = (self._path(item, what, above=True) for item in nodes)
        return tuple(path for path in found if path is not None)

    def _items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if isinstance(node, Items):
            return node.nodes
        self._note("NB309", f"{what} must be a list, such as [a, b]", node.place)
        return ()

    def _entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if isinstance(node, Entries):
            return node.nodes
        self._note("NB309", f"{what} must be a mapping", node.place)
        return ()

    def _values(self, node: Node | None, what: str) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, value in self._entries(node, what):
            problem = name_problem(key.text)
            if problem is not None:
                said = f"{_quoted(key.text)} cannot be a parameter: {problem}"
                self._note_key("NB304", said, key)
            found[key.text] = plain(value)
        return found

    def _path(self, node: Node | None, what: str, *, above: bool) -> str | None:
        text = self._text_of(node, what)
        if text is None or not self._is_path(text, what, node, above=above):
            return None
        return text

    def _is_path(self, text: str, what: str, node: Node | None, *, above: bool) -> bool:
        """Whether it is relative, and (unless it may be `above`) below the pipeline's folder."""
        slashed = text.replace("\\", "/")
        is_absolute = slashed.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text)
        leaves = posixpath.normpath(slashed).split("/")[0] == ".."
        if is_absolute or (leaves and not above):
            said = "must be a relative path" + ("" if above else " below the pipeline's folder")
            self._note(
                "NB405", f"{what} {_quoted(text)} {said}", node.place if node else Place(1, 0)
            )
            return False
        return True

    # -- what is wrong

    def _refuse_unknown(self, node: Entries, known: Iterable[str], what: str) -> None:
        for key, _ in node.nodes:
            if key.text not in known:
                hint = self._close(key.text, known) or f"keys: {', '.join(known)}"
                said = f"unknown key {_quoted(key.text)} in {what}"
                self._note_key("NB309", said, key, hint=hint)

    def _close(self, name: str, known: Iterable[str]) -> str | None:
        """Which name may be meant; comparing many names with many would take too long."""
        if len(name) > _LONGEST_NAME_BYTES or len(self.problems) >= _MOST_HINTS:
            return None
        found = difflib.get_close_matches(name, list(known), n=1)
        return f"did you mean {found[0]!r}?" if found else None

    def _note_key(self, code: str, message: str, key: Scalar, *, hint: str | None = None) -> None:
        self._note(code, message, key.place, length=len(key.text), hint=hint)

    def _note(
        self, code: str, message: str, place: Place, *, length: int = 1, hint: str | None = None
    ) -> None:
        self.problems.append(problem_at(code, message, place, self._text, length=length, hint=hint))
        if len(self.problems) == _MOST_PROBLEMS:
            raise _TooMuch


def name_problem(name: str) -> str | None:
    """Why a parameter cannot have this name, as a clause; None where it can.

    A name is put into code as it is, so that it must be nothing but a name.
    """
    if not name.isidentifier() or _nfkc(name) != name:
        return "it is no Python name"
    # Soft keywords such as `case` are names like others: notebooks use them.
    if keyword.iskeyword(name) or name == "_":
        return "it is a word of Python's own"
    if name.startswith("__"):
        return "names with two underscores at the start are Python's own"
    return None


def _nfkc(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


def _is_step_name(name: str) -> bool:
    """Whether folders and files can have it on every system."""
    is_short = len(name.encode("utf-8")) <= _LONGEST_NAME_BYTES
    return bool(re.fullmatch(r"\w[\w-]{0,119}", name)) and is_short and not _DEVICE.fullmatch(name)


def _is_number(node: Scalar) -> bool:
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def _is_file(node: Scalar) -> bool:
    return isinstance(node.value, str) and ("." in node.value or "/" in node.value)


def _is_folder(path: str) -> bool:
    return posixpath.basename(path.replace("\\", "/")) in ("", ".", "..")


def _quoted(text: str) -> str:
    """A text within a message."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
