"""Write the report."""

from pathlib import Path

import pandas as pd

from monthly_report.steps.compare_with_months_before import MonthSummary
from monthly_report.steps.euros import euros


def write_report(
    customers: pd.DataFrame,
    top: pd.DataFrame,
    summary: MonthSummary,
    *,
    include_plots: bool,
    out_dir: str,
) -> None:
    """Write the report.

    Args:
        customers: a table of orders, revenue, share and key_account (8 rows in the
            notebook).
        top: a table of orders, revenue, share and key_account (5 rows in the
            notebook).
    """
    top.to_csv(Path(out_dir) / "top_customers.csv")

    lines = [
        f"# {summary.headline()}",
        "",
        "| customer | orders | revenue | share |",
        "|---|--:|--:|--:|",
    ]
    for name, row in top.iterrows():
        mark = " ★" if row["key_account"] else ""
        lines.append(
            f"| {name}{mark} | {row['orders']} | {euros(row['revenue'])} | {row['share']:.1%} |"
        )
    if include_plots:
        lines += ["", "![history](history.png)", "![customers](customers.png)"]
    report_path = Path(out_dir) / "report.md"
    report_path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    key_accounts = customers.index[customers["key_account"]].tolist()
    print(summary.headline())
    print("key accounts:", ", ".join(key_accounts) or "none")
    print("written:", report_path.as_posix())
