"""Plot."""

import matplotlib.pyplot as plt
import pandas as pd


def plot(df: pd.DataFrame):
    """Plot."""
    tmp = df.groupby("month")["revenue"].sum()

    plt.plot(tmp.index, tmp, marker="o")
    plt.xticks(rotation=45)
    plt.title("revenue")
    plt.show()
    plt.close("all")

    x = range(len(tmp))
    plt.bar(x, tmp)
    plt.axhline(tmp.mean(), color="k")
    plt.show()
    plt.close("all")

    # same thing smoothed
    plt.plot(x, tmp.rolling(3, min_periods=1).mean(), "r--")
    plt.legend(["3 months"])
    plt.show()
    return tmp
