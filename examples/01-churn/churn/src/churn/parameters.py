"""What can be changed from one run to the next."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of churn, with its own values as defaults."""

    data_path: str = "data/customers.csv"  # one row a customer
    test_size: float = 0.25
    seed: int = 42
    n_estimators: int = 50
