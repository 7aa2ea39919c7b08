"""Load the orders."""

import pandas as pd


def load_orders(orders_path: str) -> pd.DataFrame:
    """Load the orders.

    One row an order line, as the shop exports them.

    Returns:
        A table of order_id, date, region, customer, product, quantity, unit_price
        and revenue (310 rows in the notebook).
    """
    orders = pd.read_csv(orders_path, parse_dates=["date"])
    orders["revenue"] = orders["quantity"] * orders["unit_price"]
    return orders
