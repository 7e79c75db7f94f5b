"""The service."""

from typing import Final

__version__: Final = "0.1.0"
"""As in pyproject.toml. The image does not install the distribution, and so has no metadata."""
