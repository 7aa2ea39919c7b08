"""Plan to text: the package's files."""
