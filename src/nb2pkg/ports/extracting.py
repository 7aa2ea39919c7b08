"""What does the way from a notebook to its package, and watching both, need from the world?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from nb2pkg.notebook import NotebookFormat
from nb2pkg.planning import EnvironmentFacts

if TYPE_CHECKING:  # extract need not load what only verify needs
    from nb2pkg.verification import Boundary, Figure, Observation

# A JSON value; loose on purpose, as in `nb2pkg.notebook`.
Json = Any
# Called with the 1-based position of each cell before it is looked at.
Progress = Callable[[int], None]
Entry = Callable[[bytes, Json, Progress], Json]
# How the files of notebooks end that are scripts.
SCRIPT = ".py"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookSource:
    """The bytes of a notebook file, with what its path says.

    `folder` is absolute. `path` is how the user named it; messages repeat it.
    """

    path: str
    name: str  # the file's stem
    file_name: str
    folder: str
    format: NotebookFormat
    data: bytes

    @property
    def is_script(self) -> bool:
        """Whether its file is a script, which Python would run where a package has the same name."""
        return self.file_name.endswith(SCRIPT)


class FolderState(str, Enum):
    """What an output folder is before anything is written."""

    ABSENT = "absent"
    EMPTY = "empty"
    OURS = "ours"  # it holds nb2pkg.lock
    FOREIGN = "foreign"  # it holds something, and no nb2pkg.lock


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What to do to a folder, all of it or nothing. Paths are relative, with forward slashes.

    `backup` names files to keep a copy of below `.nb2pkg/backup/` before they are written over. `seen`: what was
    decided upon; a file that is no longer so is somebody's work, and nothing is done.
    """

    writes: Mapping[str, str | bytes]
    deletes: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    seen: Mapping[str, bytes | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.writes and not self.deletes


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeProblem:
    """Why a generated file does not compile; `line` is 1-based, where Python says."""

    path: str
    message: str
    line: int | None


class NotebookFiles(Protocol):
    """The notebook's own file."""

    def read(self, path: str, max_bytes: int) -> NotebookSource:
        """Read a notebook; `-` is standard input.

        Raises:
            UsageError: there is no such file (NB001).
            BadNotebook: it is not a regular file, or too big (NB108).
            EnvironmentFailure: it cannot be read (NB501).
        """

    def write(self, path: str, text: str) -> None:
        """Replace the notebook's text in one step."""


class PackageFolders(Protocol):
    """The folder that a package is written into."""

    def state(self, folder: str) -> FolderState:
        """Say whether the folder is absent, empty, ours or somebody else's."""

    def contents(self, folder: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Read the files that exist among `paths`; never through a link (NB402)."""

    def apply(self, folder: str, changes: ChangeSet) -> None:
        """Do all the changes or none of them; never through a link (NB402).

        Raises:
            Refused: a link is in the way (NB402).
            EnvironmentFailure: the disk refuses (NB502).
        """


class Formatter(Protocol):
    """What gives code its layout."""

    def format(self, files: Mapping[str, str], python_version: tuple[int, int]) -> dict[str, str]:
        """Give the Python files among `files` their layout; other files come back as they are.

        Raises:
            InternalError: a file is not Python, or its layout does not settle (NB701).
        """


class Environments(Protocol):
    """The Python that a notebook runs on."""

    def read(
        self,
        kernel_name: str | None,
        folder: str,
        import_names: Collection[str],
        python: str | None,
        requirements: Collection[str],
        python_from: str | None = None,
    ) -> EnvironmentFacts:
        """Read what is installed there; what `python` is by the file `python_from` is not run."""

    def compile(self, interpreter: str, files: Mapping[str, str]) -> tuple[CodeProblem, ...]:
        """Compile files as that interpreter would; say which fail."""


class Guard(Protocol):
    """Runs work on untrusted input where a crash or a hang cannot take the program down."""

    def call(self, entry: Entry, data: bytes, options: Json) -> Json:
        """Give what `entry(data, options, progress)` returns; `entry` stands at module level.

        Raises:
            Nb2pkgError: what `entry` raised, or NB109 where it crashed or took too long.
        """


@dataclass(frozen=True, slots=True)
class CellToRun:
    """A code cell: its position in the notebook, its source, and whether it is expected to fail."""

    position: int
    source: str
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """What to record: the steps, by the full names of their functions; and patterns of secrets."""

    steps: Mapping[str, str]
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test that failed: its module, and its name; no name where the module cannot be imported."""

    module: str
    name: str


class Runs(Protocol):
    """Runs of a notebook and of its package, each in the same fresh surroundings, watched."""

    def notebook(
        self,
        cells: Sequence[CellToRun],
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
        hash_seed: int = 0,
    ) -> Observation:
        """Run the cells in a fresh kernel.

        Raises:
            EnvironmentFailure: there is no kernel to run them in.
        """

    def package(
        self, source: str, boundaries: Sequence[Boundary], timeout_seconds: float
    ) -> Observation:
        """Run the package, importable from the folder `source`, as `python -m` does."""

    def recorded_package(
        self,
        home: str,
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
        recording: RecordingRequest,
    ) -> tuple[Observation, Sequence[Json]]:
        """Run the package in the folder `home`, and give what its functions took and gave.

        What is kept of their values lies below `home/tests/data` after it.
        """

    def replay(self, home: str, timeout_seconds: float, request: Json) -> Sequence[Json]:
        """Call the functions of the package in `home` by themselves, as `observers/replay.py` says."""

    def failing_tests(
        self, files: Mapping[str, str | bytes], timeout_seconds: float
    ) -> Sequence[FailedTest] | None:
        """Run the tests of a package beside the notebook's data; None where they cannot be run."""

    def data(self, home: str) -> Mapping[str, bytes]:
        """The files below `home/tests/data`: path from `home`, with forward slashes, → content."""

    def step_notebooks(
        self,
        source: str,
        notebooks: Sequence[Sequence[str]],
        boundaries: Sequence[Boundary],
        timeout_seconds: float,
    ) -> Observation:
        """Run step notebooks, given as the code of their cells, a process each, in this order."""

    def picture(self, figure: Figure) -> bytes:
        """A picture that one of these runs showed, as PNG."""

    def picture_shares(self, pairs: Sequence[tuple[Figure, Figure]]) -> Sequence[float | None]:
        """The share of pixels that differ in pairs of pictures; None for those of another size."""

    def put(self, files: Mapping[str, str]) -> str:
        """Write a package's files somewhere for these runs alone; give the folder."""
