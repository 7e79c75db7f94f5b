from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.verify.scratch import apply_schema, scratch_database
from tools.sqlgen.verify.wire import Client

SCHEMA = """\
CREATE TABLE shops (
  id INT NOT NULL PRIMARY KEY,
  name VARCHAR(20) NOT NULL UNIQUE,
  opened DATE NULL,
  stars TINYINT NOT NULL CHECK (stars BETWEEN 1 AND 5)
);
CREATE TABLE sales (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  shop_id INT NULL,
  amount DECIMAL(10,2) NOT NULL,
  kind ENUM('cash','card') NULL,
  details JSON NULL,
  doubled DECIMAL(12,2) AS (amount * 2) STORED,
  CONSTRAINT fk_sales_shop FOREIGN KEY (shop_id) REFERENCES shops (id)
);
"""


def project_of(schema: str) -> Project:
    """A project of that DDL and the default configuration."""
    found = Project(Config(Path()), [SchemaFile("schema.sql", schema, ((0, len(schema)),))])
    assert not found.schema.diagnostics
    return found


@pytest.fixture
def project() -> Project:
    return project_of(SCHEMA)


@pytest.fixture(scope="session")
def client(modern_server_url: str) -> Iterator[Client]:
    found = Client(modern_server_url, database="")
    yield found
    found.close()


@pytest.fixture
def shop(client: Client, project: Project) -> Iterator[Client]:
    """A connection whose database holds the project's empty tables."""
    with scratch_database(client):
        apply_schema(client, project.schema_files)
        yield client


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    """The project as files, with an empty folder for query files."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "sql").mkdir()
    (tmp_path / "migrations" / "0001.shop.sql").write_text(SCHEMA)
    (tmp_path / "pyproject.toml").write_text("[tool.sqlgen]\n")
    return tmp_path
