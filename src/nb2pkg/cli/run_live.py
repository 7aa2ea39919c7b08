"""How does a run look on a terminal while it goes on? Steps that run, with how far they are, and a count of all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from nb2pkg.cli.printable import one_line
from nb2pkg.cli.run_progress import Lines
from nb2pkg.cli.terminal import Terminal
from nb2pkg.pipeline.durations import shown
from nb2pkg.pipeline.records import StepRecord, StepStatus

_MOST_SHOWN = 12
_BAR = 24


class LiveDisplay(Lines):
    """Steps that are over scroll by as lines; below them, those that run."""

    def __init__(self, terminal: Terminal, *, tells_lines: bool) -> None:
        super().__init__(terminal, tells_lines=tells_lines)
        color = None if terminal.color == "auto" else terminal.color == "always"
        self._console = Console(stderr=True, force_terminal=True, no_color=color is False)
        self._running: dict[str, _Step] = {}
        self._over = 0
        self._live = Live(
            get_renderable=self._drawn, console=self._console, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> LiveDisplay:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def hear(self, event: Any) -> None:
        """Take in an event."""
        from nb2pkg.api.running import StepChanged
        from nb2pkg.ports.running import StepProgress

        if isinstance(event, StepProgress) and event.step in self._running:
            self._running[event.step].place = (event.cell, event.cells)
        if isinstance(event, StepChanged):
            step = event.step
            if step.status is StepStatus.RUNNING:
                self._running[step.name] = _Step(step)
            else:
                self._running.pop(step.name, None)
                self._over += step.status.is_over
        super().hear(event)

    def say(self, line: str) -> None:
        """A line above what moves."""
        self._console.print(Text.from_ansi(line), soft_wrap=True)

    def begun(self, step: StepRecord) -> str:
        """A step that begins is shown below; no line for it."""
        return ""

    def _drawn(self) -> Group:
        return Group(*self._rows())

    def _rows(self) -> Iterator[Any]:
        steps = list(self._running.values())
        for step in steps[:_MOST_SHOWN]:
            yield step.drawn()
        if len(steps) > _MOST_SHOWN:
            yield Text(f"  and {len(steps) - _MOST_SHOWN} more", style="dim")


class _Step:
    """A step that runs, as it is drawn."""

    def __init__(self, record: StepRecord) -> None:
        self.place: tuple[int, int] | None = None
        self._name = one_line(record.name)
        self._number = len(record.attempts)
        self._began = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")

    def drawn(self) -> Table:
        """One line: a spinner, the name, how far it is, and for how long it runs."""
        table = Table.grid(padding=(0, 1))
        again = f" (attempt {self._number})" if self._number > 1 else ""
        seconds = shown(time.monotonic() - self._began)
        table.add_row(
            self._spinner,
            Text(self._name + again, style="bold"),
            self._bar(),
            Text(seconds, style="dim"),
        )
        return table

    def _bar(self) -> Text:
        if self.place is None:
            return Text("")
        cell, cells = self.place
        # The cell that runs is not done yet.
        done = round(_BAR * (cell - 1) / max(cells, 1))
        bar = Text("━" * done, style="cyan")
        bar.append("━" * (_BAR - done), style="dim")
        bar.append(f" cell {cell} of {cells}", style="dim")
        return bar
