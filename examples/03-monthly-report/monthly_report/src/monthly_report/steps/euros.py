"""What several steps use: euros."""


def euros(amount: float) -> str:
    return f"€{amount:,.2f}"
