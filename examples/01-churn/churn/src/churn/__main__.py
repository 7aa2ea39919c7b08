"""Run the pipeline: python -m churn (--help lists the options)."""

import argparse

from churn.parameters import Parameters
from churn.pipeline import run


def main() -> None:
    """Read the parameters from the command line and run."""
    default = Parameters()
    parser = argparse.ArgumentParser(prog="churn", description="Customer churn")
    option = parser.add_argument
    option(
        "--data-path",
        default=default.data_path,
        help="one row a customer (%(default)s)",
    )
    option("--test-size", type=float, default=default.test_size, help="(%(default)s)")
    option("--seed", type=int, default=default.seed, help="(%(default)s)")
    option(
        "--n-estimators", type=int, default=default.n_estimators, help="(%(default)s)"
    )
    run(Parameters(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
