"""What is a Python kernel given to run before a step's first cell?"""

from __future__ import annotations

import json
from functools import cache

from nb2pkg.adapters.spawning import PROGRAMS
from nb2pkg.ports.running import StepJob

MOST_PRINTED = 10_000_000


def watch_program(job: StepJob) -> str:
    """Text that binds no name in the notebook, and watches what it touches and how much it prints."""
    options = {
        "folder": job.run_folder,
        "import_folders": list(job.import_folders),
        "environment": dict(job.environment),
        "most_printed": MOST_PRINTED,
        "printed_too_much": (
            f"\n[nb2pkg: more than {MOST_PRINTED:,} characters were printed; the rest is not kept]\n"
        ),
    }
    program, sources = _texts()
    given = json.dumps({"OPTIONS": options, "SOURCES": sources})
    return (
        f"exec(compile({program!r}, '<nb2pkg kernel_step>', 'exec'), "
        f"{{**__import__('json').loads({given!r}), 'SHELL': get_ipython()}})"
    )


@cache
def _texts() -> tuple[str, dict[str, str]]:
    program = (PROGRAMS / "kernel_step.py").read_text(encoding="utf-8")
    access = PROGRAMS.parent / "observers" / "file_access.py"
    sources = {
        "footprint": (PROGRAMS / "footprint.py").read_text(encoding="utf-8"),
        "file_access": access.read_text(encoding="utf-8"),
    }
    return program, sources
