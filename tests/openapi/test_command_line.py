"""The framework's own command line finds the application, also while no store runs."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from tests.api_client import Json
from tests.openapi.conftest import NOWHERE


def litestar(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "litestar", "--app", "product_dashboard.app:application", *arguments]
    environment = {**os.environ, **NOWHERE, "COLUMNS": "200"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_it_lists_the_routes() -> None:
    found = litestar("routes")
    assert found.returncode == 0, found.stderr
    for path in ("/api/v1/products", "/api/v1/orders/{order_id:str}", "/health/ready", "/metrics"):
        assert path in found.stdout


def test_it_writes_the_document(tmp_path: Path, document: Json) -> None:
    for name in ("document.json", "document.yaml"):
        found = litestar("schema", "openapi", "--output", str(tmp_path / name))
        assert found.returncode == 0, found.stderr
    assert json.loads((tmp_path / "document.json").read_text(), parse_float=Decimal) == document
    assert "operationId: list_products" in (tmp_path / "document.yaml").read_text()
