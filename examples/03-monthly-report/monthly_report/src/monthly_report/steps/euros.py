"""Compare with the months before."""


def euros(amount):
    return f"€{amount:,.2f}"
