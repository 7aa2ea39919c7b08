"""What runs in a step's own Python: nothing but the standard library, and nothing of nb2pkg is imported."""
