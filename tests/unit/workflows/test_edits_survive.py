"""Whatever is extracted in whatever order, no line that a user wrote is lost."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nb2pkg.ports.extracting import NotebookSource
from nb2pkg.problems import Refused
from nb2pkg.workflows.changes import OnEdits
from nb2pkg.workflows.extract import Extraction, Wish, extract_notebook
from nb2pkg.workflows.proposal import Proposal
from tests.fakes.dict_folders import DictPackageFolders

_SOURCE = NotebookSource(
    path="n.ipynb", name="n", file_name="n.ipynb", folder="/home", format="ipynb", data=b""
)
_FOLDER = "/home/n"
_PATHS = ("README.md", "src/n/a.py", "src/n/b.py", "src/n/c.py")
_OWN = ("nb2pkg.lock", ".nb2pkg/base.json")

versions = st.dictionaries(
    st.sampled_from(_PATHS),
    st.lists(st.sampled_from(["x = 1", "y = 2", "z = 3", "w = 4"]), max_size=6).map(
        lambda lines: "".join(f"{line}\n" for line in lines)
    ),
    min_size=1,
)


class EditsSurvive(RuleBasedStateMachine):
    """A user and nb2pkg at work on one folder."""

    def __init__(self) -> None:
        super().__init__()
        self.folders = DictPackageFolders()
        self.version: dict[str, str] = {}
        self.count = 0
        self._kept: set[str] = set()

    @property
    def files(self) -> dict[str, bytes]:
        return self.folders.folders.get(_FOLDER, {})

    def extract(self, on_edits: OnEdits) -> Extraction:
        proposal = Proposal(package="n", files=self.version, steps=(), left_out=(), diagnostics=())
        return extract_notebook(
            _SOURCE,
            Wish(on_edits=on_edits),
            propose=lambda owned, root, kept: proposal,
            folders=self.folders,
        )

    @initialize(version=versions)
    def first(self, version: dict[str, str]) -> None:
        self.version = version
        self.extract(OnEdits.STOP)

    @rule(version=versions)
    def edit_notebook(self, version: dict[str, str]) -> None:
        self.version = version

    @rule(on_edits=st.sampled_from(list(OnEdits)))
    def run(self, on_edits: OnEdits) -> None:
        before = dict(self.files)
        try:
            extraction = self.extract(on_edits)
        except Refused as stop:
            assert stop.code in ("NB401", "NB407")
            assert self.files == before
            return
        again = dict(self.files)
        if on_edits is not OnEdits.MERGE_WITH_MARKERS:
            repeated = self.extract(on_edits)
            assert self.files == again
            assert repeated.conflicts == extraction.conflicts
        if on_edits in (OnEdits.STOP, OnEdits.OVERWRITE):
            for path, text in self.version.items():
                assert self.files[path] == text.encode()

    @precondition(lambda self: any(_is_plain(p) for p in self.files))
    @rule(data=st.data())
    def edit_file(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(p for p in self.files if _is_plain(p))))
        lines = self.files[path].decode().splitlines(keepends=True)
        self.count += 1
        place = data.draw(st.integers(0, len(lines)))
        lines.insert(place, f"mine = 'user-{self.count}'\n")
        self.files[path] = "".join(lines).encode()
        self.kept().add(f"user-{self.count}")

    @rule(path=st.sampled_from((*_PATHS, "src/n/mine.py")))
    def write_file(self, path: str) -> None:
        if path not in self.files:
            self.count += 1
            self.files[path] = f"mine = 'user-{self.count}'\n".encode()
            self.kept().add(f"user-{self.count}")

    @rule(path=st.sampled_from(_PATHS))
    def remove_file(self, path: str) -> None:
        if path in self.files:
            gone = self.files.pop(path).decode()
            self._kept = {word for word in self.kept() if f"'{word}'" not in gone or self.has(word)}

    def kept(self) -> set[str]:
        return self._kept

    def has(self, word: str) -> bool:
        return any(f"'{word}'".encode() in data for p, data in self.files.items() if p not in _OWN)

    @invariant()
    def nothing_is_lost(self) -> None:
        for word in self.kept():
            assert self.has(word), word


def _is_plain(path: str) -> bool:
    return path not in _OWN and ".nb2pkg/backup" not in path


TestEditsSurvive = EditsSurvive.TestCase
TestEditsSurvive.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
