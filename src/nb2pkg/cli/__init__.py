"""The terminal: one module per command; values turned into text, errors into exit codes."""
