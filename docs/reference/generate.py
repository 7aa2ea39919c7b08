"""Writes the pages of this folder that say what the code says: cli.md and checks.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from nb2pkg.api import extracting
from nb2pkg.cli.main import COMMANDS, group

FOLDER = Path(__file__).resolve().parent
_WIDTH = 96
_RANGES = {
    "0": "The command line and the configuration",
    "1": "The notebook",
    "2": "Names and code",
    "3": "Pipelines",
    "4": "The output folder",
    "5": "The environment",
    "7": "Faults of nb2pkg itself",
    "8": "Refactorings",
}


def pages() -> dict[str, str]:
    """Give the text of every generated page by its file name."""
    return {"cli.md": "\n".join(_cli()) + "\n", "checks.md": "\n".join(_checks()) + "\n"}


def _cli() -> Iterator[str]:
    yield "# Command line"
    yield ""
    yield "This page is written by `make docs` from the commands themselves: it is what `--help` shows."
    yield ""
    yield "## nb2pkg"
    yield ""
    yield from _fenced(_help_of([]), "text")
    for name in COMMANDS:
        yield ""
        yield f"## nb2pkg {name}"
        yield ""
        yield from _fenced(_help_of([name]), "text")
        for inner in _inner_names(name):
            yield ""
            yield f"### nb2pkg {name} {inner}"
            yield ""
            yield from _fenced(_help_of([name, inner]), "text")
    yield ""
    yield from _EXIT_CODES.strip().split("\n")


def _help_of(words: list[str]) -> str:
    context = group.make_context("nb2pkg", [], resilient_parsing=True, terminal_width=_WIDTH)
    if not words:
        return group.get_help(context)
    command: click.Command = group
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None
        command = found
        context = command.make_context(
            word, [], parent=context, resilient_parsing=True, terminal_width=_WIDTH
        )
    return command.get_help(context)


def _inner_names(name: str) -> list[str]:
    """The commands of a command that is a group."""
    context = group.make_context("nb2pkg", [], resilient_parsing=True)
    command = group.get_command(context, name)
    return sorted(command.commands) if isinstance(command, click.Group) else []


_EXIT_CODES = """
## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | it ran, and the answer is no: `--check` or `--diff` found a change, `check` found something, a merge is in conflict, there is nothing to extract, or a step did not succeed |
| 2 | the command line or the configuration is wrong |
| 3 | the file is not a notebook that can be extracted, or not a pipeline that can be run |
| 4 | refused, to lose nothing: edits by hand, a folder that nb2pkg did not make, a link in the way |
| 5 | the environment stands in the way: no permission, no space, no interpreter, no answer from the store of records |
| 6 | another run writes the same output; `--wait` waits for it |
| 70 | a fault of nb2pkg; `--debug` shows where |
| 130, 143, 129 | interrupted by Ctrl-C, SIGTERM, or a terminal that is gone |

With several notebooks, every one is worked on, and the worst code counts.

## Output

What was asked for goes to standard output, messages go to standard error. `--json` prints one object with a
`schema_version`, which counts up when readers would break. Colours follow `--color`, `NO_COLOR`, `FORCE_COLOR`,
`CLICOLOR` and whether a terminal is there. nb2pkg opens no connection and sends nothing anywhere.
"""


def _checks() -> Iterator[str]:
    yield "# Codes"
    yield ""
    yield (
        "Every message has a code. `nb2pkg explain CODE` prints its entry of this page, "
        "which is written by `make docs`."
    )
    section = ""
    for code in extracting.codes():
        page = extracting.explain(code)
        assert page is not None
        if code[2] != section:
            section = code[2]
            yield ""
            yield f"## {_RANGES[section]}"
        yield ""
        yield f"### {code}: {page.title}"
        yield ""
        yield page.why
        yield ""
        yield f"**What to do.** {page.remedy}"
        for title, examples in (("Found in", page.fails), ("Not found in", page.passes)):
            for example in examples:
                yield ""
                yield f"{title}"
                yield ""
                yield from _fenced(_visible(example), "text")


def _visible(text: str) -> str:
    """Characters that do not show, as escapes: this page must not hold what a check warns of."""
    return "".join(
        c if c == "\n" or c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


def _fenced(text: str, language: str) -> Iterator[str]:
    yield f"```{language}"
    yield from text.rstrip("\n").split("\n")
    yield "```"


def main() -> None:
    """Write the pages that are not up to date."""
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
