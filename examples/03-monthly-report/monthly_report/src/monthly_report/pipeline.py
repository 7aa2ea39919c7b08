"""The steps of monthly_report, in order."""

from monthly_report.contracts import (
    KEEP_ONE_REGION_AND_MONTH_CURRENT,
    KEEP_ONE_REGION_AND_MONTH_REGIONAL,
    LOAD_ORDERS,
    RANK_CUSTOMERS,
    RANK_CUSTOMERS_TOP,
)
from monthly_report.parameters import Parameters
from monthly_report.steps.compare_with_months_before import compare_with_months_before
from monthly_report.steps.draw import draw
from monthly_report.steps.keep_one_region_and_month import keep_one_region_and_month
from monthly_report.steps.load_orders import load_orders
from monthly_report.steps.rank_customers import rank_customers
from monthly_report.steps.write_report import write_report


def run(parameters: Parameters | None = None) -> None:
    """Run every step; `parameters` defaults to the notebook's own values."""
    parameters = parameters or Parameters()
    orders = load_orders(orders_path=parameters.orders_path)
    LOAD_ORDERS.validate(orders)
    start, end, regional, current = keep_one_region_and_month(
        orders, region=parameters.region, month=parameters.month
    )
    KEEP_ONE_REGION_AND_MONTH_REGIONAL.validate(regional)
    KEEP_ONE_REGION_AND_MONTH_CURRENT.validate(current)
    customers, top = rank_customers(
        current, top_n=parameters.top_n, threshold=parameters.threshold
    )
    RANK_CUSTOMERS.validate(customers)
    RANK_CUSTOMERS_TOP.validate(top)
    history, summary = compare_with_months_before(
        start, end, regional, current, region=parameters.region
    )
    draw(
        start,
        top,
        history,
        summary,
        include_plots=parameters.include_plots,
        out_dir=parameters.out_dir,
    )
    write_report(
        customers,
        top,
        summary,
        include_plots=parameters.include_plots,
        out_dir=parameters.out_dir,
    )
