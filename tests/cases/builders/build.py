"""Which notebooks lie in `untidy/`, and what do they print? Writes both; see ../README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import cells_and_tags
import classes_and_functions
import draws_and_views
import files_and_magics
import headings
import hooks_and_settings
import modules
import mutation_and_state
import names
from case_values import Case, Cell

UNTIDY = Path(__file__).resolve().parent.parent / "untidy"
DIGESTS = UNTIDY / "digests.json"
MAY_REFUSE = UNTIDY / "may_refuse.json"

CASES: tuple[Case, ...] = (
    *modules.CASES,
    *headings.CASES,
    *names.CASES,
    *classes_and_functions.CASES,
    *mutation_and_state.CASES,
    *files_and_magics.CASES,
    *cells_and_tags.CASES,
    *hooks_and_settings.CASES,
    *draws_and_views.CASES,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the notebooks; with `--run` run them too and record what they print last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files would change")
    parser.add_argument("--run", action="store_true", help="run them and write digests.json")
    parser.add_argument("names", nargs="*", help="cases to run (default: all)")
    options = parser.parse_args(arguments)

    files = dict(_files(CASES))
    changed = [path for path, text in files.items() if not _is_same(path, text)]
    stray = [path for path in sorted(UNTIDY.rglob("*.ipynb")) if path not in files]
    if options.check:
        for path in (*changed, *stray):
            print(f"differs from what the builders write: {path.relative_to(UNTIDY)}")
        return 1 if changed or stray else 0

    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
    for path in stray:
        path.unlink()
    print(f"{len(CASES)} cases, {len(changed)} files written, {len(stray)} notebooks removed")
    if options.run:
        _record_digests([c for c in CASES if not options.names or c.name in options.names])
    return 0


def _files(cases: Iterable[Case]) -> Iterable[tuple[Path, str]]:
    for one in cases:
        notebook = UNTIDY / f"{one.key}.ipynb"
        yield notebook, json.dumps(_notebook(one), indent=1, ensure_ascii=False) + "\n"
        for name, text in one.files:
            yield notebook.parent / name, text
    reasons = {one.key: one.may_refuse for one in cases if one.may_refuse}
    yield MAY_REFUSE, json.dumps(reasons, indent=1, sort_keys=True) + "\n"


def _is_same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _notebook(one: Case) -> dict[str, object]:
    return {
        "cells": [_cell(cell, f"c{position:03}") for position, cell in enumerate(one.cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(cell: Cell, cell_id: str) -> dict[str, object]:
    value: dict[str, object] = {"cell_type": cell.kind}
    if cell.kind == "code":
        value["execution_count"] = None
    value["id"] = cell_id
    value["metadata"] = {"tags": list(cell.tags)} if cell.tags else {}
    if cell.kind == "code":
        value["outputs"] = []
    # Not splitlines(): Jupyter ends a line at a newline only, never at a form feed or U+2028.
    lines = cell.source.split("\n")
    value["source"] = [line + "\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
    return value


def _record_digests(cases: Sequence[Case]) -> None:
    digests = json.loads(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.is_file() else {}
    failed = 0
    for one in cases:
        try:
            digests[one.key] = _digest(one)
            print(f"{one.key}: {digests[one.key]}", flush=True)
        except Exception as error:  # the other cases still deserve their digest
            failed += 1
            print(f"{one.key} FAILED: {error}", file=sys.stderr, flush=True)
    known = {one.key for one in CASES}
    kept = {key: value for key, value in sorted(digests.items()) if key in known}
    DIGESTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if failed:
        raise SystemExit(f"{failed} of {len(cases)} cases failed")


def _digest(one: Case) -> str:
    """Run a copy of the case in a fresh kernel and give what follows DIGEST in its last line."""
    import nbformat  # only needed here, and slow to import
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        notebook = UNTIDY / f"{one.key}.ipynb"
        shutil.copy(notebook, folder)
        if one.files:
            shutil.copytree(notebook.parent, folder, dirs_exist_ok=True)
        content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(content)
        NotebookClient(
            content,
            timeout=120,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
        ).execute()
    last = next(cell for cell in reversed(content.cells) if cell.cell_type == "code")
    text = "".join(o.text for o in last.outputs if o.get("name") == "stdout")
    line = text.rstrip("\n").split("\n")[-1]
    if not line.startswith("DIGEST "):
        raise ValueError(f"the last line printed is {line!r}, not DIGEST …")
    return line.removeprefix("DIGEST ")


if __name__ == "__main__":
    raise SystemExit(main())
