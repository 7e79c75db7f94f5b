import httpx
import pytest

from product_dashboard.database import Database
from tests.shop import Shop


@pytest.fixture
def shop(client: httpx.AsyncClient, database: Database) -> Shop:
    return Shop(client, database)
