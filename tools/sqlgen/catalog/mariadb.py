"""Which statements of a schema show that it is one of MariaDB."""

from tools.sqlgen.syntax.ast import CreateSequence, CreateTable, DataType, SchemaStatement
from tools.sqlgen.syntax.visitor import walk

_TYPES = frozenset({"UUID", "INET4", "INET6"})


def needs_mariadb(statement: SchemaStatement) -> bool:
    """True if only MariaDB accepts the statement: sequences, its own types, system versioning, periods."""
    if isinstance(statement, CreateSequence) or (isinstance(statement, CreateTable) and statement.mariadb):
        return True
    return any(isinstance(node, DataType) and node.name in _TYPES for node in walk(statement))
