"""rank_customers: what it takes, what it gives, what it is made of."""

import inspect

from recorded_values import assert_same, load

from monthly_report import rank_customers


def test_rank_customers_takes_what_the_pipeline_gives_it():
    assert list(inspect.signature(rank_customers).parameters) == [
        "current",
        "top_n",
        "threshold",
    ]


def inputs():
    """What rank_customers was given when the notebook ran."""
    return {
        "current": load("keep_one_region_and_month/current.csv"),
        "top_n": 5,
        "threshold": 0.15,
    }


def test_rank_customers_gives_what_it_gave_in_the_notebook():
    result = rank_customers(**inputs())

    assert_same(result[0], load("rank_customers/customers.csv"))
    assert_same(result[1], load("rank_customers/top.csv"))


def test_rank_customers_gives_the_same_twice_and_leaves_its_inputs_alone():
    given = inputs()
    first = rank_customers(**given)

    assert_same(rank_customers(**inputs()), first)
    assert_same(given, inputs())


def test_rank_customers_gives_these_columns():
    result = rank_customers(**inputs())

    assert result[0].dtypes.astype(str).to_dict() == {
        "orders": "int64",
        "revenue": "float64",
        "share": "float64",
        "key_account": "bool",
    }
    assert result[1].dtypes.astype(str).to_dict() == {
        "orders": "int64",
        "revenue": "float64",
        "share": "float64",
        "key_account": "bool",
    }
