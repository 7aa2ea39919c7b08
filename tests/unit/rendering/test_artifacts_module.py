"""What one step notebook saves, another loads: the same value, of the same types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.artifacts_module import artifacts_module


@pytest.fixture(scope="module")
def artifacts() -> ModuleType:
    module = ModuleType("artifacts")
    exec(compile(artifacts_module(plan_with_steps()), "artifacts.py", "exec"), module.__dict__)
    return module


def plan_with_steps() -> PackagePlan:
    class Plan:
        steps = ("a step",)

    return Plan()  # type: ignore[return-value]  # all that is asked of it


FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, np.nan, -0.0]})
FRAMES: dict[str, Callable[[], pd.DataFrame]] = {
    "plain": lambda: FRAME,
    "filtered": lambda: FRAME[FRAME.a > 1],
    "indexed": lambda: FRAME.set_index("a"),
    "every-second": lambda: FRAME.iloc[::2],
    "text": lambda: FRAME.assign(s=["x", "", "ü"]),
    "text-with-none": lambda: FRAME.assign(s=["x", None, np.nan]),
    "mixed": lambda: FRAME.assign(s=[1, "1", 1.0]),
    "surrogate": lambda: FRAME.assign(s=["\ud800", "x", "y"]),
    "categories": lambda: FRAME.assign(
        c=pd.Categorical(["q", "r", "q"], categories=["r", "q", "z"])
    ),
    "times": lambda: FRAME.assign(t=pd.date_range("2020", periods=3)),
    "time-zones": lambda: FRAME.assign(t=pd.date_range("2020", periods=3, tz="UTC")),
    "nullable": lambda: FRAME.astype({"a": "Int64"}),
    "small": lambda: FRAME.astype({"a": "int8", "b": "float16"}),
    "numbered-columns": lambda: FRAME.set_axis([0, 1], axis=1),
    "same-names": lambda: FRAME.set_axis(["x", "x"], axis=1),
    "named-columns": lambda: FRAME.rename_axis(columns="what"),
    "two-levels": lambda: FRAME.set_axis(
        pd.MultiIndex.from_tuples([("x", "y"), ("x", "z")]), axis=1
    ),
    "empty": lambda: pd.DataFrame(),
    "no-rows": lambda: FRAME[:0],
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_comes_back_exactly(artifacts: ModuleType, tmp_path: Path, name: str):
    frame = FRAMES[name]()

    artifacts.save(frame, str(tmp_path / "frame"))

    back = artifacts.load(str(tmp_path / "frame"))
    pd.testing.assert_frame_equal(back, frame, check_index_type="exact", check_column_type="exact")
    assert type(back.index) is type(frame.index)


VALUES: dict[str, object] = {
    "int": 7, "bool": True, "none": None, "text": "ü\n", "surrogate": "\ud800", "nan": float("nan"),
    "big": 2**80, "list": [1, 1.0, True, "1", None], "dict": {"a": 1}, "int-keys": {1: 2},
    "nested": {"a": [1, (2,)]}, "tuple": (1, 2), "set": {1, 2}, "bytes": b"\x00",
    "numpy-number": np.float64(0.1), "series-like": {"a": np.int64(3)},
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_plain_value_comes_back_with_its_types(artifacts: ModuleType, tmp_path: Path, name: str):
    artifacts.save(VALUES[name], str(tmp_path / "value"))

    back = artifacts.load(str(tmp_path / "value"))
    assert repr(back) == repr(VALUES[name])
    assert type(back) is type(VALUES[name])


@pytest.mark.parametrize(
    "array",
    [
        np.arange(4),
        np.zeros((2, 3), order="F"),
        np.array(3.0),
        np.array(["a", "bc"]),
        np.array([{}, 1]),
    ],
    ids=["numbers", "by-columns", "no-axis", "text", "objects"],
)
def test_an_array_comes_back_exactly(artifacts: ModuleType, tmp_path: Path, array: Any):
    artifacts.save(array, str(tmp_path / "array"))

    back = artifacts.load(str(tmp_path / "array"))
    np.testing.assert_array_equal(back, array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)


def test_values_saved_together_still_share_their_objects(artifacts: ModuleType, tmp_path: Path):
    rows = [1]

    artifacts.save({"rows": rows, "table": {"rows": rows}}, str(tmp_path / "both"))

    back = artifacts.load(str(tmp_path / "both"))
    assert back["table"]["rows"] is back["rows"]


def test_a_value_of_another_kind_takes_the_place_of_the_old_one(
    artifacts: ModuleType, tmp_path: Path
):
    artifacts.save(1, str(tmp_path / "value"))
    artifacts.save((1,), str(tmp_path / "value"))

    assert artifacts.load(str(tmp_path / "value")) == (1,)
    assert [p.name for p in tmp_path.iterdir()] == ["value.pickle"]


def test_a_missing_artifact_says_which(artifacts: ModuleType, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"no artifact .*value"):
        artifacts.load(str(tmp_path / "value"))


def test_random_generators_go_on_where_they_were(artifacts: ModuleType, tmp_path: Path):
    import random

    random.seed(1)
    np.random.seed(1)
    artifacts.save_random_state(str(tmp_path / "random_state"))
    expected = (random.random(), np.random.rand())

    artifacts.load_random_state(str(tmp_path / "random_state"))

    assert (random.random(), np.random.rand()) == expected


def test_the_module_needs_nothing_of_nb2pkg():
    assert "nb2pkg" not in artifacts_module(plan_with_steps())
