"""Which Python files under a folder do not compile. A program for the corpus' own interpreter."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path


def complaints(folder: Path) -> list[str]:
    """Try each file; nothing is written and nothing is run."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        try:
            compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
        # A null byte is a ValueError, hostile nesting a RecursionError or MemoryError.
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            found.append(f"{file}:{line}: {type(error).__name__}: {error}")
    return found


if __name__ == "__main__":
    # The notebook's own invalid escapes are its own affair.
    warnings.simplefilter("ignore")
    problems = complaints(Path(sys.argv[1]))
    print("\n".join(problems))
    sys.exit(bool(problems))
