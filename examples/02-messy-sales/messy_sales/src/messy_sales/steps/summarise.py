"""Summarise."""

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import LinearRegression


def summarise(df: pd.DataFrame, m: LinearRegression, score):
    """Summarise.

    Changes `df` in place.
    """
    top = df.groupby("customer")["revenue"].sum().sort_values(ascending=False)
    limit = top.median()
    eur = lambda v: f"{v:,.0f} EUR"
    top.head(3).map(eur)

    df["tier"] = df["customer"].map(lambda k: "gold" if top[k] > limit else "silver")

    fig, ax = plt.subplots()
    ax.barh(top.index, top)
    plt.show()

    ax.set_title("best is " + top.index[0])
    ax.invert_yaxis()
    fig.savefig("top_customers.png")

    tmp = df.pivot_table(
        index="region", columns="tier", values="revenue", aggfunc="sum"
    ).round(0)
    tmp.to_csv("by_region.csv")

    summary = {
        "orders": len(df),
        "revenue": round(float(df["revenue"].sum()), 2),
        "best month": df.groupby("month").revenue.sum().idxmax(),
        "gold": sorted(df.loc[df.tier == "gold", "customer"].unique()),
        "r2": round(score, 3),
        "slope of noise is small": bool(abs(m.coef_[-1]) < 100),
    }
    return tmp, summary
