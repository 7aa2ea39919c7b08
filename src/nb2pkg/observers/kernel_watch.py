"""Watch a notebook from within its kernel: what are its values after a cell, and what does it draw?"""

from __future__ import annotations

import json
from typing import Any


class KernelWatch:
    """Looks at the kernel's variables; marks the pictures that come from figures."""

    def __init__(self, shell: Any, describe: Any) -> None:
        self._shell = shell
        self._describe = describe
        self._drawing = False
        shell.display_pub.register_hook(self._mark)

    def values(self, names: list[str]) -> str:
        """What the variables are, as JSON; those that do not exist are not there."""
        space = self._shell.user_ns
        return json.dumps({n: self._describe(space[n]) for n in names if n in space})

    def watch_inline(self, backend: Any) -> None:
        """Know which pictures the inline backend shows: at the end of a cell, or by `plt.show()`."""
        show = backend.show

        def watched(*args: Any, **options: Any) -> Any:
            self._drawing = True
            try:
                return show(*args, **options)
            finally:
                self._drawing = False

        # The backend keeps its state on the function itself.
        watched.__dict__ = show.__dict__
        backend.show = watched

    def _mark(self, message: Any) -> Any:
        if self._drawing and message.get("msg_type", "display_data") == "display_data":
            message["content"]["metadata"]["nb2pkg"] = "figure"
        return message
