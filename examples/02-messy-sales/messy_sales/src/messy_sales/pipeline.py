"""The steps of messy_sales, in order."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from messy_sales.steps.build_features import build_features
from messy_sales.steps.build_features_and_train_model import (
    build_features_and_train_model,
)
from messy_sales.steps.clean_data import clean_data
from messy_sales.steps.load_and_clean_data import load_and_clean_data
from messy_sales.steps.save import save


@dataclass(frozen=True, kw_only=True)
class Results:
    """What the notebook is for: the values that it shows and nothing else uses up."""

    tmp: object
    save_tmp: object
    summary: dict


def run() -> Results:
    """Run every step, as the notebook does from top to bottom."""
    pd.set_option("display.max_columns", 50)
    pd.set_option("display.width", 120)
    np.random.seed(42)
    plt.rcParams["figure.figsize"] = (9, 4)
    df = load_and_clean_data()
    df = clean_data(df)
    tmp = build_features(df)
    m, score = build_features_and_train_model(df)
    save_tmp, summary = save(df, m, score)
    return Results(tmp=tmp, save_tmp=save_tmp, summary=summary)
