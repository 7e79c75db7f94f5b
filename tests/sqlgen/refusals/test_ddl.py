"""DDL that MySQL 9 accepts (+) and refuses (-): the compiler does the same."""

import pytest

from tests.sqlgen.refusals.test_statements import FOLDER, marked
from tests.sqlgen.written import schema_findings

SCHEMA = (FOLDER / "ddl_schema.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize(("accepted", "sql"), marked("ddl.txt"))
def test_a_statement_of_a_schema_is_accepted_as_the_server_does(*, accepted: bool, sql: str) -> None:
    found = schema_findings(f"{SCHEMA}{sql};")
    assert (not [each for each in found if each.startswith("error")]) == accepted, found
