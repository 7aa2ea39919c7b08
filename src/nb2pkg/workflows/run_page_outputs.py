"""What of a cell's outputs may be shown? Text and pictures, whatever shape the file has; never HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.workflows.run_page_blocks import output_block
from nb2pkg.workflows.run_page_budget import Budget
from nb2pkg.workflows.run_page_images import PICTURE_TYPES, NoPicture, Picture, picture
from nb2pkg.workflows.run_page_text import cut, in_line, in_line_whole, in_lines, left_out, name
from nb2pkg.workflows.run_page_words import counted, size

MOST_OUTPUTS = 200
_LONGEST_ALT = 200
_SAYS_NOTHING = re.compile(r"<IPython\.core\.display\.\w+ object>")


def text_of(value: Json) -> str:
    """The text of a field of a notebook: one string, or several; what is neither counts as none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return ""


def field(value: Json, key: str) -> Json:
    """A field of something that may be no object at all."""
    return value.get(key) if isinstance(value, dict) else None


def outputs_of(cell: Json) -> list[Json]:
    """The outputs of a cell, with those joined that a program wrote to one stream in one go."""
    given = field(cell, "outputs")
    joined: list[Json] = []
    pieces: list[str] = []
    last: Json = None
    for output in given if isinstance(given, list) else []:
        stream = _stream(output)
        if stream is not None and stream == last:
            pieces.append(text_of(field(output, "text")))
            continue
        _close(joined, last, pieces)
        last = stream
        if stream is None:
            joined.append(output)
        else:
            pieces.append(text_of(field(output, "text")))
    _close(joined, last, pieces)
    return joined


def pictures_in(outputs: list[Json]) -> int:
    """Count the outputs that claim to be pictures."""
    return sum(
        any(type in data for type in PICTURE_TYPES)
        for data in (field(output, "data") for output in outputs)
        if isinstance(data, dict)
    )


def show_outputs(outputs: list[Json], budget: Budget) -> Iterator[str]:
    """Give outputs as HTML, as far as there is room."""
    for output in outputs[:MOST_OUTPUTS]:
        shown = _show(output)
        if not budget.takes(shown):
            shown = (
                f'<p class="left-out">An output is not shown: its {size(len(shown))} would make this page '
                "too large.</p>"
            )
            budget.takes(shown)
        yield shown
    if len(outputs) > MOST_OUTPUTS:
        yield f'<p class="left-out">{counted(len(outputs) - MOST_OUTPUTS, "more output")} not shown.</p>'


def prose(text: str) -> str:
    """Give Markdown as the text that it is, with its headings in bold."""
    beginning, left, end = cut(text)
    rest = [left_out(left), *_prose_lines(end)] if left else []
    return f'<div class="prose">{"<br>".join([*_prose_lines(beginning), *rest])}</div>'


def _prose_lines(text: str) -> Iterator[str]:
    is_code = False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        marks = len(line) - len(line.lstrip("#"))
        heading = line[marks:].strip()
        if not is_code and 1 <= marks <= 6 and line[marks : marks + 1] in (" ", "\t") and heading:
            yield f"<strong>{in_line_whole(heading)}</strong>"
        else:
            yield in_lines(line)


def _stream(output: Json) -> str | None:
    if field(output, "output_type") != "stream":
        return None
    return "stderr" if field(output, "name") == "stderr" else "stdout"


def _close(joined: list[Json], stream: str | None, pieces: list[str]) -> None:
    if stream is not None:
        joined.append({"output_type": "stream", "name": stream, "text": "".join(pieces)})
        pieces.clear()


def _show(output: Json) -> str:
    kind = field(output, "output_type")
    if kind == "stream":
        is_error = field(output, "name") == "stderr"
        return output_block(
            text_of(field(output, "text")),
            "error stream" if is_error else "text",
            "stderr" if is_error else "",
        )
    if kind == "error":
        return output_block(_traceback(output), "traceback", "error")
    data = field(output, "data")
    if not isinstance(data, dict):
        return '<p class="quiet">an output that cannot be read</p>'
    return "\n".join(_show_data(data))


def _traceback(output: Json) -> str:
    given = field(output, "traceback")
    lines = [line for line in given if isinstance(line, str)] if isinstance(given, list) else []
    if any(lines):
        return "\n".join(lines)
    said = [text_of(field(output, key)) for key in ("ename", "evalue")]
    return ": ".join(filter(None, said)) or "an error of which nothing is known"


def _show_data(data: dict[str, Json]) -> Iterator[str]:
    """The first picture that is one; else what there is of text; else what is not shown."""
    plain = text_of(data.get("text/plain"))
    if _SAYS_NOTHING.fullmatch(plain):
        plain = ""
    for type in PICTURE_TYPES:
        if type in data:
            found = picture(type, text_of(data[type]))
            if isinstance(found, Picture):
                yield _image(found, plain)
                return
            yield _no_image(type, found)
    if isinstance(data.get("text/markdown"), (str, list)):
        yield prose(text_of(data["text/markdown"]))
    elif plain:
        yield output_block(plain)
    elif "text/html" in data:
        yield '<p class="quiet">an HTML output, not shown</p>'
    elif isinstance(data.get("text/latex"), (str, list)):
        yield output_block(text_of(data["text/latex"]))
    elif not any(type in data for type in PICTURE_TYPES):
        types = ", ".join(
            f"<code>{name(type)}</code>" for type in list(data)[:3] if isinstance(type, str)
        )
        yield f'<p class="quiet">an output{" of type " + types if types else ""}, not shown</p>'


def _image(found: Picture, plain: str) -> str:
    width, height = found.size or (0, 0)
    measures = f' width="{width}" height="{height}"' if found.size else ""
    alt = in_line(plain.strip().replace("\n", " "), _LONGEST_ALT) or "a picture that this cell made"
    return (
        f'<p class="picture"><img alt="{alt}"{measures} decoding="async" '
        f'src="data:{found.type};base64,{found.base64}"></p>'
    )


def _no_image(type: str, found: NoPicture) -> str:
    return f'<p class="quiet">a picture ({type}), not shown: {in_line(found.why, 200)}</p>'
