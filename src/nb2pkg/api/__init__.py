"""The public functions: `extracting` makes and verifies packages, `running` runs pipelines.

Neither is loaded by what needs only the other.
"""
