"""Refactor: what would one refactoring make of a notebook? Bytes in; the whole notebook as it would be out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace

from nb2pkg.notebook import Cell, CellKind, Json, Limits, Notebook, NotebookFormat, write_notebook
from nb2pkg.ports.extracting import Formatter, Progress
from nb2pkg.problems import UsageError
from nb2pkg.refactoring import EditedCell, FileEdit, Refactoring
from nb2pkg.refactoring.extracting_function import FunctionWish, Project, extract_function
from nb2pkg.workflows.labels import labelled
from nb2pkg.workflows.proposal import diagnostic_from_json, diagnostic_to_json
from nb2pkg.workflows.reading_cells import Reading, read_cells, refuse_unparsable

# Layout for any Python that a notebook may run on; a newer one would write what older ones cannot read.
_PYTHON = (3, 10)
_MARK = "nb2pkg"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefactoringRequest:
    """Which refactoring, with what it needs to know.

    verb: "extract", "inline", "rename", "parameter" or "imports"; options: the arguments of that verb
    files: the texts of files beside the notebook, by their path from it
    modules: the texts of modules that the notebook imports, by dotted name
    """

    name: str
    format: NotebookFormat
    verb: str
    options: Mapping[str, Json]
    files: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    local_modules: tuple[str, ...] = ()
    max_bytes: int = Limits().file_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedRefactoring:
    """A refactoring, and the text of the notebook's file with it; `sources` are the cells as they are."""

    refactoring: Refactoring
    text: str
    sources: tuple[str, ...]


def propose_refactoring(
    data: bytes, request: RefactoringRequest, *, progress: Progress, formatter: Formatter
) -> ProposedRefactoring:
    """Say what a refactoring would change; nothing is executed, nothing is written.

    Raises:
        FindingsError: the notebook would not be the same afterwards (NB801 to NB808).
        BadNotebook: the notebook cannot be read, or a cell is not Python.
    """
    reading = read_cells(
        data,
        request.name,
        request.format,
        limits=Limits(file_bytes=request.max_bytes),
        progress=progress,
    )
    refuse_unparsable(reading)

    def layout(text: str) -> str:
        return formatter.format({"code.py": text}, _PYTHON)["code.py"]

    carry_out = _VERBS.get(request.verb)
    if carry_out is None:
        raise UsageError("NB002", f"no refactoring is called {request.verb!r}")
    made = carry_out(reading, request, layout)
    made = replace(made, findings=labelled(made.findings, reading.notebook))
    return ProposedRefactoring(
        refactoring=made,
        text=write_notebook(reading.notebook, _cells_after(reading.notebook, made)),
        sources=tuple(cell.source for cell in reading.notebook.cells),
    )


# -- the verbs ---------------------------------------------------------------------------------------

_Layout = Callable[[str], str]


def _extract(reading: Reading, request: RefactoringRequest, layout: _Layout) -> Refactoring:
    options = request.options
    wish = FunctionWish(
        cells=tuple(options["cells"]),
        module=options["module"],
        module_path=options["module_path"],
        name=options.get("name"),
        test_path=options.get("test_path"),
        doc=options.get("doc"),
        gives=tuple(options.get("gives", ())),
    )
    project = Project(files=request.files, local_modules=frozenset(request.local_modules))
    return extract_function(reading.notebook, reading.cells, wish, project, layout)


def _inline(reading: Reading, request: RefactoringRequest, layout: _Layout) -> Refactoring:
    from nb2pkg.refactoring.inlining import inline

    return inline(
        reading.notebook,
        reading.cells,
        request.options["name"],
        cell=request.options.get("cell"),
        modules=request.modules,
    )


def _rename(reading: Reading, request: RefactoringRequest, layout: _Layout) -> Refactoring:
    from nb2pkg.refactoring.renaming import rename_variable

    options = request.options
    return rename_variable(reading.notebook, reading.cells, options["old"], options["new"])


def _parameter(reading: Reading, request: RefactoringRequest, layout: _Layout) -> Refactoring:
    from nb2pkg.refactoring.promoting import promote_literal

    options = request.options
    return promote_literal(
        reading.notebook,
        reading.cells,
        options["cell"],
        options["line"],
        options["column"],
        options["name"],
    )


def _imports(reading: Reading, request: RefactoringRequest, layout: _Layout) -> Refactoring:
    from nb2pkg.refactoring.moving_imports import move_imports

    return move_imports(reading.notebook, reading.cells)


_VERBS = {
    "extract": _extract,
    "inline": _inline,
    "rename": _rename,
    "parameter": _parameter,
    "imports": _imports,
}


# -- the notebook's file -----------------------------------------------------------------------------


def _cells_after(notebook: Notebook, made: Refactoring) -> list[Cell]:
    """The notebook's cells as they will be; outputs stay, and go along to the cell that shows them now."""
    originals = {cell.position: cell for cell in notebook.cells}
    found: list[Cell] = []
    for edited in made.cells:
        cell = originals.get(edited.of)
        if cell is None:
            found.append(Cell(position=0, kind=edited.kind, source=edited.source, tags=edited.tags))
            continue
        if _is_as_it_was(cell, edited):
            found.append(cell)
            continue
        outputs = tuple(o for position in edited.shows for o in originals[position].outputs)
        metadata = dict(cell.metadata)
        if edited.mark is not None:
            metadata[_MARK] = {**_object(metadata.get(_MARK)), **edited.mark}
        found.append(
            replace(
                cell,
                source=edited.source,
                tags=edited.tags,
                outputs=outputs if edited.shows != (cell.position,) else cell.outputs,
                metadata=metadata,
            )
        )
    return found


def _is_as_it_was(cell: Cell, edited: EditedCell) -> bool:
    return (
        cell.source == edited.source
        and cell.tags == edited.tags
        and edited.mark is None
        and edited.shows in ((), (cell.position,))
    )


def _object(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, Mapping) else {}


# -- as JSON -----------------------------------------------------------------------------------------


def proposed_to_json(proposed: ProposedRefactoring) -> Json:
    """Give a proposed refactoring as JSON values."""
    made = proposed.refactoring
    answer = asdict(made)
    answer["findings"] = [diagnostic_to_json(finding) for finding in made.findings]
    answer["cells"] = [cell_to_json(cell) for cell in made.cells]
    return {"refactoring": answer, "text": proposed.text, "sources": list(proposed.sources)}


def proposed_from_json(answer: Json) -> ProposedRefactoring:
    """Read a proposed refactoring back."""
    made = answer["refactoring"]
    return ProposedRefactoring(
        refactoring=Refactoring(
            title=made["title"],
            cells=tuple(_cell_from_json(cell) for cell in made["cells"]),
            files=tuple(FileEdit(**one) for one in made["files"]),
            inputs=tuple(made["inputs"]),
            outputs=tuple(made["outputs"]),
            choices=tuple(made["choices"]),
            name=made["name"],
            module=made["module"],
            findings=tuple(diagnostic_from_json(one) for one in made["findings"]),
        ),
        text=answer["text"],
        sources=tuple(answer["sources"]),
    )


def cell_to_json(cell: EditedCell) -> Json:
    """Give an edited cell as JSON values."""
    return {**asdict(cell), "kind": cell.kind.value, "tags": list(cell.tags)}


def _cell_from_json(answer: Json) -> EditedCell:
    return EditedCell(
        of=answer["of"],
        kind=CellKind(answer["kind"]),
        source=answer["source"],
        tags=tuple(answer["tags"]),
        shows=tuple(answer["shows"]),
        mark=answer["mark"],
    )
