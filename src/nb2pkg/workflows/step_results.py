"""Did a step run on the very same things before, and what did it give then?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from nb2pkg.pipeline.fingerprints import KeyParts, canonical, key_of, sha256_of
from nb2pkg.pipeline.pipeline import CachePolicy, Json
from nb2pkg.pipeline.records import Artifact
from nb2pkg.ports.running import ContentStore, Footprint, Project
from nb2pkg.workflows.harmless import only_looks
from nb2pkg.workflows.preparing_run import PreparedStep, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """What a step gave, and what it was seen to touch when it did.

    for_run: the only run that may go on from it, where it cannot stand for others; None where it can
    """

    key: str
    run: str
    step: str
    artifacts: tuple[Artifact, ...]
    notebook: Artifact | None
    reads: Mapping[str, str | None]
    writes: Mapping[str, str | None]
    listed: Mapping[str, str]
    metrics: Mapping[str, float] = field(default_factory=dict)
    files: tuple[Artifact, ...] = ()
    for_run: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """The step need not run: this is what it gives."""

    result: KeptResult
    why: str


@dataclass(frozen=True, slots=True)
class Miss:
    """The step has to run, and why."""

    why: str


def parts_of(prepared: PreparedStep, taken: Mapping[str, str], project: Project) -> KeyParts:
    """All that decides what a step gives and is known before it runs.

    taken: parameter → the sha256 of the artifact that it gets
    """
    step = prepared.step
    files: dict[str, str] = {}
    for pattern in step.inputs:
        found = project.matching(pattern)
        for path in found:
            files[path] = project.sha256(path) or ""
        if not found:
            files[pattern] = ""
    names = sorted({*step.environment, *prepared.code.variables})
    return KeyParts(
        kind=prepared.kind,
        code=prepared.code.identity,
        parameters=prepared.parameters,
        inputs=dict(taken),
        files=files,
        variables={name: sha256_of(canonical(project.variable(name))) for name in names},
        outputs=[*step.outputs, *([step.files] if step.files else [])],
        environment=project.environment() + (prepared.kernel or ""),
    )


def find_result(
    prepared: PreparedStep,
    parts: KeyParts,
    store: ContentStore,
    project: Project,
    *,
    target: str,
    resumed: str | None,
) -> Hit | Miss:
    """Look for a result that stands for another run of the step; target: for saying what has changed."""
    key = key_of(parts)
    entries = [_result(document, prepared, key) for document in store.entries(key)]
    if prepared.step.cache is CachePolicy.NEVER:
        entries = [one for one in entries if one is not None and one.run == resumed]
        if not entries:
            return Miss("it is run each time (cache: false)")
    found = ""
    for one in entries:
        if one is None:
            continue
        if one.for_run is not None and one.run != resumed:
            found = found or "its last result cannot stand for another run"
            continue
        changed = _what_changed(one, store, project)
        if changed is None:
            return Hit(one, f"from run {one.run}")
        found = found or changed
    if found:
        return Miss(found)
    return Miss(_why_again(target, prepared, parts, store))


def _what_changed(one: KeptResult, store: ContentStore, project: Project) -> str | None:
    """The first thing that is another one than when the result was made."""
    for path, sha256 in one.reads.items():
        digest = project.module_sha256(path) if path.endswith(".py") else project.sha256(path)
        if digest != sha256:
            return f"{path} has changed" if digest else f"{path} is gone"
    for folder, names in one.listed.items():
        if project.names_sha256(folder) != names:
            return f"the files in {folder} are others"
    restorable = {file.name for file in one.files}
    for path, sha256 in one.writes.items():
        if path not in restorable and project.sha256(path) != sha256:
            return f"{path}, which it writes, is not there as it was written"
    kept = [*one.artifacts, *one.files, *([one.notebook] if one.notebook else [])]
    for artifact in kept:
        if not store.has(artifact.sha256):
            return f"{artifact.name} is not kept any more"
    return None


# -- keeping


def keep_result(
    prepared: PreparedStep,
    parts: KeyParts,
    store: ContentStore,
    *,
    target: str,
    run: str,
    footprint: Footprint,
    artifacts: Sequence[Artifact],
    files: Sequence[Artifact],
    notebook: Artifact | None,
    metrics: Mapping[str, float],
) -> tuple[str, ...]:
    """Keep what a step gave; give the reasons why it cannot stand for other runs, if there are any."""
    key = key_of(parts)
    why = reasons(prepared, footprint)
    result = KeptResult(
        key=key,
        run=run,
        step=prepared.name,
        artifacts=tuple(artifacts),
        notebook=notebook,
        reads={p: s for p, s in footprint.reads.items() if p not in prepared.own_files},
        writes=footprint.writes,
        listed=footprint.listed,
        metrics=metrics,
        files=tuple(files),
        for_run=run if why else None,
    )
    store.add_entry(key, asdict(result))
    store.add_entry(_last_key(target, prepared.name), _kept_parts(parts))
    return why


def reasons(prepared: PreparedStep, footprint: Footprint) -> tuple[str, ...]:
    """Why the result of a step cannot stand for another run of it."""
    if prepared.step.cache is CachePolicy.ALWAYS:
        return ()
    if prepared.step.cache is CachePolicy.NEVER:
        return ("cache: false",)
    clock = prepared.code.clock
    found = [f"it asks for the time ({clock})"] if clock else []
    found += footprint.why_not_kept
    found += [
        f"it starts another program ({program.split()[0] if program.split() else '?'})"
        for program in footprint.programs
        if not only_looks(program)
    ]
    return tuple(dict.fromkeys(found))


def _result(document: Json, prepared: PreparedStep, key: str) -> KeptResult | None:
    """What a document says, if it can be meant: where results are shared, others may have written it."""
    try:
        result = KeptResult(
            key=document["key"],
            run=document["run"],
            step=document["step"],
            artifacts=tuple(_artifact(one) for one in document["artifacts"]),
            notebook=_artifact(document["notebook"]) if document["notebook"] else None,
            reads=_texts(document["reads"]),
            writes=_texts(document["writes"]),
            listed=_texts(document["listed"]),
            metrics={str(k): float(v) for k, v in dict(document["metrics"]).items()},
            files=tuple(_artifact(one) for one in document["files"]),
            for_run=document["for_run"],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    # Files are put where they belong: none but those that the pipeline names. Artifacts lie in their step's folder.
    is_meant = {file.name for file in result.files} <= set(prepared.step.files)
    is_inside = all(_stays_inside(artifact.name) for artifact in result.artifacts)
    is_text = isinstance(result.run, str) and isinstance(result.for_run, (str, type(None)))
    return result if is_meant and is_inside and is_text and result.key == key else None


def _artifact(document: Json) -> Artifact:
    name, sha256, size = document["name"], document["sha256"], document["size"]
    if not isinstance(name, str) or not isinstance(sha256, str) or not isinstance(size, int):
        raise ValueError("no artifact")
    return Artifact(name=name, sha256=sha256, size=size)


def _texts(document: Json) -> dict[str, Json]:
    """A mapping from paths to what identifies them."""
    if not isinstance(document, dict):
        raise ValueError("no mapping")
    return {str(path): sha256 for path, sha256 in document.items()}


def _stays_inside(name: str) -> bool:
    """Whether a name, put behind a folder, leads to something in it."""
    parts = name.split("/")
    return bool(name) and "\\" not in name and "\0" not in name and not {"", ".", ".."} & set(parts)


# -- saying why


def _last_key(target: str, step: str) -> str:
    return sha256_of(f"last\0{target}\0{step}")


def _kept_parts(parts: KeyParts) -> dict[str, Json]:
    """What is written down of them, to say later what has changed: of parameters no value, as one may be secret."""
    parameters = {name: sha256_of(canonical(value)) for name, value in parts.parameters.items()}
    return {**asdict(parts), "parameters": parameters}


def _why_again(target: str, prepared: PreparedStep, parts: KeyParts, store: ContentStore) -> str:
    """What is another thing than when the step last ran for this target, in a few words."""
    before = next(iter(store.entries(_last_key(target, prepared.name))), None)
    if not isinstance(before, dict):
        return "it has not run before"
    now = _kept_parts(parts)
    if before == _as_json(now):
        return "its last result is not kept any more"
    return "; ".join(_differences(before, now, prepared.takes)) or "it has changed"


def _differences(
    before: Mapping[str, Json], now: Mapping[str, Json], takes: Sequence[Taken]
) -> Iterator[str]:
    producers = {taken.parameter: taken.producer for taken in takes}
    if before.get("code") != now["code"]:
        yield "its code has changed"
    for name, value in now["parameters"].items():
        old = (before.get("parameters") or {}).get(name)
        if old != value:
            yield f"{name} is another one"
    changed = {
        producers.get(name, name)
        for name, value in now["inputs"].items()
        if (before.get("inputs") or {}).get(name) != value
    }
    for producer in sorted(changed):
        yield f"{producer} gives something else"
    for path, sha256 in now["files"].items():
        if (before.get("files") or {}).get(path) != sha256:
            yield f"{path} has changed"
    for name, value in now["variables"].items():
        if (before.get("variables") or {}).get(name) != value:
            yield f"${name} has changed"
    if before.get("environment") != now["environment"]:
        yield "the Python or its packages are others"
    if _as_json(before.get("outputs")) != _as_json(now["outputs"]):
        yield "its outputs are others"


def _as_json(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, (list, tuple)) else value
