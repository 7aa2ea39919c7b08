"""What several steps use: euros."""


def euros(amount):
    return f"€{amount:,.2f}"
