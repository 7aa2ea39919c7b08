"""Watch a notebook from within its kernel: what are its values after a cell, and what does it draw?"""

from __future__ import annotations

import base64
import json
from typing import Any


class KernelWatch:
    """Looks at the kernel's variables; marks the pictures that come from figures."""

    def __init__(self, shell: Any, describe: Any) -> None:
        self._shell = shell
        self._describe = describe
        self._drawing = False
        shell.display_pub.register_hook(self._mark)

    def values(self, names: list[str], detailed: list[str]) -> str:
        """What the variables are, as JSON; those that do not exist are not there."""
        space = self._shell.user_ns
        return json.dumps({n: self._describe(space[n], n in detailed) for n in names if n in space})

    def watch_inline(self, backend: Any) -> None:
        """Know which pictures the inline backend shows: at the end of a cell, or by `plt.show()`."""
        show = backend.show

        def watched(*args: Any, **options: Any) -> Any:
            self._drawing = _is_usual()
            if not self._drawing:
                # Twice the size, or no PNG at all: the package draws the usual one.
                self._draw_the_usual()
            try:
                return show(*args, **options)
            finally:
                self._drawing = False

        # The backend keeps its state on the function itself.
        watched.__dict__ = show.__dict__
        backend.show = watched

    def _draw_the_usual(self) -> None:
        from IPython.core import pylabtools
        from matplotlib._pylab_helpers import Gcf

        printing: Any = pylabtools
        for manager in Gcf.get_all_fig_managers():
            data = printing.print_figure(manager.canvas.figure, fmt="png", bbox_inches="tight")
            if data is not None:
                self._drawing = True
                png = {"image/png": base64.b64encode(data).decode()}
                self._shell.display_pub.publish(png, {})
                self._drawing = False

    def _mark(self, message: Any) -> Any:
        if self._drawing and message.get("msg_type", "display_data") == "display_data":
            message["content"]["metadata"]["nb2pkg"] = "figure"
        return message


def _is_usual() -> bool:
    """Whether the inline backend shows figures as PNGs of their own size, cut to what is on them."""
    from matplotlib_inline.config import InlineBackend

    settings: Any = InlineBackend.instance()
    return bool(
        settings.figure_formats == {"png"}
        and settings.print_figure_kwargs == {"bbox_inches": "tight"}
    )
