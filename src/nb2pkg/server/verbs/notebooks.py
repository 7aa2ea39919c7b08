"""What is said of a notebook as it is in an editor."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.api import extracting, open_notebooks
from nb2pkg.server.payloads.notebooks import (
    CheckAnswer,
    CheckRequest,
    Flow,
    GraphAnswer,
    GraphRequest,
    GraphStep,
    StepsAnswer,
    StepsRequest,
    SuggestedTag,
)
from nb2pkg.server.root_paths import Root
from nb2pkg.server.verbs.open_notebook import Meant, findings_of, meant


def check(request: CheckRequest, root: Root) -> CheckAnswer:
    """List what stands between a notebook and a package."""
    notebook = meant(request.notebook, root)
    report = extracting.check(
        notebook.path,
        max_bytes=notebook.max_bytes,
        pure_calls=notebook.settings.pure_calls,
        data=notebook.data,
    )
    return CheckAnswer(findings=findings_of(report.findings, notebook.ids, root))


def graph(request: GraphRequest, root: Root) -> GraphAnswer:
    """Say what flows between steps, and between cells."""
    notebook = meant(request.notebook, root)
    found = open_notebooks.flows(
        notebook.path,
        data=notebook.data,
        max_bytes=notebook.max_bytes,
        pure_calls=notebook.settings.pure_calls,
    )
    return GraphAnswer(
        steps=steps_of(found.steps, notebook),
        flows=tuple(
            Flow(source=flow.start, target=flow.end, names=flow.names, is_certain=True)
            for flow in found.between_steps
        ),
        cell_flows=tuple(
            Flow(
                source=notebook.id_at(flow.start),
                target=notebook.id_at(flow.end),
                names=flow.names,
                is_certain=flow.is_certain,
            )
            for flow in found.between_cells
        ),
    )


def steps(request: StepsRequest, root: Root) -> StepsAnswer:
    """Suggest tags."""
    notebook = meant(request.notebook, root)
    tagging = extracting.tag(
        notebook.path,
        max_bytes=notebook.max_bytes,
        pure_calls=notebook.settings.pure_calls,
        data=notebook.data,
    )
    return StepsAnswer(
        tags=tuple(
            SuggestedTag(cell=notebook.id_at(tag.cell), tag=tag.tag, text=tag.text)
            for tag in tagging.tags
        )
    )


def steps_of(summaries: Sequence[extracting.StepSummary], notebook: Meant) -> tuple[GraphStep, ...]:
    """Give steps as they are sent."""
    return tuple(
        GraphStep(
            name=step.name,
            title=step.title,
            cells=tuple(notebook.id_at(cell) for cell in step.cells),
            takes=step.parameters,
            gives=step.returns,
            options=step.options,
            results=step.results,
        )
        for step in summaries
    )
