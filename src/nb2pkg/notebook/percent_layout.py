"""Where in a percent script does each cell stand?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from nb2pkg.notebook.multiline_strings import lines_inside_strings
from nb2pkg.notebook.notebook import Json
from nb2pkg.notebook.percent_markers import is_marker

# Not str.splitlines, which would also split at form feeds and at U+2028.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCE = re.compile(r"# ?---[ \t]*")
_ENTRY = re.compile(r"#(?P<indent> *)(?P<key>[\w-]+):(?: +(?P<value>.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The lines of one cell: its marker (if it has one), its body, and blank lines after it.

    Lines keep their line ends.
    """

    marker: str | None
    body: tuple[str, ...]
    tail: tuple[str, ...]

    @property
    def text(self) -> str:
        """The cell as it stands in the script."""
        return "".join((self.marker or "", *self.body, *self.tail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A script taken apart so that joining `header` and the blocks' texts gives it back."""

    header: str
    blocks: tuple[Block, ...]
    newline: str

    @property
    def has_markers(self) -> bool:
        """Whether the script has cells at all; one without is a single plain cell."""
        return any(block.marker is not None for block in self.blocks)


def lay_out(text: str) -> Layout:
    """Take a script apart into its header and its cells."""
    lines = _LINE.findall(text)
    first = _end_of_header(lines)
    strings = lines_inside_strings(lines)
    starts = [
        index
        for index in range(first, len(lines))
        if index not in strings and is_marker(lines[index].rstrip("\r\n"))
    ]
    blocks = []
    opening_end = starts[0] if starts else len(lines)
    if any(line.strip() for line in lines[first:opening_end]):
        blocks.append(_block(None, lines[first:opening_end]))
        header = "".join(lines[:first])
    else:
        header = "".join(lines[:opening_end])
    for start, end in pairwise([*starts, len(lines)]):
        blocks.append(_block(lines[start], lines[start + 1 : end]))
    newline = lines[0][len(lines[0].rstrip("\r\n")) :] if lines else ""
    return Layout(header=header, blocks=tuple(blocks), newline=newline or "\n")


def header_metadata(header: str) -> dict[str, Json]:
    """Read the kernel's name and language from the header that jupytext writes.

    Only these few keys are read, by their indentation: the header is YAML, and we have no need
    for the rest of it.
    """
    kernel: dict[str, Json] = {}
    depth: int | None = None
    for line in _LINE.findall(header):
        found = _ENTRY.fullmatch(line.rstrip("\r\n"))
        if found is None:
            continue
        indent, key, value = len(found["indent"]), found["key"], (found["value"] or "").strip()
        if depth is not None and indent > depth:
            if key in ("name", "language", "display_name") and value:
                kernel[key] = value.strip("'\"")
        else:
            depth = indent if key == "kernelspec" and not value else None
    return {"kernelspec": kernel} if kernel else {}


def _end_of_header(lines: list[str]) -> int:
    """Count the lines up to the second `# ---`, or 0 when the script has no such header."""
    fences = 0
    for index, line in enumerate(lines):
        bare = line.rstrip("\r\n")
        if _FENCE.fullmatch(bare):
            fences += 1
            if fences == 2:
                return index + 1
        elif not bare.strip():
            continue
        elif not (_may_stand_in_header(bare) if fences else _may_precede_header(bare)):
            return 0
    return 0


def _may_stand_in_header(line: str) -> bool:
    return line.startswith("#") and not is_marker(line)


def _may_precede_header(line: str) -> bool:
    return line.startswith("#!") or (line.startswith("#") and "coding" in line)


def _block(marker: str | None, lines: list[str]) -> Block:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return Block(marker=marker, body=tuple(lines[:end]), tail=tuple(lines[end:]))
