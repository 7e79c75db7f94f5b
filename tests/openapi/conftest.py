"""The document, which needs no store."""

import json
from typing import Any

import msgspec
import pytest

from product_dashboard.app import create_app
from product_dashboard.settings import load_settings
from tests.api_client import Json, document_of

NOWHERE = {"DATABASE_URL": "mysql://root:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture(scope="session")
def document() -> Json:
    """The document of an application that was never started; its numbers are exact."""
    return document_of(create_app(load_settings(NOWHERE)))


@pytest.fixture(scope="session")
def served_document() -> Any:
    """The document as a client without exact numbers reads it."""
    app = create_app(load_settings(NOWHERE))
    return json.loads(msgspec.json.encode(app.openapi_schema.to_schema()))
