"""Diagnostics: what is wrong, where in the file, and a hint."""

from tools.sqlgen.diagnostics.diagnostic import Diagnostic, Severity, SqlError, position, render
from tools.sqlgen.diagnostics.nearest import did_you_mean, nearest

__all__ = ["Diagnostic", "Severity", "SqlError", "did_you_mean", "nearest", "position", "render"]
