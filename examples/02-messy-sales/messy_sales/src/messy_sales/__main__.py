"""Run the pipeline: python -m messy_sales."""

from messy_sales.pipeline import run


def main() -> None:
    """Run the pipeline."""
    run()


if __name__ == "__main__":
    main()
