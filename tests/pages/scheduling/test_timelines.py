"""Golden timelines: what becomes of a schedule in each world is what its page shows, and the documentation too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages.page_cases import Fence, PageCase, accept, cases_of
from tests.pages.scheduling.timelines import draw
from tests.pages.scheduling.worlds import read_scene

_FOLDER = Path(__file__).parent
_CASES = [case for page in sorted(_FOLDER.glob("*.md")) for case in cases_of(page)]
_EXPLAINED = list(cases_of(_FOLDER.parents[2] / "docs" / "explanation" / "schedules.md"))


@pytest.mark.parametrize("case", _CASES, ids=[f"{c.page.stem}: {c.title}" for c in _CASES])
def test_timeline(case: PageCase, request: pytest.FixtureRequest) -> None:
    assert [fence.word for fence in case.fences] == ["world", "timeline"]
    world, timeline = case.fences

    actual = draw(read_scene(world.text))

    if request.config.getoption("--accept"):
        accept(case, [world.text, actual])
    else:
        assert actual == timeline.text


@pytest.mark.parametrize("case", _EXPLAINED, ids=[c.title for c in _EXPLAINED])
def test_the_documentation_shows_golden_timelines(
    case: PageCase, request: pytest.FixtureRequest
) -> None:
    golden = {_address(one): one.fences[-1].text for one in _CASES}

    actual = [_shown(fence, golden) for fence in case.fences]

    if request.config.getoption("--accept"):
        accept(case, actual)
    else:
        assert actual == [fence.text for fence in case.fences]


def _shown(fence: Fence, golden: dict[str, str]) -> str:
    """What a fence of the documentation should hold; `timeline of=PAGE/TITLE` names a golden one."""
    return golden[fence.options["of"]] if fence.word == "timeline" else fence.text


def _address(case: PageCase) -> str:
    words = re.sub(r"[^\w -]", "", case.title.lower()).split()
    return f"{case.page.stem}/{'-'.join(words)}"
