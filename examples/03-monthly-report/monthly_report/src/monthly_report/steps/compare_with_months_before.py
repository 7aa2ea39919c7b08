"""Compare with the months before."""

from dataclasses import dataclass

import pandas as pd

from monthly_report.steps.euros import euros


def compare_with_months_before(
    start: pd.Timestamp,
    end: pd.Timestamp,
    regional: pd.DataFrame,
    current: pd.DataFrame,
    *,
    region: str,
) -> tuple[pd.Series, "MonthSummary"]:
    """Compare with the months before.

    Args:
        regional: a table of order_id, date, region, customer, product, quantity,
            unit_price and revenue (222 rows in the notebook).
        current: a table of order_id, date, region, customer, product, quantity,
            unit_price and revenue (35 rows in the notebook).
    """
    history = (
        regional[regional["date"] < end]
        .groupby(pd.Grouper(key="date", freq="MS"))["revenue"]
        .sum()
    )
    before = history[history.index < start]
    usual = before.tail(3).mean() if len(before) else history.iloc[-1]
    summary = MonthSummary(
        region=region,
        month=f"{start:%B %Y}",
        orders=len(current),
        revenue=float(current["revenue"].sum()),
        change=float(history.iloc[-1] / usual - 1),
    )
    return history, summary


@dataclass(frozen=True)
class MonthSummary:
    """What the report says in one line."""

    region: str
    month: str
    orders: int
    revenue: float
    change: float

    def headline(self) -> str:
        direction = "up" if self.change >= 0 else "down"
        return f"{self.region}, {self.month}: {euros(self.revenue)}, {direction} {abs(self.change):.1%}"
