"""Draw."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from monthly_report.steps.compare_with_months_before import MonthSummary


def draw(
    start: pd.Timestamp,
    top: pd.DataFrame,
    history: pd.Series,
    summary: MonthSummary,
    *,
    include_plots: bool,
    out_dir: str,
) -> None:
    """Draw.

    The first picture is for the team meeting, the second for sales.

    Args:
        top: a table of orders, revenue, share and key_account (5 rows in the
            notebook).
        history: a column of float64 (6 values in the notebook).
    """
    Path(out_dir).mkdir(exist_ok=True)
    if include_plots:
        fig, ax = plt.subplots(figsize=(7, 3))
        ax.bar(
            [f"{month:%b %y}" for month in history.index], history, color="lightgrey"
        )
        ax.bar(f"{start:%b %y}", history.iloc[-1], color="tab:blue")
        ax.set_ylabel("revenue, €")
        ax.set_title(summary.headline())
        fig.savefig(Path(out_dir) / "history.png")
    plt.show()

    if include_plots:
        plt.figure(figsize=(7, 3))
        colours = ["tab:blue" if key else "lightgrey" for key in top["key_account"]]
        plt.barh(top.index[::-1], top["revenue"][::-1], color=colours[::-1])
        plt.title(f"Top {len(top)} customers")
        plt.tight_layout()
        plt.savefig(Path(out_dir) / "customers.png")
        plt.show()
