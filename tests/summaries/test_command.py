"""`python -m product_dashboard.summaries` as a user meets it."""

import asyncio

import pytest

from product_dashboard.database import Database
from product_dashboard.settings import load_settings
from product_dashboard.summaries.__main__ import main
from tests.seed.conftest import rows, seed
from tools.seed.plan import Sizes

SIZES = Sizes(seed=1, categories=2, products=5, customers=3, orders=4)


@pytest.fixture
def database(migrated_database: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database of the command, which is closed."""
    stores = {"DATABASE_URL": migrated_database, "REDIS_URL": redis_url}
    for name, value in stores.items():
        monkeypatch.setenv(name, value)
    return Database(load_settings(stores).database)


async def change(database: Database, sql: str) -> None:
    await database.open()
    await seed(database, SIZES)
    await rows(database, sql)
    await database.close()


def test_check_names_what_is_wrong_and_repair_adds_it(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(change(database, "UPDATE customers SET total_orders = 9 WHERE total_orders > 0 LIMIT 1"))
    assert main(["check"]) == 1
    told = capsys.readouterr().err
    assert "summaries: customers, missing: " in told
    assert ": total_orders -" in told
    assert "summaries: customers: 3 compared, 1 wrong" in told
    assert "summaries: category_totals: 2 compared, 0 wrong" in told
    assert "summaries: 1 wrong totals; `repair` adds what is missing" in told

    assert main(["repair"]) == 0
    assert "summaries: customers, added: " in capsys.readouterr().err
    assert main(["check"]) == 0
    assert capsys.readouterr().err.endswith("summaries: all are right\n")


def test_without_a_database_it_says_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["check"]) == 3
    assert "DATABASE_URL is not set" in capsys.readouterr().err
