"""How long does nb2pkg take, beside other tools: for extracting packages, running pipelines and keeping schedules?

The other tools are installed into an environment of their own below build/, and left out where that fails.
Ends with 1 where a limit is missed that does not hang on how fast the machine is; the others are only told.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from extract_bench import SIZES, measure_extracting
from run_bench import measure_running, show
from schedule_bench import measure_schedules
from speed_page import write_page
from timing import adopt_orphans


def main() -> int:
    """Measure and print what is asked for."""
    options = _options()
    adopt_orphans()
    is_good = True
    if options.only in (None, "extract") and not options.page:
        is_good &= measure_extracting(
            options.sizes, options.runs, alone=options.alone, slow=options.slow
        )
    if options.only in (None, "run") or options.page:
        if options.only is None and not options.page:
            print()
        results = measure_running(options.runs, alone=options.alone, tell=_tell(options.verbose))
        show(results)
        is_good &= results.is_good
        if options.page:
            write_page(results)
    if options.only in (None, "schedule") and not options.page:
        print()
        is_good &= measure_schedules()
    return 0 if is_good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("extract", "run", "schedule"), help="one part")
    parser.add_argument("--page", action="store_true",
                        help="measure running, and write the tables of docs/explanation/speed.md")  # fmt: skip
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="code cells")
    parser.add_argument("--runs", type=int, default=5, help="runs after the one to warm up")
    parser.add_argument("--alone", action="store_true", help="nb2pkg without the other tools")
    parser.add_argument("--slow", action="store_true", help="soorgeon on the larger notebooks too")
    parser.add_argument(
        "--verbose", action="store_true", help="tell of each run of the second part"
    )
    return parser.parse_args()


def _tell(is_verbose: bool) -> Callable[[str], None]:
    def tell(text: str) -> None:
        if is_verbose:
            print(text, file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    sys.exit(main())
