"""Build features."""

import pandas as pd


def build_features(df: pd.DataFrame):
    """Build features.

    Changes `df` in place.
    """
    df["income_per_age"] = ratio(df, "income", "age")
    df["is_new"] = (df["tenure"] < 12).astype(int)
    df = pd.get_dummies(df, columns=["city"], drop_first=True)

    feature_cols = [c for c in df.columns if c != "churn"]
    X, y = df[feature_cols], df["churn"]
    return X, y


def ratio(frame, num, den):
    return frame[num] / (frame[den] + 1)
