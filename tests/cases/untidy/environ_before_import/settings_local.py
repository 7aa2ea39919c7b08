import os

MODE = os.environ.get("CASE_MODE", "slow")
ROUNDS = 1 if MODE == "fast" else 100
