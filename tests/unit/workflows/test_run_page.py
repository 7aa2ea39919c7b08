"""The page of a run: what stands on it, and that it is safe to open whatever the notebooks contain."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import Artifact, RunStatus, StepStatus
from nb2pkg.workflows.run_page import ExecutedNotebook, RunPage, run_page
from nb2pkg.workflows.run_page_axis import Axis
from nb2pkg.workflows.run_page_style import STYLE
from tests.browser.run_pages import (
    BEGAN,
    attempt,
    code,
    data,
    failed,
    hostile,
    notebook,
    page,
    plot,
    png,
    run,
    six_steps,
    step,
)
from tests.browser.xss_payloads import PAYLOADS
from tests.unit.workflows.strict_page import StrictPage

_TAGS = {
    "meta", "br", "img", "line", "rect", "path",
    "html", "head", "title", "style", "body", "header", "main", "footer", "section", "h1", "h2", "h3", "h4",
    "p", "strong", "span", "code", "pre", "a", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody",
    "tfoot", "tr", "th", "td", "details", "summary", "div", "svg", "g", "text", "defs", "marker", "pattern",
}  # fmt: skip
_NEVER = {"style", "srcset", "srcdoc", "ping", "action", "background", "xlink"}
_SOURCE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}")


class _Page(StrictPage):
    """A page of a run."""

    def __init__(self, text: str) -> None:
        self.headings: list[int] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []
        super().__init__(text)
        assert all(b - a <= 1 for a, b in zip([0, *self.headings], self.headings, strict=False))

    def check(self, tag: str, given: dict[str, str]) -> None:
        """Nothing is linked to or loaded but what stands on the page itself."""
        assert tag in _TAGS
        self.attributes.append((tag, given))
        for name, value in given.items():
            assert re.fullmatch("[A-Za-z][A-Za-z12-]*", name), name
            assert name not in _NEVER
            if name == "href":
                assert tag == "a" and value.startswith("#")
                self.links.append(value)
            if name == "src":
                assert tag == "img" and _SOURCE.fullmatch(value)
            if name == "id":
                assert re.fullmatch("[A-Za-z0-9._-]+", value)
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))

    def values(self, tag: str, attribute: str) -> list[str]:
        """The values of an attribute of all elements of a kind."""
        return [
            given[attribute]
            for kind, given in self.attributes
            if kind == tag and attribute in given
        ]


def _of(*cells: Json) -> _Page:
    return _Page(run_page(page(run(step("a")), notebooks=(notebook("a", *cells),))))


def _stream(text: Json) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text}


# -- what stands on it


def test_a_page_says_which_run_it_is_about_and_how_it_ended() -> None:
    said = _Page(run_page(six_steps())).said

    for words in (
        "churn: succeeded, run 20260304-020000-7f3a", "The run succeeded.",
        "6 steps: 5 succeeded, 1 taken from an earlier run.", "/home/ada/churn/pipeline.yaml", "ada on vega",
        "2026-03-04 02:00:00 UTC", "2026-03-04 02:03:25 UTC", "3 m 25 s",
        "33942ff6c7d1… and uncommitted changes", 'data_path "data/churn.csv"', "test_size 0.2",
    ):  # fmt: skip
        assert words in said


def test_a_failed_run_says_first_what_went_wrong_and_links_to_it() -> None:
    text = run_page(failed())
    said = _Page(text).said

    assert (
        "train failed in cell 3 of 4 after 3 attempts: ValueError in cell 3: Input X contains NaN"
        in said
    )
    assert "resumed from run 20260303-020000-11ab" in said
    assert text.index('<a href="#step-train">') < text.index('<h2 id="run">')
    # The last attempt is the one whose notebook is kept.
    assert text.count('<a href="#cell-5-3">cell 3 of 4</a>') == 1


def test_a_running_run_is_told_as_of_now() -> None:
    running = replace(attempt(1, 10, 0), status=StepStatus.RUNNING, seconds=None, ended_at=None)
    record = run(
        step("a", status=StepStatus.RUNNING, attempts=(running,)),
        step("b", "a", status=StepStatus.WAITING),
        status=RunStatus.RUNNING,
        ended_at=None,
    )

    said = _Page(run_page(page(record, now=BEGAN + 40))).said

    assert "The run is still going on. 2 steps: 1 running, 1 waiting." in said
    assert "has taken 40 s so far" in said
    assert "running: began at 02:00:10, has taken 30 s so far" in said


def test_bars_stand_where_an_attempt_began_and_are_as_long_as_it_took() -> None:
    first = attempt(1, 10, 20.0, status=StepStatus.FAILED)
    record = run(step("a", attempts=(first, attempt(2, 40, 50.0))), ended_at=BEGAN + 100)

    bars = [given for kind, given in _Page(run_page(page(record))).attributes if "bar" in given.get("class", "").split()]  # fmt: skip

    assert [(bar["x"], bar["width"]) for bar in bars] == [
        ("10.000%", "20.000%"),
        ("40.000%", "50.000%"),
    ]
    assert [bar["class"] for bar in bars] == ["bar bad", "bar good"]


def test_a_cached_step_says_from_which_run_it_comes() -> None:
    said = _Page(run_page(six_steps())).said

    assert "◆ from run 20260303-020000-11ab" in said
    assert "why the same source, parameters and inputs ran before" in said


@pytest.mark.parametrize(
    ("span", "ticks"),
    [
        (0.34, ["0", "0.1 s", "0.2 s", "0.3 s"]), (4.0, ["0", "1 s", "2 s", "3 s", "4 s"]),
        (205.0, ["0", "1 m", "2 m", "3 m"]), (150.0, ["0", "30 s", "1 m", "1 m 30 s", "2 m", "2 m 30 s"]),
        (3600.0, ["0", "15 m", "30 m", "45 m", "1 h"]), (86400.0 * 3, ["0", "1 d", "2 d", "3 d"]),
        (86400.0 * 400, ["0", "100 d", "200 d", "300 d", "400 d"]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_few(span: float, ticks: list[str]) -> None:
    told = Axis(BEGAN, BEGAN + span).ticks()

    assert [tick for _, tick in told] == ticks
    assert all(0 <= place <= 100.0001 for place, _ in told)


@given(st.floats(min_value=0.001, max_value=1e12, allow_nan=False))
def test_there_are_never_more_than_a_few_ticks(span: float) -> None:
    ticks = Axis(0.0, span).ticks()

    assert 1 <= len(ticks) <= 6
    assert ticks[-1][0] <= 100.0001


def test_the_graph_links_each_step_to_its_section() -> None:
    read = _Page(run_page(six_steps()))

    sections = read.values("section", "id")
    assert sections == [f"step-{name}" for name in ("load", "clean", "explore", "features", "train", "report")]  # fmt: skip
    assert read.said.count("✓ succeeded · 2 m 6 s") == 2  # in the box, and as its title
    assert {f"#{section}" for section in sections} <= set(read.links)


def test_metrics_of_all_steps_stand_in_one_table() -> None:
    said = _Page(run_page(six_steps())).said

    assert (
        "explore missing_share 0.0132 rows 118,204 train accuracy 0.913457 auc 0.951 n_trees 400"
        in said
    )


def test_artifacts_have_their_size_and_their_whole_digest_at_hand() -> None:
    made = Artifact(name="model.joblib", sha256="ab" * 32, size=2_200_000)

    read = _Page(run_page(page(run(step("a", artifacts=(made,))))))

    assert "model.joblib 2.2 MB abababababab…" in read.said
    assert "ab" * 32 in read.values("code", "title")


def test_the_same_run_gives_the_same_page() -> None:
    assert run_page(failed()) == run_page(failed())


# -- executed notebooks


def test_a_notebook_is_shown_with_its_code_its_text_and_its_pictures() -> None:
    read = _Page(run_page(six_steps()))

    assert "In [1], the parameters of this run data_path = 'data/churn.csv'" in read.said
    assert "0 101 basic 12" in read.said
    assert "118204 rows" in read.said  # two pieces of one stream
    assert "Executed notebook: 4 cells, 2 pictures" in read.said
    pictures = read.values("img", "src")
    assert [picture.partition(";")[0] for picture in pictures] == [
        "data:image/png",
        "data:image/svg+xml",
    ]
    assert base64.b64decode(pictures[0].partition(",")[2]) == png(320, 200)
    assert (read.values("img", "width"), read.values("img", "height")) == (["320"], ["200"])


def test_html_is_never_shown() -> None:
    table = data(text_html="<b>bold</b>", text_plain="plain")

    assert "plain" in _of(code("x", table)).said
    assert "an HTML output, not shown" in _of(code("x", data(text_html="<b>bold</b>"))).said
    nameless = data(text_html="<b>bold</b>", text_plain="<IPython.core.display.HTML object>")
    assert "an HTML output, not shown" in _of(code("x", nameless)).said
    assert "bold" not in _of(code("x", table, data(text_html="<b>bold</b>"))).said


def test_markdown_is_text_with_its_headings_in_bold() -> None:
    source = "## Why *so*?\n<b>x</b>\n```\n# no heading\n```\n#neither"

    text = run_page(page(run(step("a")), notebooks=(notebook("a", {"cell_type": "markdown", "source": source}),)))  # fmt: skip

    assert "<strong>Why *so*?</strong><br>&lt;b&gt;x&lt;/b&gt;<br>```<br># no heading" in text
    assert "<br>#neither" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m plain", '<span class="ink1">red</span> plain'),
        ("\x1b[1;32mgreen\x1b[22m thin", '<span class="ink2 bold">green</span><span class="ink2"> thin</span>'),
        ("\x1b[38;5;28mgreen", '<span class="ink2">green</span>'),
        ("\x1b[38;2;200;10;10;4mred", '<span class="ink1 underlined">red</span>'),
        ("\x1b[43;30mground", '<span class="ground3">ground</span>'),
        ("\x1b[7mturned\x1b[27m", '<span class="ground8">turned</span>'),
        ("\x1b[91m<b>\x1b[39m", '<span class="ink1">&lt;b&gt;</span>'),
        ("a\x1b[2J\x1b[1;1Hb\x1b[?25lc", "abc"),
        ("a\x1b]0;title\x07b", "ab"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x9b31mb\x9b0mc", 'a<span class="ink1">b</span>c'),
        ("a\x1b]never ends", "anever ends"),
        ("a\x08b\x00c\x1b", "a\ufffdb\ufffdc\ufffd"),
        ("a\u202eb\u061cc\U000e0041", "a\ufffdb\ufffdc\ufffd"),
        ("\r 10%\r 50%\r100%\r\ndone\r", "100%\ndone"),
        ("\ta\n\tb", "\ta\n\tb"),
        ("\x1b[999999999999999999999mx", "x"),
        ("\x1b[38;5mx\x1b[48;2;1mx", "xx"),
    ],
)  # fmt: skip
def test_colours_are_kept_and_other_commands_to_terminals_are_not(text: str, shown: str) -> None:
    whole = run_page(page(run(step("a")), notebooks=(notebook("a", code("", _stream(text))),)))

    assert f'<pre class="output">\n{shown}</pre>' in whole


def _gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def _jpeg(width: int, height: int) -> bytes:
    segment = b"\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x11\x08"
    return b"\xff\xd8" + segment + struct.pack(">HH", height, width) + b"\x03" + b"\0" * 9


@pytest.mark.parametrize(
    ("type", "bytes_"),
    [("png", png(3, 2)), ("gif", _gif(3, 2)), ("jpeg", _jpeg(3, 2))],
    ids=["png", "gif", "jpeg"],
)
def test_pictures_are_encoded_anew_and_know_their_size(type: str, bytes_: bytes) -> None:
    wrapped = [line + "\n" for line in re.findall(".{1,9}", base64.b64encode(bytes_).decode())]

    read = _of(code("x", data(**{f"image_{type}": wrapped})))

    assert read.values("img", "src") == [f"data:image/{type};base64,{base64.b64encode(bytes_).decode()}"]  # fmt: skip
    assert (read.values("img", "width"), read.values("img", "height")) == (["3"], ["2"])


@pytest.mark.parametrize(
    "output",
    [
        data(image_png="not base64!"), data(image_png=base64.b64encode(b"GIF89a....").decode()),
        data(image_png=5), data(image_png=None), data(image_png=""), data(image_png={"a": 1}),
        data(image_png=base64.b64encode(png(60_000, 1)[:16] + struct.pack(">II", 60_000, 60_000)).decode()),
        data(image_gif=base64.b64encode(_gif(0, 4)).decode()), data(image_jpeg=base64.b64encode(b"\xff\xd8\xff" * 9).decode()),
        data(image_png='x" onerror="alert(1)'), data(image_webp=plot()), data(**{"image_x-icon": plot()}),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_not_shown_as_one(output: Json) -> None:
    read = _of(code("x", output))

    assert read.values("img", "src") == []
    assert "not shown" in read.said


def test_a_broken_picture_leaves_what_else_there_is() -> None:
    read = _of(code("x", data(image_png="!", image_jpeg="!", text_plain="the text")))

    assert "a picture (image/png), not shown: not base64" in read.said
    assert "the text" in read.said


def _svg(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'


def _nested(levels: int, element: str, shown: str) -> str:
    """Elements of which each shows the one before it ten times."""
    parts = ["<rect/>", *(shown.replace("PREVIOUS", f"#a{n}") * 10 for n in range(levels - 1))]
    return _svg("".join(f'<{element} id="a{n}">{part}</{element}>' for n, part in enumerate(parts)))


@pytest.mark.parametrize(
    "text",
    [
        _nested(9, "g", "<use href='PREVIOUS'/>"), _nested(9, "pattern", "<rect fill='url(PREVIOUS)'/>"), _svg('<g id="a"><use href="#a"/></g>'), _svg('<image href="data:image/svg+xml,x"/>'),
        _svg("<g>" * 300 + "</g>" * 300), _svg("<g/>" * 60_000), _svg("<style>*{fill:url(#p)}</style>"),
        _svg("<style>*{fill:u\\72l(#p)}</style>"), _svg('<g fill="u\\72l(#p)"/>'), _svg("<unclosed>"),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + _svg("&a;"), "<html xmlns='http://www.w3.org/1999/xhtml'/>", "<svg/>", "", "{}",
    ],
)  # fmt: skip
def test_an_svg_that_would_keep_the_browser_busy_is_not_shown(text: str) -> None:
    read = _of(code("x", data(image_svg=text)))

    assert read.values("img", "src") == []
    assert "a picture (image/svg+xml), not shown" in read.said


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>", '<rect onload="alert(1)"/>', _nested(3, "g", "<use href='PREVIOUS'/>")[40:-6],
        '<defs><clipPath id="c"><rect/></clipPath></defs><g clip-path="url(#c)" fill="#aabbcc"/>',
        "<style>*{stroke-linejoin: round}</style>",
    ],
)  # fmt: skip
def test_any_other_svg_is_an_image_in_which_nothing_runs(inside: str) -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?>\n{_svg(inside)}'

    (source,) = _of(code("x", data(image_svg=text))).values("img", "src")

    assert base64.b64decode(source.partition(",")[2]).decode() == _svg(inside)


# -- long and odd things


def test_long_text_is_folded_and_cut_and_says_so() -> None:
    long = "\n".join(f"line {n}" for n in range(200_000))

    text = run_page(page(run(step("a")), notebooks=(notebook("a", code(long, _stream(long))),)))
    said = _Page(text).said

    assert len(text) < 100_000
    assert "200,000 lines of text, not all of it shown" in said
    assert f"… {len(long) - 20_000:,} characters are left out here …" in said
    assert said.count("line 0 line 1 ") == said.count("line 199998 line 199999") == 2
    assert (
        "<details open" not in text.partition("200,000 lines of text")[0].rpartition("<details")[2]
    )


def test_a_page_stays_below_thirty_megabytes_and_says_what_is_missing() -> None:
    # 1.3 MB each, of bytes that no checksum is asked of.
    heavy = base64.b64encode(png(8, 8) + b"x" * 1_000_000).decode()
    cells = [code("x", *[data(image_png=heavy)] * 10) for _ in range(3)]
    notebooks = (notebook("a", *cells), notebook("b", code("y", data(image_png=heavy))))
    message = step("b", attempts=(attempt(1, 0, 1.0, message="what b said"),))

    text = run_page(page(run(step("a"), message), notebooks=notebooks))

    assert 10_000_000 < len(text.encode()) < 31_000_000
    assert "An output is not shown: its 1.3 MB would make this page too large." in text
    assert "what b said" in text
    assert (
        text.rpartition('id="step-b"')[2].count("<img") == 1
    )  # the first notebook left room for it


def test_many_cells_and_outputs_are_counted_where_they_are_not_shown() -> None:
    error = {"output_type": "error", "traceback": ["x"]}

    said = _of(code("x", *[error] * 300), *[code("y")] * 3000).said

    assert "100 more outputs not shown." in said
    assert "1,001 more cells not shown: this page is full." in said


@pytest.mark.parametrize("count", [0, 1, 40, 201], ids=lambda count: f"{count} steps")
def test_runs_of_any_number_of_steps_have_a_page(count: int) -> None:
    names = [f"s{n}" for n in range(count)]
    steps = [step(name, *names[max(0, n - 2) : n]) for n, name in enumerate(names)]

    read = _Page(run_page(page(run(*steps))))

    assert len(read.values("section", "id")) == count
    assert len([c for c in read.values("g", "class") if "node" in c]) == (
        count if count <= 200 else 0
    )


def test_steps_of_which_each_needs_all_before_are_not_drawn() -> None:
    steps = [step(f"s{n}", *(f"s{m}" for m in range(n))) for n in range(100)]

    assert "in too many ways for a picture" in _Page(run_page(page(run(*steps)))).said


def test_needs_that_make_no_order_and_names_that_are_not_unique_do_no_harm() -> None:
    steps = (step("a", "b", "a", "gone"), step("b", "a"), step("a"), step("3"), step("x y"), step("x y"))  # fmt: skip

    read = _Page(run_page(page(run(*steps))))

    assert len(read.values("section", "id")) == 6


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf"), 1e300, -1.0, 0.0])
def test_odd_times_and_numbers_do_no_harm(odd: float) -> None:
    tries = replace(attempt(1, 0, 1.0), started_at=odd, ended_at=odd, seconds=odd, cpu_seconds=odd)
    open_end = replace(tries, seconds=None, memory_bytes=10**30)
    one = step("a", attempts=(tries, open_end), metrics={"m": odd, "huge": 10**400})

    _Page(run_page(page(run(one, started_at=odd, ended_at=odd), now=odd)))
    _Page(run_page(page(run(one, started_at=odd, ended_at=None), now=odd)))


def test_parameters_that_cannot_be_written_do_no_harm() -> None:
    deep: Json = []
    for _ in range(100_000):
        deep = [deep]
    circular: Json = {}
    circular["x"] = circular

    said = _Page(run_page(page(run(parameters={"deep": deep, "circular": circular, "nan": float("nan")})))).said  # fmt: skip

    assert said.count("a value that cannot be shown") == 2


# -- safe to open


def test_the_policy_allows_this_style_and_pictures_and_nothing_else() -> None:
    text = run_page(six_steps())
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    (policy,) = (
        given["content"]
        for kind, given in _Page(text).attributes
        if given.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<title>")
    assert "url(" not in style.replace("url(#hatch)", "") and "@import" not in style


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_whatever_stands_in_any_field_is_text(payload: str) -> None:
    text = run_page(hostile(payload))

    read = _Page(text)
    assert len([tag for tag, _ in read.attributes if tag in ("style", "meta")]) == 5


_KEYS = st.sampled_from(
    ("cells", "cell_type", "source", "outputs", "output_type", "data", "text", "name", "metadata", "tags",
     "traceback", "ename", "evalue", "text/plain", "text/html", "text/markdown", "image/png", "image/jpeg",
     "image/gif", "image/svg+xml", "execution_count", "id")
)  # fmt: skip
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(("code", "markdown", "raw", "stream", "error", "display_data", "execute_result"))
    | st.sampled_from(("\x1b[31m", "\x1b]0;x\x07", "# heading", plot(), _svg("<rect/>"), *PAYLOADS))
)  # fmt: skip
_ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_KEYS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)


def _shaped(fields: dict[str, st.SearchStrategy[Json]]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=fields) | _ANYTHING


_OUTPUTS = _shaped(
    {
        "output_type": st.sampled_from(("stream", "error", "display_data")) | _ANYTHING,
        "name": st.sampled_from(("stdout", "stderr")) | _ANYTHING,
        "data": st.dictionaries(_KEYS, _ANYTHING, max_size=4) | _ANYTHING,
        **dict.fromkeys(("text", "traceback", "ename", "evalue"), _ANYTHING),
    }
)
_CELLS = _shaped(
    {
        "cell_type": st.sampled_from(("code", "markdown", "raw")) | _ANYTHING,
        "outputs": st.lists(_OUTPUTS, max_size=4) | _ANYTHING,
        **dict.fromkeys(("source", "metadata", "execution_count"), _ANYTHING),
    }
)
_DOCUMENTS = _shaped({"cells": st.lists(_CELLS, max_size=4) | _ANYTHING})


@settings(max_examples=200, deadline=None)
@given(_DOCUMENTS)
def test_any_json_document_gives_a_safe_page(document: Json) -> None:
    executed = (ExecutedNotebook(step="a", document=document),)

    _Page(run_page(RunPage(record=run(step("a")), notebooks=executed, logs={}, now=BEGAN)))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None)))
def test_any_text_in_any_field_gives_a_safe_page(text: str) -> None:
    _Page(run_page(hostile(text)))


# -- to be read by everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_what_it_stands_on(scheme: str) -> None:
    light, _, dark = STYLE.partition("prefers-color-scheme: dark")
    part = light if scheme == "light" else dark
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part))
    tones = ("good", "kept", "bad", "open", "live", "idle")
    inks = ("red", "green", "yellow", "blue", "magenta", "cyan", "grey")
    pairs = [
        *((ink, ground) for ink in ("ink", "quiet", "link", *tones, *inks) for ground in ("page",)),
        *((tone, f"{tone}-tint") for tone in tones), *(("ink", f"{tone}-tint") for tone in tones),
        *(("link", f"{tone}-tint") for tone in tones),
        ("ink", "paper"), ("open", "paper"), *(("ink", f"on-{ink}") for ink in inks),
    ]  # fmt: skip

    assert {pair: _contrast(*(colours[name] for name in pair)) for pair in pairs if _contrast(*(colours[name] for name in pair)) < 4.5} == {}  # fmt: skip


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
