"""What workflows need from the world, as Protocols: here for extracting; for runs in `ports.running`."""

from nb2pkg.ports.extracting import (
    CellToRun,
    ChangeSet,
    CodeProblem,
    Entry,
    Environments,
    FailedTest,
    FolderState,
    Formatter,
    Guard,
    Json,
    NotebookFiles,
    NotebookSource,
    PackageFolders,
    Progress,
    RecordingRequest,
    Runs,
)

__all__ = [
    "CellToRun",
    "ChangeSet",
    "CodeProblem",
    "Entry",
    "Environments",
    "FailedTest",
    "FolderState",
    "Formatter",
    "Guard",
    "Json",
    "NotebookFiles",
    "NotebookSource",
    "PackageFolders",
    "Progress",
    "RecordingRequest",
    "Runs",
]
