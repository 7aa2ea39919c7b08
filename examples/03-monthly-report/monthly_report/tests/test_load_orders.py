"""load_orders: what it takes, what it gives, what it is made of."""

import inspect

from recorded_values import assert_same, load

from monthly_report import load_orders


def test_load_orders_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(load_orders).parameters) == ["orders_path"]


def inputs():
    """What load_orders was given when the notebook ran."""
    return {"orders_path": "data/orders.csv"}


def test_load_orders_gives_what_it_gave_in_the_notebook(own_folder):
    own_folder("data/orders.csv")
    result = load_orders(**inputs())

    assert_same(result, load("load_orders/orders.csv"))


def test_load_orders_gives_the_same_twice(own_folder):
    own_folder("data/orders.csv")
    first = load_orders(**inputs())

    assert_same(load_orders(**inputs()), first)


def test_load_orders_gives_these_columns(own_folder):
    own_folder("data/orders.csv")
    result = load_orders(**inputs())

    assert result.dtypes.astype(str).to_dict() == {
        "order_id": "object",
        "date": "datetime64[ns]",
        "region": "object",
        "customer": "object",
        "product": "object",
        "quantity": "int64",
        "unit_price": "float64",
        "revenue": "float64",
    }
