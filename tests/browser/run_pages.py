"""Runs to make pages of: one as it might be, and variants of it."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import replace

from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.records import (
    Artifact,
    Attempt,
    GitState,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
)
from nb2pkg.workflows.run_page import ExecutedNotebook, RunPage

BEGAN = 1_772_589_600.0  # 2026-03-04 02:00:00 UTC
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes((x * 7 + y) % 256 for x in range(width)) for y in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def attempt(number: int, start: float, seconds: float, **others: Json) -> Attempt:
    """An attempt that began so many seconds after the run."""
    told: dict[str, Json] = {
        "status": StepStatus.SUCCEEDED,
        "cpu_seconds": seconds * 0.92,
        "memory_bytes": 412_000_000,
        "exit": 0,
        **others,
    }
    return Attempt(
        number=number,
        started_at=BEGAN + start,
        ended_at=BEGAN + start + seconds,
        seconds=seconds,
        **told,
    )


def step(name: str, *needs: str, **others: Json) -> StepRecord:
    """A step that succeeded, unless it is told otherwise."""
    told: dict[str, Json] = {
        "kind": "notebook",
        "work": f"notebooks/{name}.ipynb",
        "status": StepStatus.SUCCEEDED,
        "why": "it has not run on these inputs before",
        "key": _SHA256[::-1],
        **others,
    }
    return StepRecord(name=name, needs=needs, **told)


def run(*steps: StepRecord, **others: Json) -> RunRecord:
    """A run of these steps."""
    told: dict[str, Json] = {
        "id": "20260304-020000-7f3a",
        "pipeline": "churn",
        "target": "/home/ada/churn/pipeline.yaml",
        "pipeline_sha256": _SHA256,
        "parameters": {"test_size": 0.2, "data_path": "data/churn.csv", "token": "***"},
        "user": "ada",
        "host": "vega",
        "version": "0.2.0",
        "environment": _SHA256,
        "folder": "/home/ada/churn/.nb2pkg/runs/20260304-020000-7f3a",
        "started_at": BEGAN,
        "ended_at": BEGAN + 205,
        "status": RunStatus.SUCCEEDED,
        "git": GitState(commit="33942ff6c7d1b0a2f4e3a9d8c7b6a5f4e3d2c1b0", is_dirty=True),
        **others,
    }
    return RunRecord(steps=steps, **told)


def page(record: RunRecord, **others: Json) -> RunPage:
    """The page of a run, without notebooks and logs unless some are given."""
    told: dict[str, Json] = {"notebooks": (), "logs": {}, "now": BEGAN + 300, **others}
    return RunPage(record=record, **told)


def code(source: Json, *outputs: Json, count: Json = 1, **others: Json) -> Json:
    """A code cell."""
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
        **others,
    }


def data(**given: Json) -> Json:
    """An output that was displayed: `data(text_plain="5", image_png="…")`."""
    types = {"image_svg": "image/svg+xml"}
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {types.get(key, key.replace("_", "/", 1)): value for key, value in given.items()},
    }


def notebook(step: str, *cells: Json) -> ExecutedNotebook:
    """The executed notebook of a step."""
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return ExecutedNotebook(step=step, document=document)


def plot() -> str:
    """A picture as notebooks hold it."""
    return base64.encodebytes(png(320, 200)).decode()


def six_steps() -> RunPage:
    """A run that succeeded: a step was tried twice, one was not run again."""
    return page(_six(), notebooks=(_load(), _explore()), logs=_LOGS)


def failed() -> RunPage:
    """The same run, had training failed for good."""
    message = "ValueError in cell 3: Input X contains NaN"
    train = replace(
        _six().step("train"),
        status=StepStatus.FAILED,
        kind="notebook",
        work="notebooks/train.ipynb",
        artifacts=(),
        metrics={},
        attempts=tuple(
            attempt(n, start, seconds, status=StepStatus.FAILED, message=message, traceback=_TRACEBACK, exit=1, cell=3, cells=4)
            for n, start, seconds in ((1, 61.2, 34.0), (2, 98.0, 33.1), (3, 136.0, 35.2))
        ),
    )  # fmt: skip
    skipped = replace(
        _six().step("report"),
        status=StepStatus.SKIPPED,
        why="train did not succeed",
        attempts=(),
        artifacts=(),
        notebook=None,
    )
    by_name = {"train": train, "report": skipped}
    record = replace(
        _six(),
        status=RunStatus.FAILED,
        ended_at=BEGAN + 171.4,
        steps=tuple(by_name.get(step.name, step) for step in _six().steps),
        resumes="20260303-020000-11ab",
    )
    notebooks = (_load(), _explore(), _train())
    return page(record, notebooks=notebooks, logs=_LOGS)


def _six() -> RunRecord:
    artifact = Artifact(name="customers.parquet", sha256=_SHA256, size=18_400_123)
    executed = Artifact(name="explore.ipynb", sha256=_SHA256[::-1], size=183_200)
    report = Artifact(name="report.html", sha256=_SHA256, size=91_500)
    return run(
        step("load", attempts=(attempt(1, 0.4, 21.7, cell=5, cells=5),), artifacts=(artifact,)),
        step(
            "clean",
            "load",
            status=StepStatus.CACHED,
            why="the same source, parameters and inputs ran before",
            from_run="20260303-020000-11ab",
            artifacts=(replace(artifact, name="clean.parquet", size=17_002_114),),
        ),
        step(
            "explore",
            "clean",
            attempts=(attempt(1, 22.5, 38.1, cell=4, cells=4, memory_bytes=655_000_000),),
            notebook=executed,
            metrics={"rows": 118_204, "missing_share": 0.0132},
        ),
        step(
            "features",
            "clean",
            kind="function",
            work="churn.features:features",
            attempts=(attempt(1, 22.5, 12.04, memory_bytes=1_240_000_000),),
            why="churn/features.py has changed",
        ),
        step(
            "train",
            "features",
            kind="function",
            work="churn.train:train",
            attempts=(
                attempt(
                    1, 61.2, 44.0, status=StepStatus.FAILED, exit=-9, cpu_seconds=41.8, memory_bytes=7_900_000_000,
                    message="The process was ended by signal 9; the machine was short of memory.",
                ),
                attempt(2, 108.0, 81.5, cpu_seconds=158.2, memory_bytes=3_100_000_000),
            ),
            artifacts=(Artifact(name="model.joblib", sha256=_SHA256, size=2_200_000),),
            metrics={"accuracy": 0.9134567, "auc": 0.951, "n_trees": 400},
            notes=("Not kept for the next run: it used the network.",),
        ),
        step(
            "report",
            "train",
            "explore",
            attempts=(attempt(1, 190.1, 14.2, cell=9, cells=9),),
            artifacts=(report,),
        ),
    )  # fmt: skip


def _load() -> ExecutedNotebook:
    return notebook(
        "load",
        {"cell_type": "markdown", "metadata": {}, "source": "# Load the customers\n\nFrom the warehouse's *nightly* dump."},
        code("data_path = 'data/churn.csv'", metadata={"tags": ["injected-parameters"]}),
        code("import pandas as pd\n\ncustomers = pd.read_csv(data_path)\ncustomers.head()",
             data(text_plain="    id  plan   months\n0  101  basic      12\n1  102  plus        3", text_html="<table>…")),
        code("print(len(customers), 'rows')", {"output_type": "stream", "name": "stdout", "text": ["118204", " rows\n"]},
             {"output_type": "stream", "name": "stderr", "text": "UserWarning: 14 rows have no plan\n"}),
        code("customers.to_parquet('customers.parquet')", count=None),
    )  # fmt: skip


def _explore() -> ExecutedNotebook:
    lines = "\n".join(f"{n:>5}  customer {n}" for n in range(3000))
    return notebook(
        "explore",
        {"cell_type": "markdown", "metadata": {}, "source": ["## How long do they stay?\n", "One bar a month."]},
        code("customers.months.hist()", data(text_plain="<Figure size 640x480 with 1 Axes>", image_png=plot())),
        code("display(svg)", data(text_plain="<SVG>", image_svg=_SVG)),
        code("print(customers.to_string())", {"output_type": "stream", "name": "stdout", "text": lines}),
    )  # fmt: skip


def _train() -> ExecutedNotebook:
    return notebook(
        "train",
        code("from sklearn.linear_model import LogisticRegression"),
        code("model = LogisticRegression()"),
        code("model.fit(X, y)", {"output_type": "error", "ename": "ValueError", "evalue": "Input X contains NaN", "traceback": _TRACEBACK.split("\n")}),
        code("model.score(X, y)", count=None),
    )  # fmt: skip


_SVG = (
    '<?xml version="1.0" encoding="utf-8"?><svg xmlns="http://www.w3.org/2000/svg" width="220" height="60">'
    "<style>rect { fill: #0e7490 }</style><rect width='80' height='40' rx='6'/><rect x='100' width='110' height='40'/></svg>"
)
_TRACEBACK = (
    "\x1b[31m---------------------------------------------------------------------------\x1b[39m\n"
    "\x1b[31mValueError\x1b[39m                                Traceback (most recent call last)\n"
    "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m\x1b[32m, line 1\x1b[39m\n"
    "\x1b[32m----> \x1b[39m\x1b[32m1\x1b[39m \x1b[43mmodel\x1b[49m\x1b[43m.\x1b[49m\x1b[43mfit\x1b[49m\x1b[43m(\x1b[49m\x1b[43mX\x1b[49m\x1b[43m,\x1b[49m\x1b[43m \x1b[49m\x1b[43my\x1b[49m\x1b[43m)\x1b[49m\n"
    "\n\x1b[31mValueError\x1b[39m: Input X contains NaN."
)
_LOGS = {
    "load": "02:00:00 reading data/churn.csv\n02:00:21 118204 rows\n",
    "train": "\r  0%|          |\r 50%|█████     |\r100%|██████████|\n\x1b[33mwarning\x1b[0m: lbfgs failed to converge\n",
}


def hostile(text: str) -> RunPage:
    """A run with this text wherever a text may stand."""
    output = {"output_type": "display_data", "metadata": {text: text}}
    types = (
        "text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/gif",
        "image/svg+xml", "application/javascript", "application/json", text, f"image/{text}",
    )  # fmt: skip
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{text}</text></svg>'
    outputs: list[Json] = [
        *({**output, "data": {type: text}} for type in types),
        *({**output, "data": {type: text, "text/plain": text}} for type in types),
        {**output, "data": {"image/svg+xml": svg}},
        {**output, "data": {"image/png": plot(), "text/plain": text}},
        {"output_type": "stream", "name": text, "text": text},
        {"output_type": "stream", "name": "stderr", "text": [text, text]},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text, "\n", text]},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": text},
        {"output_type": text, "data": text},
    ]
    metadata = {"tags": [text, "injected-parameters"], text: text}
    cells: list[Json] = [
        {"cell_type": "markdown", "metadata": metadata, "source": f"# {text}\n{text}\n```{text}\n{text}"},
        {"cell_type": "raw", "metadata": metadata, "source": text},
        {"cell_type": text, "id": text, "metadata": metadata, "source": text, "outputs": outputs},
        code(text, *outputs, count=text, metadata=metadata, id=text),
        text,
    ]  # fmt: skip
    artifact = Artifact(name=text, sha256=text, size=1)
    step = StepRecord(
        name=text,
        kind=text,
        work=text,
        needs=(text, "other"),
        status=StepStatus.FAILED,
        why=text,
        notes=(text, text),
        key=text,
        from_run=text,
        attempts=tuple(
            attempt(
                n, n, 1.0, status=StepStatus.FAILED, message=text, traceback=text, cell=4, cells=5
            )
            for n in (1, 2)
        ),
        artifacts=(artifact,),
        notebook=artifact,
        metrics={text: 0.5},
    )
    cached = StepRecord(
        name="other", kind=text, work=text, status=StepStatus.CACHED, from_run=text, why=text
    )
    record = RunRecord(
        id=text,
        pipeline=text,
        target=text,
        pipeline_sha256=text,
        parameters={text: text, "many": {text: [text, {text: text}] * 20}, "long": text * 20},
        user=text,
        host=text,
        version=text,
        environment=text,
        folder=text,
        started_at=BEGAN,
        ended_at=BEGAN + 4,
        status=RunStatus.FAILED,
        message=text,
        git=GitState(commit=text, is_dirty=True),
        resumes=text,
        steps=(step, cached),
    )
    document = {"cells": cells, "metadata": {text: text}, text: text}
    executed = ExecutedNotebook(step=text, document=document)
    return RunPage(record=record, notebooks=(executed,), logs={text: text}, now=BEGAN + 9)
