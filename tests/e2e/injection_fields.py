"""Which places of a notebook does nb2pkg take words from, and what is a notebook with them?"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from nb2pkg.notebook import NotebookFormat
from tests.e2e.injection_payloads import LONG, NAMES, SHORT
from tests.e2e.same_shape import MARKER

Document = dict[str, Any]

# Nothing to see, in one line, in none and in several.
HARMLESS = (
    MARKER, "", f"{MARKER}\n{MARKER}", f"{MARKER}\n\n{MARKER}", f"# {MARKER}",
    f"{MARKER}\n# {MARKER}", f"{MARKER}\n===\n{MARKER}\n---",
)  # fmt: skip
# A module that nobody knows, and one that every Python has.
_HARMLESS_MODULES = (MARKER, "html")

TITLE, PARAMETERS, FIRST, CODE, SECOND, LAST = range(6)


@dataclass(kw_only=True)
class Draft:
    """A notebook in the making, and how it would be given to the command.

    stem: its file's name; folder: the name of its folder, which stands in `home`; output: likewise
    """

    document: Document
    stem: str = "report"
    folder: str = "work"
    output: str | None = None
    package: str | None = None
    script: str | None = None

    @property
    def cells(self) -> list[Document]:
        """Its cells."""
        cells: list[Document] = self.document["cells"]
        return cells

    @property
    def format(self) -> NotebookFormat:
        """How its file is written."""
        return "ipynb" if self.script is None else "percent"

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return self.stem + (".ipynb" if self.script is None else ".py")

    @property
    def data(self) -> bytes:
        """Its file."""
        if self.script is not None:
            return self.script.encode("utf-8", "surrogatepass")
        return json.dumps(self.document).encode()


@dataclass(frozen=True, kw_only=True)
class Field:
    """A place for words.

    put: writes the words into a draft
    one_line: words of several lines would be other Python or another name, and do not belong here
    is_code: the words are Python's own there, and stand as they are in what is written
    expands: IPython reads the words, so that `{x}` in them is code by right
    is_name: the words are a name of Python's, and the package has that name where it had the other
    is_path: the words name a file or a folder, so a real disk has its say
    refuses: the payloads with which a refusal is right; with all others it is not
    like: words with nothing to them; those of a payload make a package like one of these does
    """

    put: Callable[[Draft, str], None]
    payloads: Mapping[str, str] = field(default_factory=lambda: SHORT)
    one_line: bool = False
    is_code: bool = False
    expands: bool = False
    is_name: bool = False
    is_path: bool = False
    refuses: Set[str] = frozenset()
    like: tuple[str, ...] = HARMLESS

    def draft(self, words: str) -> Draft:
        """A notebook with these words in the field."""
        made = Draft(document=_document())
        self.put(made, words)
        return made


def _document() -> Document:
    return {
        "cells": [
            _markdown("# Rows in order\n\nAll of them."),
            _code("n = 3\nlabel = 'rows'", "parameters"),
            _markdown("## Take rows\n\nThe first ones."),
            _code("import csv\nrows = [3, 1, 2][:n]\nrows = [r + 1 for r in rows]"),
            _markdown("## Write rows"),
            _code(
                "with open('rows.csv', 'w') as file:\n"
                "    csv.writer(file).writerow(rows)\nprint(label, len(rows))"
            ),
        ],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.2"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _markdown(source: str) -> Document:
    return {"cell_type": "markdown", "id": f"m{len(source)}", "metadata": {}, "source": source}


def _code(source: str, *tags: str) -> Document:
    return {
        "cell_type": "code",
        "id": f"c{len(source)}",
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


# -- putting words in place ------------------------------------------------------------------------


def _source(index: int, form: str) -> Callable[[Draft, str], None]:
    """Write the source of a cell; the words stand where `form` says WORDS."""

    def put(draft: Draft, words: str) -> None:
        draft.cells[index]["source"] = form.replace("WORDS", words)

    return put


def _literal(index: int, form: str, literal: Callable[[str], str]) -> Callable[[Draft, str], None]:
    """Write the source of a cell with the words as a literal, or as a word of a shell."""

    def put(draft: Draft, words: str) -> None:
        draft.cells[index]["source"] = form.replace("WORDS", literal(words))

    return put


def _as_typed(words: str) -> str:
    """A literal in which every character that may stand there stands as itself."""
    return json.dumps(words, ensure_ascii=False)


def _added(form: str, literal: Callable[[str], str] = str) -> Callable[[Draft, str], None]:
    """Add a code cell before the last section."""

    def put(draft: Draft, words: str) -> None:
        draft.cells.insert(SECOND, _code(form.replace("WORDS", literal(words))))

    return put


def _tag(form: str) -> Callable[[Draft, str], None]:
    def put(draft: Draft, words: str) -> None:
        draft.cells[CODE]["metadata"]["tags"] = [form.replace("WORDS", words)] if words else []
        draft.cells[LAST]["metadata"]["tags"] = ["step:write"]

    return put


def _prev(draft: Draft, words: str) -> None:
    draft.cells[CODE]["metadata"]["tags"] = ["step:take"]
    draft.cells[LAST]["metadata"]["tags"] = ["step:write", f"prev:{words}"]


def _tested(draft: Draft, words: str) -> None:
    tags = [f"test:{words}"] if words else []
    draft.cells.append(_code("assert len(rows) == 3", *tags))


def _cell_id(draft: Draft, words: str) -> None:
    draft.cells[CODE]["id"] = words


def _language_name(draft: Draft, words: str) -> None:
    del draft.document["metadata"]["kernelspec"]["language"]
    draft.document["metadata"]["language_info"]["name"] = words


def _metadata(*keys: str) -> Callable[[Draft, str], None]:
    def put(draft: Draft, words: str) -> None:
        place = draft.document["metadata"]
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = words

    return put


def _authors(draft: Draft, words: str) -> None:
    draft.document["metadata"]["authors"] = [{"name": words}]


def _metadata_key(draft: Draft, words: str) -> None:
    draft.document["metadata"][f"x {words}"] = {words: words}
    draft.cells[CODE]["metadata"][f"x {words}"] = {words: words}


def _attachment(draft: Draft, words: str) -> None:
    draft.cells[TITLE]["attachments"] = {words: {"image/png": words}}


def _output(output: Document) -> Callable[[Draft, str], None]:
    def put(draft: Draft, words: str) -> None:
        text = json.dumps(output).replace('"WORDS"', json.dumps(words))
        draft.cells[LAST]["outputs"] = [json.loads(text)]
        draft.cells[LAST]["execution_count"] = 1

    return put


def _raw(draft: Draft, words: str) -> None:
    draft.cells.append({"cell_type": "raw", "id": "raw", "metadata": {}, "source": words})


def _script(form: str) -> Callable[[Draft, str], None]:
    def put(draft: Draft, words: str) -> None:
        draft.script = form.replace("WORDS", words)

    return put


def _stem(draft: Draft, words: str) -> None:
    draft.stem = words


def _folder(draft: Draft, words: str) -> None:
    draft.folder, draft.output = words, "made"


def _output_folder(draft: Draft, words: str) -> None:
    draft.output = f"home/{words}"


def _package(draft: Draft, words: str) -> None:
    draft.package = words


# -- the fields ------------------------------------------------------------------------------------

# No Python file can hold these.
_HALVES = frozenset({"surrogate", "half-an-emoji"})
_UNWRITABLE = _HALVES | {"nul"}
# No file on a disk can be called like this: it has a slash or NUL, or is too long, or a folder.
_NO_FILE_NAME = frozenset({
    "nul", "surrogate", "half-an-emoji", "traversal", "script", "javascript-link", "mermaid",
    "long", "no-blank", "yaml-tag", "parent", "absolute", "picture", "autolink", "reference",
    "home-of", "deep",
})  # fmt: skip
_FILE_NAMES = {name: words for name, words in LONG.items() if name not in _NO_FILE_NAME}
_FILE_NAMES["odd-bytes"] = "a\udcff\udc80b"  # what Python makes of bytes that are not UTF-8
# A package with such a file could not be unpacked on every system.
_WITH_BACKSLASH = {name for name, words in _FILE_NAMES.items() if "\\" in words}
_NO_PACKAGE = LONG.keys() - {
    "noqa",
    "yaml-null",
    "yaml-no",
    "mermaid-end",
    "own-module",
    "own-name",
}

_CODE_CELL = "import csv\nrows = [3, 1, 2][:n]{}\nrows = [r + 1 for r in rows]"
_COMMENTED = _CODE_CELL.format("  # WORDS")
_SCRIPT = "# %% [markdown]\n# # Rows\n\n# %% {}\nrows = [3, 1, 2]\n\n# %%\nprint(rows)\n"

FIELDS: dict[str, Field] = {
    "title": Field(put=_source(TITLE, "# WORDS\n\nAll of them."), payloads=LONG),
    "title-only": Field(put=_source(TITLE, "# WORDS")),
    "heading": Field(put=_source(FIRST, "## WORDS\n\nThe first ones."), payloads=LONG),
    "heading-among-words": Field(put=_source(FIRST, "## Take WORDS of rows")),
    "html-heading": Field(put=_source(FIRST, "<h2>WORDS</h2>\n\nThe first ones.")),
    "underlined-heading": Field(put=_source(FIRST, "WORDS\n-----"), one_line=True),
    "summary": Field(put=_source(TITLE, "# Rows in order\n\nWORDS"), payloads=LONG),
    "prose": Field(put=_source(FIRST, "## Take rows\n\nWORDS"), payloads=LONG),
    "prose-list": Field(put=_source(FIRST, "## Take rows\n\n- WORDS\n- more")),
    "prose-in-a-fence": Field(put=_source(FIRST, "## Take rows\n\n```\nWORDS\n```")),
    "step-tag": Field(put=_tag("step:WORDS"), payloads=LONG),
    "block-tag": Field(put=_tag("block:WORDS")),
    "prev-tag": Field(put=_prev, payloads=SHORT),
    "test-tag": Field(put=_tested, payloads=SHORT),
    "other-tag": Field(put=_tag("WORDS")),
    "cell-id": Field(put=_cell_id),
    "comment": Field(
        put=_source(CODE, _COMMENTED),
        payloads=LONG,
        one_line=True,
        is_code=True,
        refuses=_UNWRITABLE,
    ),
    "comment-above": Field(
        put=_source(CODE, "# WORDS\n" + _CODE_CELL.format("")),
        one_line=True,
        is_code=True,
        refuses=_UNWRITABLE,
    ),
    "parameter-comment": Field(
        put=_source(PARAMETERS, "n = 3  # WORDS\nlabel = 'rows'"),
        payloads=LONG,
        one_line=True,
        is_code=True,
        refuses=_UNWRITABLE,
    ),
    "parameter-text": Field(
        put=_literal(PARAMETERS, "n = 3\nlabel = WORDS", repr), payloads=LONG, is_code=True
    ),
    "parameter-as-typed": Field(
        put=_literal(PARAMETERS, "n = 3\nlabel = WORDS", _as_typed),
        payloads=LONG,
        is_code=True,
        refuses=_HALVES,
    ),
    "parameter-key": Field(
        put=_literal(PARAMETERS, "n = 3\nlabel = {WORDS: [WORDS]}", repr), is_code=True
    ),
    "constant": Field(put=_literal(CODE, _CODE_CELL.format("\nprint(WORDS)"), repr), is_code=True),
    "written-path": Field(
        put=_literal(LAST, "with open(WORDS, 'w') as file:\n    file.write(str(rows))", repr),
        is_code=True,
    ),
    "function-docstring": Field(
        put=_added("def shown(x):\n    WORDS\n    return [x]\n\nprint(shown(rows))", repr),
        is_code=True,
    ),
    "import": Field(
        put=_added("import WORDS as used\nprint(used)"),
        payloads=NAMES,
        is_code=True,
        is_name=True,
        like=_HARMLESS_MODULES,
    ),
    "import-from": Field(
        put=_added("from WORDS.inner import used\nprint(used)"),
        payloads=NAMES,
        is_code=True,
        is_name=True,
        like=_HARMLESS_MODULES,
    ),
    "import-of-anything": Field(
        put=_added("import WORDS as used\nprint(used)"),
        one_line=True,
        is_code=True,
        is_name=True,
        like=_HARMLESS_MODULES,
        refuses=SHORT.keys() - {"dunder"},
    ),
    "writefile-name": Field(
        put=_added("%%writefile WORDS\nsome text"), one_line=True, expands=True, refuses=_UNWRITABLE
    ),
    "writefile-body": Field(
        put=_added("%%writefile some.txt\nWORDS"), is_code=True, refuses=_UNWRITABLE
    ),
    "shell": Field(
        put=_added("!echo WORDS", shlex.quote), one_line=True, expands=True, refuses=_UNWRITABLE
    ),
    "shell-install": Field(
        put=_added("!pip install WORDS", shlex.quote),
        one_line=True,
        expands=True,
        refuses=_UNWRITABLE,
    ),
    "pip-magic": Field(
        put=_added("%pip install WORDS"), one_line=True, expands=True, refuses=_UNWRITABLE
    ),
    "run-magic": Field(put=_added("%run WORDS"), one_line=True, expands=True, refuses=_UNWRITABLE),
    "other-magic": Field(
        put=_added("%load_ext WORDS"), one_line=True, expands=True, refuses=_UNWRITABLE
    ),
    "bash-body": Field(
        put=_added("%%bash\necho WORDS", shlex.quote), is_code=True, refuses=_UNWRITABLE
    ),
    "file-name": Field(
        put=_stem,
        payloads=_FILE_NAMES,
        is_path=True,
        refuses=_WITH_BACKSLASH | {"odd-bytes"},
    ),
    "folder-name": Field(put=_folder, payloads=_FILE_NAMES),
    "output-folder": Field(put=_output_folder, payloads=_FILE_NAMES),
    "package-option": Field(put=_package, payloads=LONG, refuses=_NO_PACKAGE),
    "kernel-name": Field(put=_metadata("kernelspec", "name")),
    "kernel-display-name": Field(put=_metadata("kernelspec", "display_name")),
    "kernel-language": Field(put=_metadata("kernelspec", "language"), refuses=SHORT.keys()),
    "language-name": Field(put=_language_name, refuses=SHORT.keys()),
    "language-version": Field(put=_metadata("language_info", "version")),
    "metadata-title": Field(put=_metadata("title")),
    "metadata-authors": Field(put=_authors),
    "metadata-key": Field(put=_metadata_key),
    "attachment": Field(put=_attachment),
    "output-html": Field(
        put=_output({"output_type": "display_data", "metadata": {}, "data": {"text/html": "WORDS"}})
    ),
    "output-text": Field(put=_output({"output_type": "stream", "name": "stdout", "text": "WORDS"})),
    "output-error": Field(
        put=_output(
            {"output_type": "error", "ename": "WORDS", "evalue": "WORDS", "traceback": ["WORDS"]}
        )
    ),
    "raw-cell": Field(put=_raw),
    "script-title": Field(put=_script(_SCRIPT.format("WORDS")), one_line=True, refuses=_HALVES),
    "script-prose": Field(
        put=_script("# %% [markdown]\n# # WORDS\n\n# %%\nrows = [1]\nprint(rows)\n"),
        one_line=True,
        refuses=_HALVES,
    ),
}
