"""What is run, to be timed? Pipelines of trivial steps: what they take is what running them costs."""

from __future__ import annotations

import json
from pathlib import Path

PRINTS = 1_000_000
PRINTED = 100


def notebook(number: int) -> str:
    """A notebook of two code cells, the first of them with parameters; each number gives another one.

    Ploomber wants to find `upstream` and `product`; the others are given the very same notebook.
    """
    return _ipynb(
        ("number = 0\nupstream = None\nproduct = None", ["parameters"]),
        (f"total_{number} = number * {number + 2} + {number}\nprint('step {number}:', total_{number})", []),
    )  # fmt: skip


def printing_notebook() -> str:
    """A notebook that prints a hundred million characters."""
    return _ipynb((f"for number in range({PRINTS}):\n    print('{'x' * (PRINTED - 1)}')", []))


def write_notebooks(folder: Path, count: int) -> None:
    """A chain of notebooks, as nb2pkg runs it."""
    _write_notebook_files(folder, count)
    steps = [
        f"  {_name(number)}: {{notebook: {_path(number)}, parameters: {{number: {number}}}"
        f"{_needs(number)}}}\n"
        for number in range(count)
    ]
    (folder / "pipeline.yaml").write_text("steps:\n" + "".join(steps), encoding="utf-8")


def write_loop(folder: Path, count: int) -> None:
    """The same notebooks, and a program that gives one after the other to papermill."""
    _write_notebook_files(folder, count)
    (folder / "out").mkdir()
    (folder / "loop.py").write_text(
        "import papermill\n\n"
        f"for number in range({count}):\n"
        "    papermill.execute_notebook(\n"
        "        f'notebooks/step_{number:04}.ipynb',\n"
        "        f'out/step_{number:04}.ipynb',\n"
        "        parameters={'number': number},\n"
        "        progress_bar=False,\n"
        "    )\n",
        encoding="utf-8",
    )


def write_ploomber(folder: Path, count: int) -> None:
    """The same chain, as Ploomber builds it."""
    _write_notebook_files(folder, count)
    tasks = [
        f"  - source: {_path(number)}\n"
        f"    name: {_name(number)}\n"
        f"    product: {{nb: out/{_name(number)}.ipynb}}\n"
        f"    params: {{number: {number}}}\n"
        + (f"    upstream: [{_name(number - 1)}]\n" if number else "")
        for number in range(count)
    ]
    head = "meta: {extract_upstream: false, extract_product: false}\ntasks:\n"
    (folder / "pipeline.yaml").write_text(head + "".join(tasks), encoding="utf-8")


def write_functions(folder: Path, count: int, *, in_a_module: int = 10) -> None:
    """A chain of functions; each adds something to what the one before it gives.

    The first gives `count`: so chains of different lengths have no results in common.
    """
    folder.mkdir(parents=True)
    steps = []
    for first in range(0, count, in_a_module):
        module = f"work_{first // in_a_module:03}"
        numbers = range(first, min(first + in_a_module, count))
        text = "\n\n".join(_function(number, count) for number in numbers)
        (folder / f"{module}.py").write_text(text, encoding="utf-8")
        steps += [
            f"  {_name(number)}: {{function: {module}:{_name(number)}, outputs: [value]{_needs(number)}}}\n"
            for number in numbers
        ]
    (folder / "pipeline.yaml").write_text("steps:\n" + "".join(steps), encoding="utf-8")


def write_printing(folder: Path) -> None:
    """A pipeline of the one notebook that prints too much."""
    folder.mkdir(parents=True)
    (folder / "printing.ipynb").write_text(printing_notebook(), encoding="utf-8")
    text = "steps:\n  printing: {notebook: printing.ipynb}\n"
    (folder / "pipeline.yaml").write_text(text, encoding="utf-8")


def _write_notebook_files(folder: Path, count: int) -> None:
    (folder / "notebooks").mkdir(parents=True)
    for number in range(count):
        (folder / _path(number)).write_text(notebook(number), encoding="utf-8")


def _name(number: int) -> str:
    return f"step_{number:04}"


def _path(number: int) -> str:
    return f"notebooks/{_name(number)}.ipynb"


def _needs(number: int) -> str:
    return f", needs: [{_name(number - 1)}]" if number else ""


def _function(number: int, count: int) -> str:
    if not number:
        return f'def {_name(0)}():\n    """Begin."""\n    return {count}\n'
    return f'def {_name(number)}(value):\n    """Go on."""\n    return value + {number}\n'


def _ipynb(*cells: tuple[str, list[str]]) -> str:
    python = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return json.dumps(
        {
            "cells": [
                {
                    "id": f"cell-{place}",
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {"tags": tags} if tags else {},
                    "outputs": [],
                    "source": source,
                }
                for place, (source, tags) in enumerate(cells)
            ],
            "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
