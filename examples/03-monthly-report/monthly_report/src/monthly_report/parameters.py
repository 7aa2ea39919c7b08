"""What can be changed from one run to the next."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of monthly_report, with its own values as defaults."""

    region: str = "north"
    month: str = "2024-03-01"  # first day of the month, as an ISO date
    top_n: int = 5  # customers in the table
    # a customer with this share of the revenue is a key account
    threshold: float = 0.15
    include_plots: bool = True
    orders_path: str = "data/orders.csv"
    out_dir: str = "report"
