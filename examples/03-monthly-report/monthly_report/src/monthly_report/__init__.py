"""Monthly report."""

from monthly_report.parameters import Parameters
from monthly_report.pipeline import run
from monthly_report.steps.compare_with_months_before import compare_with_months_before
from monthly_report.steps.draw import draw
from monthly_report.steps.euros import euros
from monthly_report.steps.keep_one_region_and_month import keep_one_region_and_month
from monthly_report.steps.load_orders import load_orders
from monthly_report.steps.rank_customers import rank_customers
from monthly_report.steps.write_report import write_report

__all__ = [
    "Parameters",
    "compare_with_months_before",
    "draw",
    "euros",
    "keep_one_region_and_month",
    "load_orders",
    "rank_customers",
    "run",
    "write_report",
]
