"""Diagnostics: what is wrong, where in the file, and a hint."""

from tools.sqlgen.diagnostics.diagnostic import Diagnostic, RunError, Severity, SqlError, position, render
from tools.sqlgen.diagnostics.nearest import did_you_mean, nearest

__all__ = ["Diagnostic", "RunError", "Severity", "SqlError", "did_you_mean", "nearest", "position", "render"]
