"""Figures, told in numbers and words: what they show, whatever the fonts of a machine."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from matplotlib import colors
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from recorded_values import summary


class Drawn:
    """What is drawn while this is open: every figure that is shown or saved, and those left over."""

    def __init__(self) -> None:
        self._told: list[Any] = []
        self._last: dict[int, tuple[Any, Any]] = {}
        self._patches = ExitStack()

    def __enter__(self) -> Drawn:
        self._take_all()
        self._told.clear()  # figures from before count once they change
        save = Figure.savefig

        def shown(*_: Any, **__: Any) -> None:
            self._take_all()

        def saved(figure: Figure, *args: Any, **options: Any) -> None:
            self._take(figure)
            save(figure, *args, **options)

        self._patches.enter_context(patch.object(plt, "show", shown))
        self._patches.enter_context(patch.object(Figure, "savefig", saved))
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()
        plt.close("all")

    def figures(self) -> list[Any]:
        """Tell the figures, each as it was when it was last shown or saved, in order."""
        self._take_all()
        return self._told

    def _take_all(self) -> None:
        for number in plt.get_fignums():
            self._take(plt.figure(number))

    def _take(self, figure: Figure) -> None:
        told = drawing(figure)
        # The figure is kept, or its id could be given to a later one.
        if self._last.get(id(figure), (figure, None))[1] != told and told["axes"]:
            self._last[id(figure)] = (figure, told)
            self._told.append(told)


def drawing(figure: Any) -> dict[str, Any]:
    """Tell a figure: its size in inches, its title, and what its axes hold."""
    title = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
    size = [float(inches) for inches in figure.get_size_inches()]
    return {"size": size, "title": title, "axes": [_axes(axes) for axes in figure.axes]}


def _axes(axes: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    told = {
        "title": [axes.get_title(loc=side) for side in ("left", "center", "right")],
        "labels": [axes.get_xlabel(), axes.get_ylabel()],
        "limits": [summary(list(axes.get_xlim())), summary(list(axes.get_ylim()))],
        "scales": [axes.get_xscale(), axes.get_yscale()],
        "ticks": [_ticks(axes.get_xticklabels()), _ticks(axes.get_yticklabels())],
        "grid": [any(line.get_visible() for line in axes.get_xgridlines()[:1])],
        "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
        "texts": [[text.get_text(), *summary(list(text.get_position()))] for text in axes.texts],
        "lines": [_line(line) for line in axes.lines],
        "patches": [_patch(patch) for patch in axes.patches],
        "collections": [_collection(one) for one in axes.collections],
        "images": [_image(image) for image in axes.images],
    }
    return {name: what for name, what in told.items() if what}


def _ticks(labels: Any) -> list[Any]:
    texts = [label.get_text() for label in labels]
    return [len(texts), *texts[:10], *sorted({float(label.get_rotation()) for label in labels})]


def _line(line: Any) -> dict[str, Any]:
    return {
        "points": [summary(_numbers(line.get_xdata())), summary(_numbers(line.get_ydata()))],
        "colour": _colour(line.get_color()),
        "style": [line.get_linestyle(), str(line.get_marker()), float(line.get_linewidth())],
        "label": _label(line),
    }


def _patch(patch: Any) -> dict[str, Any]:
    return {
        "corners": summary(patch.get_patch_transform().transform(patch.get_path().vertices)),
        "colours": [_colour(patch.get_facecolor()), _colour(patch.get_edgecolor())],
        "label": _label(patch),
    }


def _collection(one: Any) -> dict[str, Any]:
    array = one.get_array()
    sizes = one.get_sizes() if hasattr(one, "get_sizes") else []
    return {
        "is a": type(one).__name__,
        "points": summary(_numbers(one.get_offsets())),
        "paths": [summary(path.vertices) for path in one.get_paths()[:10]],
        "colours": [_colour(colour) for colour in one.get_facecolor()[:10]],
        "values": None if array is None else summary(_numbers(array)),
        "sizes": [float(size) for size in sizes[:10]],
        "label": _label(one),
    }


def _image(image: Any) -> dict[str, Any]:
    return {
        "values": summary(_numbers(image.get_array())),
        "extent": summary(list(image.get_extent())),
        "colours": image.get_cmap().name,
    }


def _numbers(values: Any) -> Any:
    import numpy as np

    array = np.ma.filled(np.ma.asarray(values), 0)
    return array if array.dtype.kind in "biuf" else array.astype(str)


def _colour(colour: Any) -> str:
    try:
        return colors.to_hex(colour, keep_alpha=True)
    except ValueError:
        return str(colour)


def _label(artist: Any) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label
