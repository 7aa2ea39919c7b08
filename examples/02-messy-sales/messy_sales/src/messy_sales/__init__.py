"""Messy sales."""

from messy_sales.pipeline import Results, run
from messy_sales.steps.clean_data import clean_data
from messy_sales.steps.load_and_clean_data import load_and_clean_data
from messy_sales.steps.plot import plot
from messy_sales.steps.summarise import summarise
from messy_sales.steps.train_model import train_model

__all__ = [
    "Results",
    "clean_data",
    "load_and_clean_data",
    "plot",
    "run",
    "summarise",
    "train_model",
]
