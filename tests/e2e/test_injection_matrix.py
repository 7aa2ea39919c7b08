"""No word of a notebook becomes more than a word in what is written: every field, every payload."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nb2pkg.adapters.package_folders import DiskPackageFolders
from nb2pkg.adapters.ruff_formatter import RuffFormatter
from nb2pkg.api.extracting import DEFAULT_MAX_BYTES, codes, graph_in_child
from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import extraction_json
from nb2pkg.cli.messages import show_findings, show_stop
from nb2pkg.cli.show_extraction import show_extraction
from nb2pkg.cli.terminal import Terminal
from nb2pkg.ports.extracting import NotebookSource, PackageFolders
from nb2pkg.problems import InternalError, Nb2pkgError
from nb2pkg.workflows.extract import Extraction, Wish, extract_notebook
from nb2pkg.workflows.observations import KeptRun
from nb2pkg.workflows.proposal import Proposal
from nb2pkg.workflows.proposing import Request, propose_package
from tests.e2e.injection_fields import FIELDS, Draft
from tests.e2e.injection_payloads import SHORT
from tests.e2e.same_shape import Words, differences, runs_more
from tests.fakes.dict_folders import DictPackageFolders
from tests.fakes.empty_environments import EmptyEnvironments
from tests.fakes.plain_formatter import PlainFormatter

# -- the table -------------------------------------------------------------------------------------

# Faults that are known and not yet mended: (field, payload) → what is wrong.
KNOWN: dict[tuple[str, str], str] = {}  # rows that are not right yet, with the reason


def _fits(field: str, words: str) -> bool:
    """Whether words belong there: of several lines they would be other Python, or another name."""
    return not (FIELDS[field].one_line and re.search(r"[\r\n]", words))


ROWS = [(f, p) for f, about in FIELDS.items() for p, w in about.payloads.items() if _fits(f, w)]


def _marks(row: tuple[str, str]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=KNOWN[row])] if row in KNOWN else []


@pytest.mark.parametrize(
    ("field", "payload"), [pytest.param(*row, id="-".join(row), marks=_marks(row)) for row in ROWS]
)
def test_words_stay_words(field: str, payload: str) -> None:
    about = FIELDS[field]
    words = about.payloads[payload]
    result = made(field, words)

    assert not _STEERING.search(result.shown), ascii(result.shown)
    if payload in about.refuses:
        assert_clean_stop(result)
        return
    assert result.stop is None, result.shown
    assert_files_are_in_place(result)
    json.dumps(extraction_json(_done(result), 0)).encode()
    assert _unlike_all(field, words) == []


# What steers a terminal or hides text in it. Halves of a pair cannot be shown, and are not.
_STEERING = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def assert_clean_stop(result: Made) -> None:
    assert result.stop is not None, "nothing was refused"
    assert not isinstance(result.stop, InternalError)
    assert result.stop.code in codes()
    assert exit_codes.code_of(result.stop) in range(1, 6)
    assert result.written == frozenset()


_PLAIN_PATH = re.compile(r"(?!\.\.?(/|$))[^/\\\0]+(/(?!\.\.?(/|$))[^/\\\0]+)*")


def assert_files_are_in_place(result: Made) -> None:
    """Every file stands below the output folder, and is one that was announced."""
    extraction = _done(result)
    own = ("nb2pkg.lock", ".nb2pkg/base.json")
    announced = {f"{extraction.folder}/{path}" for path in (*extraction.proposal.files, *own)}
    assert result.written == announced
    for path in extraction.proposal.files:
        assert _PLAIN_PATH.fullmatch(path), path
        assert all(len(os.fsencode(part)) < 256 for part in path.split("/"))


# -- what was made ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Made:
    """What became of a notebook: a package or a stop, files on disk, text on the terminal."""

    extraction: Extraction | None
    stop: Nb2pkgError | None
    written: frozenset[str]
    shown: str


def _done(result: Made) -> Extraction:
    assert result.extraction is not None, result.shown
    return result.extraction


@functools.cache
def made(field: str, words: str) -> Made:
    """Extract the notebook that has these words in this field."""
    about = FIELDS[field]
    if not about.is_path:
        folders = DictPackageFolders()
        extraction, stop, shown = _ended(about.draft(words), "/", folders)
        written = {f"{f}/{path}" for f, files in folders.folders.items() for path in files}
    else:
        with tempfile.TemporaryDirectory() as root:
            draft = about.draft(words)
            notebook = Path(root, "home", draft.folder, draft.file_name)
            notebook.parent.mkdir(parents=True)
            notebook.write_bytes(draft.data)
            extraction, stop, shown = _ended(draft, f"{root}/", DiskPackageFolders())
            written = {str(path) for path in Path(root).rglob("*") if not path.is_dir()}
            written.remove(str(notebook))
    return Made(extraction=extraction, stop=stop, written=frozenset(written), shown=shown)


def _ended(
    draft: Draft, root: str, folders: PackageFolders
) -> tuple[Extraction | None, Nb2pkgError | None, str]:
    folder = f"{root}home/{draft.folder}"
    source = NotebookSource(
        path=f"{folder}/{draft.file_name}",
        name=draft.stem,
        file_name=draft.file_name,
        folder=folder,
        format=draft.format,
        data=draft.data,
    )
    output = None if draft.output is None else root + draft.output
    shown = io.StringIO()
    terminal = Terminal(color="never", verbosity=1)
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        try:
            extraction = _extracted(source, Wish(output=output, package=draft.package), folders)
        except Nb2pkgError as stop:
            show_stop(stop, source.path, terminal)
            return None, stop, shown.getvalue()
        show_findings(extraction.diagnostics, extraction.notebook, terminal)
        show_extraction(extraction, terminal)
    return extraction, None, shown.getvalue()


def _extracted(source: NotebookSource, wish: Wish, folders: PackageFolders) -> Extraction:
    def propose(owned: str | None, way: str, kept: KeptRun | None) -> Proposal:
        request = Request(
            name=source.name,
            format=source.format,
            folder=source.folder,
            root=way,
            owned=owned,
            package=wish.package,
        )
        return propose_package(
            source.data,
            request,
            progress=lambda _: None,
            environments=EmptyEnvironments(),
            formatter=PlainFormatter(),
        )

    return extract_notebook(source, wish, propose=propose, folders=folders)


# -- what may differ -------------------------------------------------------------------------------


def _unlike_all(field: str, words: str) -> list[str]:
    """How the package differs from those of harmless words; nothing if it is like one of them."""
    unlike: list[str] = []
    for harmless in FIELDS[field].like:
        if made(field, harmless).stop is None:
            found = _unlike(field, words, harmless)
            if not found:
                return []
            unlike += [f"unlike {harmless!r}: {what}" for what in found]
    return unlike or ["there is nothing to compare with"]


def _unlike(field: str, words: str, harmless: str) -> list[str]:
    about = FIELDS[field]
    one, other = (_done(made(field, text)).proposal for text in (harmless, words))
    names = _names_between(one, other)
    if about.is_name:
        names[harmless] = unicodedata.normalize("NFKC", words)
    if about.expands:
        return runs_more(one.files, other.files, Words(names=names))
    return differences(one.files, other.files, Words(names=names), is_code=about.is_code)


def _names_between(one: Proposal, other: Proposal) -> dict[str, str]:
    """The names that one has where the other has its own: of steps, package and notebook."""
    names = {one.package: other.package}
    names |= {a.name: b.name for a, b in zip(one.steps, other.steps, strict=False)}
    return names | {_notebook_file(one.files): _notebook_file(other.files)}


def _notebook_file(files: Mapping[str, str]) -> str:
    (path,) = (path for path in files if re.match("notebooks/(?!steps/)", path))
    return path.removeprefix("notebooks/")


# -- what other programs say of it -----------------------------------------------------------------


def test_every_module_has_a_layout_that_settles() -> None:
    """What ruff lays out in another way a second time, it would find in everyone's checks."""
    texts = sorted(
        {
            text
            for field, payload in ROWS
            if payload not in FIELDS[field].refuses and (field, payload) not in KNOWN
            for path, text in _files(field, payload).items()
            if path.endswith(".py")
        }
    )
    assert len(texts) > 1000
    files = {f"src/p/m{number}.py": text for number, text in enumerate(texts)}

    formatted = RuffFormatter().format(files, (3, 10))

    assert formatted.keys() == files.keys()
    assert RuffFormatter().format(formatted, (3, 10)) == formatted


def _files(field: str, payload: str) -> Mapping[str, str]:
    return _done(made(field, FIELDS[field].payloads[payload])).proposal.files


# -- pictures --------------------------------------------------------------------------------------

_DRAWN = ("title", "heading", "step-tag", "comment-above", "parameter-text", "constant")


@pytest.mark.parametrize(
    ("field", "payload"),
    [
        (field, payload)
        for field in _DRAWN
        for payload, words in SHORT.items()
        if payload not in FIELDS[field].refuses and _fits(field, words)
    ],
)
def test_pictures_have_the_same_parts(field: str, payload: str) -> None:
    about = FIELDS[field]
    for of_cells in (False, True):
        for drawn_as, parts in _PARTS.items():
            drawn = _drawn(field, about.payloads[payload], drawn_as, of_cells)

            assert not _STEERING.search(drawn)
            assert parts(drawn) in [
                parts(_drawn(field, text, drawn_as, of_cells))
                for text in about.like
                if made(field, text).stop is None
            ]


@functools.cache
def _drawn(field: str, words: str, drawn_as: str, of_cells: bool) -> str:
    draft = FIELDS[field].draft(words)
    options = {
        "name": draft.stem,
        "format": draft.format,
        "max_bytes": DEFAULT_MAX_BYTES,
        "pure_calls": (),
        "of_cells": of_cells,
        "drawn_as": drawn_as,
    }
    drawn = graph_in_child(draft.data, options, lambda _: None)
    assert isinstance(drawn, str)
    return drawn


def _svg_parts(text: str) -> list[object]:
    # A long name has its whole text in a title.
    return [
        (element.tag, sorted(element.attrib))
        for element in ElementTree.fromstring(text).iter()
        if not element.tag.endswith("title")
    ]


def _html_parts(text: str) -> list[object]:
    found: list[object] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag != "title":
                found.append((tag, sorted(name for name, _ in attrs)))

    Reader().feed(text)
    return found


_LABEL = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def _dot_parts(text: str) -> list[object]:
    return [_LABEL.sub('""', line) for line in text.split("\n")]


def _mermaid_parts(text: str) -> list[object]:
    # A box is called like its step: one word, which is none of Mermaid's own.
    assert not re.search(r"(?m)^ +(end|click|class|style|subgraph)\b", text)
    return [re.sub(r"\b(?!flowchart)\w+\b", "x", str(line)) for line in _dot_parts(text)]


_PARTS: dict[str, Callable[[str], list[object]]] = {
    "svg": _svg_parts,
    "html": _html_parts,
    "dot": _dot_parts,
    "mermaid": _mermaid_parts,
}
