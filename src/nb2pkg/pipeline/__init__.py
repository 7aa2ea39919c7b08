"""What a pipeline is, what a run of it may be given, and what is kept of it; knows nothing of extraction."""
