"""What is a Python kernel given to run before a step's first cell?"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from nb2pkg.adapters.spawning import PROGRAMS
from nb2pkg.ports.running import StepJob

WATCHING = PROGRAMS / "kernel_step.py"
FOOTPRINT = "footprint.json"
MOST_PRINTED = 10_000_000


def watch_spec(job: StepJob) -> dict[str, Any]:
    """What the program that watches a step is told: what to look out for, and the texts of what it is made of."""
    return {
        "options": {
            "folder": job.run_folder,
            "footprint": os.path.join(job.folder, FOOTPRINT),
            "import_folders": list(job.import_folders),
            "environment": dict(job.environment),
            "most_printed": MOST_PRINTED,
            "printed_too_much": (
                f"\n[nb2pkg: more than {MOST_PRINTED:,} characters were printed; the rest is not kept]\n"
            ),
        },
        "sources": _sources(),
    }


def watch_program(job: StepJob) -> str:
    """Text that does the same in a kernel that was not forked; it binds no name in the notebook."""
    program = WATCHING.read_text(encoding="utf-8")
    given = json.dumps(watch_spec(job))
    return (
        f"exec(compile({program!r}, '<nb2pkg kernel_step>', 'exec'), "
        f"{{'SPEC': __import__('json').loads({given!r}), 'SHELL': get_ipython()}})"
    )


@cache
def _sources() -> dict[str, str]:
    access = PROGRAMS.parent / "observers" / "file_access.py"
    return {
        "footprint": (PROGRAMS / "footprint.py").read_text(encoding="utf-8"),
        "file_access": access.read_text(encoding="utf-8"),
    }
