"""Rank the customers."""

import pandas as pd


def rank_customers(
    current: pd.DataFrame, *, top_n: int, threshold: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rank the customers.

    Key accounts are those above the threshold; sales wants to call them first.

    Args:
        current: a table of order_id, date, region, customer, product, quantity,
            unit_price and revenue (35 rows in the notebook).
    """
    customers = current.groupby("customer").agg(
        orders=("order_id", "count"), revenue=("revenue", "sum")
    )
    customers["share"] = customers["revenue"] / customers["revenue"].sum()
    customers["key_account"] = customers["share"] >= threshold
    customers = customers.sort_values(["revenue", "orders"], ascending=False)

    top = customers.head(top_n).round({"revenue": 2, "share": 3})
    return customers, top
