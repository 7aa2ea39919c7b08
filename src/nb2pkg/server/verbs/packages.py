"""What a notebook's package would be, or is."""

from __future__ import annotations

from nb2pkg.api import extracting, open_notebooks
from nb2pkg.server.payloads.packages import (
    ExtractAnswer,
    ExtractApplyRequest,
    ExtractPreviewRequest,
    LeftOut,
    PackageAnswer,
    PackageFile,
    PackageRequest,
)
from nb2pkg.server.root_paths import Root
from nb2pkg.server.verbs.notebooks import steps_of
from nb2pkg.server.verbs.open_notebook import Meant, findings_of, meant

Content = str | bytes | None


def preview(request: ExtractPreviewRequest, root: Root) -> ExtractAnswer:
    """Show what extracting would change."""
    return _extracted(request, root, None)


def apply(request: ExtractApplyRequest, root: Root) -> ExtractAnswer:
    """Write what was shown."""
    return _extracted(request, root, request.digest)


def package(request: PackageRequest, root: Root) -> PackageAnswer:
    """Say how the package stands beside its notebook."""
    notebook = meant(request.notebook, root)
    state = open_notebooks.state_of_package(
        notebook.path,
        output=_output(request.output, notebook, root),
        data=notebook.data,
        max_bytes=notebook.max_bytes,
    )
    if state is None:
        return PackageAnswer(
            state="none", folder=None, package=None, edited=(), removed=(), unmerged=()
        )
    is_edited = bool(state.edited or state.removed or state.unmerged)
    return PackageAnswer(
        state="notebook-changed" if state.is_stale else "hand-edited" if is_edited else "in-sync",
        folder=root.told(state.folder),
        package=state.package,
        edited=state.edited,
        removed=state.removed,
        unmerged=state.unmerged,
    )


def _extracted(
    request: ExtractPreviewRequest | ExtractApplyRequest, root: Root, shown: str | None
) -> ExtractAnswer:
    notebook = meant(request.notebook, root, to_extract=True)
    extraction = extracting.extract(
        notebook.path,
        output=_output(request.output, notebook, root),
        package=request.package if request.package is not None else notebook.settings.package,
        python=notebook.settings.python,
        python_from=notebook.settings.python_from,
        on_edits=extracting.OnEdits(request.on_edits),
        write=shown is not None,
        max_bytes=notebook.max_bytes,
        pure_calls=notebook.settings.pure_calls,
        contracts=request.contracts,
        data=notebook.data,
        shown=shown,
    )
    proposal = extraction.proposal
    return ExtractAnswer(
        digest=extraction.digest,
        package=proposal.package,
        folder=root.told(extraction.folder) or "",
        is_saved=notebook.data is None,
        is_written=extraction.is_written,
        steps=steps_of(proposal.steps, notebook),
        parameters=proposal.parameters,
        dependencies=proposal.dependencies,
        left_out=tuple(
            LeftOut(cell=notebook.id_at(one.cell), line=one.line, text=one.text, reason=one.reason)
            for one in proposal.left_out
        ),
        files=tuple(_file(change) for change in extraction.changes),
        findings=findings_of(extraction.diagnostics, notebook.ids, root),
    )


def _output(given: str | None, notebook: Meant, root: Root) -> str | None:
    """The absolute folder that the package is to be in; None for the usual one."""
    if given is not None:
        return root.place(given)
    configured = notebook.settings.output
    return None if configured is None else root.place_of(configured)


def _file(change: extracting.FileChange) -> PackageFile:
    is_same = change.kind is extracting.Kind.UNCHANGED
    return PackageFile(
        path=change.path,
        kind=change.kind.value,
        before=None if is_same else _text(change.before),
        after=_text(change.after),
        offered=change.offered,
        before_bytes=_size(change.before),
        after_bytes=_size(change.after),
        is_edited=change.is_edited,
    )


def _text(content: Content) -> str | None:
    return content if isinstance(content, str) else None


def _size(content: Content) -> int | None:
    if content is None:
        return None
    return len(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
