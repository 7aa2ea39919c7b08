"""Which pictures does a program show? Each is kept as the PNG that a notebook would have shown.

In a kernel the inline backend draws them; beside a package this module is the backend that does.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.machinery
import os
import sys
import types
import weakref
from typing import Any

BACKEND = "nb2pkg_pictures"


class Pictures:
    """Keeps the pictures that are shown, as files in a folder; `folder` is made when it is needed."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._count = 0
        self._new: list[str] = []
        self._last: Any = weakref.WeakKeyDictionary()  # figure → its picture when it was last shown

    def taken(self) -> list[str]:
        """The names of the files since the last time that somebody asked."""
        new, self._new = self._new, []
        return new

    def take(self, figure: Any) -> None:
        """Keep the picture of a figure, unless there is nothing on it: none is shown then either.

        Where figures are shown they are closed after it. Beside a package nobody closes them, so that
        one which looks as it did was shown before.
        """
        from IPython.core import pylabtools

        printing: Any = pylabtools
        data = printing.print_figure(figure, fmt="png", bbox_inches="tight")
        if data is not None and self._last.get(figure) != data:
            self._last[figure] = data
            self.keep(data)

    def keep(self, data: bytes) -> None:
        """Keep a picture."""
        os.makedirs(self._folder, exist_ok=True)
        self._count += 1
        name = f"{self._count:04d}-{hashlib.blake2b(data, digest_size=8).hexdigest()}.png"
        with open(os.path.join(self._folder, name), "wb") as file:
            file.write(data)
        self._new.append(name)

    def show(self, *_: Any, **__: Any) -> None:
        """`plt.show()`: take every figure that is open, as the inline backend does."""
        from matplotlib._pylab_helpers import Gcf

        for manager in Gcf.get_all_fig_managers():
            self.take(manager.canvas.figure)

    def be_the_backend(self) -> None:
        """Be what matplotlib draws with, should the program ever load it."""
        os.environ["MPLBACKEND"] = "module://" + BACKEND
        sys.meta_path.insert(0, _BackendFinder(self))


class _BackendFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes the backend's module when matplotlib asks for it: no matplotlib is loaded for it before."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any | None:
        if fullname != BACKEND:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def exec_module(self, module: types.ModuleType) -> None:
        from matplotlib.backend_bases import FigureManagerBase
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        made: Any = module
        made.FigureCanvas = FigureCanvasAgg
        made.FigureManager = FigureManagerBase
        made.new_figure_manager = _new_figure_manager
        made.show = self._pictures.show


def _new_figure_manager(num: Any, *args: Any, FigureClass: Any = None, **options: Any) -> Any:
    from matplotlib.backend_bases import FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = (FigureClass or Figure)(*args, **options)
    return FigureManagerBase(FigureCanvasAgg(figure), num)
