"""What the tables between the steps have to look like.

Inferred from one run, and loose where one run cannot know: columns have to be there, of
their kind, and may have gaps. Comments say what was seen, to tighten them by.
"""

import pandas as pd
import pandera.pandas as pa


def number() -> pa.Column:
    """A column of which every value is a number, or missing."""
    return pa.Column(
        checks=pa.Check(pd.api.types.is_numeric_dtype, error="not a number"),
        nullable=True,
    )


def text() -> pa.Column:
    """A column of which every value is a text, or missing."""
    return pa.Column(
        checks=pa.Check(
            lambda c: pd.api.types.infer_dtype(c) in ("string", "empty"),
            error="not a text",
        ),
        nullable=True,
    )


def time() -> pa.Column:
    """A column of which every value is a time, or missing."""
    return pa.Column(
        checks=pa.Check(pd.api.types.is_datetime64_any_dtype, error="not a time"),
        nullable=True,
    )


LOAD_ORDERS = pa.DataFrameSchema(
    {
        "order_id": text(),  # 310 different texts
        "date": time(),  # 2023-10-02 00:00:00 to 2024-06-29 00:00:00
        "region": text(),  # 2 different texts
        "customer": text(),  # 10 different texts
        "product": text(),  # 5 different texts
        "quantity": number(),  # int64, 1 to 40
        "unit_price": number(),  # float64, 1.95 to 64
        "revenue": number(),  # float64, 7.8 to 336
    }
)


KEEP_ONE_REGION_AND_MONTH_REGIONAL = pa.DataFrameSchema(
    {
        "order_id": text(),  # 222 different texts
        "date": time(),  # 2023-10-02 00:00:00 to 2024-06-29 00:00:00
        "region": text(),  # 1 different texts
        "customer": text(),  # 10 different texts
        "product": text(),  # 5 different texts
        "quantity": number(),  # int64, 1 to 40
        "unit_price": number(),  # float64, 1.95 to 64
        "revenue": number(),  # float64, 7.8 to 336
    }
)


KEEP_ONE_REGION_AND_MONTH_CURRENT = pa.DataFrameSchema(
    {
        "order_id": text(),  # 35 different texts
        "date": time(),  # 2024-03-01 00:00:00 to 2024-03-30 00:00:00
        "region": text(),  # 1 different texts
        "customer": text(),  # 8 different texts
        "product": text(),  # 5 different texts
        "quantity": number(),  # int64, 1 to 40
        "unit_price": number(),  # float64, 1.95 to 64
        "revenue": number(),  # float64, 21 to 336
    }
)


RANK_CUSTOMERS = pa.DataFrameSchema(
    {
        "orders": number(),  # int64, 1 to 8
        "revenue": number(),  # float64, 128 to 836.75
        "share": number(),  # float64, 0.0334916 to 0.218938
        "key_account": pa.Column("bool"),  # bool
    }
)


RANK_CUSTOMERS_TOP = pa.DataFrameSchema(
    {
        "orders": number(),  # int64, 4 to 8
        "revenue": number(),  # float64, 329.55 to 836.75
        "share": number(),  # float64, 0.086 to 0.219
        "key_account": pa.Column("bool"),  # bool
    }
)
