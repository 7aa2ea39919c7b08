"""Keep one region and month."""

from datetime import date
from typing import NamedTuple

import pandas as pd


class KeepOneRegionAndMonthResult(NamedTuple):
    """What keep_one_region_and_month gives."""

    start: pd.Timestamp
    end: pd.Timestamp
    regional: pd.DataFrame
    current: pd.DataFrame


def keep_one_region_and_month(
    orders: pd.DataFrame, *, region: str, month: str
) -> KeepOneRegionAndMonthResult:
    """Keep one region and month.

    Args:
        orders: a table of order_id, date, region, customer, product, quantity,
            unit_price and revenue (310 rows in the notebook).
    """
    start, end = month_bounds(month)
    regional = orders[orders["region"] == region]
    current = regional[(regional["date"] >= start) & (regional["date"] < end)]
    if current.empty:
        raise ValueError(f"no orders for {region} in {start:%B %Y}")
    print(f"{len(current)} orders for {region} in {start:%B %Y}")
    return KeepOneRegionAndMonthResult(
        start=start, end=end, regional=regional, current=current
    )


def month_bounds(first_day: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first day of the month and of the next one."""
    start = date.fromisoformat(first_day).replace(day=1)
    end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return pd.Timestamp(start), pd.Timestamp(end)
