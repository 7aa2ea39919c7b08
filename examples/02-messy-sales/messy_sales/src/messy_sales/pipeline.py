"""The steps of messy_sales, in order."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from messy_sales.steps.clean_data import clean_data
from messy_sales.steps.load_and_clean_data import load_and_clean_data
from messy_sales.steps.plot import plot
from messy_sales.steps.summarise import summarise
from messy_sales.steps.train_model import train_model


@dataclass(frozen=True, kw_only=True)
class Results:
    """What the notebook is for: the values that it shows and nothing else uses up."""

    tmp: object
    summarise_tmp: object
    summary: dict


def run() -> Results:
    """Run every step, as the notebook does from top to bottom."""
    pd.set_option("display.max_columns", 50)
    pd.set_option("display.width", 120)
    np.random.seed(42)
    plt.rcParams["figure.figsize"] = (9, 4)
    df = load_and_clean_data()
    df = clean_data(df)
    tmp = plot(df)
    m, score = train_model(df)
    summarise_tmp, summary = summarise(df, m, score)
    return Results(tmp=tmp, summarise_tmp=summarise_tmp, summary=summary)
