"""The service."""

__version__ = "1.0.0"
"""The version of the distribution, of the OpenAPI document and in spans. pyproject.toml takes it from here: the image
does not install the distribution, and so has no metadata."""
