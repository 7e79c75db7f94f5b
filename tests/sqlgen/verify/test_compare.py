"""Parameters as inferred, and as a server describes each `?`."""

from tests.sqlgen.written import checked
from tools.sqlgen.lower.template import Value
from tools.sqlgen.types.sql_type import TypeClass
from tools.sqlgen.verify.compare import parameter_findings
from tools.sqlgen.verify.server import Description, ServerParameter
from tools.sqlgen.verify.wire import Definition

SCHEMA = "CREATE TABLE orders (id INT PRIMARY KEY, placed_at DATETIME NOT NULL);"


def findings(condition: str, *answers: TypeClass) -> list[str]:
    """The messages, if the server describes the uses of the only parameter so."""
    query = checked(SCHEMA, f"SELECT id FROM orders WHERE {condition}").analysed
    assert query is not None
    definition = Definition("?", 0, 0, 0, 0, 0)
    parameters = tuple(ServerParameter(answer, unsigned=False, definition=definition) for answer in answers)
    found = parameter_findings(query, [Value(0)] * len(answers), Description((), parameters))
    return [each.message for each in found]


def test_a_datetime_may_also_be_used_where_the_server_describes_a_date() -> None:
    both = "placed_at >= :since AND placed_at < :since + INTERVAL 1 YEAR"
    assert findings(both, "datetime", "date") == []
    assert findings("placed_at = :at", "date") == [
        "parameter 'at' is inferred as datetime, the server says date"
    ]
