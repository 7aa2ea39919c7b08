"""Load the customers."""

import pandas as pd


def load_customers(data_path: str) -> pd.DataFrame:
    """Load the customers.

    As exported from the CRM, one row a customer.
    """
    df = pd.read_csv(data_path)
    return df
