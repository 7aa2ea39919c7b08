"""How does papermill run a notebook so that what it writes down is true?

The engine `nb2pkg` differs from papermill's own in this: a kernel that dies, a cell that takes too long and
`exit()` are told as what they are; cells that never ran stay `pending`; output has a limit; the file is
replaced as a whole, and not after every cell. It can be used by papermill itself: `--engine nb2pkg`.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbclient.util import ensure_async, run_sync
from papermill.engines import Engine, NotebookExecutionManager

from nb2pkg.adapters.notebook_text import notebook_text
from nb2pkg.adapters.processes import signal_name

MOST_SHOWN = 20_000_000
MOST_IN_ALL = 100_000_000
_SAVE_EVERY_SECONDS = 2.0
_MOST_TIME_FOR_SAVING = 0.05
_LONGEST_WAIT_FOR_OUTPUT = 120.0
_HEADING = re.compile(r"^(\x1b\[[0-9;]*m)*-{20,}|Traceback \(most recent call last\)")
_TOO_MUCH = "\n[nb2pkg: more than {:,} characters were printed; the rest is not kept]\n"


@dataclass(slots=True)
class Ending:
    """How the run of a notebook ended.

    kind: `finished`, `exited` (the notebook asked to stop), `failed`, `timed_out`, `died` or `stopped` (from
        outside)
    cell: the 1-based position of the last cell begun, in the notebook as it was given; cells: how many that has
    """

    kind: str = "finished"
    message: str = ""
    traceback: str = ""
    cell: int | None = None
    cells: int | None = None


@dataclass(slots=True)
class Surroundings:
    """What the engine is told beyond what papermill tells it.

    kernel: stands for one that runs already; None: one is started here, by its name
    watch: text to run in a Python kernel before the first cell
    about: what the notebook's metadata say of the run beside what papermill knows
    on_cell: hears of each cell that begins: its position, and how many there are
    on_text: hears of what is printed
    is_stopping: asked before each cell
    """

    kernel: Any = None
    watch: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    cell_timeout_seconds: float | None = None
    on_cell: Callable[[int, int], None] = lambda cell, cells: None
    on_text: Callable[[str, str], None] = lambda name, text: None
    how_it_ended: Callable[[], int | None] = lambda: None
    is_stopping: Callable[[], bool] = lambda: False
    ending: Ending = field(default_factory=Ending)


class StepEngine(Engine):  # type: ignore[misc]
    """The engine that papermill knows as `nb2pkg`."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str | None,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **options: Any,
    ) -> Any:
        """Run the notebook; what became of it is in its metadata, and in `surroundings.ending`."""
        surroundings = options.pop("surroundings", None) or Surroundings()
        save_to = options.pop("save_to", None) or output_path
        manager = TrueRecord(
            nb,
            save_to,
            options.pop("secrets", ()),
            progress_bar=progress_bar,
            log_output=log_output,
        )
        manager.notebook_start()
        manager.nb.metadata.papermill.update(surroundings.about)
        surroundings.ending.cells = len(manager.nb.cells)
        try:
            timeout = options.pop("execution_timeout", None)
            if timeout and surroundings.cell_timeout_seconds is None:
                surroundings.cell_timeout_seconds = float(timeout)
            client = StepClient(
                manager,
                surroundings,
                kernel_name=kernel_name or "",
                startup_timeout=options.get("start_timeout") or 60,
            )
            client.run()
        finally:
            manager.cleanup_pbar()
            manager.notebook_complete()
        return manager.nb


class TrueRecord(NotebookExecutionManager):  # type: ignore[misc]
    """Keeps the notebook's metadata as the run goes on, and its file, seldom enough and always whole."""

    def __init__(
        self, nb: Any, save_to: str | None, secrets: Sequence[str], **options: Any
    ) -> None:
        super().__init__(nb, output_path=None, **options)
        self._save_to = save_to
        self._secrets = secrets
        self._saved_at = -_SAVE_EVERY_SECONDS
        self._save_seconds = 0.0

    def save(self, **given: Any) -> None:
        """Save if the last time is long enough ago for what saving costs."""
        since = time.monotonic() - self._saved_at
        if since >= max(_SAVE_EVERY_SECONDS, self._save_seconds / _MOST_TIME_FOR_SAVING):
            self.save_now()

    def autosave_cell(self, **given: Any) -> None:
        """Save during a long cell, too."""
        self.save()

    def save_now(self, *, is_last: bool = False) -> None:
        """Replace the file by what the notebook is now; the last time, see to it that it is on the disk."""
        if not self._save_to:
            return
        started = time.monotonic()
        beside = f"{self._save_to}.part"
        with open(beside, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(notebook_text(self.nb, self._secrets))
            if is_last:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, self._save_to)
        self._saved_at = time.monotonic()
        self._save_seconds = self._saved_at - started

    def notebook_complete(self, **given: Any) -> None:
        """Say that it is over, and of no cell what is not so."""
        self.end_time = self.now()
        about = self.nb.metadata.papermill
        about["end_time"] = self.end_time.isoformat()
        if about.get("start_time"):
            about["duration"] = (self.end_time - self.start_time).total_seconds()
        for cell in self.nb.cells:
            if cell.metadata.papermill["status"] == self.RUNNING:
                cell.metadata.papermill["status"] = self.FAILED
                about["exception"] = True
        self.complete_pbar()
        self.cleanup_pbar()
        self.save_now(is_last=True)


class StepClient(NotebookClient):  # type: ignore[misc]
    """Runs the cells, one after the other, until the last one or the first reason to stop."""

    def __init__(self, manager: TrueRecord, surroundings: Surroundings, **options: Any) -> None:
        super().__init__(
            manager.nb,
            km=surroundings.kernel,
            iopub_timeout=int(_LONGEST_WAIT_FOR_OUTPUT),
            raise_on_iopub_timeout=False,
            **options,
        )
        self.km: Any
        self._manager = manager
        self._given = surroundings
        self._exit_asked = False
        self._room = 0
        self._room_in_all = MOST_IN_ALL
        self.on_cell_executed = self._look_at_reply

    def _get_timeout(self, cell: Any) -> float | None:
        return self._given.cell_timeout_seconds

    def run(self) -> None:
        """Run all there is to run; how it ended is in the surroundings' `ending`."""
        ending = self._given.ending
        owns_kernel = self.km is None
        try:
            self._ready()
        except Exception as error:
            ending.kind, ending.message = "died", f"the kernel did not start: {error}"
            self._tell_in_notebook("KernelDidNotStart", str(error), 0)
            self._end_kernel(owns_kernel)
            return
        try:
            self._cells(ending)
            if ending.kind in ("finished", "exited", "failed"):
                self._after_the_last()
        finally:
            self._end_kernel(owns_kernel)

    def _ready(self) -> None:
        if self.km is None:
            self.km = self.create_kernel_manager()
        if not self.km.has_kernel:
            self.start_new_kernel()
        self.start_new_kernel_client()
        if self._given.watch is not None:
            self.wait_for_reply(
                self.kc.execute(self._given.watch, silent=True, store_history=False)
            )

    def _cells(self, ending: Ending) -> None:
        cells = self.nb.cells
        for index, cell in enumerate(cells):
            if self._given.is_stopping():
                ending.kind = "stopped"
                return
            is_code = cell.cell_type == "code" and cell.source.strip()
            if is_code:
                ending.cell = index + 1
                self._given.on_cell(index + 1, len(cells))
            self._room = MOST_SHOWN
            self._manager.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self._failed(ending, error, index)
            except CellTimeoutError:
                self._timed_out(ending, index)
            except DeadKernelError:
                self._died(ending, index)
            finally:
                self._manager.cell_complete(cells[index], index)
            if ending.kind != "finished":
                return
            if self._exit_asked:
                ending.kind = "exited"
                ending.message = f"cell {index + 1} called exit(): the cells after it were not run"
                return

    def _failed(self, ending: Ending, error: Any, index: int) -> None:
        if error.ename == "SystemExit" and error.evalue in ("", "0", "None"):
            ending.kind = "exited"
            ending.message = f"cell {index + 1} called sys.exit(): the cells after it were not run"
            return
        self._manager.cell_exception(self.nb.cells[index], cell_index=index)
        ending.kind = "stopped" if self._given.is_stopping() else "failed"
        ending.message = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
        ending.traceback = _shown_traceback(self.nb.cells[index])

    def _timed_out(self, ending: Ending, index: int) -> None:
        ending.kind = "timed_out"
        seconds = self._given.cell_timeout_seconds
        ending.message = f"cell {index + 1} took longer than {seconds:g} s"
        self._tell_in_notebook("CellTimeout", ending.message, index)
        with contextlib.suppress(Exception):
            _waited_for(self.km.interrupt_kernel())

    def _died(self, ending: Ending, index: int) -> None:
        ending.kind = "stopped" if self._given.is_stopping() else "died"
        ending.message = f"the kernel died in cell {index + 1}{_how(self._given.how_it_ended())}"
        self._tell_in_notebook("KernelDied", ending.message, index)

    def _tell_in_notebook(self, name: str, message: str, index: int) -> None:
        """Leave an error where whoever opens the notebook looks for one."""
        cells = self.nb.cells[index:]
        cell = next((c for c in cells if c.cell_type == "code"), None)
        if cell is None:
            return
        cell.setdefault("outputs", []).append(
            nbformat.v4.new_output(
                "error", ename=name, evalue=message, traceback=[f"{name}: {message}"]
            )
        )
        self._manager.cell_exception(cell)

    def _after_the_last(self) -> None:
        """What only a kernel that still lives can tell."""
        with contextlib.suppress(Exception):
            self.nb.metadata["language_info"] = self._language_info()
        with contextlib.suppress(Exception):
            self.set_widgets_metadata()

    def _language_info(self) -> Any:
        told = getattr(self.kc, "language_info", None)
        if told is None:
            told = self.wait_for_reply(self.kc.kernel_info())["content"]["language_info"]
        return told

    def _end_kernel(self, owns_kernel: bool) -> None:
        """Ask the kernel to end, so that what it holds open is written; with force if it does not."""
        if self.km is None:
            return
        with contextlib.suppress(Exception):
            _waited_for(self.km.shutdown_kernel(now=self._given.ending.kind == "timed_out"))
        if owns_kernel:
            with contextlib.suppress(Exception):
                self._cleanup_kernel()
        if self.kc is not None:
            with contextlib.suppress(Exception):
                _waited_for(self.kc.stop_channels())

    # -- what the kernel publishes

    def _look_at_reply(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        for payload in execute_reply["content"].get("payload", ()):
            if payload.get("source") == "ask_exit":
                self._exit_asked = True

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take in a message: text goes on with the text before it, and what is too much is left out."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "stream":
            self._given.on_text(content["name"], content["text"])
            if self._continues(msg, cell, content):
                return None
        if kind in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            size = _size_of(content)
            if size > min(self._room, self._room_in_all):
                content = _cut(content, kind, min(self._room, self._room_in_all))
                if content is None:
                    return None
                msg = {**msg, "content": content}
                size = _size_of(content)
            self._room = max(0, self._room - size)
            self._room_in_all = max(0, self._room_in_all - size)
        output = super().process_message(msg, cell, cell_index)
        self._manager.autosave_cell()
        return output

    def _continues(self, msg: Any, cell: Any, content: Any) -> bool:
        """Append text to the output before it, as a notebook's page does."""
        outputs = cell.outputs
        if self.clear_before_next_output or not outputs:
            return False
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return False
        last = outputs[-1]
        if last.get("output_type") != "stream" or last.get("name") != content["name"]:
            return False
        room = min(self._room, self._room_in_all)
        text = content["text"]
        if room > 0:
            last["text"] += (
                text if len(text) <= room else text[:room] + _TOO_MUCH.format(MOST_SHOWN)
            )
            self._room -= min(room, len(text))
            self._room_in_all -= min(room, len(text))
        self._manager.autosave_cell()
        return True


def _shown_traceback(cell: Any) -> str:
    """The traceback that a cell shows, without the lines that only say that it is one."""
    errors = [output for output in cell.get("outputs", ()) if output["output_type"] == "error"]
    text = "\n".join(errors[-1]["traceback"]) if errors else ""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not _HEADING.search(line)).strip("\n")


def _waited_for(answer: Any) -> Any:
    return run_sync(ensure_async)(answer) if inspect.isawaitable(answer) else answer


def _size_of(content: Mapping[str, Any]) -> int:
    """How many characters a message brings into the notebook."""
    if "text" in content:
        return len(content["text"])
    if "data" in content:
        return sum(len(v) if isinstance(v, str) else len(str(v)) for v in content["data"].values())
    return sum(len(line) for line in content.get("traceback", ()))


def _cut(content: Mapping[str, Any], kind: str, room: int) -> dict[str, Any] | None:
    """A message without what there is no room for."""
    if kind == "stream":
        if room <= 0:
            return None
        return {**content, "text": content["text"][:room] + _TOO_MUCH.format(MOST_SHOWN)}
    if kind == "error":
        return {**content, "evalue": content["evalue"][:10_000], "traceback": []}
    data = content.get("data", {})
    sizes = ", ".join(f"{name} ({len(str(value)):,} characters)" for name, value in data.items())
    return {**content, "data": {"text/plain": f"[nb2pkg: too large to be kept: {sizes}]"}}


def _how(exit: int | None) -> str:
    if exit is None:
        return ""
    if exit < 0:
        memory = ": it may have run out of memory" if signal_name(-exit) == "SIGKILL" else ""
        return f" (ended by {signal_name(-exit)}{memory})"
    return f" (exit code {exit})"
