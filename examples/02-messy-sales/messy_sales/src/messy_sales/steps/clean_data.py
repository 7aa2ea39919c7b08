"""Clean the data."""

import pandas as pd

VAT = 0.21


def clean_data(df: pd.DataFrame) -> pd.DataFrame:
    """Clean the data.

    Changes `df` in place.
    """
    df["date"] = pd.to_datetime(df["date"])
    df["month"] = df["date"].dt.strftime("%Y-%m")
    df["discount"] = df["discount"].fillna(0)
    print("missing:", df.drop(columns="comment").isna().sum().sum())

    df["revenue"] = df.apply(revenue, axis=1)

    df.loc[df.units < 0, "revenue"] = 0  # returns, for now
    df.drop(columns=["comment"], inplace=True)

    i = 0
    for c in ["units", "price", "revenue"]:
        lo, hi = df[c].quantile([0.01, 0.99])
        n = ((df[c] < lo) | (df[c] > hi)).sum()
        print(c, n)
        df[c] = df[c].clip(lo, hi)
        i += n

    print(i, "values clipped, the last ones in", c)
    return df


def revenue(row):
    return row["units"] * row["price"] * (1 - row["discount"]) * (1 + VAT)
