"""Load and clean the data."""

import subprocess

import pandas as pd


def load_and_clean_data() -> pd.DataFrame:
    """Load and clean the data."""
    print(
        subprocess.run(
            "ls -C data",
            shell=True,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ).stdout,
        end="",
    )

    df = pd.read_csv("data/sales.csv")
    print(len(df), "rows")

    df.info()

    # df = df[df.units > 0]
    # df = df.drop_duplicates('order_id', keep='last')
    df = df.drop_duplicates()

    df["region"] = df["region"].str.strip().str.lower()

    tmp = {"n": "north", "sth": "south"}
    df["region"] = df["region"].replace(tmp)

    df["price"] = df["price"].apply(to_float)
    print(df["price"].min(), df["price"].max())
    return df


def to_float(x):
    # some prices come as "€ 12,50"
    if isinstance(x, str):
        x = x.replace("€", "").replace(",", ".").strip()
    return float(x)
