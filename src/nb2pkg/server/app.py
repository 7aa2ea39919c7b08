"""How does a Jupyter server come to have nb2pkg's routes?"""

from __future__ import annotations

import asyncio

from jupyter_server.extension.application import ExtensionApp
from traitlets import Int

from nb2pkg.api.working import WorkerCrew
from nb2pkg.server.handlers import handlers

_WORKER = "nb2pkg.server.worker"


class Nb2pkgExtension(ExtensionApp):  # type: ignore[misc]
    """The server extension: its routes, and the processes behind them."""

    name = "nb2pkg"
    load_other_extensions = True

    workers = Int(
        2, min=1, max=16, help="How many requests are worked on at the same time, a process each."
    ).tag(config=True)

    def initialize_handlers(self) -> None:
        """Add the routes. Processes are started when something is asked."""
        self.crew = WorkerCrew(_WORKER, count=self.workers)
        self.handlers.extend(handlers(self.crew))

    async def stop_extension(self) -> None:
        """End the processes with the server."""
        crew = getattr(self, "crew", None)
        if crew is not None:
            await asyncio.get_running_loop().run_in_executor(None, crew.close)
