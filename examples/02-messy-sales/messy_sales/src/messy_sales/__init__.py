"""messy sales."""

from messy_sales.pipeline import Results, run
from messy_sales.steps.build_features import build_features
from messy_sales.steps.build_features_and_train_model import (
    build_features_and_train_model,
)
from messy_sales.steps.clean_data import clean_data
from messy_sales.steps.load_and_clean_data import load_and_clean_data
from messy_sales.steps.save import save

__all__ = [
    "Results",
    "build_features",
    "build_features_and_train_model",
    "clean_data",
    "load_and_clean_data",
    "run",
    "save",
]
