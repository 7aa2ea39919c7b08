"""Run the pipeline: python -m monthly_report (--help lists the options)."""

import argparse

from monthly_report.parameters import Parameters
from monthly_report.pipeline import run


def main() -> None:
    """Read the parameters from the command line and run."""
    default = Parameters()
    parser = argparse.ArgumentParser(
        prog="monthly_report", description="Monthly report"
    )
    option = parser.add_argument
    option("--region", default=default.region, help="(%(default)s)")
    option(
        "--month",
        default=default.month,
        help="first day of the month, as an ISO date (%(default)s)",
    )
    option(
        "--top-n",
        type=int,
        default=default.top_n,
        help="customers in the table (%(default)s)",
    )
    option(
        "--threshold",
        type=float,
        default=default.threshold,
        help="a customer with this share of the revenue is a key account (%(default)s)",
    )
    option(
        "--include-plots",
        action=argparse.BooleanOptionalAction,
        default=default.include_plots,
        help="(%(default)s)",
    )
    option("--orders-path", default=default.orders_path, help="(%(default)s)")
    option("--out-dir", default=default.out_dir, help="(%(default)s)")
    run(Parameters(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
