"""Exit codes of the command line."""

OK = 0
FAILED = 1
"""Errors in the input, or findings."""
USAGE = 2
"""Wrong usage, or no server."""
