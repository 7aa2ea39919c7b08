"""The steps of churn, in order."""

from dataclasses import dataclass

import pandas as pd

from churn.parameters import Parameters
from churn.steps.build_features import build_features
from churn.steps.clean import clean
from churn.steps.evaluate import evaluate
from churn.steps.load_customers import load_customers
from churn.steps.train import train


@dataclass(frozen=True, kw_only=True)
class Results:
    """What the notebook is for: the values that it shows and nothing else uses up."""

    metrics: dict


def run(parameters: Parameters | None = None) -> Results:
    """Run every step; `parameters` defaults to the notebook's own values."""
    parameters = parameters or Parameters()
    pd.set_option("display.max_columns", 20)
    df = load_customers(data_path=parameters.data_path)
    df = clean(df)
    X, y = build_features(df)
    X_test, y_test, model = train(
        X,
        y,
        test_size=parameters.test_size,
        seed=parameters.seed,
        n_estimators=parameters.n_estimators,
    )
    metrics = evaluate(X_test, y_test, model)
    return Results(metrics=metrics)
