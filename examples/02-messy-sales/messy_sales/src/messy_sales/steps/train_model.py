"""Train the model."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split


def train_model(df: pd.DataFrame):
    """Train the model."""
    _fig, ax = plt.subplots(1, 2, figsize=(10, 3))
    for i, (r, g) in enumerate(df.groupby("region")):
        ax[0].scatter([i] * len(g), g["revenue"], s=4)
        ax[1].bar(r, g.revenue.mean())
    plt.show()

    X = pd.get_dummies(
        df[["region", "product", "units", "price", "discount"]], dtype=float
    )
    y = df["revenue"]
    x = np.random.rand(len(df))
    X["noise"] = x  # sanity check, should get a coefficient near 0

    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)
    m = LinearRegression()
    m.fit(X_train, y_train)

    score = m.score(X_test, y_test)
    print("r2 %.3f" % score)
    return m, score
